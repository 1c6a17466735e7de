import { defect, tryOperation } from '../operations/defect';
import type { PaidOperation } from '../operations/operation';
import {
	afterALostAnswer,
	isProblem,
	sentences,
	withoutAnswer,
	type Receipt,
} from '../operations/outcome';
import { sendRequest, type RequestResult } from '../transport/request';
import { halt, type Session } from '../transport/session';
import type { Endpoint, WireRequest } from '../vendors/endpoint';
import type { Claim, PurchaseBook } from './book/book';
import { boughtBefore, isOver, open, process, settle } from './book/use';
import { whyOverLimit } from './limit';
import { receiptForEarlier, type Doubt, type Memory, type Open } from './memory';
import type { SharedState } from './sharedState';
import type { SubmissionQueue, SubmissionResult } from './submissions';

/** What all purchases of one run share. */
export interface Spending extends Session {
	memory: Memory;
	/** In credits; `undefined` for no limit. */
	maximumCredits: number | undefined;
	/** What other executions bought; `undefined` if the user has named no purchase book. */
	book: PurchaseBook | undefined;
	/** Runs `send` when less than Concurrency others are running. */
	inTurn: <Result>(send: () => Promise<Result>) => Promise<Result>;
	shared: SharedState;
	/** Joins requests and waits for their tasks; `undefined` if each request is sent by itself. */
	submissions: SubmissionQueue | undefined;
	/** Whether the vendor said that the wallet cannot pay (HTTP 402): free requests may still be sent. */
	isOutOfCredits: boolean;
	/** The balance that the vendor last reported, in credits; `null` if it has reported none. */
	balance: number | null;
}

/** A request of a paid operation, and its key in the memory. */
export interface KeyedRequest<Request = unknown> {
	key: string;
	request: Request;
}

const LOST = 'An earlier answer to this request was lost, so it may or may not have been charged';
const IN_DOUBT = ', so it may or may not have charged';

/** What the operation's code says of a request, before it is sent. */
interface Plan {
	/** What the request asks for, for the purchase book. */
	about: string;
	/** The keys to hold while the request is under way. */
	locks: string[];
	/** The most it can cost, in credits. */
	worstCase: number;
	wire: WireRequest;
}

/**
 * Buys what one request asks for, at most once, and writes the receipt down as soon as it is known.
 * Never throws, even if the operation's code does.
 */
export async function purchase<Request, Response>(
	spending: Spending,
	operation: PaidOperation<Request, Response>,
	{ key, request }: KeyedRequest<Request>,
): Promise<Receipt> {
	const { memory, shared } = spending;
	const { endpoint } = operation;
	const plan = tryOperation((): Plan => ({
		about: operation.about(request),
		locks: operation.locks?.(request) ?? [key],
		worstCase: endpoint.worstCase(request),
		wire: endpoint.toWire(request),
	}));
	for (;;) {
		const recollection = memory.recall(key, endpoint.repeat);
		if (recollection.kind === 'answered') {
			const { receipt } = recollection;
			// This problem ended the earlier run and will end this one: nothing more should be spent in it.
			if (spending.haltOnProblem && isProblem(receipt)) halt(spending, receipt.reason);
			return receipt;
		}
		if ('defect' in plan) {
			if (spending.haltOnProblem) halt(spending, plan.defect);
			return unsentReceipt(operation, recollection, 'refused', plan.defect);
		}
		const bought = boughtBefore(spending, operation, key);
		if (bought !== undefined) return bought;
		const { locks } = plan.result;
		const holder = shared.lock.holderOf(locks);
		if (holder === undefined) {
			return await shared.lock.hold(
				locks,
				async () => await buy(spending, operation, { key, request }, recollection, plan.result),
			);
		}
		await holder;
	}
}

async function buy<Request, Response>(
	spending: Spending,
	operation: PaidOperation<Request, Response>,
	keyed: KeyedRequest<Request>,
	recollection: Open,
	plan: Plan,
): Promise<Receipt> {
	const { processing } = recollection;
	if (processing !== undefined) {
		return await follow(spending, operation, keyed, plan, processing);
	}
	const { maximumCredits } = spending;
	const { limit } = spending.shared;
	// Credits that `spent` already contains for this purchase are not counted twice.
	const reservation = Math.max(0, plan.worstCase - recollection.reserved);
	if (!(await limit.reserve(reservation, maximumCredits))) {
		const spent = limit.spent();
		const reason = whyOverLimit('Maximum Credits', spent, maximumCredits ?? 0, reservation);
		const receipt = unsentReceipt(operation, recollection, 'not_sent', reason);
		return { ...receipt, limitReached: true };
	}
	let bought: Bought;
	try {
		bought = await buyWithinLimit(spending, operation, keyed, recollection, plan);
	} finally {
		limit.release(reservation);
	}
	return bought.receipt.outcome === 'processing'
		? await follow(spending, operation, keyed, plan, bought)
		: bought.receipt;
}

