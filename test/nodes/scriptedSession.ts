import { accountsOf } from '../../nodes/EcoreLensmor/vendors/account';
import type { WireRequest } from '../../nodes/EcoreLensmor/vendors/endpoint';
import type { Session } from '../../nodes/EcoreLensmor/transport/session';
import type { AttemptResult, Headers } from '../../nodes/EcoreLensmor/transport/send';
import { Throttle } from '../../nodes/EcoreLensmor/transport/throttle';

/** An answer of the vendor's. */
export function answer(status: number, body?: unknown, headers: Headers = {}): AttemptResult {
	return { kind: 'response', status, headers, body };
}
export const LOST: AttemptResult = { kind: 'lost', cause: 'the connection was lost' };
export const UNREACHABLE: AttemptResult = { kind: 'unsent', cause: 'the connection was refused' };

/** A session whose vendor answers as `reply` says, and notes what was sent and when, in milliseconds. */
export function sessionOf(reply: (path: string) => AttemptResult | Promise<AttemptResult>) {
	const sent: WireRequest[] = [];
	/** The paths of what was sent. */
	const asked: string[] = [];
	const sentAt: number[] = [];
	const start = Date.now();
	let stopped = false;
	const cancelled = () => stopped;
	const session: Session = {
		account: accountsOf({ ecoreToken: 'token' }).ecore,
		send: async (wire) => {
			sent.push(wire);
			asked.push(wire.path);
			sentAt.push(Date.now() - start);
			return await reply(wire.path);
		},
		throttle: new Throttle(),
		cancelled,
		haltReason: undefined,
		haltOnProblem: false,
	};
	return { session, sent, asked, sentAt, stop: () => (stopped = true) };
}

/** The same, from a script: each request takes the next answer, and there must be one. */
export function scripted(...answers: AttemptResult[]) {
	return sessionOf((path) => {
		const next = answers.shift();
		if (next === undefined) throw new Error(`nobody was to ask for ${path}`);
		return next;
	});
}
