import { createHash } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';

import type { Endpoint } from '../vendors/endpoint';
import type { Outcome, Receipt } from '../operations/outcome';
import { count } from '../operations/quote';
import { mapInSlices } from '../timeSlices';

/** Where one run of the node stands: which execution, which run index, and whether a person retried. */
export interface Run {
	executionId: string | undefined;
	/** n8n's run index: 0, then 1 in the second round of a loop. An automatic re-run keeps it. Tool calls have a number each. */
	runIndex: number;
	/** n8n's execution mode; `retry` after a person pressed Retry. */
	mode: string;
}

/** What the memory knows of a request that is about to be sent. */
export type Recollection =
	/** Answered before, or not to be asked again by a machine. */
	{ kind: 'answered'; receipt: Receipt } | Open;

/** A request that may be sent. */
export interface Open {
	kind: 'open';
	/** Whether an earlier attempt may have paid for the same. */
	lostBefore: boolean;
	/** Credits that stand for the same purchase in `spent` already. */
	reserved: number;
	/** Earlier attempts that may have been charged beside what this one will be. */
	earlier?: Earlier;
}

/** Attempts of which nobody knows what they came to: what was told of them, and what they cost at most, in credits. */
export interface Earlier {
	receipt: Receipt;
	worstCase: number;
}

/** Why nobody knows what a request came to. */
export type Doubt = 'lost' | 'unreadable';

type Repeat = Endpoint<never, never>['repeat'];

/** What is known of one purchase: its last attempt, and the credits that earlier ones may have cost beside it. */
interface Entry {
	/** Of the last attempt alone. */
	receipt: Receipt;
	/** The run that asked. */
	runIndex: number;
	/** Credits of the last attempt, at worst where nobody knows. */
	credits: number;
	/** Credits of each earlier attempt in doubt, at worst. */
	earlier: number[];
	/** The run whose output carried the receipt. */
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
	runIndex: number,
	handedOverIn: number | null,
	// What most entries have none of, or 0.
	rare: Partial<Pick<Entry, 'doubt' | 'leftBy' | 'credits' | 'earlier'>> | 0,
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

/** What is written down of one attempt. */
export interface Note {
	/** Of this attempt alone. */
	receipt: Receipt;
	/** The most this attempt can have cost, in credits. */
	worstCase: number;
	/** Set where nobody knows what it came to. */
	doubt?: Doubt | undefined;
	/** Kept where a later run may group requests in another way. */
	request?: unknown;
}

/** A request of an earlier run whose receipt no output carries yet. */
export interface ReusableRequest {
	key: string;
	request: unknown;
	receipt: Receipt;
	isInDoubt: boolean;
}

/** How many entries are kept before those that an output already carries are dropped, oldest first. */
export const MAX_ENTRIES = 50_000;

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
export class Memory {
	private readonly stored: Stored;

	/** `underWay`: the run indexes of the runs that go on at this moment. */
	constructor(
		context: IDataObject,
		private readonly run: Run,
		private readonly underWay: ReadonlySet<number> = new Set(),
	) {
		this.stored = storedIn(context);
	}

	/** A run index for one tool call: those that n8n runs at the same time share the one it gives. */
	static runIndexOfToolCall(context: IDataObject): number {
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
		if (entry === undefined) return { kind: 'open', lostBefore: false, reserved: 0 };
		const receipt = this.asOfNow(entry);
		if (!this.maySendAgain(entry, repeat)) {
			this.claim(key);
			return { kind: 'answered', receipt };
		}
		const worstCase = creditsOf(entry);
		// Where a repeat is free, what was lost and what comes are one charge; otherwise they are two.
		return repeat === 'free'
			? { kind: 'open', lostBefore: true, reserved: worstCase }
			: { kind: 'open', lostBefore: false, reserved: 0, earlier: { receipt, worstCase } };
	}

	/** Whether anything is known of a request. */
	has(key: string): boolean {
		return this.stored.entries[key] !== undefined;
	}

	/**
	 * Makes this run the one whose output tells of a charge, so that no other run at the same time tells
	 * of it as well. Answers `false` where another one does.
	 */
	claim(key: string): boolean {
		const entry = this.entry(key);
		if (entry === undefined || this.isPaidElsewhere(entry)) return false;
		const packed = this.stored.entries[key];
		if (packed !== undefined && entry.handedOverIn === undefined) {
			packed[RUN_INDEX] = this.run.runIndex;
		}
		return true;
	}

	/** Writes down what this run tells of a request that was paid for with another one: it stands in `spent` there. */
	recordShare(key: string, receipt: Receipt): void {
		const known = this.entry(key);
		if (known === undefined) this.stored.count += 1;
		const { runIndex } = this.run;
		const nothing = { credits: 0, earlier: [], handedOverIn: undefined };
		this.stored.entries[key] = this.packed({ ...nothing, ...known, receipt, runIndex });
	}