/** What came of a request, and who is to write down what else comes of it. */
interface Bought {
	receipt: Receipt;
	/** What was paid for it in all, in credits, if the receipt is not the one that tells; `null` if nobody knows. */
	paid?: number | null;
	claim?: Claim | undefined;
	/** Whether another execution started the vendor's task, and told what it cost. */
	isOfOthers?: boolean;
}

async function buyWithinLimit<Request, Response>(
	spending: Spending,
	operation: PaidOperation<Request, Response>,
	{ key, request }: KeyedRequest<Request>,
	recollection: Open,
	{ about, worstCase, wire }: Plan,
): Promise<Bought> {
	const { memory, submissions } = spending;
	const { endpoint } = operation;
	const despiteDoubt = recollection.earlier !== undefined || memory.mayAskDespiteDoubt(key);
	const record = (receipt: Receipt, doubt: Doubt | undefined) =>
		memory.record(key, endpoint.repeat, {
			receipt,
			doubt,
			worstCase,
			request: operation.combiner === undefined ? undefined : request,
		});
	for (let { lostBefore } = recollection; ;) {
		const ask = async () =>
			await open(spending, operation, { key, about, worstCase, despiteDoubt });
		const opening = await (submissions === undefined ? ask() : submissions.before(ask));
		if (opening.kind === 'known') return { receipt: opening.receipt };
		if (opening.kind === 'processing') {
			const { receipt, paid } = opening;
			return { receipt, paid, isOfOthers: true };
		}
		if (opening.kind === 'heldBack') {
			const { outcome, reason, isLimit } = opening;
			const receipt = unsentReceipt(operation, { ...recollection, lostBefore }, outcome, reason);
			// An attempt of this run was lost before its row became too old.
			if (lostBefore && !recollection.lostBefore) return { receipt: record(receipt, 'lost') };
			return { receipt: isLimit ? { ...receipt, limitReached: true } : receipt };
		}
		const { claim } = opening;
		const result =
			submissions === undefined
				? await send(spending, endpoint, wire, lostBefore, claim)
				: await (submissions as SubmissionQueue<Request, Response>).submit(request, {
						lostBefore: lostBefore || claim?.followsDoubt === true,
						// What others left in doubt was not paid by this execution.
						paidBefore: lostBefore ? null : 0,
						mayStart: () => claim?.mayStart() !== false,
					});
		if (result.kind === 'notSent' && claim !== undefined && !isOver(spending)) {
			// It waited too long for its turn, and its row is too old: it is written down anew.
			if (result.lostBefore) claim.leaveUnknown();
			else claim.takeBack();
			lostBefore = result.lostBefore;
			continue;
		}
		spending.isOutOfCredits ||= result.kind === 'refused' && result.status === 402;
		const { receipt, doubt } = receiptFor(spending, operation, request, result);
		// A request that was refused or not sent cost nothing and may be sent again, so it is not written down.
		if (receipt.outcome === 'refused' || receipt.outcome === 'not_sent') {
			claim?.takeBack();
			const { earlier } = recollection;
			return {
				receipt: earlier === undefined ? receipt : receiptForEarlier(earlier, receipt.reason),
			};
		}
		const recorded = record(receipt, doubt);
		if (receipt.outcome === 'processing') process(claim, receipt, submissions?.waitUpToMs ?? 0);
		else settle(claim, receipt);
		return { receipt: recorded, claim };
	}
}

const NOT_BOUGHT =
	'The vendor worked on it, and now shows it as not bought, so it may or may not have charged';
const NOTHING_BOUGHT =
	'The vendor charged nothing for it, but shows it as not bought. Ask for it again';

