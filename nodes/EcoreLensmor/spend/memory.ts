import { createHash } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';

import type { Endpoint } from '../vendors/endpoint';
import { sentences, type Outcome, type Receipt } from '../operations/outcome';
import { count } from '../operations/quote';
import { mapInSlices } from '../timeSlices';

/** Identifies one run of the node: its execution, its run index, and whether a person pressed Retry. */
export interface Run {
	executionId: string | undefined;
	/**
	 * n8n's run index: 0, then 1 in the second round of a loop. When Retry On Fail repeats a run, the index
	 * stays the same. Each tool call has an index from `runIndexOfToolCall` instead.
	 */
	runIndex: number;
	/** n8n's execution mode: `retry` if a person pressed Retry. */
	mode: string;
}

/** What the memory knows of a request before it is sent. */
export type Recollection =
	/** Answered before; or in doubt, and only a person may have it sent again. */
	{ kind: 'answered'; receipt: Receipt } | Open;

/** A request that may be sent. */
export interface Open {
	kind: 'open';
	/** Whether an earlier attempt may have paid for the same, and this one is then free. */
	lostBefore: boolean;
	/** Credits that `spent` already contains for the same purchase. */
	reserved: number;
	/** Earlier attempts that may have been charged in addition to this one. */
	earlier?: Earlier;
	/**
	 * Set if the vendor is still working on it: nothing is sent, and what came of it is asked for. The receipt is
	 * that for this run; `paid`: what it cost whichever run, in credits, `null` if nobody knows.
	 */
	processing?: { receipt: Receipt; paid: number | null };
}

/** Earlier attempts in doubt: the receipt that was given for them, and the most that they cost, in credits. */
export interface Earlier {
	receipt: Receipt;
	worstCase: number;
}

/**
 * Why nobody knows whether a request was charged: its answer was lost, or cannot be read; or the vendor worked on it,
 * and now shows it as not bought, so that a repeat costs credits.
 */
export type Doubt = 'lost' | 'unreadable' | 'notBought';

type Repeat = Endpoint<never, never>['repeat'];

/** What is known of one purchase: its last attempt, and what earlier attempts may have cost in addition. */
interface Entry {
	/** The receipt of the last attempt alone. */
	receipt: Receipt;
	/** The run that made the last attempt. */
	runIndex: number;
	/** Credits of the last attempt; the most it can have cost if nobody knows. */
	credits: number;
	/** The most that each earlier attempt in doubt can have cost, in credits. Empty if a repeat is free. */
	earlier: number[];
	/** The run whose output carries the receipt; `undefined` if no output does yet. */
	handedOverIn: number | undefined;
	doubt?: Doubt | undefined;
	/** The execution that left the purchase in doubt. */
	leftBy?: string | undefined;
}

/**
 * An entry as n8n stores it with the execution: an array, because the names of its properties would take
 * more space than their values. The values of the receipt's `fields` come last; their names are stored
 * once for many entries, in `Stored.names` at the index `names`.
 */
type Packed = [
	names: number,
	outcome: Outcome,
	creditsCharged: number | null,
	creditsRemaining: number | null,
	reason: string,
	runIndex: number,
	handedOverIn: number | null,
	// Properties that most entries do not have; 0 if there are none.
	rare: Partial<Pick<Entry, 'doubt' | 'leftBy' | 'credits' | 'earlier'>> | 0,
	...fields: unknown[],
];

interface Stored {
	entries: Record<string, Packed>;
	count: number;
	spent: number;
	names: string[][];
	/** Requests by key, if a later run may group them in another way and no output carries their receipts yet. */
	requests: Record<string, unknown>;
	toolCalls: number;
	/** By key: the last execution that was told that an earlier one had left a purchase in doubt. */
	told?: Record<string, string>;
}

/** What is written down after one attempt. */
export interface Note {
	/** The receipt of this attempt alone. */
	receipt: Receipt;
	/** The most that this attempt can have cost, in credits. */
	worstCase: number;
	/** Set if nobody knows whether the attempt was charged. */
	doubt?: Doubt | undefined;
	/** Set if a later run may group requests in another way. */
	request?: unknown;
}

