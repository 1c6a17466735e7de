import type { Call, WireRequest } from '../vendors/endpoint';
import { classify, restAfter, type Classification } from './classify';
import { MAX_WAIT_MS } from './retryPolicy';
import type { Session } from './session';

/**
 * One attempt, at the pace that the vendor keeps up: what its answer says, or why nothing was sent.
 * Never throws.
 */
export async function attemptOnce<Response>(
	session: Pick<Session, 'send' | 'throttle' | 'cancelled' | 'halted'>,
	endpoint: Pick<Call<never, Response>, 'response' | 'missing' | 'vendor'>,
	wire: WireRequest,
): Promise<Classification<Response> | { kind: 'heldBack'; reason: string }> {
	const { throttle } = session;
	const whyNot = () => (session.cancelled() ? 'The execution was stopped' : session.halted);
	const ticket = await throttle.ready(() => whyNot() !== undefined);
	// The run may have been stopped since.
	const reason = whyNot();
	if (ticket === undefined || reason !== undefined) {
		if (ticket !== undefined) throttle.ended();
		return { kind: 'heldBack', reason: reason ?? '' };
	}
	const answer = await session.send(wire);
	throttle.ended();
	throttle.hold(Math.min(restAfter(answer), MAX_WAIT_MS));
	const said = classify(endpoint, answer);
	if (said.kind !== 'status' || said.status !== 429) {
		if (answer.kind === 'response') throttle.served(ticket);
	} else if (said.retryAfterMs !== undefined && said.retryAfterMs <= MAX_WAIT_MS) {
		throttle.turnedAway(ticket, said.retryAfterMs);
	}
	return said;
}
