import type { Call, WireRequest } from '../vendors/endpoint';
import { classify, restAfter, type Classification } from './classify';
import { MAX_WAIT_MS } from './retryPolicy';
import type { Session } from './session';

/**
 * Makes one attempt when the throttle lets it start, and returns what the answer says, or why nothing was
 * sent. Never throws.
 */
export async function attemptOnce<Response>(
	session: Pick<Session, 'send' | 'throttle' | 'cancelled' | 'haltReason'>,
	endpoint: Pick<Call<never, Response>, 'response' | 'missing' | 'vendor'>,
	wire: WireRequest,
	mayStart: () => boolean = () => true,
): Promise<Classification<Response> | { kind: 'heldBack'; reason: string }> {
	const { throttle } = session;
	const whyNot = () =>
		(session.cancelled() ? 'The execution was stopped' : session.haltReason) ??
		(mayStart() ? undefined : 'It had waited too long');
	const ticket = await throttle.ready(() => whyNot() !== undefined);
	// The run may have been stopped since.
	const reason = whyNot();
	if (ticket === undefined || reason !== undefined) {
		if (ticket !== undefined) throttle.ended();
		return { kind: 'heldBack', reason: reason ?? '' };
	}
	const answer = await session.send(wire).finally(() => throttle.ended());
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
