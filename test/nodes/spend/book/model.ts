import type { IDataObject } from 'n8n-workflow';

import { phoneEnrich } from '../../../../nodes/EcoreLensmor/operations/phone/enrich';
import type { Receipt } from '../../../../nodes/EcoreLensmor/operations/outcome';
import { PurchaseBook } from '../../../../nodes/EcoreLensmor/spend/book/book';
import type { SpendingLimit } from '../../../../nodes/EcoreLensmor/spend/book/limits';
import type { NewRow, Row } from '../../../../nodes/EcoreLensmor/spend/book/rows';
import type { BookTable } from '../../../../nodes/EcoreLensmor/spend/book/table';
import { keyOf, Memory, type Run } from '../../../../nodes/EcoreLensmor/spend/memory';
import { purchase, type Spending } from '../../../../nodes/EcoreLensmor/spend/purchase';
import { sharedStateOf } from '../../../../nodes/EcoreLensmor/spend/sharedState';
import type { AttemptResult } from '../../../../nodes/EcoreLensmor/transport/send';
import { answer, LOST, sessionOf } from '../../scriptedSession';

/** What the vendor does with a request. */
export type VendorDoes =
	'finds' | 'finds, answer lost' | 'answer lost' | 'refuses' | 'finds nothing';

// The times of the model, in milliseconds: a claim may be sent for as long, a request takes no longer, and a claim
// is valid for both and the time to write.
const START_WITHIN_MS = 10;
const VALID_FOR_MS = 21;
/** One step of the clock: after it, a claim is too old to be sent; after two, it is not valid. */
const TICK_MS = 11;

const DATABASE_STARTS_AT = Date.parse('2026-11-25T10:00:00Z');

/** One thing that a process wants to do next, and does when it is its turn. */
interface Step {
	label: string;
	perform: () => void;
}

/** A process of n8n that runs one execution. */
export interface Process {
	name: string;
	/** What it wants to do next, in any order: the answer of one request may be written while others are looked for. */
	next: Step[];
	isDead: boolean;
	receipts: Receipt[];
	isDone: boolean;
	/** Whether it ended before it asked for anything, because the table was out of reach. */
	couldNotRead: boolean;
	/** All that it knows, as text. */
	knows: string;
	/** Whether it has read the table since something last changed. */
	isUpToDate: boolean;
	/** When it began to write its last row for a request. */
	wroteAt: number;
	/** What else its book knows and where in its code it is, as text: it decides what the process does next. */
	inside: () => string;
	/** How many requests it has in the network. */
	inFlight: number;
}

/** How a world differs from the usual one. */
export interface WorldSettings {
	/** What the vendor does with each request, in the order in which they arrive; with the others, the last one. */
	vendorDoes: VendorDoes[];
	limits?: SpendingLimit[];
	/** Whether the table is read before a request is written down, as it is for several and for Maximum Credits. */
	readsFirst?: boolean;
}

/** A table, a vendor and processes whose every step waits until it is chosen. */
export class World {
	now = 0;
	readonly rows: Row[] = [];
	/** Whom the vendor charged for, in order. */
	readonly charged: string[] = [];
	/** The memory of each execution. */
	readonly memories = new Map<string, IDataObject>();
	readonly processes: Process[] = [];
	/** Requests of dead processes that are still in the network. */
	readonly orphans: Step[] = [];
	private arrived = 0;
	/** Whether the table can be read and written. */
	isInReach = true;
	private lastId = 0;

	constructor(private readonly settings: WorldSettings) {}

	/**
	 * Starts an execution that asks for the phones of these people, one after the other. With the memory of an
	 * earlier one, a person has pressed Retry on that.
	 */
	start(name: string, people: string[], memory: IDataObject = {}): Process {
		const process: Process = {
			name,
			next: [],
			isDead: false,
			receipts: [],
			isDone: false,
			couldNotRead: false,
			knows: '',
			isUpToDate: false,
			wroteAt: this.now,
			inside: () => '',
			inFlight: 0,
		};
		this.processes.push(process);
		void this.buy(process, people, memory);
		return process;
	}

