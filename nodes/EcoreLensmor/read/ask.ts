import type { Connection } from '../connect';
import type { FreeEndpoint } from '../contract/endpoint';
import { explain } from '../spend/explain';
import type { Pace } from '../spend/pace';
import { decide, LONGEST_WAIT_MS } from '../spend/policy';
import { readAnswer, restAfter } from '../spend/reading';

/** What all reads of one run share. */
export interface Reader extends Connection {
	pace: Pace;
	/** Whether a person pressed Stop. */
	cancelled: () => boolean;
	/** Why nothing further is read in this run; `undefined` while it goes on. */
	halted: string | undefined;
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
	const { account, pace, send } = reader;
	const wire = endpoint.toWire(request);
	for (let attempt = 1; ; attempt += 1) {
		await pace.ready();
		const heldBack = reader.cancelled() ? 'The execution was stopped' : reader.halted;
		if (heldBack !== undefined) {
			return { kind: 'failed', outcome: 'not_sent', reason: heldBack };
		}
		const answer = await send(wire);
		pace.hold(Math.min(restAfter(answer), LONGEST_WAIT_MS));
		const reading = readAnswer(endpoint, answer);
		const decision = decide(reading, { repeat: 'free', attempt, lostBefore: false });
		switch (decision.kind) {
			case 'accept':
				return { kind: 'answer', response: decision.response };
			case 'notFound':
				return { kind: 'missing' };
			case 'sendAgain':
				if (decision.holdAll) pace.hold(decision.afterMs);
				else await pace.pause(decision.afterMs);
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
