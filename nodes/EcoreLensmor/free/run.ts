import type { IDataObject, IExecuteFunctions, INode, INodeExecutionData } from 'n8n-workflow';

import { sendToErrorOutput } from '../items/itemResult';
import {
	isCalledByAgent,
	parameterReader,
	whyUnresolved,
	type Parameters,
} from '../items/parameters';
import { badInput, failedFree, unusable, whatIsLeftOut } from '../items/report';
import { DEFAULT_CONCURRENCY, FAILED_TO_N8N, readSettings } from '../items/settings';
import { defect, tryOperation } from '../operations/defect';
import { formOf, type Form } from '../operations/lists/listFields';
import type { BadInput, FreeOperation, FreeRequest } from '../operations/operation';
import type { Problem } from '../operations/outcome';
import { mapInSlices } from '../timeSlices';
import { forEachConcurrent } from '../transport/forEachConcurrent';
import { halt, openSession, type Session } from '../transport/session';
import { pagesOf } from './pages';

/** The most pages that are read of one item's list, whatever the vendor says. */
export const MAX_PAGES = 1000;

/** The result of one item: what was read, or why nothing was. `leftOut`: what a list leaves out, as a sentence. */
type Result =
	| { items: IDataObject[]; leftOut?: string | undefined }
	| { outcome: 'not_found' | 'refused' | 'not_sent'; reason: string };

/**
 * Runs a free operation on the input items. One input item may give several output items. With Stop
 * Workflow it throws a NodeOperationError that names the first failed item. Also throws what n8n throws.
 */
export async function runFree(
	context: IExecuteFunctions,
	operation: FreeOperation,
): Promise<INodeExecutionData[][]> {
	const inputs = context.getInputData();
	const node = context.getNode();
	const stopOnProblem = !context.continueOnFail();
	// An agent sees nothing of its tool's error output.
	const hasErrorOutput = node.onError === 'continueErrorOutput' && !isCalledByAgent(context);
	const errorOutput = hasErrorOutput ? node : undefined;
	const cancelled = () => context.getExecutionCancelSignal()?.aborted === true;

	const started = await startSession(context, operation, cancelled);
	if ('bad' in started) {
		if (stopOnProblem) throw unusable(node, started.bad);
		const refused = { outcome: 'refused' as const, reason: started.bad };
		return [inputs.map((_, item) => asItem(refused, item, errorOutput))];
	}
	const { parameters, session } = started;
	const read = await mapInSlices(inputs, (_, item) => parseItem(operation, item, parameters));
	const bad = read.flatMap((wanted, item) =>
		'bad' in wanted ? [{ item, reason: wanted.bad }] : [],
	);
	if (stopOnProblem && bad.length > 0) throw badInput(node, bad);

	const results: Result[] = [];
	await forEachConcurrent([...read.entries()], DEFAULT_CONCURRENCY, async ([item, wanted]) => {
		const result: Result =
			'bad' in wanted
				? { outcome: 'refused', reason: wanted.bad }
				: await readAll(session, operation, wanted);
		results[item] = result;
		if (stopOnProblem && isFailed(result)) halt(session, result.reason);
	});

	if (stopOnProblem && results.some(isFailed) && !cancelled()) {
		throw failedFree(node, problemsIn(results));
	}
	const leftOut = results.flatMap((result) => ('items' in result ? (result.leftOut ?? []) : []));
	if (leftOut.length > 0) context.addExecutionHints?.(whatIsLeftOut(leftOut));
	return [await mapInSlices(itemsOf(results, errorOutput), (item) => item)];
}

function* itemsOf(
	results: Result[],
	errorOutput: INode | undefined,
): Generator<INodeExecutionData> {
	for (const [item, result] of results.entries()) {
		if ('items' in result) {
			for (const json of result.items) yield { json, pairedItem: { item } };
		} else yield asItem(result, item, errorOutput);
	}
}