	private async buy(process: Process, people: string[], context: IDataObject): Promise<void> {
		this.memories.set(process.name, context);
		const { session } = sessionOf(async () => await this.request(process, asking));
		let asking = '';
		const run: Run = {
			executionId: process.name,
			runIndex: 0,
			mode: 'memory' in context ? 'retry' : 'webhook',
		};
		const shared = sharedStateOf(context, run);
		const book = new PurchaseBook(
			this.tableOf(process),
			{
				name: 'Credit purchases',
				vendor: 'ecore',
				operation: 'phone.enrich',
				isRepeatFree: false,
				rememberForMs: 1_000_000,
				limits: this.settings.limits ?? [],
				startWithinMs: START_WITHIN_MS,
				validForMs: VALID_FOR_MS,
				execution: process.name,
				workflow: 'Leads',
			},
			{
				now: () => this.now,
				today: () => DATABASE_STARTS_AT + this.now,
				turn,
				pause: async () => await this.step(process, 'pause', () => undefined),
			},
			[],
			// The order of these decides who gives way.
			() => `${process.name}${process.receipts.length}`,
		);
		process.inside = insideOf(book);
		const spending: Spending = {
			...session,
			throttle: shared.throttle,
			memory: new Memory(context, run, shared.underWay),
			maximumCredits: undefined,
			book,
			submissions: undefined,
			inTurn: async (send) => await send(),
			shared,
			isOutOfCredits: false,
			balance: null,
		};
		const keyFor = (email: string) => keyOf('phone.enrich', email);
		if (this.settings.readsFirst === true) {
			try {
				await book.read(people.map(keyFor));
			} catch {
				// The run ends here, with one sentence for all items.
				process.couldNotRead = true;
				process.isDone = true;
				return;
			}
		}
		for (const email of people) {
			asking = email;
			const key = keyFor(email);
			process.receipts.push(await purchase(spending, phoneEnrich, { key, request: { email } }));
		}
		await book.finish({ answers: 0, saved: 0 });
		process.isDone = true;
	}

	/** Waits for a turn, then does something, all at once. */
	private async step<Result>(
		process: Process,
		label: string,
		perform: () => Result,
	): Promise<Result> {
		return await new Promise<Result>((resolve, reject) => {
			const step: Step = {
				label,
				perform: () => {
					process.next = process.next.filter((one) => one !== step);
					if (this.isInReach || !label.startsWith('table')) resolve(perform());
					else reject(new Error('the table is full'));
				},
			};
			process.next.push(step);
		});
	}

	private tableOf(process: Process): BookTable {
		const read = (rows: Row[]) => {
			process.isUpToDate = true;
			process.knows = JSON.stringify(rows.map(withoutNumber));
			return rows;
		};
		return {
			visit: async (visit) => {
				const {
					takeBack = [],
					insert = [],
					insertIfNew = [],
					remove = [],
					read: keys = [],
				} = visit;
				if ([...insert, ...insertIfNew].some(({ validForMs }) => validForMs > 0)) {
					process.wroteAt = this.now;
				}
				const write = async (rows: NewRow[]) => {
					if (rows.length === 0) return;
					await this.step(process, `table: insert ${JSON.stringify(rows)}`, () => {
						for (const row of rows) this.insert(row);
					});
				};
				const removeAll = async (ids: number[]) => {
					if (ids.length === 0) return;
					const what = this.rows.filter(({ id }) => ids.includes(id));
					const label = `table: remove ${what.map(({ attempt, outcome }) => `${attempt} ${outcome}`).join()}`;
					await this.step(process, label, () => {
						this.remove(({ id }) => ids.includes(id));
					});
				};
				await removeAll(takeBack);
				await write(insert);
				if (insertIfNew.length > 0) {
					const isNew = ({ key }: NewRow) => this.rows.every((row) => row.key !== key);
					await write(await this.step(process, 'table: look', () => insertIfNew.filter(isNew)));
				}
				await removeAll(remove);
				if (keys.length === 0) return [];
				return await this.step(process, 'table: read', () => {
					return read(this.rows.filter(({ key }) => keys.includes(key)).map((row) => ({ ...row })));
				});
			},
			since: async (vendor, time) =>
				await this.step(process, 'table: sum', () => {
					return read(
						this.rows
							.filter((row) => row.vendor === vendor && row.createdAt >= time)
							.map((row) => ({ ...row })),
					);
				}),
		};
	}

	private changed(): void {
		for (const process of this.processes) process.isUpToDate = false;
	}

	/** Lets a moment pass. */
	tick(): void {
		this.now += TICK_MS;
		this.changed();
	}

	private insert(row: NewRow): void {
		this.changed();
		this.lastId += 1;
		this.rows.push({ ...row, id: this.lastId, createdAt: DATABASE_STARTS_AT + this.now });
	}

	/** Removes rows, as a person or a process does. */
	remove(which: (row: Row) => boolean): void {
		this.changed();
		for (const row of this.rows.filter(which)) this.rows.splice(this.rows.indexOf(row), 1);
	}

