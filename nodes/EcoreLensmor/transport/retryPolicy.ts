import type { Classification } from './classify';

/**
 * What follows from one answer. `stop`: nothing further is sent in this run. `afterMs` is in
 * milliseconds; `holdAll`: the vendor's other requests wait as well.
 */
export type Decision<Response> =
	| { kind: 'accept'; response: Response }
	| { kind: 'notFound' }
	| { kind: 'refuse'; stop: boolean }
	| { kind: 'uncertain'; stop: boolean }
	| { kind: 'sendAgain'; afterMs: number; holdAll: boolean };

/** How often one request is sent at most in one run, those that a rate limit turned away not counted. */
export const MAX_ATTEMPTS = 3;
/** How often a rate limit may turn requests away in a row, with nobody served in between, before the run gives up. */
export const MAX_TURNED_AWAY_IN_A_ROW = 5;
/** The longest wait a vendor can ask for before it counts as a refusal, in milliseconds. */
export const MAX_WAIT_MS = 60_000;
const FIRST_WAIT_MS = 1_000;

const REFUSE = { kind: 'refuse', stop: false } as const;
const REFUSE_AND_STOP = { kind: 'refuse', stop: true } as const;
const UNCERTAIN = { kind: 'uncertain', stop: false } as const;

/**
 * What is known when an answer comes in. `attempt` counts from 1, without those that were turned away;
 * `lostBefore`: an earlier attempt may have taken effect; `turnedAwayInARow` as the throttle counts it.
 */
export interface Situation {
	/** Whether the vendor documents that the same request may arrive twice without harm. */
	isRepeatSafe: boolean;
	attempt: number;
	lostBefore: boolean;
	turnedAwayInARow: number;
}

/** The only place that permits a second send. Pure: same answer, same situation, same decision. */
export function decide<Response>(
	answer: Classification<Response>,
	situation: Situation,
): Decision<Response> {
	const decision = decideOn(answer, situation);
	// A refusal speaks of its own attempt only: the lost one before it may have taken effect.
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
			// It probably took effect: asking again could only do it twice.
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
		// Another token, wallet or address would be needed: every further request would get the same.
		case 401:
		case 402:
		case 403:
		case 404:
			return REFUSE_AND_STOP;
		case 409:
			return isRepeatSafe ? (backOff ?? REFUSE) : REFUSE;
		case 429:
			// Refused before any work. Without a time to come back it is eCore's daily quota. As long as
			// others get through, the vendor only wants them to come more slowly.
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

/** Whether an answer leaves open if this attempt took effect. */
export function mayHaveTakenEffect(answer: Classification<unknown>): boolean {
	if (answer.kind === 'status') return answer.status < 400 || answer.status >= 500;
	return answer.kind === 'lost' || answer.kind === 'unreadable';
}
