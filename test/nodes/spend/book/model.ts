import type { IDataObject } from 'n8n-workflow';

import { phoneEnrich } from '../../../../nodes/EcoreLensmor/operations/phone/enrich';
import type { Receipt } from '../../../../nodes/EcoreLensmor/operations/outcome';
import { PurchaseBook, type SpendingLimit } from '../../../../nodes/EcoreLensmor/spend/book/book';
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
const TIMEOUT_MS = 10;
const VALID_FOR_MS = 21;
/** One step of the clock: after it, a claim is too old to be sent; after two, it is not valid. */
export const TICK_MS = 11;

const DATABASE_STARTS_AT = Date.parse('2026-11-25T10:00:00Z');

/** One thing that a process wants to do next, and does when it is its turn. */
interface Step {
	label: string;
	perform: () => void;
}

/** A process of n8n that runs one execution. */
export interface Process {
	name: string;
	next: Step | undefined;
	isDead: boolean;
	receipts: Receipt[];
	isDone: boolean;
	/** All that it knows, as text. */
	knows: string;
	/** When it did its last step. */
	lastStepAt: number;
	/** How many requests it has in the network. */
	inFlight: number;
}

/** How a world differs from the usual one. */
export interface WorldSettings {
	/** What the vendor does with each request, in the order in which they arrive; with the others, the last one. */
	vendorDoes: VendorDoes[];
	limits?: SpendingLimit[];
}

/** A table, a vendor and processes whose every step waits until it is chosen. */
export class World {
	now = 0;
	readonly rows: Row[] = [];
	/** Whom the vendor charged for, in order. */
	readonly charged: string[] = [];
	readonly processes: Process[] = [];
	/** Requests of dead processes that are still in the network. */
	readonly orphans: Step[] = [];
	private arrived = 0;
	private lastId = 0;

	constructor(private readonly settings: WorldSettings) {}

	/** Starts an execution that asks for the phones of these people, one after the other. */
	start(name: string, people: string[], { isRetry = false } = {}): Process {
		const process: Process = {
			name,
			next: undefined,
			isDead: false,
			receipts: [],
			isDone: false,
			knows: '',
			lastStepAt: this.now,
			inFlight: 0,
		};
		this.processes.push(process);
		void this.buy(process, people, isRetry);
		return process;
	}

	private async buy(process: Process, people: string[], isRetry: boolean): Promise<void> {
		const { session } = sessionOf(async () => await this.request(process));
		const run: Run = {
			executionId: process.name,
			runIndex: 0,
			mode: isRetry ? 'retry' : 'webhook',
		};
		const context: IDataObject = {};
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
				isRetry,
			},
			{
				now: () => this.now,
				today: () => DATABASE_STARTS_AT + this.now,
				turn: async () => {},
				pause: async () => await this.step(process, 'pause', () => undefined),
			},
			// The order of these decides who gives way.
			() => process.name,
		);
		const spending: Spending = {
			...session,
			throttle: shared.throttle,
			memory: new Memory(context, run, shared.underWay),
			maximumCredits: undefined,
			book,
			inTurn: async (send) => await send(),
			shared,
			isOutOfCredits: false,
			balance: null,
		};
		for (const email of people) {
			const key = keyOf('phone.enrich', email);
			process.receipts.push(await purchase(spending, phoneEnrich, { key, request: { email } }));
		}
		process.isDone = true;
	}

	/** Waits for a turn, then does something, all at once. */
	private async step<Result>(
		process: Process,
		label: string,
		perform: () => Result,
	): Promise<Result> {
		return await new Promise<Result>((resolve) => {
			process.next = {
				label,
				perform: () => {
					process.next = undefined;
					process.lastStepAt = this.now;
					resolve(perform());
				},
			};
		});
	}

	private tableOf(process: Process): BookTable {
		const read = (rows: Row[]) => {
			process.knows = JSON.stringify(rows.map(withoutNumber));
			return rows;
		};
		return {
			visit: async ({ insert, remove, read: keys }) => {
				if (insert.length > 0) {
					await this.step(process, `insert ${JSON.stringify(insert)}`, () => {
						for (const row of insert) this.insert(row);
					});
				}
				if (remove.length > 0) {
					const what = this.rows.filter(({ id }) => remove.includes(id));
					const label = `remove ${what.map(({ attempt, outcome }) => `${attempt} ${outcome}`).join()}`;
					await this.step(process, label, () => {
						this.remove(({ id }) => remove.includes(id));
					});
				}
				if (keys.length === 0) return [];
				return await this.step(process, 'read', () => {
					return read(this.rows.filter(({ key }) => keys.includes(key)).map((row) => ({ ...row })));
				});
			},
			since: async (vendor, time) =>
				await this.step(process, 'sum', () => {
					return read(
						this.rows
							.filter((row) => row.vendor === vendor && row.createdAt >= time)
							.map((row) => ({ ...row })),
					);
				}),
		};
	}

	private insert(row: NewRow): void {
		this.lastId += 1;
		this.rows.push({ ...row, id: this.lastId, createdAt: DATABASE_STARTS_AT + this.now });
	}

	/** Removes rows, as a person or a process does. */
	remove(which: (row: Row) => boolean): void {
		for (const row of this.rows.filter(which)) this.rows.splice(this.rows.indexOf(row), 1);
	}

	private async request(process: Process): Promise<AttemptResult> {
		process.inFlight += 1;
		const result = await this.step(process, 'arrive', () => this.arrive(process.name));
		await this.step(process, 'answer', () => (process.inFlight -= 1));
		return result;
	}

	private arrive(by: string): AttemptResult {
		const { vendorDoes } = this.settings;
		const does = vendorDoes[Math.min(this.arrived, vendorDoes.length - 1)];
		this.arrived += 1;
		if (does === 'finds' || does === 'finds, answer lost') this.charged.push(by);
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
		const { next } = process;
		process.next = undefined;
		if (next?.label === 'arrive') {
			this.orphans.push({ label: next.label, perform: () => void this.arrive(process.name) });
		}
	}

	/** Whether time may pass: no request takes longer than its timeout. */
	get mayTick(): boolean {
		return (
			this.orphans.length === 0 && this.processes.every((one) => one.isDead || one.inFlight === 0)
		);
	}

	/** All that decides what can happen from here, as text. */
	get state(): string {
		return JSON.stringify([
			this.now,
			this.arrived,
			this.charged,
			this.orphans.length,
			this.rows.map(withoutNumber),
			this.processes.map((one) => [
				one.name,
				one.next?.label,
				one.isDead,
				one.isDone,
				one.receipts.map(({ outcome, creditsCharged }) => [outcome, creditsCharged]),
				one.isDead ? '' : one.knows,
				one.isDead ? 0 : one.lastStepAt,
			]),
		]);
	}
}

// The numbers of rows decide nothing.
function withoutNumber(row: Row): object {
	return { ...row, id: 0 };
}

/** Lets all that can go on without a turn go on. */
export async function settled(): Promise<void> {
	await new Promise((done) => setImmediate(done));
}

export const TIMES = { START_WITHIN_MS, TIMEOUT_MS, VALID_FOR_MS };
