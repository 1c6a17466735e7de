import { createHash } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';

import type { Endpoint } from '../contract/endpoint';
import type { Receipt } from '../outcome';

/** Where one run of the node stands: which execution, which round of a loop, and whether a person retried. */
export interface Run {
	executionId: string | undefined;
	/** n8n's run index: 0, then 1 in the second round of a loop. An automatic re-run keeps it. Tool calls have a number each. */
	round: number;
	/** n8n's execution mode; `retry` after a person pressed Retry. */
	mode: string;
}

/** What the memo knows of a request that is about to be sent. */
export type Recollection =
	/** Answered before, or not to be asked again by a machine. */
	| { kind: 'answered'; receipt: Receipt }
	/**
	 * `lostBefore`: an earlier attempt may have paid for the same, and `counted` credits stand for it in
	 * `spent`. `beside`: an earlier attempt that may have been charged beside what this one will be.
	 */
	| { kind: 'open'; lostBefore: boolean; counted: number; beside?: Uncertain };

/** An attempt of which nobody knows what it came to, and what it cost at most, in credits. */
export interface Uncertain {
	receipt: Receipt;
	worstCase: number;
}

/** Why nobody knows what a request came to. */
export type Doubt = 'lost' | 'unreadable';

type Repeat = Endpoint<never, never>['repeat'];

interface Entry {
	receipt: Receipt;
	/** The round that asked. */
	round: number;
	/** What was asked, where requests can be grouped anew. */
	request?: unknown;
	/** Credits that stand for this entry in `spent`: the worst case where nobody knows. */
	counted: number;
	/** The round whose output carried the receipt. */
	handedOverIn?: number;
	doubt?: Doubt;
	/** The execution that left it in doubt. */
	leftBy?: string;
}

interface Stored {
	entries: Record<string, Entry>;
	count: number;
	spent: number;
}

/** What is written down of one request. */
export interface Note {
	receipt: Receipt;
	/** Credits that stand for it in `spent`: the worst case where nobody knows. */
	counted: number;
	/** Credits that stood for the same purchase before, as `recall` said. */
	replaces: number;
	/** Set where nobody knows what it came to. */
	doubt?: Doubt | undefined;
	/** Kept where a later run may group requests in another way. */
	request?: unknown;
}

/** How many entries are kept before those that an output already carries are dropped, oldest first. */
export const MOST_ENTRIES = 50_000;

/** The key of a request: short whatever its size, and nobody's name in a stored execution. */
export function keyOf(operation: string, identity: string): string {
	return createHash('sha256').update(`${operation} ${identity}`).digest('base64url').slice(0, 24);
}

/**
 * What this execution has already paid for, kept in the node's execution context: n8n hands it back
 * when Retry On Fail runs the node again, when a person presses Retry, and in every round of a loop.
 */
export class Memo {
	private readonly stored: Stored;

	/** `underWay`: the rounds that are being run at this moment. */
	constructor(
		context: IDataObject,
		private readonly run: Run,
		private readonly underWay: ReadonlySet<number> = new Set(),
	) {
		context.memo ??= { entries: {}, count: 0, spent: 0 };
		// Not parsed: a loop would read all of it again in every round.
		this.stored = context.memo as unknown as Stored;
	}

	/** Credits spent by this execution so far, whatever is uncertain counted at its worst. */
	get spent(): number {
		return this.stored.spent;
	}

	/** What is known of a request. */
	recall(key: string, repeat: Repeat): Recollection {
		const entry = this.stored.entries[key];
		if (entry === undefined) return { kind: 'open', lostBefore: false, counted: 0 };
		if (this.maySendAgain(entry, repeat)) {
			// Where a repeat is paid, the lost charge and the coming one are two; where it is free, one.
			if (repeat === 'free') return { kind: 'open', lostBefore: true, counted: entry.counted };
			const beside = { receipt: this.asOfNow(entry), worstCase: entry.counted };
			return { kind: 'open', lostBefore: false, counted: 0, beside };
		}
		return { kind: 'answered', receipt: this.asOfNow(entry) };
	}

	/** Writes a receipt down the moment it is known. */
	record(key: string, { receipt, counted, replaces, doubt, request }: Note): void {
		if (this.stored.entries[key] === undefined) this.stored.count += 1;
		this.stored.spent += counted - replaces;
		const leftBy = doubt === undefined ? undefined : this.run.executionId;
		this.stored.entries[key] = {
			receipt: { ...receipt, fields: { ...receipt.fields } },
			round: this.run.round,
			counted,
			...(doubt === undefined ? {} : { doubt }),
			...(leftBy === undefined ? {} : { leftBy }),
			...(request === undefined ? {} : { request }),
		};
	}

	/** The requests whose receipts no other round's output carries: asked again, they are answered from here. */
	standing(): unknown[] {
		return Object.values(this.stored.entries).flatMap((entry) =>
			entry.request === undefined || this.isPaidElsewhere(entry) ? [] : [entry.request],
		);
	}

	/** Marks what an output now carries, and keeps the number of entries bounded. */
	handOver(keys: Iterable<string>): void {
		for (const key of keys) {
			const entry = this.stored.entries[key];
			if (entry !== undefined) entry.handedOverIn ??= this.run.round;
		}
		this.forgetTheOldest();
	}

	private maySendAgain({ doubt, leftBy }: Entry, repeat: Repeat): boolean {
		if (doubt === undefined) return false;
		const aPersonRetried = this.run.mode === 'retry' && leftBy !== this.run.executionId;
		return aPersonRetried || (repeat === 'free' && doubt === 'lost');
	}

	private asOfNow(entry: Entry): Receipt {
		const { receipt } = entry;
		return {
			...receipt,
			fields: { ...receipt.fields },
			...(this.isPaidElsewhere(entry) ? { creditsCharged: 0 } : {}),
		};
	}

	/** Whether another run's output tells of the charge, or will: the same round run again is no other run. */
	private isPaidElsewhere({ handedOverIn, round }: Entry): boolean {
		if (handedOverIn !== undefined) return handedOverIn !== this.run.round;
		return round !== this.run.round && this.underWay.has(round);
	}

	private forgetTheOldest(): void {
		for (const key in this.stored.entries) {
			if (this.stored.count <= MOST_ENTRIES) return;
			const entry = this.stored.entries[key];
			// What no output carries yet, and what is in doubt, still guards money.
			if (entry?.handedOverIn === undefined || entry.doubt !== undefined) continue;
			delete this.stored.entries[key];
			this.stored.count -= 1;
		}
	}
}
