import { randomUUID } from 'node:crypto';

import type { Outcome } from '../../operations/outcome';
import { PeriodLimits, type Admission, type OwnRow, type SpendingLimit } from './limits';
import {
	doubtsIn,
	findingIn,
	isAlive,
	latestOf,
	rowsBy,
	taskIdOf,
	type Finding,
	type NewRow,
	type Row,
} from './rows';
import { JointVisits, type BookTable, type Visit } from './table';

/** How a run uses the purchase book. Times are in milliseconds, limits in credits. */
export interface BookSettings {
	/** The name of the data table, for a person. */
	name: string;
	vendor: string;
	/** Resource and operation, such as `phone.enrich`. */
	operation: string;
	/** Whether the vendor charges nothing for the same request again. Then it is always asked. */
	isRepeatFree: boolean;
	/** How old an answer may be to be given again. */
	rememberForMs: number;
	/** The most that may be spent in each period, with what others spend; empty for no limit. */
	limits: SpendingLimit[];
	/** How long after its row was written a request may still be sent. */
	startWithinMs: number;
	/** How long after its row was written a request can be under way at most. */
	validForMs: number;
	execution: string;
	workflow: string;
}

/** What is asked for. */
export interface Wanted {
	key: string;
	/** In words that a person recognizes. */
	about: string;
	/** The most that it can cost, in credits. */
	worstCase: number;
	/** Whether a person has it asked again although nobody knows what came of an earlier request. */
	despiteDoubt: boolean;
}

/** What the book says before a request is sent. */
export type Opening =
	/** Bought before: the row has the answer. */
	| { kind: 'bought'; row: Row }
	/** Asked before, and nobody knows what came of it. */
	| { kind: 'unknown'; row: Row }
	/** Asked before, and the vendor works on it in a task. */
	| { kind: 'processing'; row: Row; taskId: string }
	| Extract<Admission, { kind: 'overLimit' }>
	/** A person pressed Stop. */
	| { kind: 'stopped' }
	/** The request is written down and may be sent, as long as `mayStart` returns true. */
	| { kind: 'claimed'; claim: Claim };

/** A request that is written down as `asked`. */
export interface Claim {
	/** Whether nobody knows what came of an earlier request for the same. */
	followsDoubt: boolean;
	/** Whether it may still be sent. Otherwise others could take it for one of a process that died. */
	mayStart: () => boolean;
	/** Writes down what came back, in the next visit to the table: `PurchaseBook.finish` waits for it. */
	settle(answer: Answer): void;
	/** Writes down the vendor's task that works on it, and how long this run can wait for that, in milliseconds. */
	process(taskId: string, validForMs: number): void;
	/** Writes down that nobody knows what came of it. */
	leaveUnknown(): void;
	/** Takes the row back: nothing was sent, or the vendor refused. */
	takeBack(): void;
}

/** What came back. */
export interface Answer {
	/** `asked` if nobody knows what came of a task that is over. */
	outcome: Outcome | 'asked';
	/** What it cost; `undefined` if nobody knows, and then the worst case stays. In credits. */
	credits: number | undefined;
	/** What to give again, as JSON; empty if there is nothing to give again. */
	result: string;
}

/** Time as the book needs it. */
export interface Clock {
	/** Milliseconds from any moment on; never runs backwards. */
	now(): number;
	/** Milliseconds since 1970. */
	today(): number;
	/** Waits for the next turn of the event loop. */
	turn(): Promise<void>;
	/** Waits that many milliseconds. */
	pause(ms: number): Promise<void>;
}

// The worst case of its credits stays.
const NOBODY_KNOWS: Answer = { outcome: 'asked', credits: undefined, result: '' };

// How long to wait before the first look whether others are done, and the longest such wait.
const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 1_000;

// Of what the vendor worked on, a row stays: it is replaced, not taken back.
const NOTHING_BOUGHT: Answer = { outcome: 'refused', credits: 0, result: '' };

/** What this run's row is for: its request may be sent, others must be done first, or there is nothing to send. */
type Turn = Admission | Extract<Opening, { kind: 'bought' | 'unknown' | 'processing' }>;

/**
 * What was bought before, by any execution that uses the same table. Two requests for the same thing are never
 * under way at once: each is written down first, and then the table is read. Whoever sees no other request for
 * the same thing sends its own. Otherwise all take their rows back and wait, except the one whose attempt comes
 * first in the alphabet: it waits until the others are gone.
 */
