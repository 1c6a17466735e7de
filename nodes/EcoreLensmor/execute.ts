import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { connect } from './transport/connect';
import { asProblem, badLine, isBad, notSentYet, toItem, type Line, type Output } from './items/itemResult';
import { operations } from './operations';
import type { AnyOperation, Joint, Operation } from './operations/operation';
import type { ReadBack } from './operations/purchasedRecords';
import { isProblem, withoutAnswer, type Receipt } from './operations/outcome';
import { isToolRunByEngine, parameterReader, type Parameters } from './items/parameters';
import { findAgain } from './free/findPurchased';
import { runReads } from './free/run';
import { badInput, failed, summary, unusable } from './items/report';
import { readSettings, type Settings } from './items/settings';
import { buy, type Spending } from './spend/purchase';
import { inLanes } from './transport/forEachConcurrent';
import { keyOf, Memo, type Run, type Standing } from './spend/memory';
import { Regrouped, type Wanted } from './spend/regrouped';
import { together } from './spend/sharedState';
import { mapInSlices } from './timeSlices';

/** Items in, items out: read, check, plan, spend, output. With `runReads`, the only code that sees more than one item. */
export async function run(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const inputs = context.getInputData();
	if (inputs.length === 0) return [[]];

	const node = context.getNode();
	const stopOnProblem = !context.continueOnFail();
	const operation = chosenOperation(context);
	if (operation === undefined) {
		const reason = 'There is no such operation: choose Resource and Operation anew';
		if (stopOnProblem) throw unusable(node, reason);
		const json = { outcome: 'refused', creditsCharged: 0, creditsRemaining: null, reason };
		return [inputs.map((_, item) => ({ json, pairedItem: { item } }))];
	}
	if (operation.kind === 'read') return await runReads(context, operation);
	const isTool = isToolRunByEngine(node);
	const output: Output = {
		operation,
		field: '',
		// Of a tool, an agent sees nothing that leaves by the error output.
		...(node.onError === 'continueErrorOutput' && !isTool ? { toErrorOutput: node } : {}),
	};
	const prepared = await prepare(context, operation, stopOnProblem);
	if ('bad' in prepared) {
		if (stopOnProblem) throw unusable(node, prepared.bad);
		const lines = inputs.map((_, item) => badLine(operation, item, prepared.bad));
		return [lines.map((line) => toItem(output, inputs, line))];
	}
	const { settings, join, readBack, run: thisRun, spending } = prepared;

	const read = await mapInSlices(inputs, (_, item) => readLine(operation, item, prepared));
	if (stopOnProblem && read.some(isBad)) throw badInput(node, read.filter(isBad).map(asProblem));
	const standing = await spending.memo.standing();
	const lines = join === undefined ? read : await joined(operation, read, join, standing);
	const regrouped = await Regrouped.from(operation, standing, wantedBy(operation, lines));

	const { underWay } = spending.together;
	if (settings.dryRun) await planDryRun(operation, lines, spending, regrouped);
	else {
		if (underWay.size === 0) spending.together.throttle.forgetRefusals();
		spending.together.throttle.begin(lines.length);
		underWay.add(thisRun.round);
		try {
			const keys = await spend(operation, lines, spending, settings, regrouped);
			if (
				stopOnProblem &&
				!spending.cancelled() &&
				lines.some(({ receipt }) => isProblem(receipt))
			) {
				throw failed(node, operation, lines);
			}
			await spending.memo.handOver(keys);
			await spending.memo.handOver(regrouped.keys);
		} finally {
			// Not before: another tool call must see that this output tells, or will tell, of the charge.
			underWay.delete(thisRun.round);
		}
	}
	if (readBack !== undefined) {
		const { account, send, cancelled } = spending;
		const { throttle } = spending.together;
		const halted = spending.isOutOfCredits ? undefined : spending.halted;
		const reader = { account, send, cancelled, throttle, halted };
		const { concurrency } = settings;
		await findAgain(reader, readBack, { lines, read, inputs, concurrency });
	}
	context.addExecutionHints(summary(lines, spending.balance));
	// A joined request has no single input item to keep, and a tool's is what reached the agent: headers
	// of a webhook and the like, which a language model need not see.
	output.field = join === undefined && !isTool ? settings.outputField : '';
	return [await mapInSlices(lines, (line) => toItem(output, inputs, line))];
}

