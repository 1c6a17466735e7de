import { createHash } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';

import type { Endpoint } from '../contract/endpoint';
import type { Receipt } from '../outcome';

/** Where one run of the node stands: which execution, which round of a loop, and whether a person retried. */
export interface Run {
	executionId: string | undefined;
	/** n8n's run index: 0, then 1 in the second round of a loop. An automatic re-run keeps it. */
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

	constructor(
		context: IDataObject,
		private readonly run: Run,
	) {
		context.memo ??= { entries: {}, count: 0, spent: 0 };
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

	/**
	 * Writes a receipt down the moment it is known. `worstCase` in credits; `replaces` is what
	 * `recall` said was counted for the same purchase; `doubt` where nobody knows what it came to.
	 */
	record(key: string, receipt: Receipt, worstCase: number, replaces: number, doubt?: Doubt): void {
		if (this.stored.entries[key] === undefined) this.stored.count += 1;
		const counted = receipt.creditsCharged ?? worstCase;
		this.stored.spent += counted - replaces;
		this.stored.entries[key] = {
			receipt: { ...receipt, fields: { ...receipt.fields } },
			counted,
			...(doubt === undefined ? {} : { doubt }),
			...(doubt === undefined || this.run.executionId === undefined
				? {}
				: { leftBy: this.run.executionId }),
		};
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

	private asOfNow({ receipt, handedOverIn }: Entry): Receipt {
		// The same round may run again after its output was handed over: its charges are still its own.
		const paidElsewhere = handedOverIn !== undefined && handedOverIn !== this.run.round;
		return {
			...receipt,
			fields: { ...receipt.fields },
			...(paidElsewhere ? { creditsCharged: 0 } : {}),
		};
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
