import { createHash } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';

import type { Endpoint } from '../vendors/endpoint';
import type { Outcome, Receipt } from '../operations/outcome';
import { mapInSlices } from '../timeSlices';

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
	/** Credits that stand for this entry in `spent`: the worst case where nobody knows. */
	counted: number;
	/** The round whose output carried the receipt. */
	handedOverIn: number | undefined;
	doubt?: Doubt | undefined;
	/** The execution that left it in doubt. */
	leftBy?: string | undefined;
}

/**
 * An entry as it is stored with the execution, where every byte counts: without names. The receipt's
 * own fields come last; their names are stored once, at this index in `names`.
 */
type Packed = [
	names: number,
	outcome: Outcome,
	creditsCharged: number | null,
	creditsRemaining: number | null,
	reason: string,
	round: number,
	handedOverIn: number | null,
	// What most entries have none of, or 0.
	rare: (Pick<Entry, 'doubt' | 'leftBy'> & { counted?: number }) | 0,
	...fields: unknown[],
];

interface Stored {
	entries: Record<string, Packed>;
	count: number;
	spent: number;
	names: string[][];
	/** What was asked, by key, where requests can be grouped anew and no output carries the receipt yet. */
	requests: Record<string, unknown>;
	toolCalls: number;
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

/** A request of an earlier run whose receipt no output carries yet. */
export interface Standing {
	key: string;
	request: unknown;
	receipt: Receipt;
	isInDoubt: boolean;
}

/** How many entries are kept before those that an output already carries are dropped, oldest first. */
export const MOST_ENTRIES = 50_000;

/** How many entries are left then. */
export const ENTRIES_LEFT = 45_000;

/** The key of a request: short whatever its size, and nobody's name in a stored execution. */
export function keyOf(operation: string, identity: string): string {
	return createHash('sha256').update(`${operation} ${identity}`).digest('base64url').slice(0, 16);
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
		this.stored = storedIn(context);
	}

	/** A round for one tool call: those that n8n runs at the same time share its run index. */
	static roundOfToolCall(context: IDataObject): number {
		const stored = storedIn(context);
		stored.toolCalls += 1;
		// Never a run index of n8n's.
		return -stored.toolCalls;
	}

	/** Credits spent by this execution so far, whatever is uncertain counted at its worst. */
	get spent(): number {
		return this.stored.spent;
	}

	/** What is known of a request. */
	recall(key: string, repeat: Repeat): Recollection {
		const entry = this.entry(key);
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
		this.stored.entries[key] = this.packed({ receipt, counted, doubt, leftBy });
		if (request !== undefined) this.stored.requests[key] = request;
	}

	/** The requests whose receipts no other round's output carries: asked again, they are answered from here. */
	async standing(): Promise<Standing[]> {
		const requests = Object.entries(this.stored.requests);
		const standing = await mapInSlices(requests, ([key, request]): Standing | undefined => {
			const entry = this.entry(key);
			if (entry === undefined || this.isPaidElsewhere(entry)) return undefined;
			return { key, request, receipt: entry.receipt, isInDoubt: entry.doubt !== undefined };
		});
		return standing.filter((one) => one !== undefined);
	}

	/** Marks what an output now carries, and keeps the number of entries bounded. */
	async handOver(keys: Iterable<string>): Promise<void> {
		await mapInSlices(keys, (key) => {
			const packed = this.stored.entries[key];
			if (packed !== undefined) packed[HANDED_OVER_IN] ??= this.run.round;
			delete this.stored.requests[key];
		});
		await this.forgetTheOldest();
	}

	private entry(key: string): Entry | undefined {
		const packed = this.stored.entries[key];
		if (packed === undefined) return undefined;
		const [
			names,
			outcome,
			creditsCharged,
			creditsRemaining,
			reason,
			round,
			handedOverIn,
			rare,
			...values
		] = packed;
		const fields = Object.fromEntries(
			(this.stored.names[names] ?? []).map((name, index) => [name, values[index]]),
		) as IDataObject;
		return {
			receipt: { outcome, creditsCharged, creditsRemaining, reason, fields },
			round,
			counted: creditsCharged ?? 0,
			handedOverIn: handedOverIn ?? undefined,
			...(rare === 0 ? {} : rare),
		};
	}

	/** An entry of this run, which no output carries yet. */
	private packed(entry: Omit<Entry, 'round' | 'handedOverIn'>): Packed {
		const { receipt, counted, doubt, leftBy } = entry;
		const { outcome, creditsCharged, creditsRemaining, reason, fields } = receipt;
		const rare = {
			...(counted === (creditsCharged ?? 0) ? {} : { counted }),
			...(doubt === undefined ? {} : { doubt }),
			...(leftBy === undefined ? {} : { leftBy }),
		};
		return [
			this.indexOf(Object.keys(fields)),
			outcome,
			creditsCharged,
			creditsRemaining,
			reason,
			this.run.round,
			null,
			Object.keys(rare).length === 0 ? 0 : rare,
			...Object.values(fields),
		];
	}

	private indexOf(names: string[]): number {
		const all = this.stored.names;
		const known = all.findIndex((one) => one.join() === names.join());
		return known === -1 ? all.push(names) - 1 : known;
	}

	private maySendAgain({ doubt, leftBy }: Entry, repeat: Repeat): boolean {
		if (doubt === undefined) return false;
		const aPersonRetried = this.run.mode === 'retry' && leftBy !== this.run.executionId;
		return aPersonRetried || (repeat === 'free' && doubt === 'lost');
	}

	private asOfNow(entry: Entry): Receipt {
		const { receipt } = entry;
		return this.isPaidElsewhere(entry) ? { ...receipt, creditsCharged: 0 } : receipt;
	}

	/** Whether another run's output tells of the charge, or will: the same round run again is no other run. */
	private isPaidElsewhere({ handedOverIn, round }: Entry): boolean {
		if (handedOverIn !== undefined) return handedOverIn !== this.run.round;
		return round !== this.run.round && this.underWay.has(round);
	}

	private async forgetTheOldest(): Promise<void> {
		const { stored } = this;
		if (stored.count <= MOST_ENTRIES) return;
		await mapInSlices(Object.keys(stored.entries), (key) => {
			// Some more than needed: a loop would look through all of them in every round.
			if (stored.count <= ENTRIES_LEFT) return;
			const entry = this.entry(key);
			// What no output carries yet, and what is in doubt, still guards money.
			if (entry?.handedOverIn === undefined || entry.doubt !== undefined) return;
			delete stored.entries[key];
			stored.count -= 1;
		});
	}
}

const HANDED_OVER_IN = 6;

function storedIn(context: IDataObject): Stored {
	context.memo ??= { entries: {}, count: 0, spent: 0, names: [], requests: {}, toolCalls: 0 };
	// Not parsed: a loop would read all of it again in every round.
	return context.memo as unknown as Stored;
}