function chosenOperation(context: IExecuteFunctions): AnyOperation | undefined {
	const resource = context.getNodeParameter('resource', 0, '');
	const name = context.getNodeParameter('operation', 0, '');
	return operations.find((one) => one.resource === resource && one.operation === name);
}

interface Prepared {
	parameters: (item: number) => Parameters;
	/** The first item's, which `settings` were read from. */
	options: IDataObject;
	settings: Settings;
	join: Joint | undefined;
	readBack: ReadBack | undefined;
	run: Run;
	spending: Spending;
}

/** What is the same for all items: the settings, the account, and the state of this run's spending. */
async function prepare(
	context: IExecuteFunctions,
	operation: Operation,
	haltOnProblem: boolean,
): Promise<Prepared | { bad: string }> {
	try {
		const parameters = parameterReader(context);
		const first = parameters(0);
		const read = readSettings(first.options);
		if ('bad' in read) return read;
		const { settings } = read;
		const join = operation.join?.(first);
		if (join !== undefined && 'bad' in join) return join;
		const readBack = operation.readBack?.(first);
		if (readBack !== undefined && 'bad' in readBack) return readBack;

		const connection = await connect(context, operation.endpoint.vendor, settings.timeout);
		if ('bad' in connection) return connection;

		const run: Run = {
			executionId: context.getExecutionId(),
			// Tool calls that an agent makes by itself share n8n's run index, and each has an output of its own.
			round: first.sharesRunIndex
				? Memo.roundOfToolCall(context.getContext('node'))
				: Number(context.evaluateExpression('{{ $runIndex }}', 0)),
			mode: context.getMode(),
		};
		const cancelled = () => context.getExecutionCancelSignal()?.aborted === true;
		const shared = together(context.getContext('node'), run, cancelled);
		const spending: Spending = {
			...connection,
			memo: new Memo(context.getContext('node'), run, shared.underWay),
			maximumCredits: settings.maximumCredits,
			together: shared,
			haltOnProblem,
			halted: undefined,
			isOutOfCredits: false,
			cancelled,
			balance: null,
		};
		return { parameters, options: first.options, settings, join, readBack, run, spending };
	} catch (error) {
		// In the continue modes n8n would pass the input on as if nothing had happened.
		return { bad: (error as Error).message };
	}
}

/** Reads and checks one item. Never throws. */
function readLine(
	operation: Operation,
	item: number,
	{ parameters: parametersOf, options, settings }: Prepared,
): Line {
	try {
		const parameters = parametersOf(item);
		if (parameters.options !== options) {
			const own = readSettings(parameters.options);
			if ('bad' in own) return badLine(operation, item, own.bad);
			if (JSON.stringify(own.settings) !== JSON.stringify(settings)) {
				return badLine(operation, item, DIFFERENT_SETTINGS);
			}
		}
		const read = operation.read(parameters);
		if ('bad' in read) return badLine(operation, item, read.bad);
		const documented = read.requests.every(
			(request) => operation.endpoint.request.safeParse(request).success,
		);
		return documented
			? { items: [item], requests: read.requests, receipt: notSentYet(operation) }
			: badLine(operation, item, 'This makes no request that the vendor documents');
	} catch (error) {
		// An expression that cannot be resolved is this item's trouble, not the others'.
		return badLine(
			operation,
			item,
			`An expression cannot be resolved: ${(error as Error).message}`,
		);
	}
}

