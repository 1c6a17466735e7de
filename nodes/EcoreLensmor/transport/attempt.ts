import type { Call, WireRequest } from '../vendors/endpoint';
import { classify, restAfter, type Classification } from './classify';
import type { Session } from './request';
import { MAX_WAIT_MS } from './retryPolicy';

/**
 * Makes one attempt when the throttle lets it start, and returns what the answer says, or why nothing was
 * sent. Never throws.
 */
export async function attemptOnce<Response>(
	session: Pick<Session, 'send' | 'throttle' | 'cancelled' | 'halted'>,
	endpoint: Pick<Call<never, Response>, 'response' | 'missing' | 'vendor'>,
	wire: WireRequest,
): Promise<Classification<Response> | { kind: 'heldBack'; reason: string }> {
	const { throttle } = session;
	const ticket = await throttle.ready(() => session.halted !== undefined);
	const reason = session.cancelled() ? 'The execution was stopped' : session.halted;
	if (reason !== undefined) return { kind: 'heldBack', reason };

	const answer = await session.send(wire);
	throttle.ended();
	throttle.hold(Math.min(restAfter(answer), MAX_WAIT_MS));
	const classification = classify(endpoint, answer);
	if (classification.kind !== 'status' || classification.status !== 429) {
		if (answer.kind === 'response') throttle.served(ticket);
	} else {
		const { retryAfterMs } = classification;
		// Without a short wait it is a quota that is used up, which says nothing about the pace.
		if (retryAfterMs !== undefined && retryAfterMs <= MAX_WAIT_MS) {
			throttle.turnedAway(ticket, retryAfterMs);
		}
	}
	return classification;
}
