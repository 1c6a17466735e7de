import type { Call, WireRequest } from '../vendors/endpoint';
import { attemptOnce } from './attempt';
import { explain } from './explain';
import { decide, mayHaveTakenEffect } from './retryPolicy';
import { halt, type Session } from './session';

/** What follows for the vendor if a request is sent again. */
export interface Repeatability {
	/** Whether the vendor documents that the same request may arrive twice without harm. */
	isRepeatSafe: boolean;
	/** Whether an attempt of an earlier run may have taken effect. */
	lostBefore: boolean;
	/** Added to the reason if nobody knows whether the request took effect. */
	doubt: string;
	/** Whether an attempt may start now. If not, the request is not sent, or not sent again. */
	mayStart?: () => boolean;
	/**
	 * Finds out what an attempt whose answer was lost did, and returns what is left to send; `undefined` if nothing
	 * is. Without it, the same is sent again.
	 */
	beforeRepeat?: () => Promise<WireRequest | undefined>;
}

/** The result of a request after its last attempt. `reason` is a sentence for a person, `balance` in credits. */
export type RequestResult<Response> = (
	| { kind: 'delivered'; response: Response }
	| { kind: 'missing' }
	/** The vendor did not do it. */
	| { kind: 'refused'; reason: string; status?: number; balance: number | null }
	/** Nobody knows whether the vendor did it. */
	| { kind: 'unknown'; reason: string; cause: 'lost' | 'unreadable'; balance: number | null }
	/** Not sent, or not sent again. */
	| { kind: 'notSent'; reason: string }
) & {
	/** Whether an attempt before the last one may have taken effect. */
	lostBefore: boolean;
};

/**
 * Sends a request, and sends it again if the retry policy permits it. This is the only loop that does so.
 * Halts the session if all further requests would have the same problem. Never throws.
 */
export async function sendRequest<Response>(
	session: Session,
	endpoint: Pick<Call<never, Response>, 'response' | 'missing' | 'vendor'>,
	firstWire: WireRequest,
	repeatability: Repeatability,
): Promise<RequestResult<Response>> {
	const { account, throttle } = session;
	const { isRepeatSafe, doubt, mayStart, beforeRepeat } = repeatability;
	let { lostBefore } = repeatability;
	let wire = firstWire;
	for (let attempt = 1; ;) {
		const answer = await attemptOnce(session, endpoint, wire, mayStart);
		if (answer.kind === 'heldBack') return { kind: 'notSent', reason: answer.reason, lostBefore };
		const { turnedAwayInARow } = throttle;
		const decision = decide(answer, { isRepeatSafe, attempt, lostBefore, turnedAwayInARow });
		switch (decision.kind) {
			case 'accept':
				return { kind: 'delivered', response: decision.response, lostBefore };
			case 'notFound':
				return { kind: 'missing', lostBefore };
			case 'sendAgain':
				lostBefore ||= mayHaveTakenEffect(answer);
				// A rate limit: the throttle counts it, and it is no attempt of this request's.
				if (decision.holdAll) throttle.hold(decision.afterMs);
				else {
					attempt += 1;
					await throttle.pause(decision.afterMs, session.cancelled);
				}
				if (lostBefore && beforeRepeat !== undefined) {
					const rest = await beforeRepeat();
					if (rest === undefined) return { kind: 'notSent', reason: '', lostBefore };
					wire = rest;
				}
				break;
			case 'refuse':
			case 'uncertain': {
				const reason = explain(answer, account, doubt);
				if (decision.stop || session.haltOnProblem) halt(session, reason);
				const balance = answer.kind === 'status' ? answer.balance : null;
				if (decision.kind === 'uncertain') {
					const cause = answer.kind === 'unreadable' ? 'unreadable' : 'lost';
					return { kind: 'unknown', reason, cause, balance, lostBefore };
				}
				const status = answer.kind === 'status' ? { status: answer.status } : {};
				return { kind: 'refused', reason, ...status, balance, lostBefore };
			}
		}
	}
}
