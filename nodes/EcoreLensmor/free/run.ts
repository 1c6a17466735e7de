import type { IDataObject, IExecuteFunctions, INode, INodeExecutionData } from 'n8n-workflow';

import { connect } from '../transport/connect';
import { sendToErrorOutput } from '../items/itemResult';
import type { ReadOperation, Wanted } from '../operations/freeOperation';
import { shown } from '../operations/shown';
import type { Problem } from '../operations/outcome';
import { isToolRunByEngine, parameterReader, type Parameters } from '../items/parameters';
import { badInput, failedRead, unusable, whatIsLeftOut } from '../items/report';
import { DEFAULT_CONCURRENCY, readSettings, FAILED_TO_N8N } from '../items/settings';
import { inLanes } from '../transport/forEachConcurrent';
import { Throttle } from '../transport/throttle';
import { mapInSlices } from '../timeSlices';
import { halt, type Reader } from './ask';
import { pagesOf } from './pages';

/** The most pages that one item's list may have, whatever the vendor says. */
export const MOST_PAGES = 1000;

/** What became of one item: what was read, or why nothing was. `leftOut` as in a page. */
type Result =
	| { items: IDataObject[]; leftOut?: string | undefined }
	| { outcome: 'not_found' | 'refused' | 'not_sent'; reason: string };

/** Items in, items out, for operations that only read: several output items may come from one. */
export async function runReads(
	context: IExecuteFunctions,
	operation: ReadOperation,
): Promise<INodeExecutionData[][]> {
	const inputs = context.getInputData();
	const node = context.getNode();
	const stopOnProblem = !context.continueOnFail();
	const cancelled = () => context.getExecutionCancelSignal()?.aborted === true;

	const prepared = await prepare(context, operation, cancelled);
	if ('bad' in prepared) {
		if (stopOnProblem) throw unusable(node, prepared.bad);
		return [
			inputs.map((_, item) => asItem({ outcome: 'refused', reason: prepared.bad }, item, node)),
		];
	}
	const { parameters, reader } = prepared;
	const asked = await mapInSlices(inputs, (_, item) => wantedBy(operation, item, parameters));
	const bad = asked.flatMap((wanted, item) =>
		'bad' in wanted ? [{ item, reason: wanted.bad }] : [],
	);
	if (stopOnProblem && bad.length > 0) throw badInput(node, bad);

	const results: Result[] = [];
	await inLanes([...asked.entries()], DEFAULT_CONCURRENCY, async ([item, wanted]) => {
		const result: Result =
			'bad' in wanted
				? { outcome: 'refused', reason: wanted.bad }
				: await readOne(reader, operation, wanted);
		results[item] = result;
		if (stopOnProblem && isProblem(result)) halt(reader, result.reason);
	});

	if (stopOnProblem && results.some(isProblem) && !cancelled()) {
		throw failedRead(node, problemsIn(results));
	}
	const leftOut = results.flatMap((result) => ('items' in result ? (result.leftOut ?? []) : []));
	if (leftOut.length > 0) context.addExecutionHints(whatIsLeftOut(leftOut));
	return [await mapInSlices(itemsOf(results, node), (item) => item)];
}

function* itemsOf(results: Result[], node: INode): Generator<INodeExecutionData> {
	for (const [item, result] of results.entries()) {
		if ('items' in result) {
			for (const json of result.items) yield { json, pairedItem: { item } };
		} else yield asItem(result, item, node);
	}
}

async function prepare(
	context: IExecuteFunctions,
	{ endpoint }: ReadOperation,
	cancelled: () => boolean,
): Promise<{ parameters: (item: number) => Parameters; reader: Reader } | { bad: string }> {
	try {
		const parameters = parameterReader(context);
		const read = readSettings(parameters(0).options);
		if ('bad' in read) return read;
		const connection = await connect(context, endpoint.vendor, read.settings.timeout);
		if ('bad' in connection) return connection;
		const throttle = new Throttle(cancelled);
		return { parameters, reader: { ...connection, throttle, cancelled, halted: undefined } };
	} catch (error) {
		// In the continue modes n8n would pass the input on as if nothing had happened.
		return { bad: (error as Error).message };
	}
}

type Asked = (Wanted<unknown> & { simple: boolean }) | { bad: string };

/** Reads and checks one item. Never throws. */
function wantedBy(
	operation: ReadOperation,
	item: number,
	parameters: (item: number) => Parameters,
): Asked {
	try {
		const own = parameters(item);
		const wanted = operation.read(own);
		if ('bad' in wanted) return wanted;
		// Empty where the operation has no such field.
		const simple = own.field('simple') ?? '';
		return simple === '' || typeof simple === 'boolean'
			? { ...wanted, simple: simple !== false }
			: { bad: `Simplify must be true or false, not ${shown(simple)}` };
	} catch (error) {
		return { bad: `An expression cannot be resolved: ${(error as Error).message}` };
	}
}

/** Reads all that one item asks for: the whole of it, or none. */
async function readOne(
	reader: Reader,
	operation: ReadOperation,
	{ request, most = Infinity, simple }: Exclude<Asked, { bad: string }>,
): Promise<Result> {
	const items: IDataObject[] = [];
	let leftOut: string | undefined;
	for await (const page of pagesOf(reader, operation, request, MOST_PAGES)) {
		if (page.kind === 'missing') return { outcome: 'not_found', reason: '' };
		if (page.kind === 'failed') return { outcome: page.outcome, reason: page.reason };
		for (const { json } of page.entries) {
			const shown = simple && operation.simplified ? operation.simplified(json) : json;
			items.push(withoutNamesOfN8n({ ...shown, ...page.beside }));
		}
		leftOut = page.leftOut ?? leftOut;
		if (items.length >= most) break;
	}
	return { items: items.slice(0, most), leftOut };
}

// Who was held back was so because of one that was refused.
function problemsIn(results: Result[]): Problem[] {
	return results.flatMap((result, item) =>
		isProblem(result) && result.outcome === 'refused' ? [{ item, reason: result.reason }] : [],
	);
}

function isProblem(result: Result): result is Extract<Result, { reason: string }> {
	return 'outcome' in result && result.outcome !== 'not_found';
}

// What a vendor sends may have any name.
function withoutNamesOfN8n(json: IDataObject): IDataObject {
	const entries = Object.entries(json).filter(([name]) => !FAILED_TO_N8N.includes(name));
	return Object.fromEntries(entries);
}

/** The one item of a read that brought nothing. */
function asItem(
	result: Extract<Result, { reason: string }>,
	item: number,
	node: INode,
): INodeExecutionData {
	const output: INodeExecutionData = { json: { ...result }, pairedItem: { item } };
	const hasErrorOutput = node.onError === 'continueErrorOutput' && !isToolRunByEngine(node);
	if (hasErrorOutput && isProblem(result)) {
		sendToErrorOutput(output, node, { item, reason: result.reason });
	}
	return output;
}
