import { isAlive, latestOf, rowsBy, taskIdOf, type Row } from './rows';
import type { BookTable } from './table';

/** The most credits that may be spent in a period that ends now. */
export interface SpendingLimit {
	/** The name of the option, for a person. */
	name: string;
	periodMs: number;
	credits: number;
}

/** Whether a request that is written down fits the limits. */
export type Admission =
	| { kind: 'admitted' }
	/** Others must be done first, as they may cost less than their worst case. */
	| { kind: 'wait'; others: Row[] }
	/** It could pass a limit; the limit, and what was surely spent in its period, in credits. */
	| { kind: 'overLimit'; limit: SpendingLimit; spent: number };

/** A row that this run has written for a request that is not sent yet. */
export interface OwnRow {
	row: Row;
	/** Just before it was written, by the process's clock, in milliseconds. */
	writtenAt: number;
	/** The moment after which the others' rows must have been read. */
	checkFrom: number;
}

/** What others spent in the period of a limit, in credits, and the rows of it that are under way, at their worst. */
interface Spending {
	limit: SpendingLimit;
	credits: number;
	underWay: Row[];
}

// How long after the time in it a row may become visible to others, in milliseconds.
const VISIBLE_WITHIN_MS = 60_000;

/** The limits over time of a run: adds up what it spends, and what others that use the same table spend. */
export class PeriodLimits {
	/** What this run has spent, in credits, with what is under way at its worst. */
	private spent = 0;
	/** The most that the requests of this run can cost that are under way, in credits. */
	private underWay = 0;
	/** The most that attempts of this run can cost that are being written down and are not admitted, in credits. */
	private readonly expected = new Map<string, number>();
	/** Who waits for room, to be told when this run gives some back. */
	private readonly waiting = new Set<() => void>();
	private lastAdmission: Promise<unknown> = Promise.resolve();
	/** What others spent, in the period of each limit, and the moment before it was last read. */
	private others: { readAt: number; spending: Spending[] };
	/** The rows of the longest period, as far as they are read, and those that may change are younger than this. */
	private known: { rows: Row[]; changingFrom: number } | undefined;
	/** Counts what happens, to tell what came after what. */
	private moments = 0;

	constructor(
		private readonly table: BookTable,
		private readonly vendor: string,
		/** Empty for none. */
		private readonly limits: SpendingLimit[],
		/** The time of n8n's database, milliseconds since 1970; `undefined` if it is not known yet. */
		private readonly now: () => number | undefined,
		/** Whether an attempt is of this run. */
		private readonly isOwn: (attempt: string) => boolean,
	) {
		const spending = limits.map((limit) => ({ limit, credits: 0, underWay: [] }));
		this.others = { readAt: 0, spending };
	}

	/** The next moment, to tell what came after what. */
	nextMoment(): number {
		this.moments += 1;
		return this.moments;
	}

	/**
	 * Whether an attempt may fit the limits that can cost so many credits and is not written down yet. Executions
	 * that write rows which do not fit keep each other from being admitted, so nothing is written before this says
	 * `admitted`. Then room in this run is kept for the attempt, until it is admitted or forgotten. Throws if the
	 * table is out of reach.
	 */
	async expect(attempt: string, credits: number): Promise<Admission> {
		const from = this.nextMoment();
		return await this.inTurn(async () => {
			let expected = 0;
			for (const one of this.expected.values()) expected += one;
			let admission = this.admissionOf(credits, expected, this.others.spending);
			const now = this.now();
			if (admission.kind !== 'admitted' && now !== undefined) {
				// Others may have come to cost less.
				admission = this.admissionOf(credits, expected, await this.spendingOfOthers(from, now));
			} else if (admission.kind === 'overLimit') {
				// Nothing was read yet, so nobody can say what was spent. A row that is written can.
				admission = { kind: 'admitted' };
			}
			if (admission.kind === 'admitted') this.expected.set(attempt, credits);
			return admission;
		});
	}

