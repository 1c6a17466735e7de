import { lensmorRefusal, type Reply } from './world';

/** What goes wrong with a request to a vendor. Waits are in milliseconds. */
export type Fault = AnswerFault | ConnectionFault | WireFault;

/** A fault that shows in the answer, or in when it comes. */
export type AnswerFault =
	/** The charge is made at once, the answer takes its time. */
	| { kind: 'slow'; ms: number }
	/** Another status, before (or with `charged`, after) the charge; at once, or after so many milliseconds. */
	| {
			kind: 'status';
			status: number;
			body?: unknown;
			headers?: Record<string, string>;
			charged?: boolean;
			ms?: number;
	  }
	/** Charged, and the body is no JSON. */
	| { kind: 'malformed' }
	/** Charged, and the body is JSON of another shape. */
	| { kind: 'otherShape'; body?: unknown }
	/** Charged, and the body has fields that no document names. */
	| { kind: 'unknownFields' }
	/** HTTP 200 with Lensmor's error envelope. Nothing is charged. */
	| { kind: 'errorKey'; errorKey?: string }
	/** Charged, and answered with Lensmor's error envelope and what it cost. */
	| { kind: 'errorKeyAndCredits' };

/** A fault that ends the connection. */
export type ConnectionFault =
	/** The connection breaks before anything is charged. */
	| { kind: 'lostBefore' }
	/** The charge is made, then the connection breaks. */
	| { kind: 'lostAfter' }
	/** Charged, and the body ends too early; with another status where there is one. */
	| { kind: 'truncated'; status?: number };

/** A fault that needs bytes, headers or hosts: only a vendor behind a wire can have it. */
export type WireFault =
	/** A redirect to another host, which would take the request. */
	| { kind: 'redirect'; status: 301 | 302 | 303 | 307 | 308 }
	/** Charged, and half of the body never comes. */
	| { kind: 'stalled'; status?: number }
	/** Charged, and the body is not compressed as its header says. */
	| { kind: 'falseGzip'; status?: number }
	/** Charged, and the body comes byte by byte, with so many milliseconds in between. */
	| { kind: 'drip'; everyMs: number }
	/** Charged, and answered with 101 and nothing more. */
	| { kind: 'switchingProtocols' }
	/** Charged, and the body is as documented, with that many bytes more; or so many once it is unpacked. */
	| { kind: 'huge'; bytes: number; gzip?: boolean }
	/** A refusal that repeats a token, the one it was sent where there is no other. */
	| { kind: 'echoToken'; status: number; token?: string };

/** A fault and the requests it meets: those whose method, path and body contain `on`. */
export type ScriptedFault<Kind extends Fault = Fault> = Kind & {
	/** Absent: every request. */
	on?: string;
	/** How many matching requests pass unharmed first. Default 0. */
	skip?: number;
	/** How many matching requests it meets. Default 1. */
	times?: number;
};

/** The script of faults: each request takes the first one that still has something to do. */
export class Faults<Kind extends Fault = Fault> {
	private readonly script: Array<{ fault: ScriptedFault<Kind>; skip: number; times: number }> = [];

	add(...faults: Array<ScriptedFault<Kind>>): void {
		for (const fault of faults) {
			this.script.push({ fault, skip: fault.skip ?? 0, times: fault.times ?? 1 });
		}
	}

	clear(): void {
		this.script.length = 0;
	}

	/** The fault for one request, described as text. */
	next(request: string): Kind | undefined {
		for (const entry of this.script) {
			if (entry.times === 0 || !request.includes(entry.fault.on ?? '')) continue;
			if (entry.skip > 0) {
				entry.skip -= 1;
				continue;
			}
			entry.times -= 1;
			return entry.fault;
		}
		return undefined;
	}
}

/** What a vendor answers, with its headers and how many milliseconds later. */
export type FaultyReply = Reply & { headers?: Record<string, string>; ms?: number };

/** What a vendor answers in spite of a fault; `charge` makes its own answer, and charges for it. */
export function faultyReply(fault: AnswerFault | undefined, charge: () => Reply): FaultyReply {
	switch (fault?.kind) {
		case undefined:
			return charge();
		case 'slow':
			return { ...charge(), ms: fault.ms };
		case 'status': {
			if (fault.charged) charge();
			const { status, body, headers = {}, ms = 0 } = fault;
			return { status, body: body ?? '', headers, ms };
		}
		case 'malformed':
			charge();
			return {
				status: 200,
				body: '{"success": tru',
				headers: { 'content-type': 'application/json' },
			};
		case 'otherShape':
			charge();
			return { status: 200, body: fault.body ?? { ok: 1 } };
		case 'unknownFields': {
			const { status, body } = charge();
			const added = { added_later: { in: ['a', 'new', 'version'] } };
			return { status, body: { ...(body as object), ...added } };
		}
		case 'errorKey':
			return lensmorRefusal(
				400,
				fault.errorKey ?? 'USER_HAS_NO_FEATURE',
				'This feature is not available to free users',
				200,
			);
		case 'errorKeyAndCredits': {
			const { body } = charge();
			const refusal = lensmorRefusal(400, 'STATE_CONFLICT', 'Something went wrong', 200);
			return { status: 200, body: { ...(body as object), ...(refusal.body as object) } };
		}
	}
}