/** A request of an earlier run whose receipt no output carries yet. */
export interface ReusableRequest {
	key: string;
	request: unknown;
	receipt: Receipt;
	isInDoubt: boolean;
}

/** The most entries that are kept. Beyond it, the oldest of those whose receipts an output carries are dropped. */
export const MAX_ENTRIES = 50_000;

/** How many entries are left after that. */
export const ENTRIES_LEFT = 45_000;

/** The key of a request in the memory: a short hash, so that a stored execution holds no name or email address. */
export function keyOf(operation: string, identity: string): string {
	return createHash('sha256').update(`${operation} ${identity}`).digest('base64url').slice(0, 16);
}

/**
 * What this execution has already paid for. It is kept in the node's execution context, which n8n gives
 * back when Retry On Fail runs the node again, when a person presses Retry, and in every round of a loop.
 */
export class Memory {
	private readonly stored: Stored;

	/** `underWay`: the run indexes of the runs that are in progress at this moment. */
	constructor(
		context: IDataObject,
		private readonly run: Run,
		private readonly underWay: ReadonlySet<number> = new Set(),
	) {
		this.stored = storedIn(context);
	}

	/** A new run index for one tool call: n8n gives the same index to tool calls that run at the same time. */
	static runIndexOfToolCall(context: IDataObject): number {
		const stored = storedIn(context);
		stored.toolCalls += 1;
		// Negative, so that it is never one of n8n's.
		return -stored.toolCalls;
	}

	/** Credits that this execution has spent so far; a purchase in doubt counts with the most it can have cost. */
	get spent(): number {
		return this.stored.spent;
	}

	/** What is known of a request, and whether it may be sent. */
	recall(key: string, repeat: Repeat): Recollection {
		const entry = this.entryOf(key);
		if (entry === undefined) return { kind: 'open', lostBefore: false, reserved: 0 };
		const receipt = this.receiptForThisRun(entry);
		const worstCase = creditsOf(entry);
		if (receipt.outcome === 'processing') {
			this.claim(key);
			const paid = fullReceipt(entry).creditsCharged;
			const processing = { receipt, paid };
			return { kind: 'open', lostBefore: false, reserved: worstCase, processing };
		}
		if (!this.maySendAgain(entry, repeat)) {
			this.claim(key);
			return { kind: 'answered', receipt };
		}
		// If a repeat is free, the lost attempt and the next one are charged once; otherwise twice.
		return isChargedOnce(entry, repeat)
			? { kind: 'open', lostBefore: true, reserved: worstCase }
			: { kind: 'open', lostBefore: false, reserved: 0, earlier: { receipt, worstCase } };
	}

	/** Whether anything is known of a request. */
	has(key: string): boolean {
		return this.stored.entries[key] !== undefined;
	}

	/**
	 * Makes this run the one whose output carries a charge, so that no other run at the same time counts
	 * it as well. Returns `false` if another run does.
	 */
	claim(key: string): boolean {
		const packed = this.stored.entries[key];
		if (packed === undefined || this.isPaidElsewhere(this.unpack(packed))) return false;
		packed[RUN_INDEX] = this.run.runIndex;
		return true;
	}

	/**
	 * Writes down the receipt of a request whose charge belongs, wholly or in part, to another request:
	 * the credits of that one are in `spent` already.
	 */
	recordShare(key: string, receipt: Receipt): void {
		const existing = this.entryOf(key);
		if (existing === undefined) this.stored.count += 1;
		const { runIndex } = this.run;
		const empty = { credits: 0, earlier: [], handedOverIn: undefined };
		this.stored.entries[key] = this.pack({ ...empty, ...existing, receipt, runIndex });
	}