async function startSession(
	context: IExecuteFunctions,
	{ endpoint }: FreeOperation,
	cancelled: () => boolean,
): Promise<{ parameters: (item: number) => Parameters; session: Session } | BadInput> {
	try {
		const parameters = parameterReader(context);
		const read = readSettings(parameters(0).options);
		if ('bad' in read) return read;
		const { timeout } = read.settings;
		const session = await openSession(context, endpoint.vendor, timeout, cancelled);
		return 'bad' in session ? session : { parameters, session };
	} catch (error) {
		// If this threw, n8n would pass the input items on with Continue, as if nothing had happened.
		return { bad: (error as Error).message };
	}
}

/** What an item asks for, and what it wants of each entry. */
type ParsedItem = FreeRequest<unknown> & { form: Form };

/** Reads and checks one item: what it asks for, or what is wrong with it. Never throws. */
function parseItem(
	operation: FreeOperation,
	item: number,
	parameters: (item: number) => Parameters,
): ParsedItem | BadInput {
	try {
		const ofItem = parameters(item);
		const wanted = operation.parse(ofItem);
		if ('bad' in wanted) return wanted;
		const form = formOf(ofItem);
		return 'bad' in form ? form : { ...wanted, ...form };
	} catch (error) {
		return { bad: whyUnresolved(error) ?? defect(error) };
	}
}

/** Reads all that one item asks for. A list that cannot be read to its end gives no entries. */
async function readAll(
	session: Session,
	operation: FreeOperation,
	{ request, limit = Infinity, form }: ParsedItem,
): Promise<Result> {
	const items: IDataObject[] = [];
	let leftOut: string | undefined;
	for await (const page of pagesOf(session, operation, request, MAX_PAGES)) {
		if (page.kind === 'missing') return { outcome: 'not_found', reason: '' };
		if (page.kind === 'failed') return { outcome: page.outcome, reason: page.reason };
		for (const { json } of page.entries) {
			const entry = tryOperation(() => formed(operation, form, json, page.sharedFields));
			if ('defect' in entry) return { outcome: 'refused', reason: entry.defect };
			items.push(withoutNamesOfN8n(entry.result));
		}
		leftOut = page.leftOut ?? leftOut;
		if (items.length >= limit) break;
	}
	return { items: items.slice(0, limit), leftOut };
}

/** An entry in the form that is wanted. Throws what the operation's code throws. */
function formed(
	operation: FreeOperation,
	form: Form,
	json: IDataObject,
	shared: IDataObject = {},
): IDataObject {
	if (form === 'raw') return { ...json, ...shared };
	const simplified = operation.simplify?.(json) ?? json;
	if (form === 'simplified') return { ...simplified, ...shared };
	const all = { ...json, ...simplified, ...shared };
	return Object.fromEntries(form.map((name) => [name, all[name] ?? null]));
}

// Without the items that were not sent: they were held back because another one was refused.
function problemsIn(results: Result[]): Problem[] {
	return results.flatMap((result, item) =>
		isFailed(result) && result.outcome === 'refused' ? [{ item, reason: result.reason }] : [],
	);
}

function isFailed(result: Result): result is Extract<Result, { reason: string }> {
	return 'outcome' in result && result.outcome !== 'not_found';
}

// A vendor may send a field with a name that n8n takes for an error.
function withoutNamesOfN8n(json: IDataObject): IDataObject {
	const entries = Object.entries(json).filter(([name]) => !FAILED_TO_N8N.includes(name));
	return Object.fromEntries(entries);
}

/** The one output item of an input item for which nothing was read. */
function asItem(
	result: Extract<Result, { reason: string }>,
	item: number,
	errorOutput: INode | undefined,
): INodeExecutionData {
	const output: INodeExecutionData = { json: { ...result }, pairedItem: { item } };
	if (errorOutput !== undefined && isFailed(result)) {
		sendToErrorOutput(output, errorOutput, { item, reason: result.reason });
	}
	return output;
}