	/** Writes an attempt down the moment it is known what it came to, and answers what to tell of all attempts. */
	record(key: string, repeat: Repeat, { receipt, worstCase, doubt, request }: Note): Receipt {
		const known = this.entry(key);
		if (known === undefined) this.stored.count += 1;
		const entry: Entry = {
			receipt,
			runIndex: this.run.runIndex,
			credits: receipt.creditsCharged ?? worstCase,
			earlier: known === undefined || repeat === 'free' ? [] : [...known.earlier, known.credits],
			handedOverIn: undefined,
			doubt,
			leftBy: doubt === undefined ? undefined : this.run.executionId,
		};
		this.stored.spent += creditsOf(entry) - (known === undefined ? 0 : creditsOf(known));
		this.stored.entries[key] = this.packed(entry);
		if (request !== undefined) this.stored.requests[key] = request;
		return fullReceipt(entry);
	}

	/** The requests whose receipts no other run's output carries: asked again, they are answered from here. */
	async reusableRequests(): Promise<ReusableRequest[]> {
		const requests = Object.entries(this.stored.requests);
		const reusable = await mapInSlices(requests, ([key, request]): ReusableRequest | undefined => {
			const entry = this.entry(key);
			if (entry === undefined || this.isPaidElsewhere(entry)) return undefined;
			return { key, request, receipt: entry.receipt, isInDoubt: entry.doubt !== undefined };
		});
		return reusable.filter((one) => one !== undefined);
	}

	/** Marks what an output now carries, and keeps the number of entries bounded. */
	async handOver(keys: Iterable<string>): Promise<void> {
		await mapInSlices(keys, (key) => {
			const packed = this.stored.entries[key];
			if (packed !== undefined) packed[HANDED_OVER_IN] ??= this.run.runIndex;
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
			runIndex,
			handedOverIn,
			rare,
			...values
		] = packed;
		const fields = Object.fromEntries(
			(this.stored.names[names] ?? []).map((name, index) => [name, values[index]]),
		) as IDataObject;
		return {
			receipt: { outcome, creditsCharged, creditsRemaining, reason, fields },
			runIndex,
			credits: creditsCharged ?? 0,
			earlier: [],
			handedOverIn: handedOverIn ?? undefined,
			...(rare === 0 ? {} : rare),
		};
	}

	private packed({ receipt, runIndex, credits, earlier, doubt, leftBy }: Entry): Packed {
		const { outcome, creditsCharged, creditsRemaining, reason, fields } = receipt;
		const rare = {
			...(credits === (creditsCharged ?? 0) ? {} : { credits }),
			...(earlier.length === 0 ? {} : { earlier }),
			...(doubt === undefined ? {} : { doubt }),
			...(leftBy === undefined ? {} : { leftBy }),
		};
		return [
			this.indexOf(Object.keys(fields)),
			outcome,
			creditsCharged,
			creditsRemaining,
			reason,
			runIndex,
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
		const receipt = fullReceipt(entry);
		return this.isPaidElsewhere(entry) ? { ...receipt, creditsCharged: 0 } : receipt;
	}

	/**
	 * Whether the charge stands in the output of another run of the node, or will. A run that n8n repeats
	 * keeps its run index, so it is the same run.
	 */
	private isPaidElsewhere({ handedOverIn, runIndex }: Entry): boolean {
		if (handedOverIn !== undefined) return handedOverIn !== this.run.runIndex;
		return runIndex !== this.run.runIndex && this.underWay.has(runIndex);
	}

	private async forgetTheOldest(): Promise<void> {
		const { stored } = this;
		if (stored.count <= MAX_ENTRIES) return;
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

/** Credits of all attempts, each at its worst where nobody knows. */
function creditsOf({ credits, earlier }: Entry): number {
	return credits + sum(earlier);
}

function sum(numbers: number[]): number {
	return numbers.reduce((total, one) => total + one, 0);
}

/** What to tell of a purchase: beside earlier attempts in doubt, nobody knows what all of them cost. */
function fullReceipt({ receipt, earlier }: Entry): Receipt {
	if (earlier.length === 0) return receipt;
	const { creditsCharged, reason } = receipt;
	const parts = [
		reason,
		creditsCharged === null ? '' : `This answer cost ${count(creditsCharged, 'credit')}`,
		mayHaveCost(sum(earlier)),
	];
	return { ...receipt, creditsCharged: null, reason: parts.filter(Boolean).join('. ') };
}

/** What to tell where an attempt cost nothing, and earlier ones may have been charged. */
export function withEarlier({ receipt, worstCase }: Earlier, reason: string): Receipt {
	return { ...receipt, reason: [reason, mayHaveCost(worstCase)].filter(Boolean).join('. ') };
}

function mayHaveCost(credits: number): string {
	return `An earlier attempt was left uncertain and may have cost up to ${count(credits, 'credit')}`;
}

// Where these stand in a packed entry.
const RUN_INDEX = 5;
const HANDED_OVER_IN = 6;

function storedIn(context: IDataObject): Stored {
	context.memory ??= { entries: {}, count: 0, spent: 0, names: [], requests: {}, toolCalls: 0 };
	// Not parsed: a loop would read all of it again in every round.
	return context.memory as unknown as Stored;
}