	/** Writes an attempt down as soon as its result is known, and returns the receipt for all attempts together. */
	record(key: string, repeat: Repeat, { receipt, worstCase, doubt, request }: Note): Receipt {
		const previous = this.entryOf(key);
		if (previous === undefined) this.stored.count += 1;
		const entry: Entry = {
			receipt,
			runIndex: this.run.runIndex,
			credits: receipt.creditsCharged ?? worstCase,
			earlier:
				previous === undefined || isChargedOnce(previous, repeat)
					? []
					: [...previous.earlier, previous.credits],
			handedOverIn: undefined,
			doubt,
			leftBy: doubt === undefined ? undefined : this.run.executionId,
		};
		this.stored.spent += creditsOf(entry) - (previous === undefined ? 0 : creditsOf(previous));
		this.stored.entries[key] = this.pack(entry);
		if (request !== undefined) this.stored.requests[key] = request;
		return fullReceipt(entry);
	}

	/**
	 * Writes down what came of a purchase that was being processed, and returns the receipt for this run. An output
	 * that carries the charge already stays the one.
	 */
	recordProcessed(key: string, { receipt, worstCase, doubt }: Note): Receipt {
		const previous = this.entryOf(key);
		if (previous === undefined) return receipt;
		const entry: Entry = {
			...previous,
			receipt,
			credits: receipt.creditsCharged ?? worstCase,
			doubt,
			leftBy: doubt === undefined ? undefined : this.run.executionId,
		};
		this.stored.spent += creditsOf(entry) - creditsOf(previous);
		const packed = this.pack(entry);
		packed[HANDED_OVER_IN] = previous.handedOverIn ?? null;
		this.stored.entries[key] = packed;
		return this.receiptForThisRun(entry);
	}

	/** Forgets a request that cost nothing and was not answered, so that it may be sent again. */
	forget(key: string): void {
		if (!this.has(key)) return;
		delete this.stored.entries[key];
		this.stored.count -= 1;
	}

	/** Notes that the purchase book told this execution of a purchase that another one left in doubt. */
	noteDoubtOfOthers(key: string): void {
		this.stored.told ??= {};
		this.stored.told[key] = this.run.executionId ?? '';
	}

	/**
	 * Whether a purchase that others left in doubt may be sent again: a person was told of the doubt, and has
	 * pressed Retry since then.
	 */
	mayAskDespiteDoubt(key: string): boolean {
		const toldTo = this.stored.told?.[key];
		return this.run.mode === 'retry' && toldTo !== undefined && toldTo !== this.run.executionId;
	}

	/** The requests whose receipts no other run's output carries: if they are asked for again, the memory answers. */
	async reusableRequests(): Promise<ReusableRequest[]> {
		const requests = Object.entries(this.stored.requests);
		const reusable = await mapInSlices(requests, ([key, request]): ReusableRequest | undefined => {
			const entry = this.entryOf(key);
			if (entry === undefined || this.isPaidElsewhere(entry)) return undefined;
			return { key, request, receipt: entry.receipt, isInDoubt: entry.doubt !== undefined };
		});
		return reusable.filter((request) => request !== undefined);
	}

	/** Marks the receipts that the output of this run carries, and bounds the number of entries. */
	async handOver(keys: Iterable<string>): Promise<void> {
		await mapInSlices(keys, (key) => {
			const packed = this.stored.entries[key];
			// What another run has written down since is on an item of that run.
			if (packed?.[RUN_INDEX] === this.run.runIndex) packed[HANDED_OVER_IN] ??= this.run.runIndex;
			delete this.stored.requests[key];
		});
		await this.forgetTheOldest();
	}

	private entryOf(key: string): Entry | undefined {
		const packed = this.stored.entries[key];
		return packed === undefined ? undefined : this.unpack(packed);
	}

