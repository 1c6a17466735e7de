import type { Account } from '../vendors/account';
import { afterALostAnswer, isProblem, withoutAnswer, type Receipt } from '../operations/outcome';
import type { Operation } from '../operations/operation';
import { attemptOnce, type Sender } from '../transport/attempt';
import { explain } from '../transport/explain';
import type { Doubt, Memo, Recollection, Uncertain } from './memory';
import { decide, mayHaveCharged } from '../transport/retryPolicy';
import type { Together } from './sharedState';

/** What all purchases of one run share. */
export interface Spending extends Sender {
	account: Account;
	memo: Memo;
	/** Credits, `undefined` for no limit. */
	maximumCredits: number | undefined;
	together: Together;
	/** Whether any problem ends the run (Stop Workflow), not only one that every further request would meet. */
	haltOnProblem: boolean;
	/** Whether the wallet could not pay: what is free may still go on. */
	isOutOfCredits: boolean;
	/** The balance in credits that the vendor last reported. */
	balance: number | null;
}

function haltAfter(spending: Spending, reason: string, everyRequestWouldMeetIt: boolean): void {
	if (everyRequestWouldMeetIt || spending.haltOnProblem) {
		spending.halted ??= `Held back after an earlier answer: ${reason}`;
	}
}

interface Bought {
	receipt: Receipt;
	doubt?: Doubt;
}

const LOST = 'An earlier answer to this request was lost, so it may or may not have been charged';

/** Buys what one request asks for, at most once, and writes the receipt down the moment it is known. Never throws. */
export async function buy<Request, Response>(
	spending: Spending,
	operation: Operation<Request, Response>,
	key: string,
	request: Request,
): Promise<Receipt> {
	const { memo } = spending;
	const { claims } = spending.together;
	const claimed = operation.claims?.(request) ?? [key];
	for (;;) {
		const known = memo.recall(key, operation.endpoint.repeat);
		if (known.kind === 'answered') {
			// Still uncertain: this run will end as the last one did, so it should not spend on the rest.
			if (isProblem(known.receipt)) haltAfter(spending, known.receipt.reason, false);
			return known.receipt;
		}
		const other = claims.inTheWayOf(claimed);
		if (other === undefined) {
			return await claims.during(
				claimed,
				async () => await purchase(spending, operation, key, request, known),
			);
		}
		await other;
	}
}

async function purchase<Request, Response>(
	spending: Spending,
	operation: Operation<Request, Response>,
	key: string,
	request: Request,
	known: Extract<Recollection, { kind: 'open' }>,
): Promise<Receipt> {
	const { memo, maximumCredits } = spending;
	const { limit } = spending.together;
	const worstCase = operation.endpoint.worstCase(request);
	// Credits that already stand for this purchase in what was spent are not counted twice.
	const reservation = Math.max(0, worstCase - known.counted);
	if (!(await limit.reserve(reservation, maximumCredits))) {
		const reason = `Maximum Credits is reached: this could have cost ${reservation} more`;
		const fields = operation.unanswered('not_sent');
		const notSent = { ...withoutAnswer('not_sent', reason, fields), limitReached: true };
		return withEarlier(notSent, known.beside);
	}
	const { receipt, doubt } = await ask(spending, operation, request, known.lostBefore);
	const told = withEarlier(receipt, known.beside);
	// What was refused or held back cost nothing and may be asked again: nothing to remember.
	if (receipt.outcome !== 'refused' && receipt.outcome !== 'not_sent') {
		// What attempts in doubt may have cost adds up, and each of them is in what was spent already.
		const beside = known.beside?.worstCase ?? 0;
		memo.record(key, {
			receipt: told,
			counted: (receipt.creditsCharged ?? worstCase) + beside,
			replaces: known.counted + beside,
			doubt,
			request: operation.join === undefined ? undefined : request,
		});
	}
	limit.release(reservation);
	return told;
}

/** A receipt beside which an earlier attempt may have been charged: what both came to cannot be known. */
function withEarlier(receipt: Receipt, earlier: Uncertain | undefined): Receipt {
	if (earlier === undefined) return receipt;
	const costNothing = receipt.outcome === 'refused' || receipt.outcome === 'not_sent';
	const parts = [
		receipt.reason,
		typeof receipt.creditsCharged === 'number' && !costNothing
			? `This answer cost ${receipt.creditsCharged} credits`
			: '',
		`An earlier attempt was left uncertain and may have cost up to ${earlier.worstCase} credits`,
	];
	const reason = parts.filter(Boolean).join('. ');
	return costNothing
		? { ...earlier.receipt, reason }
		: { ...receipt, creditsCharged: null, reason };
}

async function ask<Request, Response>(
	spending: Spending,
	operation: Operation<Request, Response>,
	request: Request,
	lostInAnEarlierRun: boolean,
): Promise<Bought> {
	const { account } = spending;
	const { throttle } = spending.together;
	const { endpoint } = operation;
	const wire = endpoint.toWire(request);
	const unanswered = (
		outcome: 'not_found' | 'refused' | 'not_sent' | 'uncertain',
		reason: string,
	): Receipt => ({
		...withoutAnswer(outcome, reason, operation.unanswered(outcome)),
		creditsRemaining: spending.balance,
	});
	let lostBefore = lostInAnEarlierRun;

	for (let attempt = 1; ;) {
		const reading = await attemptOnce(spending, throttle, endpoint, wire);
		if (reading.kind === 'heldBack') {
			return lostBefore
				? { receipt: unanswered('uncertain', `${reading.reason}. ${LOST}`), doubt: 'lost' }
				: { receipt: unanswered('not_sent', reading.reason) };
		}
		if (reading.kind === 'status') spending.balance = reading.balance ?? spending.balance;
		const { turnedAwayInARow } = throttle;
		const situation = { repeat: endpoint.repeat, attempt, lostBefore, turnedAwayInARow };
		const decision = decide(reading, situation);
		switch (decision.kind) {
			case 'accept': {
				const receipt = operation.settle(decision.response, request);
				spending.balance = receipt.creditsRemaining ?? spending.balance;
				receipt.creditsRemaining = spending.balance;
				return { receipt: lostBefore ? afterALostAnswer(receipt) : receipt };
			}
			case 'notFound':
				return { receipt: unanswered('not_found', '') };
			case 'sendAgain':
				lostBefore ||= mayHaveCharged(reading);
				if (decision.holdAll) throttle.hold(decision.afterMs);
				else {
					attempt += 1;
					await throttle.pause(decision.afterMs);
				}
				break;
			case 'refuse':
			case 'uncertain': {
				const explained = explain(reading, account);
				haltAfter(spending, explained, decision.stop);
				spending.isOutOfCredits ||= reading.kind === 'status' && reading.status === 402;
				if (decision.kind === 'refuse') return { receipt: unanswered('refused', explained) };
				return {
					receipt: unanswered('uncertain', lostBefore ? `${explained}. ${LOST}` : explained),
					doubt: reading.kind === 'unreadable' ? 'unreadable' : 'lost',
				};
			}
		}
	}
}
