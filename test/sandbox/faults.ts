/** What goes wrong with a request to a vendor. Waits are in milliseconds. */
export type Trouble =
	/** The connection breaks before anything is charged. */
	| { kind: 'lostBefore' }
	/** The charge is made, then the connection breaks. */
	| { kind: 'lostAfter' }
	/** The charge is made at once, the answer takes its time. */
	| { kind: 'slow'; ms: number }
	/** Another status, before (or with `charged`, after) the charge. */
	| {
			kind: 'status';
			status: number;
			body?: unknown;
			headers?: Record<string, string>;
			charged?: boolean;
	  }
	/** A redirect to another host, which would take the request. */
	| { kind: 'redirect'; status: 301 | 302 | 303 | 307 | 308 }
	/** Charged, and the body is no JSON. */
	| { kind: 'malformed' }
	/** Charged, and the body ends too early; with another status where there is one. */
	| { kind: 'truncated'; status?: number }
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
	/** Charged, and the body is JSON of another shape. */
	| { kind: 'otherShape'; body?: unknown }
	/** Charged, and the body has fields that no document names. */
	| { kind: 'unknownFields' }
	/** HTTP 200 with Lensmor's error envelope. Nothing is charged. */
	| { kind: 'errorKey'; errorKey?: string }
	/** Charged, and answered with Lensmor's error envelope and what it cost. */
	| { kind: 'errorKeyAndCredits' }
	/** A refusal that repeats a token, the one it was sent where there is no other. */
	| { kind: 'echoToken'; status: number; token?: string };

/** A trouble and the requests it meets: those whose method, path and body contain `on`. */
export type Fault = Trouble & {
	/** Absent: every request. */
	on?: string;
	/** How many matching requests pass unharmed first. Default 0. */
	skip?: number;
	/** How many matching requests it meets. Default 1. */
	times?: number;
};

/** The script of faults: each request takes the first one that still has something to do. */
export class Faults {
	private readonly script: Array<{ fault: Fault; skip: number; times: number }> = [];

	add(...faults: Fault[]): void {
		for (const fault of faults) {
			this.script.push({ fault, skip: fault.skip ?? 0, times: fault.times ?? 1 });
		}
	}

	clear(): void {
		this.script.length = 0;
	}

	/** The trouble for one request, described as text. */
	next(request: string): Trouble | undefined {
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
