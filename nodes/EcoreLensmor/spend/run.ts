import type { IExecuteFunctions, INode, INodeExecutionData } from 'n8n-workflow';
import pLimit from 'p-limit';

import {
	asProblem,
	badResult,
	isBad,
	toItem,
	type ItemResult,
	type Output,
	type Purchased,
} from '../items/itemResult';
import {
	isCalledByAgent,
	parameterReader,
	whyUnresolved,
	type Parameters,
} from '../items/parameters';
import { toOutputs } from '../items/outputs';
import { badInput, failed, fromBook, summary, unusable } from '../items/report';
import { readSettings, type Settings } from '../items/settings';
import { defect } from '../operations/defect';
import type {
	BadInput,
	Combiner,
	PaidOperation,
	PriceCheck,
	PurchasedDetails,
	Submissions,
} from '../operations/operation';
import { isProblem } from '../operations/outcome';
import { mapInSlices } from '../timeSlices';
import { openSession, type Session } from '../transport/session';
import { bookOf } from './book/bookOf';
import { whyOutOfReach } from './book/use';
import { combined, parseItem, type ItemReader } from './itemRequests';
import { Memory, type Run } from './memory';
import { planDryRun } from './planDryRun';
import type { Spending } from './purchase';
import { purchaseAll } from './purchaseAll';
import { Regrouped, type WantedRequest } from './regrouped';
import { sharedStateOf } from './sharedState';
import { SubmissionQueue, type RequestFree } from './submissions';

/** What a paid run has done by free requests. */
export interface FreeRequests {
	/** Finds the details of what was bought, and puts them on the results. Never throws. */
	findDetails: (session: Session, details: PurchasedDetails, purchased: Purchased) => Promise<void>;
	/** Puts on the results of a dry run what the vendor says that they would cost, in credits. Never throws. */
	checkPrices: (
		session: Session,
		check: PriceCheck,
		results: ItemResult[],
		concurrency: number,
	) => Promise<void>;
	/** Sends one free request. Never throws. */
	request: RequestFree;
}

/**
 * Runs a paid operation on the input items: reads and checks all of them, plans their requests, buys, and
 * returns the output items. With Stop Workflow it throws a NodeOperationError that says what was paid.
 * Also throws what n8n throws.
 */
export async function runPaid(
	context: IExecuteFunctions,
	operation: PaidOperation,
	{ findDetails, checkPrices, request }: FreeRequests,
): Promise<INodeExecutionData[][]> {
	const inputs = context.getInputData();
	const node = context.getNode();
	const stopOnProblem = !context.continueOnFail();
	const calledByAgent = isCalledByAgent(context);
	const output: Output = {
		operation,
		field: '',
		// An agent sees nothing of its tool's error output.
		...(node.onError === 'continueErrorOutput' && !calledByAgent ? { toErrorOutput: node } : {}),
	};
	const leave = (results: ItemResult[], items: INodeExecutionData[]) =>
		toOutputs(operation, node, calledByAgent, results, items);
	const allRefused = (reason: string) => {
		if (stopOnProblem) throw unusable(node, reason);
		const refused = inputs.map((_, item) => badResult(operation, [item], reason));
		return leave(
			refused,
			refused.map((result) => toItem(output, inputs, result)),
		);
	};

	const prepared = await prepare(context, operation, stopOnProblem, request);
	if ('bad' in prepared) return allRefused(prepared.bad);
	const { settings, combiner, details, spending } = prepared;

	const perItem = await mapInSlices(inputs, (_, item) => parseItem(operation, item, prepared));
	const bad = perItem.filter((result) => isBad(result) && !result.isDefect);
	if (stopOnProblem && bad.length > 0) throw badInput(node, bad.map(asProblem));
	const spent = await spend(node, operation, perItem, prepared);
	if ('bad' in spent) return allRefused(spent.bad);
	const { results } = spent;
	const { concurrency, dryRun } = settings;
	const session: Session = {
		...spending,
		// Free requests still work with an empty wallet.
		haltReason: spending.isOutOfCredits ? undefined : spending.haltReason,
		haltOnProblem: false,
	};
	if (details !== undefined) {
		await findDetails(session, details, { results, perItem, inputs, concurrency });
	}
	if (dryRun && operation.priceCheck !== undefined) {
		await checkPrices(session, operation.priceCheck, results, concurrency);
	}
	const { balance, memory, book } = spending;
	// Not in the oldest n8n that is supported.
	context.addExecutionHints?.(
		summary(results, { balance, spentInAll: memory.spent, bookProblem: book?.problem }),
	);
	// A combined request has no single input item to keep. A tool's input item is what the agent received,
	// such as the headers of a webhook, and a language model does not need that.
	output.field = combiner === undefined && !calledByAgent ? settings.outputField : '';
	return leave(results, await mapInSlices(results, (result) => toItem(output, inputs, result)));
}

