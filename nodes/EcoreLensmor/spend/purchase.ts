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
import type { WireRequest } from '../vendors/endpoint';
import { withEarlier, type Doubt, type Memory, type Open } from './memory';
import type { SharedState } from './sharedState';

/** What all purchases of one run share. */
export interface Spending extends Session {
	memory: Memory;
	/** Credits, `undefined` for no limit. */
	maximumCredits: number | undefined;
	shared: SharedState;
	/** Whether the wallet could not pay: what is free may still go on. */
	isOutOfCredits: boolean;
	/** The balance in credits that the vendor last reported. */
	balance: number | null;
}

/** A request of a paid operation, and its key in the memory. */
export interface KeyedRequest<Request = unknown> {
	key: string;
	request: Request;
}

const LOST = 'An earlier answer to this request was lost, so it may or may not have been charged';
const IN_DOUBT = ', so it may or may not have charged';

/** What must be known of a request before it is sent. */
interface Plan {
	locks: string[];
	/** In credits. */
	worstCase: number;
	wire: WireRequest;
}

/**
 * Buys what one request asks for, at most once, and writes the receipt down the moment it is known.
 * Never throws, also where the operation's code does.
 */
export async function purchase<Request, Response>(
	spending: Spending,
	operation: PaidOperation<Request, Response>,
	{ key, request }: KeyedRequest<Request>,
): Promise<Receipt> {
	const { memory, shared } = spending;
	const { endpoint } = operation;
	const plan = tryOperation((): Plan => ({
		locks: operation.locks?.(request) ?? [key],
		worstCase: endpoint.worstCase(request),
		wire: endpoint.toWire(request),
	}));
	for (;;) {
		const known = memory.recall(key, endpoint.repeat);
		if (known.kind === 'answered') {
			// Still a problem: this run will end as the last one did, so it should not spend on the rest.
			if (spending.haltOnProblem && isProblem(known.receipt)) halt(spending, known.receipt.reason);
			return known.receipt;
		}
		if ('defect' in plan) {
			if (spending.haltOnProblem) halt(spending, plan.defect);
			return unsentReceipt(operation, known, 'refused', plan.defect);
		}
		const { locks } = plan.result;
		const holder = shared.lock.holderOf(locks);
		if (holder === undefined) {
			return await shared.lock.hold(
				locks,
				async () => await buy(spending, operation, { key, request }, known, plan.result),
			);
		}
		await holder;
	}
}

async function buy<Request, Response>(
	spending: Spending,
	operation: PaidOperation<Request, Response>,
	{ key, request }: KeyedRequest<Request>,
	known: Open,
	{ worstCase, wire }: Plan,
): Promise<Receipt> {
	const { memory, maximumCredits } = spending;
	const { limit } = spending.shared;
	const { endpoint } = operation;
	// Credits that already stand for this purchase in what was spent are not counted twice.
	const reservation = Math.max(0, worstCase - known.reserved);
	if (!(await limit.reserve(reservation, maximumCredits))) {
		const reason = known.lostBefore
			? 'Maximum Credits is reached'
			: `Maximum Credits is reached: this could have cost ${reservation} more`;
		return { ...unsentReceipt(operation, known, 'not_sent', reason), limitReached: true };
	}
	try {
		const result = await sendRequest(spending, endpoint, wire, {
			isRepeatSafe: endpoint.repeat === 'free',
			lostBefore: known.lostBefore,
			doubt: IN_DOUBT,
		});
		spending.isOutOfCredits ||= result.kind === 'refused' && result.status === 402;
		const noted = receiptFor(spending, operation, request, result);
		// What was refused or held back cost nothing and may be asked again: there is nothing to remember.
		if (noted.receipt.outcome === 'refused' || noted.receipt.outcome === 'not_sent') {
			const { earlier } = known;
			return earlier === undefined ? noted.receipt : withEarlier(earlier, noted.receipt.reason);
		}
		return memory.record(key, endpoint.repeat, {
			...noted,
			worstCase,
			request: operation.combiner === undefined ? undefined : request,
		});
	} finally {
		limit.release(reservation);
	}
}

/** The receipt for a request that was not sent. */
function unsentReceipt(
	operation: Pick<PaidOperation, 'fieldsWithoutAnswer'>,
	{ lostBefore, earlier }: Open,
	outcome: 'refused' | 'not_sent',
	reason: string,
): Receipt {
	if (lostBefore) return withoutAnswer(operation, 'uncertain', sentences(reason, LOST));
	return earlier === undefined
		? withoutAnswer(operation, outcome, reason)
		: withEarlier(earlier, reason);
}

/** The receipt for what a request came to, and whether anybody knows it. */
function receiptFor<Request, Response>(
	spending: Spending,
	operation: PaidOperation<Request, Response>,
	request: Request,
	result: RequestResult<Response>,
): { receipt: Receipt; doubt?: Doubt } {
	const { lostBefore } = result;
	const withBalance = (receipt: Receipt): Receipt => {
		spending.balance = receipt.creditsRemaining ?? spending.balance;
		return { ...receipt, creditsRemaining: spending.balance };
	};
	const unknown = (reason: string, doubt: Doubt) => {
		const reasons = sentences(reason, lostBefore ? LOST : '');
		return { receipt: withBalance(withoutAnswer(operation, 'uncertain', reasons)), doubt };
	};
	switch (result.kind) {
		case 'delivered':
			try {
				const receipt = withBalance(operation.settle(result.response, request));
				return { receipt: lostBefore ? afterALostAnswer(receipt) : receipt };
			} catch (error) {
				// The answer is there and cannot be read: it was probably charged.
				const reason = defect(error);
				if (spending.haltOnProblem) halt(spending, reason);
				return unknown(`${spending.account.name} answered${IN_DOUBT}. ${reason}`, 'unreadable');
			}
		case 'missing':
			return { receipt: withBalance(withoutAnswer(operation, 'not_found', '')) };
		case 'unknown':
			spending.balance = result.balance ?? spending.balance;
			return unknown(result.reason, result.cause);
		case 'refused':
			spending.balance = result.balance ?? spending.balance;
			return { receipt: withBalance(withoutAnswer(operation, 'refused', result.reason)) };
		case 'notSent':
			return lostBefore
				? unknown(result.reason, 'lost')
				: { receipt: withBalance(withoutAnswer(operation, 'not_sent', result.reason)) };
	}
}