	private unpack(packed: Packed): Entry {
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

	private pack({ receipt, runIndex, credits, earlier, doubt, leftBy }: Entry): Packed {
		const { outcome, creditsCharged, creditsRemaining, reason, fields } = receipt;
		const rare = {
			...(credits === (creditsCharged ?? 0) ? {} : { credits }),
			...(earlier.length === 0 ? {} : { earlier }),
			...(doubt === undefined ? {} : { doubt }),
			...(leftBy === undefined ? {} : { leftBy }),
		};
		return [
			this.indexOfNames(Object.keys(fields)),
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

	private indexOfNames(names: string[]): number {
		const all = this.stored.names;
		const index = all.findIndex((stored) => stored.join() === names.join());
		return index === -1 ? all.push(names) - 1 : index;
	}

	/**
	 * Only a purchase in doubt may be sent again: if a person has pressed Retry since then, or if the answer
	 * was lost and a repeat is free.
	 */
	private maySendAgain({ doubt, leftBy }: Entry, repeat: Repeat): boolean {
		if (doubt === undefined) return false;
		const aPersonRetried = this.run.mode === 'retry' && leftBy !== this.run.executionId;
		return aPersonRetried || (repeat === 'free' && doubt === 'lost');
	}

	/** The receipt for an item of this run: at 0 credits if another run's output carries the charge. */
	private receiptForThisRun(entry: Entry): Receipt {
		const receipt = fullReceipt(entry);
		return this.isPaidElsewhere(entry) ? { ...receipt, creditsCharged: 0 } : receipt;
	}

	/**
	 * Whether the output of another run carries this charge, or will carry it. When n8n repeats a run, the
	 * run index stays the same, so it counts as the same run.
	 */
	private isPaidElsewhere({ handedOverIn, runIndex }: Entry): boolean {
		if (handedOverIn !== undefined) return handedOverIn !== this.run.runIndex;
		return runIndex !== this.run.runIndex && this.underWay.has(runIndex);
	}

	private async forgetTheOldest(): Promise<void> {
		const { stored } = this;
		if (stored.count <= MAX_ENTRIES) return;
		await mapInSlices(Object.keys(stored.entries), (key) => {
			// More are dropped than necessary: otherwise a loop would look through all entries in every round.
			if (stored.count <= ENTRIES_LEFT) return;
			const entry = this.entryOf(key);
			// An entry that no output carries yet, or that is not final, still prevents a second charge.
			if (entry?.handedOverIn === undefined || entry.doubt !== undefined) return;
			if (entry.receipt.outcome === 'processing') return;
			delete stored.entries[key];
			stored.count -= 1;
		});
	}
}

/** Whether a lost attempt and the next one are charged once. */
function isChargedOnce({ doubt }: Entry, repeat: Repeat): boolean {
	return repeat === 'free' && doubt !== 'notBought';
}

/** Credits of all attempts; an attempt in doubt counts with the most it can have cost. */
function creditsOf({ credits, earlier }: Entry): number {
	return credits + sum(earlier);
}

function sum(numbers: number[]): number {
	return numbers.reduce((total, number) => total + number, 0);
}

/**
 * The receipt for all attempts of a purchase: after earlier attempts in doubt, nobody knows what all of them
 * cost.
 */
function fullReceipt({ receipt, earlier }: Entry): Receipt {
	if (earlier.length === 0) return receipt;
	const { creditsCharged, reason } = receipt;
	const cost = creditsCharged === null ? '' : `This answer cost ${count(creditsCharged, 'credit')}`;
	return {
		...receipt,
		creditsCharged: null,
		reason: sentences(reason, cost, mayHaveCost(sum(earlier))),
	};
}

/** The receipt if this attempt cost nothing, but earlier ones may have been charged. */
export function receiptForEarlier({ receipt, worstCase }: Earlier, reason: string): Receipt {
	return { ...receipt, reason: sentences(reason, mayHaveCost(worstCase)) };
}

function mayHaveCost(credits: number): string {
	return `An earlier attempt was left uncertain and may have cost up to ${count(credits, 'credit')}`;
}

// The indexes of `runIndex` and `handedOverIn` in `Packed`.
const RUN_INDEX = 5;
const HANDED_OVER_IN = 6;

function storedIn(context: IDataObject): Stored {
	context.memory ??= { entries: {}, count: 0, spent: 0, names: [], requests: {}, toolCalls: 0 };
	// Not parsed with zod: a loop would parse the whole memory again in every round.
	return context.memory as unknown as Stored;
}