/** Buys what the items ask for, or only plans it in a dry run. Throws as `runPaid` does. */
async function spend(
	node: INode,
	operation: PaidOperation,
	perItem: ItemResult[],
	prepared: Prepared,
): Promise<{ results: ItemResult[] } | BadInput> {
	const { settings, combiner, run, spending } = prepared;
	const { memory, shared, haltOnProblem } = spending;
	if (!settings.dryRun) {
		if (shared.underWay.size === 0) shared.throttle.forgetRefusals();
		shared.underWay.add(run.runIndex);
	}
	try {
		const planned = await plan(operation, perItem, combiner, memory);
		if ('bad' in planned) return planned;
		const { results, regrouped } = planned;
		const unreadable = await readBook(spending, settings, results);
		if (unreadable !== undefined) return unreadable;
		const defective = results.find(({ isDefect }) => isDefect);
		if (haltOnProblem && defective !== undefined) throw unusable(node, defective.receipt.reason);
		if (settings.dryRun) {
			await planDryRun(operation, results, spending, regrouped);
			return { results };
		}
		shared.throttle.begin(results.length);
		const keys = await purchaseAll(operation, results, spending, atOnce(prepared), regrouped);
		await spending.book?.finish(fromBook(results));
		const hasProblem = results.some(({ receipt }) => isProblem(receipt));
		if (haltOnProblem && hasProblem && !spending.cancelled()) {
			const isRemembered = spending.book !== undefined && settings.rememberForDays > 0;
			throw failed(node, operation, results, isRemembered);
		}
		await mapInSlices(regrouped.shares, ([key, receipt]) => memory.recordShare(key, receipt));
		await memory.handOver(keys);
		await memory.handOver(regrouped.keys);
		return { results };
	} finally {
		// Not before: another tool call must see that this output tells, or will tell, of the charge.
		shared.underWay.delete(run.runIndex);
	}
}

/**
 * How many items are dealt with at once. With a book more than are sent at once: while these are sent, the next ones
 * are written down, in one visit to the table. A crash can leave all of them unknown, so not too many.
 */
function atOnce({ settings: { concurrency }, spending: { book, submissions } }: Prepared): number {
	// What is submitted together is waited for together.
	if (submissions !== undefined) return Infinity;
	return book === undefined
		? concurrency
		: Math.min(4 * concurrency, Math.max(20, 2 * concurrency));
}

/**
 * Reads what the purchase book says of everything that is asked for. A single request is read when it is written
 * down, unless its answer should be known before: for Maximum Credits, as an answer of the book needs none.
 */
async function readBook(
	{ book, maximumCredits }: Spending,
	{ dryRun }: Settings,
	results: ItemResult[],
): Promise<BadInput | undefined> {
	if (book === undefined) return undefined;
	try {
		const keys = new Set(results.flatMap(({ requests }) => requests.map(({ key }) => key)));
		const isReadLater = keys.size <= 1 && !dryRun && maximumCredits === undefined;
		if (!isReadLater) await book.read([...keys]);
		return undefined;
	} catch (error) {
		// What this execution has bought comes out all the same; anything else is refused with this reason.
		return dryRun ? { bad: whyOutOfReach(book.settings.name, error) } : undefined;
	}
}

