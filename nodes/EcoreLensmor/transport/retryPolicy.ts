import type { Classification } from './classify';

/**
 * What follows from one answer. `stop`: nothing more is sent in this run. `afterMs`: the wait before the
 * next attempt, in milliseconds. `holdAll`: all other requests of the run wait as well.
 */
export type Decision<Response> =
	| { kind: 'accept'; response: Response }
	| { kind: 'notFound' }
	| { kind: 'refuse'; stop: boolean }
	| { kind: 'uncertain'; stop: boolean }
	| { kind: 'sendAgain'; afterMs: number; holdAll: boolean };

/** The most attempts of one request in one run, without those that a rate limit turned away. */
export const MAX_ATTEMPTS = 3;
/** How often in a row a rate limit may turn requests away, with no request served in between, before the run ends. */
export const MAX_TURNED_AWAY_IN_A_ROW = 5;
/** The longest wait that a vendor may ask for, in milliseconds. A longer one counts as a refusal. */
export const MAX_WAIT_MS = 60_000;
// Before the second attempt. Each further wait is twice as long.
const FIRST_WAIT_MS = 1_000;

const REFUSE = { kind: 'refuse', stop: false } as const;
const REFUSE_AND_STOP = { kind: 'refuse', stop: true } as const;
const UNCERTAIN = { kind: 'uncertain', stop: false } as const;

/**
 * What is known when an answer comes in. `attempt` counts from 1, without attempts that a rate limit turned
 * away. `lostBefore`: an earlier attempt may have taken effect. `turnedAwayInARow`: as the throttle counts.
 */
export interface Situation {
	/** Whether the vendor documents that the same request may arrive twice without harm. */
	isRepeatSafe: boolean;
	attempt: number;
	lostBefore: boolean;
	turnedAwayInARow: number;
}

/**
 * Decides what follows from an answer. This is the only place that permits a second attempt. It is pure: the
 * same answer in the same situation always gives the same decision.
 */
export function decide<Response>(
	answer: Classification<Response>,
	situation: Situation,
): Decision<Response> {
	const decision = decideOn(answer, situation);
	// A refusal is about its own attempt only: an earlier attempt, whose answer was lost, may have taken effect.
	if (decision.kind === 'refuse' && situation.lostBefore) {
		return { kind: 'uncertain', stop: decision.stop };
	}
	return decision;
}

function decideOn<Response>(
	answer: Classification<Response>,
	situation: Situation,
): Decision<Response> {
	const { isRepeatSafe, attempt } = situation;
	const backOff: Decision<never> | undefined =
		attempt < MAX_ATTEMPTS
			? { kind: 'sendAgain', afterMs: FIRST_WAIT_MS * 2 ** (attempt - 1), holdAll: false }
			: undefined;

	switch (answer.kind) {
		case 'delivered':
			return { kind: 'accept', response: answer.response };
		case 'missing':
			return { kind: 'notFound' };
		case 'refusedWithOk':
			return REFUSE;
		case 'unreadable':
			// The request probably took effect. Sent again, it could only take effect a second time.
			return UNCERTAIN;
		case 'unsent':
			return backOff ?? REFUSE_AND_STOP;
		case 'lost':
			return isRepeatSafe ? (backOff ?? UNCERTAIN) : UNCERTAIN;
		case 'status':
			return decideOnStatus(answer, situation, backOff);
	}
}

function decideOnStatus(
	{ status, retryAfterMs }: Extract<Classification<unknown>, { kind: 'status' }>,
	{ isRepeatSafe, turnedAwayInARow }: Situation,
	backOff: Decision<never> | undefined,
): Decision<never> {
	switch (status) {
		// The token, the wallet or the address is wrong, and all further requests would get the same answer.
		case 401:
		case 402:
		case 403:
		case 404:
			return REFUSE_AND_STOP;
		case 409:
			return isRepeatSafe ? (backOff ?? REFUSE) : REFUSE;
		case 429:
			// Refused before the vendor did anything. Without a `Retry-After` it is eCore's daily quota
			// (docs/vendor-apis.md A.1). As long as other requests are served, the vendor only wants fewer at a time.
			return retryAfterMs !== undefined &&
				retryAfterMs <= MAX_WAIT_MS &&
				turnedAwayInARow < MAX_TURNED_AWAY_IN_A_ROW
				? { kind: 'sendAgain', afterMs: retryAfterMs, holdAll: true }
				: REFUSE_AND_STOP;
		default:
			if (status >= 400 && status < 500) return REFUSE;
			return isRepeatSafe ? (backOff ?? UNCERTAIN) : UNCERTAIN;
	}
}

/** Whether an attempt with this answer may have taken effect at the vendor. */
export function mayHaveTakenEffect(answer: Classification<unknown>): boolean {
	if (answer.kind === 'status') return answer.status < 400 || answer.status >= 500;
	return answer.kind === 'lost' || answer.kind === 'unreadable';
}