	/** Gives back the room that is kept for an attempt. */
	forget(attempt: string): void {
		this.expected.delete(attempt);
		this.wake();
	}

	/** Resolves when this run gives room back, or with `pause`. */
	async roomOr(pause: Promise<void>): Promise<void> {
		let wake = (): void => {};
		const room = new Promise<void>((done) => (wake = done));
		this.waiting.add(wake);
		await Promise.race([pause, room]);
		this.waiting.delete(wake);
	}

	private wake(): void {
		for (const wake of this.waiting) wake();
	}

	/**
	 * Lets a request that is written down be sent if it fits the limits. Throws if the table is out of reach.
	 */
	async admit(own: OwnRow): Promise<Admission> {
		return await this.inTurn(async () => {
			const { credits, attempt } = own.row;
			const others = await this.spendingOfOthers(own.checkFrom, this.now() ?? 0);
			own.checkFrom = this.nextMoment();
			const admission = this.admissionOf(credits, 0, others);
			if (admission.kind === 'admitted') {
				this.expected.delete(attempt);
				this.spent += credits;
				this.underWay += credits;
			}
			return admission;
		});
	}

	/** Counts what an admitted request came to: its worst case, and what it cost, in credits. */
	settle(worstCase: number, credits: number): void {
		this.spent += credits - worstCase;
		this.underWay -= worstCase;
		this.wake();
	}

	/** One after the other: what one is admitted with counts for the next. */
	private async inTurn<Result>(look: () => Promise<Result>): Promise<Result> {
		const result = this.lastAdmission.then(look);
		this.lastAdmission = result.catch(() => undefined);
		return await result;
	}

	/** `expected`: what else of this run is to fit, in credits. */
	private admissionOf(worstCase: number, expected: number, others: Spending[]): Admission {
		let admission: Admission = { kind: 'admitted' };
		for (const { limit, credits, underWay } of others) {
			const spent = credits + this.spent + expected;
			const left = limit.credits - worstCase;
			if (spent <= left) continue;
			// What is under way may cost less than its worst case.
			const surelySpent = spent - sum(underWay) - this.underWay - expected;
			if (surelySpent > left) return { kind: 'overLimit', limit, spent: surelySpent };
			admission = { kind: 'wait', others: underWay };
		}
		return admission;
	}

	/** What others spent in the period of each limit, read after that moment. */
	private async spendingOfOthers(from: number, now: number): Promise<Spending[]> {
		if (this.limits.length === 0) return [];
		if (this.others.readAt < from) {
			const readAt = this.nextMoment();
			const attempts = [...rowsBy('attempt', await this.read(now))]
				.filter(([attempt]) => !this.isOwn(attempt))
				.map(([, ofAttempt]) => latestOf(ofAttempt));
			const spending = this.limits.map((limit) => {
				const inPeriod = attempts.filter(({ createdAt }) => createdAt > now - limit.periodMs);
				// What a task works on is charged already.
				const underWay = inPeriod.filter((row) => isAlive(row, now) && taskIdOf(row) === undefined);
				return { limit, credits: sum(inPeriod), underWay };
			});
			this.others = { readAt, spending };
		}
		return this.others.spending;
	}

	/**
	 * The rows of the longest period. After the first time only those are read again that may have changed: a large
	 * table takes seconds. So a row that a person deletes meanwhile may still count in this run.
	 */
	private async read(now: number): Promise<Row[]> {
		const longest = Math.max(...this.limits.map(({ periodMs }) => periodMs));
		const from = this.known?.changingFrom ?? now - longest;
		const before = this.known?.rows.filter(({ createdAt }) => createdAt < from) ?? [];
		const rows = [...before, ...(await this.table.since(this.vendor, from))];
		const underWay = rows.filter((row) => isAlive(row, now)).map(({ createdAt }) => createdAt);
		this.known = { rows, changingFrom: Math.min(now - VISIBLE_WITHIN_MS, ...underWay) };
		return rows;
	}
}

function sum(rows: Row[]): number {
	return rows.reduce((total, { credits }) => total + credits, 0);
}
