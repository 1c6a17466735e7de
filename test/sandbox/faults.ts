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
	/** Charged, and the body ends too early. */
	| { kind: 'truncated' }
	/** Charged, and the body is JSON of another shape. */
	| { kind: 'otherShape'; body?: unknown }
	/** Charged, and the body has fields that no document names. */
	| { kind: 'unknownFields' }
	/** HTTP 200 with Lensmor's error envelope. Nothing is charged. */
	| { kind: 'errorKey'; errorKey?: string }
	/** A refusal that repeats the token it was sent. */
	| { kind: 'echoToken'; status: number };

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