export class PurchaseBook {
	/** What could not be written down after an answer, as a sentence for a person. */
	problem: string | undefined;
	private readonly visits: JointVisits;
	/** Why nothing could be read at the start. */
	private unreadable: Error | undefined;
	private readonly found = new Map<string, Row[]>();
	/** All attempts of this run. */
	private readonly attempts = new Set<string>();
	private readonly limits: PeriodLimits;
	/** What is being written after an answer. */
	private readonly writing = new Set<Promise<unknown>>();
	/** The time of n8n's database minus the clock's; `undefined` until a row was written. */
	private ahead: number | undefined;

	constructor(
		table: BookTable,
		readonly settings: BookSettings,
		private readonly clock: Clock,
		/** Rows about what answers saved that are not written yet; executions may share them. */
		private readonly unwritten: NewRow[],
		/** Makes a text that no other attempt has. */
		private readonly newAttempt: () => string = randomUUID,
	) {
		this.visits = new JointVisits(table, async () => await clock.turn());
		this.limits = new PeriodLimits(
			table,
			settings.vendor,
			settings.limits,
			() => this.now,
			(attempt) => this.attempts.has(attempt),
		);
	}

	/**
	 * Reads what the book says of these keys, for `lookUp` and `open`. Throws if the table is out of reach; then
	 * `open` throws the same.
	 */
	async read(keys: string[]): Promise<void> {
		try {
			const byKey = rowsBy('key', await this.visits.visit({ read: keys }));
			for (const key of keys) this.found.set(key, byKey.get(key) ?? []);
		} catch (error) {
			this.unreadable = error as Error;
			throw this.unreadable;
		}
	}

	/** What was bought before, as far as `read` has shown. Writes nothing. */
	lookUp(key: string): Row | undefined {
		const finding = this.findingIn(this.found.get(key) ?? [], false);
		return finding.kind === 'bought' ? finding.row : undefined;
	}

	/**
	 * Resolves when all answers are written down, and what answers of the book have saved, in credits. Never throws:
	 * `problem` says what could not be written.
	 */
	async finish({ answers, saved }: { answers: number; saved: number }): Promise<void> {
		if (answers > 0) this.noteSaved(saved);
		// A visit takes longer than one answer: what that saved is written with the next row.
		if (answers > 1) this.writing.add(this.change({ insert: this.unwritten.splice(0) }));
		await Promise.all(this.writing);
	}

	private noteSaved(saved: number): void {
		const { vendor, operation, execution, workflow } = this.settings;
		const before = this.unwritten.findIndex(
			(row) => row.operation === operation && row.workflow === workflow,
		);
		const [row] = before === -1 ? [] : this.unwritten.splice(before, 1);
		this.unwritten.push({
			key: '',
			vendor,
			operation,
			about: 'Answers from this book',
			outcome: 'answered',
			credits: 0,
			saved: (row?.saved ?? 0) + saved,
			result: '',
			execution,
			workflow,
			attempt: this.newAttempt(),
			validForMs: 0,
		});
	}

	/**
	 * Writes down what came of a task. The execution that started it does so itself while it waits for it; `isOurs`
	 * says whether this is the one. Not waited for: `finish` does that.
	 */
	settleTask(
		key: string,
		taskId: string,
		isOurs: boolean,
		{ outcome, credits, result }: Answer,
	): void {
		const written = this.change({ read: [key] }).then(async (rows) => {
			// Without the database's time, this process's will do: at worst a row stands there twice.
			const now = this.now ?? this.clock.today();
			const isToSettle = (row: Row) => taskIdOf(row) === taskId && (isOurs || !isAlive(row, now));
			const attempts = [...rowsBy('attempt', rows).values()].filter((ofAttempt) =>
				ofAttempt.some(isToSettle),
			);
			// Another execution may have written the answer meanwhile.
			const open = attempts.map(latestOf).filter((row) => row.outcome === 'asked');
			const asked = attempts.flat().filter((row) => row.outcome === 'asked');
			if (asked.length === 0) return;
			await this.change({
				insert: open.map((row) => ({
					...row,
					outcome,
					credits: credits ?? row.credits,
					result,
					validForMs: 0,
				})),
				remove: asked.map(({ id }) => id),
			});
		});
		this.writing.add(written);
	}

