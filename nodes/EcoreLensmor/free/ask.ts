import type { Connection } from '../transport/connect';
import type { FreeEndpoint } from '../vendors/endpoint';
import { attemptOnce, type Sender } from '../transport/attempt';
import { explain } from '../transport/explain';
import { decide } from '../transport/retryPolicy';
import type { Throttle } from '../transport/throttle';

/** What all reads of one run share. */
export interface Reader extends Connection, Sender {
	throttle: Throttle;
}

/** What a free request came to. */
export type Got<Response> =
	| { kind: 'answer'; response: Response }
	| { kind: 'missing' }
	| { kind: 'failed'; outcome: 'refused' | 'not_sent'; reason: string };

/**
 * Asks a free question, and asks again where the decision table permits it: there is nothing to lose.
 * Takes no paid endpoint. Never throws.
 */
export async function ask<Request, Response>(
	reader: Reader,
	endpoint: FreeEndpoint<Request, Response>,
	request: Request,
): Promise<Got<Response>> {
	const { account, throttle } = reader;
	const wire = endpoint.toWire(request);
	for (let attempt = 1; ;) {
		const reading = await attemptOnce(reader, throttle, endpoint, wire);
		if (reading.kind === 'heldBack') {
			return { kind: 'failed', outcome: 'not_sent', reason: reading.reason };
		}
		const { turnedAwayInARow } = throttle;
		const situation = { repeat: 'free', attempt, lostBefore: false, turnedAwayInARow } as const;
		const decision = decide(reading, situation);
		switch (decision.kind) {
			case 'accept':
				return { kind: 'answer', response: decision.response };
			case 'notFound':
				return { kind: 'missing' };
			case 'sendAgain':
				if (decision.holdAll) throttle.hold(decision.afterMs);
				else {
					attempt += 1;
					await throttle.pause(decision.afterMs);
				}
				break;
			case 'refuse':
			case 'uncertain': {
				const reason = explain(reading, account, { free: true });
				// Every further one would meet the same.
				if (decision.stop) halt(reader, reason);
				return { kind: 'failed', outcome: 'refused', reason };
			}
		}
	}
}

/** Lets nothing further be read in this run. */
export function halt(reader: Reader, reason: string): void {
	reader.halted ??= `Held back after an earlier answer: ${reason}`;
}