interface Prepared extends ItemReader {
	combiner: Combiner | undefined;
	details: PurchasedDetails | undefined;
	run: Run;
	spending: Spending;
}

/** Prepares what is the same for all items: the settings, the account, and the state of this run's spending. */
async function prepare(
	context: IExecuteFunctions,
	operation: PaidOperation,
	haltOnProblem: boolean,
	requestFree: RequestFree,
): Promise<Prepared | BadInput> {
	try {
		const parameters = parameterReader(context);
		const first = parameters(0);
		const read = readSettings(first.options);
		if ('bad' in read) return read;
		const { settings } = read;
		const chosen = chosenBy(operation, first);
		if ('bad' in chosen) return chosen;

		const { vendor } = operation.endpoint;
		const cancelled = () => context.getExecutionCancelSignal()?.aborted === true;
		const session = await openSession(context, vendor, settings.timeout, cancelled);
		if ('bad' in session) return session;

		const stored = context.getContext('node');
		const run: Run = {
			executionId: context.getExecutionId(),
			// Tool calls that an agent makes itself may have the same run index, but each has its own output.
			runIndex: first.sharesRunIndex
				? Memory.runIndexOfToolCall(stored)
				: Number(context.evaluateExpression('{{ $runIndex }}', 0)),
			mode: context.getMode(),
		};
		const shared = sharedStateOf(stored, run);
		const spending: Spending = {
			...session,
			throttle: shared.throttle,
			memory: new Memory(stored, run, shared.underWay),
			maximumCredits: settings.maximumCredits,
			book: bookOf(context, operation, settings, run),
			inTurn: pLimit(settings.concurrency),
			shared,
			submissions: undefined,
			haltOnProblem,
			isOutOfCredits: false,
			balance: null,
		};
		const { submissions, ...others } = chosen;
		if (submissions !== undefined) {
			const reading = { ...session, throttle: shared.throttle };
			spending.submissions = new SubmissionQueue(
				spending,
				reading,
				operation,
				submissions,
				requestFree,
				// n8n shows it in the browser's console, and only if a person runs the workflow by hand.
				(progress) => context.sendMessageToUI?.(progress),
			);
		}
		return { parameters, options: first.options, settings, ...others, run, spending };
	} catch (error) {
		// If this threw, n8n would pass the input items on with Continue, as if nothing had happened.
		return { bad: (error as Error).message };
	}
}

/** What the first item decides for all items. */
interface Chosen extends Pick<Prepared, 'combiner' | 'details'> {
	submissions: Submissions | undefined;
}

/** Whether requests are combined, whether details are wanted, and how requests are submitted. */
function chosenBy(operation: PaidOperation, first: Parameters): Chosen | BadInput {
	try {
		const combiner = operation.combiner?.(first);
		if (combiner !== undefined && 'bad' in combiner) return combiner;
		const details = operation.purchasedDetails?.(first);
		if (details !== undefined && 'bad' in details) return details;
		const submissions = operation.submissions?.(first);
		if (submissions !== undefined && 'bad' in submissions) return submissions;
		return { combiner, details, submissions };
	} catch (error) {
		return { bad: whyUnresolved(error) ?? defect(error) };
	}
}

/** Plans what to ask for, and finds what an earlier run of this execution has already paid for. */
async function plan(
	operation: PaidOperation,
	perItem: ItemResult[],
	combiner: Combiner | undefined,
	memory: Memory,
): Promise<{ results: ItemResult[]; regrouped: Regrouped } | BadInput> {
	try {
		const reusable = await memory.reusableRequests();
		const results =
			combiner === undefined ? perItem : await combined(operation, perItem, combiner, reusable);
		const regrouped = await Regrouped.from(operation, reusable, wantedBy(results), (key) =>
			memory.claim(key),
		);
		return { results, regrouped };
	} catch (error) {
		return { bad: defect(error) };
	}
}

function* wantedBy(results: ItemResult[]): Generator<WantedRequest> {
	for (const { requests, items } of results) {
		for (const keyed of requests) yield { ...keyed, item: items[0] ?? 0 };
	}
}
