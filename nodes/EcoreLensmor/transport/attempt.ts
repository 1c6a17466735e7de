import type { Call, WireRequest } from '../vendors/endpoint';
import { LONGEST_WAIT_MS } from './retryPolicy';
import { readAnswer, restAfter, type Reading } from './classify';
import type { Send } from './send';
import type { Throttle } from './throttle';

/** What one attempt needs of a run. */
export interface Sender {
	send: Send;
	/** Whether a person pressed Stop. */
	cancelled: () => boolean;
	/** Why nothing further is sent in this run; `undefined` while it goes on. */
	halted: string | undefined;
}

/** One attempt, at the pace that the vendor keeps up: what was answered, or why nothing was sent. Never throws. */
export async function attemptOnce<Response>(
	sender: Sender,
	throttle: Throttle,
	endpoint: Pick<Call<never, Response>, 'response' | 'missing' | 'vendor'>,
	wire: WireRequest,
): Promise<Reading<Response> | { kind: 'heldBack'; reason: string }> {
	const ticket = await throttle.ready(() => sender.halted !== undefined);
	const reason = sender.cancelled() ? 'The execution was stopped' : sender.halted;
	if (reason !== undefined) return { kind: 'heldBack', reason };

	const answer = await sender.send(wire);
	throttle.ended();
	throttle.hold(Math.min(restAfter(answer), LONGEST_WAIT_MS));
	const reading = readAnswer(endpoint, answer);
	if (reading.kind !== 'status' || reading.status !== 429) {
		if (answer.kind === 'response') throttle.served(ticket);
	} else if (reading.retryAfterMs !== undefined && reading.retryAfterMs <= LONGEST_WAIT_MS) {
		throttle.turnedAway(ticket, reading.retryAfterMs);
	}
	return reading;
}