/** Waits until it is known what came of a request that the vendor works on, and writes it down. Never throws. */
async function follow<Request, Response>(
	spending: Spending,
	operation: PaidOperation<Request, Response>,
	{ key, request }: KeyedRequest<Request>,
	{ worstCase }: Plan,
	{ receipt: processing, claim, isOfOthers = false, ...bought }: Bought,
): Promise<Receipt> {
	const { memory, submissions, book } = spending;
	const { repeat } = operation.endpoint;
	const { fields } = processing;
	const creditsCharged = bought.paid === undefined ? processing.creditsCharged : bought.paid;
	const followed = await submissions?.follow(request, { creditsCharged, fields });
	if (followed === undefined) {
		settle(claim, processing);
		return processing;
	}
	if (followed === 'notBought' && creditsCharged === 0) {
		// Nothing is known that would answer the next request for the same.
		memory.forget(key);
		claim?.takeBack();
		return withBalance(spending, withoutAnswer(operation, 'refused', NOTHING_BOUGHT));
	}
	const receipt = withBalance(
		spending,
		followed === 'notBought' ? withoutAnswer(operation, 'uncertain', NOT_BOUGHT) : followed,
	);
	const doubt = followed === 'notBought' ? 'notBought' : undefined;
	if (claim !== undefined) settle(claim, receipt);
	else if (typeof fields.taskId === 'string') {
		const outcome = followed === 'notBought' ? 'asked' : receipt.outcome;
		// What others paid is in their row already.
		const credits = isOfOthers ? undefined : (receipt.creditsCharged ?? undefined);
		book?.settleTask(key, fields.taskId, !isOfOthers, { outcome, credits, result: '' });
	}
	if (!isOfOthers) return memory.recordProcessed(key, { receipt, worstCase, doubt });
	if (followed === 'notBought') return { ...receipt, creditsCharged: 0 };
	const reason = sentences(receipt.reason, 'Another execution asked for it and paid');
	return memory.record(key, repeat, {
		receipt: { ...receipt, creditsCharged: 0, reason },
		worstCase: 0,
	});
}

/** Sends a request. Never throws. */
async function send<Request, Response>(
	spending: Spending,
	endpoint: Endpoint<Request, Response>,
	wire: WireRequest,
	lostBefore: boolean,
	claim: Claim | undefined,
): Promise<RequestResult<Response>> {
	try {
		return await spending.inTurn(
			async () =>
				await sendRequest(spending, endpoint, wire, {
					isRepeatSafe: endpoint.repeat === 'free',
					lostBefore,
					doubt: IN_DOUBT,
					...(claim === undefined ? {} : { mayStart: claim.mayStart }),
				}),
		);
	} catch (error) {
		// It does not throw. If it did, a request may have been charged, and must be written down.
		const reason = whyUnreadable(spending, error);
		return { kind: 'unknown', reason, cause: 'unreadable', balance: null, lostBefore };
	}
}

/** The receipt for a request that was not sent. An earlier attempt may still have been charged. */
function unsentReceipt(
	operation: Pick<PaidOperation, 'fieldsWithoutAnswer'>,
	{ lostBefore, earlier }: Open,
	outcome: 'refused' | 'not_sent',
	reason: string,
): Receipt {
	if (lostBefore) return withoutAnswer(operation, 'uncertain', sentences(reason, LOST));
	return earlier === undefined
		? withoutAnswer(operation, outcome, reason)
		: receiptForEarlier(earlier, reason);
}

/** The reason if the node's own code failed after a request was sent. Halts the run with Stop Workflow. */
function whyUnreadable(spending: Spending, error: unknown): string {
	const reason = defect(error);
	if (spending.haltOnProblem) halt(spending, reason);
	return `${spending.account.name} may have answered${IN_DOUBT}. ${reason}`;
}

/** The receipt for a request's result, and why the purchase is in doubt, if it is. */
function receiptFor<Request, Response>(
	spending: Spending,
	operation: PaidOperation<Request, Response>,
	request: Request,
	result: SubmissionResult<Response>,
): { receipt: Receipt; doubt?: Doubt } {
	const { lostBefore } = result;
	const inDoubt = (reason: string, doubt: Doubt) => {
		const reasons = sentences(reason, lostBefore ? LOST : '');
		return {
			receipt: withBalance(spending, withoutAnswer(operation, 'uncertain', reasons)),
			doubt,
		};
	};
	switch (result.kind) {
		case 'delivered':
			try {
				const receipt = withBalance(spending, operation.settle(result.response, request));
				if (spending.haltOnProblem && isProblem(receipt)) halt(spending, receipt.reason);
				return { receipt: lostBefore ? afterALostAnswer(receipt) : receipt };
			} catch (error) {
				// The vendor answered, but the operation cannot read the answer: it was probably charged.
				return inDoubt(whyUnreadable(spending, error), 'unreadable');
			}
		case 'settled':
			return { receipt: withBalance(spending, result.settled) };
		case 'missing':
			return { receipt: withBalance(spending, withoutAnswer(operation, 'not_found', '')) };
		case 'unknown':
			spending.balance = result.balance ?? spending.balance;
			return inDoubt(result.reason, result.cause);
		case 'refused':
			spending.balance = result.balance ?? spending.balance;
			return { receipt: withBalance(spending, withoutAnswer(operation, 'refused', result.reason)) };
		case 'notSent':
			return lostBefore
				? inDoubt(result.reason, 'lost')
				: { receipt: withBalance(spending, withoutAnswer(operation, 'not_sent', result.reason)) };
	}
}

/** A receipt with the balance that the vendor last reported. */
function withBalance(spending: Spending, receipt: Receipt): Receipt {
	spending.balance = receipt.creditsRemaining ?? spending.balance;
	return { ...receipt, creditsRemaining: spending.balance };
}
