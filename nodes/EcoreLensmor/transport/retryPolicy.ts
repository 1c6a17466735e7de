import type { Reading } from './classify';

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
export const MOST_ATTEMPTS = 3;
/** How often a rate limit may turn requests away in a row, with nobody served in between, before the run gives up. */
export const MAX_TURNED_AWAY_IN_A_ROW = 5;
/** The longest wait a vendor can ask for before it counts as a refusal, in milliseconds. */
export const LONGEST_WAIT_MS = 60_000;
const FIRST_WAIT_MS = 1_000;

const REFUSE = { kind: 'refuse', stop: false } as const;
const REFUSE_AND_STOP = { kind: 'refuse', stop: true } as const;
const UNCERTAIN = { kind: 'uncertain', stop: false } as const;

/**
 * What is known when an answer comes in. `attempt` counts from 1, without those that were turned away;
 * `lostBefore`: an earlier attempt may have been charged; `turnedAwayInARow` as the throttle counts it.
 */
export interface Situation {
	repeat: 'free' | 'paid';
	attempt: number;
	lostBefore: boolean;
	turnedAwayInARow: number;
}

/** The only place that permits a second send. Pure: same answer, same situation, same decision. */
export function decide<Response>(
	reading: Reading<Response>,
	situation: Situation,
): Decision<Response> {
	const decision = decideOn(reading, situation);
	// A refusal speaks of its own attempt only: the lost one before it may have been charged.
	if (decision.kind === 'refuse' && situation.lostBefore) {
		return { kind: 'uncertain', stop: decision.stop };
	}
	return decision;
}

function decideOn<Response>(reading: Reading<Response>, situation: Situation): Decision<Response> {
	const { repeat, attempt } = situation;
	const backOff: Decision<never> | undefined =
		attempt < MOST_ATTEMPTS
			? { kind: 'sendAgain', afterMs: FIRST_WAIT_MS * 2 ** (attempt - 1), holdAll: false }
			: undefined;

	switch (reading.kind) {
		case 'delivered':
			return { kind: 'accept', response: reading.response };
		case 'missing':
			return { kind: 'notFound' };
		case 'refusedWithOk':
			return REFUSE;
		case 'unreadable':
			// It was probably charged: asking again could only pay again.
			return UNCERTAIN;
		case 'unsent':
			return backOff ?? REFUSE_AND_STOP;
		case 'lost':
			return repeat === 'free' ? (backOff ?? UNCERTAIN) : UNCERTAIN;
		case 'status':
			return decideOnStatus(reading, situation, backOff);
	}
}

function decideOnStatus(
	{ status, retryAfterMs }: Extract<Reading<unknown>, { kind: 'status' }>,
	{ repeat, turnedAwayInARow }: Situation,
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
			return repeat === 'free' ? (backOff ?? REFUSE) : REFUSE;
		case 429:
			// Refused before any work. Without a time to come back it is eCore's daily quota. As long as
			// others get through, the vendor only wants them to come more slowly.
			return retryAfterMs !== undefined &&
				retryAfterMs <= LONGEST_WAIT_MS &&
				turnedAwayInARow < MAX_TURNED_AWAY_IN_A_ROW
				? { kind: 'sendAgain', afterMs: retryAfterMs, holdAll: true }
				: REFUSE_AND_STOP;
		default:
			if (status >= 400 && status < 500) return REFUSE;
			return repeat === 'free' ? (backOff ?? UNCERTAIN) : UNCERTAIN;
	}
}

/** Whether an answer leaves open if this attempt was charged. */
export function mayHaveCharged(reading: Reading<unknown>): boolean {
	if (reading.kind === 'status') return reading.status < 400 || reading.status >= 500;
	return reading.kind === 'lost' || reading.kind === 'unreadable';
}