	private async request(process: Process, email: string): Promise<AttemptResult> {
		process.inFlight += 1;
		const result = await this.step(process, `arrive ${email}`, () => this.arrive(email));
		await this.step(process, 'answer', () => (process.inFlight -= 1));
		return result;
	}

	private arrive(email: string): AttemptResult {
		const { vendorDoes } = this.settings;
		const does = vendorDoes[Math.min(this.arrived, vendorDoes.length - 1)];
		this.arrived += 1;
		if (does === 'finds' || does === 'finds, answer lost') this.charged.push(email);
		switch (does) {
			case 'finds':
				return answer(200, {
					success: true,
					status: 'success',
					message: '',
					results: { phone: '+1 555 0100', email: null },
					remaining_credits: 10,
				});
			case 'finds nothing':
				return answer(200, {
					success: true,
					status: 'not_found',
					message: '',
					remaining_credits: 10,
				});
			case 'refuses':
				return answer(400, { detail: 'no' });
			default:
				return LOST;
		}
	}

	/** Ends a process at this moment. What it has in the network may still arrive. */
	crash(process: Process): void {
		process.isDead = true;
		for (const { label } of process.next.splice(0)) {
			const asking = /^arrive (.*)$/.exec(label)?.[1];
			if (asking === undefined) continue;
			this.orphans.push({ label: 'arrive', perform: () => void this.arrive(asking) });
		}
	}

	/** Whether time may pass: no request takes longer than its timeout. */
	get mayTick(): boolean {
		return (
			this.orphans.length === 0 && this.processes.every((one) => one.isDead || one.inFlight === 0)
		);
	}

	/** Whether all living processes wait for others, and none would see anything new. */
	get areAllWaiting(): boolean {
		return this.processes.every(
			({ isDead, isDone, next, isUpToDate }) =>
				isDead || isDone || (isUpToDate && next.every(({ label }) => label === 'pause')),
		);
	}

	/** Whether a row of the process is written, or will be. */
	private hasRow({ name, next }: Process): boolean {
		const isInsert = ({ label }: Step) => label.startsWith('table: insert');
		return next.some(isInsert) || this.rows.some(({ execution }) => execution === name);
	}

	/** All that decides what can happen from here, as text. */
	get state(): string {
		return JSON.stringify([
			this.now,
			this.arrived,
			this.charged,
			this.orphans.length,
			this.isInReach,
			this.rows.map(withoutNumber),
			this.processes.map((one) => [
				one.name,
				one.next.map(({ label }) => label),
				one.isDead,
				one.isDone,
				one.receipts.map(({ outcome, creditsCharged }) => [outcome, creditsCharged]),
				one.isDead ? '' : one.knows,
				one.isUpToDate,
				...(one.isDead ? [] : [this.hasRow(one) ? one.wroteAt : 0, one.inside()]),
			]),
		]);
	}
}

// The numbers of rows decide nothing.
function withoutNumber(row: Row): object {
	return { ...row, id: 0 };
}

/** Lasts longer than what goes on without waiting for anything, as a turn of the event loop does. */
async function turn(): Promise<void> {
	for (let left = 20; left > 0; left -= 1) await Promise.resolve();
}

/** Tells what a book knows of the database's time and of the limits, and which of its methods are under way. */
function insideOf(book: PurchaseBook): () => string {
	const underWay: string[] = [];
	const methods = book as unknown as Record<string, (...given: unknown[]) => Promise<unknown>>;
	for (const name of ['open', 'claim', 'claimInTurn', 'write', 'remove', 'finish']) {
		const method = methods[name]?.bind(book);
		if (method === undefined) throw new Error(`the book has no ${name}`);
		methods[name] = async (...given) => {
			underWay.push(name);
			try {
				return await method(...given);
			} finally {
				underWay.splice(underWay.lastIndexOf(name), 1);
			}
		};
	}
	const inner = book as unknown as { ahead?: number; limits: Record<string, unknown> };
	return () => {
		const { spent, underWay: ofRun, expected, others } = inner.limits;
		const { spending } = others as { spending: Array<{ credits: number; underWay: Row[] }> };
		const limits = [
			spent,
			ofRun,
			[...(expected as Map<string, number>)],
			spending.map((one) => [one.credits, one.underWay.map(withoutNumber)]),
		];
		return `${String(inner.ahead)} ${underWay.join()} ${JSON.stringify(limits)}`;
	};
}

/** Lets all that can go on without a turn go on. */
export async function settled(): Promise<void> {
	await new Promise((done) => setImmediate(done));
}