/** Joins what good items ask for into shared requests; bad items stay lines of their own. */
async function joined(
	operation: Operation,
	read: Line[],
	joint: Joint,
	standing: Standing[],
): Promise<Line[]> {
	const asked = read.flatMap(({ items: [item = 0], requests }) =>
		requests.map((request) => ({ item, request })),
	);
	const known = standing
		.map(({ request }) => request)
		.filter((request) => operation.endpoint.request.safeParse(request).success);
	const lines = (await joint.into(asked, known)).map(({ items, request }) => ({
		items,
		requests: [request],
		receipt: notSentYet(operation),
	}));
	return [...read.filter(isBad), ...lines].sort((a, b) => (a.items[0] ?? 0) - (b.items[0] ?? 0));
}

const DIFFERENT_SETTINGS =
	'Concurrency, Dry Run, Maximum Credits, Put Result in Field and Timeout apply to the whole node: they must come out the same for every item';

function* wantedBy(operation: Operation, lines: Line[]): Generator<Wanted> {
	for (const { requests, items } of lines) {
		for (const request of requests) {
			yield { key: requestKey(operation, request), request, item: items[0] ?? 0 };
		}
	}
}

/** Buys what the lines ask for, each request once, and puts the receipts on the lines. Answers the keys it used. */
async function spend(
	operation: Operation,
	lines: Line[],
	spending: Spending,
	settings: Settings,
	regrouped: Regrouped,
): Promise<Iterable<string>> {
	const asked = new Map<string, { item: number; receipt: Promise<Receipt> }>();
	const buyOnce = async (key: string, request: unknown): Promise<Receipt> =>
		regrouped.answerFor({ key, request }) ??
		regrouped.withEarlier({ key, request }, await buy(spending, operation, key, request));

	await inLanes(
		lines.filter((line) => !isBad(line)),
		settings.concurrency,
		async (line) => {
			const [item = 0] = line.items;
			for (const request of line.requests) {
				const key = requestKey(operation, request);
				const earlier = asked.get(key);
				line.request = request;
				if (earlier === undefined) {
					const receipt = buyOnce(key, request);
					asked.set(key, { item, receipt });
					line.receipt = await receipt;
					delete line.duplicateOf;
				} else {
					line.receipt = { ...(await earlier.receipt), creditsCharged: 0 };
					line.duplicateOf = earlier.item;
				}
				// An earlier attempt in doubt ends the search: the next receipt would hide it.
				const { outcome, creditsCharged } = line.receipt;
				if (outcome !== 'not_found' || creditsCharged === null) return;
			}
		},
	);
	return asked.keys();
}

/** Says what the lines would cost at most, and sends nothing. */
async function planDryRun(
	operation: Operation,
	lines: Line[],
	{ memo }: Spending,
	regrouped: Regrouped,
): Promise<void> {
	const sameChain = new Map<string, number>();
	// What an earlier line asks for in any case; what it asks for next depends on the answer.
	const surelyAsked = new Set<string>();
	await mapInSlices(lines, (line) => {
		if (isBad(line)) return;
		const [item = 0] = line.items;
		const keys = line.requests.map((request) => requestKey(operation, request));
		const chain = keys.join(' ');
		const earlier = sameChain.get(chain);
		const costs = line.requests.map((request, index) => {
			const key = keys[index] ?? '';
			const isAnswered =
				memo.recall(key, operation.endpoint.repeat).kind === 'answered' ||
				regrouped.answerFor({ key, request }) !== undefined;
			return isAnswered || surelyAsked.has(key) ? 0 : operation.endpoint.worstCase(request);
		});
		line.receipt = withoutAnswer('planned', '', operation.unanswered('planned'));
		line.request = line.requests[0];
		line.maximumCost = earlier === undefined ? Math.max(...costs) : 0;
		if (earlier !== undefined) line.duplicateOf = earlier;
		else sameChain.set(chain, item);
		surelyAsked.add(keys[0] ?? '');
	});
}

function requestKey(operation: Operation, request: unknown): string {
	return keyOf(`${operation.resource}.${operation.operation}`, operation.identity(request));
}