	/**
	 * Says what the book knows of a request, or writes it down so that it may be sent. Waits for other
	 * executions that are asking for the same. Throws if the table is out of reach; then nothing may be sent.
	 */
	async open(wanted: Wanted, isStopped: () => boolean): Promise<Opening> {
		if (this.unreadable !== undefined) throw this.unreadable;
		// Nothing more is sent, so nothing is written down for it.
		if (isStopped()) return { kind: 'stopped' };
		const { key } = wanted;
		const attempt = this.newAttempt();
		let rows = this.found.get(key);
		let own: OwnRow | undefined;
		let room: Admission | undefined;
		if (rows === undefined) {
			// One visit does for both: what is new is written down, and otherwise there are rows to read.
			({ own, rows } = await this.write(wanted, attempt, 'insertIfNew'));
		} else if (this.findingIn(rows, wanted.despiteDoubt).kind !== 'nothing') {
			// What was read may be minutes old. That there is nothing is checked once more when a row is written.
			rows = await this.visits.visit({ read: [key] });
		}
		for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
			if (own === undefined) {
				const finding = this.findingIn(rows, wanted.despiteDoubt);
				if (finding.kind !== 'nothing' && finding.kind !== 'asking') return finding;
				if (finding.kind === 'nothing' && room?.kind === 'overLimit') return room;
				// Without the database's time nobody knows how old another's row is, and writing one tells it.
				if (finding.kind === 'nothing' || this.ahead === undefined) {
					room = await this.limits.expect(attempt, wanted.worstCase);
					if (room.kind === 'admitted') {
						({ own, rows } = await this.write(wanted, attempt, 'insert'));
					}
				}
			}
			if (own !== undefined) {
				const opening = await this.claim(wanted, own, rows, isStopped);
				if (opening !== undefined) return opening;
				own = undefined;
			}
			if (isStopped()) return { kind: 'stopped' };
			await this.limits.roomOr(this.clock.pause(wait));
			if (isStopped()) return { kind: 'stopped' };
			if (room?.kind !== 'wait') rows = await this.visits.visit({ read: [key] });
		}
	}

	/**
	 * Decides whether the request of a row that is written may be sent; `rows` are those of its key, read after it
	 * was written. Returns `undefined` if another execution comes first: the row is gone again, and the caller may
	 * try later. Throws if the table is out of reach.
	 */
	private async claim(
		wanted: Wanted,
		own: OwnRow,
		rows: Row[],
		isStopped: () => boolean,
	): Promise<Opening | undefined> {
		let isKept = false;
		try {
			const opening = await this.claimInTurn(wanted, own, rows, isStopped);
			isKept = opening?.kind === 'claimed';
			return opening;
		} finally {
			if (!isKept) await this.remove(own.row);
		}
	}

	private async claimInTurn(
		{ key, despiteDoubt }: Wanted,
		own: OwnRow,
		first: Row[],
		isStopped: () => boolean,
	): Promise<Opening | undefined> {
		const { attempt } = own.row;
		let rows = first;
		for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
			const finding = this.findingIn(rows, despiteDoubt, attempt);
			const turn: Turn =
				finding.kind === 'nothing'
					? await this.limits.admit(own)
					: finding.kind === 'asking'
						? { kind: 'wait', others: finding.rows }
						: finding;
			if (turn.kind === 'admitted') return { kind: 'claimed', claim: this.claimOf(own, rows) };
			if (turn.kind !== 'wait') return turn;
			const isFirst = turn.others.every((other) => attempt < other.attempt);
			if (!isFirst || !this.mayStart(own.writtenAt) || isStopped()) return undefined;
			await this.limits.roomOr(this.clock.pause(wait));
			rows = await this.visits.visit({ read: [key] });
		}
	}

	/**
	 * Writes the row of a request that is about to be sent, and reads those of its key. With `insertIfNew` there is
	 * no own row if the key has others. Throws if the table is out of reach; then no row stays.
	 */
	private async write(
		{ key, about, worstCase }: Wanted,
		attempt: string,
		how: 'insert' | 'insertIfNew',
	): Promise<{ own: OwnRow | undefined; rows: Row[] }> {
		const { vendor, operation, execution, workflow, validForMs } = this.settings;
		this.attempts.add(attempt);
		const writtenAt = this.clock.now();
		const row: NewRow = {
			key,
			vendor,
			operation,
			about,
			outcome: 'asked',
			credits: worstCase,
			saved: 0,
			result: '',
			execution,
			workflow,
			attempt,
			validForMs,
		};
		let isRead = false;
		try {
			const rows = await this.visits.visit({ [how]: [row], read: [key] });
			const written = rows.find((one) => one.attempt === attempt);
			isRead = written !== undefined || how === 'insertIfNew';
			if (!isRead) throw new Error('What was written down is not there');
			if (written === undefined) return { own: undefined, rows };
			// The answer took a moment, so the database's time is this or a little later.
			this.ahead = written.createdAt - this.clock.now();
			const checkFrom = this.limits.nextMoment();
			return { own: { row: written, writtenAt, checkFrom }, rows };
		} finally {
			// It may be there all the same.
			if (!isRead) await this.remove(row);
		}
	}

	/** Takes a row back for which nothing was sent. Never throws: then it may stay, and nobody asks because of it. */
	private async remove({ key, attempt }: NewRow): Promise<void> {
		const rows = await this.change({ read: [key] });
		const own = rows.filter((row) => row.attempt === attempt).map(({ id }) => id);
		if (own.length > 0) await this.change({ takeBack: own });
		this.limits.forget(attempt);
	}

	/** Visits the table. Never throws: `problem` says what failed, and nothing was read then. */
	private async change(visit: Visit): Promise<Row[]> {
		try {
			return await this.visits.visit(visit);
		} catch (error) {
			this.problem ??= (error as Error).message;
			return [];
		}
	}

	private mayStart(writtenAt: number): boolean {
		return this.clock.now() - writtenAt < this.settings.startWithinMs;
	}

	/** `before`: the rows of the same key when the request was admitted. */
	private claimOf({ row, writtenAt }: OwnRow, before: Row[]): Claim {
		let task: string | undefined;
		// Left unknown by earlier executions; asked again here because a person wants it, or because it is free.
		const doubts = doubtsIn(before, this.now);
		const closed = doubts.map((ofAttempt): NewRow => ({
			...latestOf(ofAttempt),
			outcome: 'uncertain',
			result: '',
		}));
		// One row is enough for what is asked again and again and costs nothing.
		const costless = [...rowsBy('attempt', before).values()].filter((ofAttempt) => {
			const { outcome, credits } = latestOf(ofAttempt);
			return outcome !== 'asked' && credits === 0;
		});
		const change = ({ insert = [], ...more }: Visit): void => {
			// Not waited for: the next request's row is written in the same visit.
			const written = this.change({ insert: [...insert, ...this.unwritten.splice(0)], ...more });
			this.writing.add(written);
			void written.then(() => this.writing.delete(written));
		};
		const replace = (insert: NewRow[], replaced: Row[]): void => {
			change({ insert, remove: [row, ...replaced].map(({ id }) => id) });
		};
		const write = (credits: number, insert: NewRow[], replaced: Row[] = []): void => {
			this.limits.settle(row.credits, credits);
			replace(insert, replaced);
		};
		const settle = ({ outcome, credits = row.credits, result }: Answer): void => {
			if (task !== undefined) {
				this.limits.settle(0, credits - row.credits);
				this.settleTask(row.key, task, true, { outcome, credits, result });
				return;
			}
			const answer = { ...row, outcome, credits, result, validForMs: 0 };
			write(credits, [answer, ...closed], [...doubts, ...costless].flat());
		};
		return {
			settle,
			mayStart: () => this.mayStart(writtenAt),
			followsDoubt: doubts.length > 0,
			process: (taskId, validForMs) => {
				task = taskId;
				// It is charged: nobody has to wait for it to cost less.
				this.limits.settle(row.credits, row.credits);
				const asked = { ...row, result: JSON.stringify({ taskId }), validForMs };
				replace([asked, ...closed], doubts.flat());
			},
			leaveUnknown: () => {
				if (task === undefined) write(row.credits, [{ ...row, validForMs: 0 }]);
				else this.settleTask(row.key, task, true, NOBODY_KNOWS);
			},
			takeBack: () => {
				if (task !== undefined) return settle(NOTHING_BOUGHT);
				this.limits.settle(row.credits, 0);
				change({ takeBack: [row.id] });
			},
		};
	}

	private get now(): number | undefined {
		return this.ahead === undefined ? undefined : this.clock.now() + this.ahead;
	}

	private findingIn(rows: Row[], despiteDoubt: boolean, ownAttempt?: string): Finding {
		const { isRepeatFree, rememberForMs } = this.settings;
		const finding = findingIn(rows, {
			today: this.clock.today(),
			now: this.now,
			rememberForMs,
			ownAttempt,
		});
		const isToAsk =
			(finding.kind === 'bought' && isRepeatFree) ||
			(finding.kind === 'unknown' && (isRepeatFree || despiteDoubt));
		return isToAsk ? { kind: 'nothing' } : finding;
	}
}
