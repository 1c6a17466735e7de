import { sleep } from 'n8n-workflow';

import { defect, tryOperation } from '../operations/defect';
import type { PaidOperation, RequestReceipt, Settled, Submissions } from '../operations/operation';
import { withoutAnswer, type Receipt } from '../operations/outcome';
import { sendRequest, type RequestResult } from '../transport/request';
import { halt, type Session } from '../transport/session';
import type { FreeEndpoint, WireRequest } from '../vendors/endpoint';
import type { Spending } from './purchase';

/** Sends a free request. Never throws. */
export type RequestFree = <Request, Response>(
	session: Session,
	endpoint: FreeEndpoint<Request, Response>,
	request: Request,
) => Promise<
	| { kind: 'delivered'; response: Response }
	| { kind: 'missing' }
	| { kind: 'failed'; reason: string }
>;

/** The result of a submitted request: the answer to all that were sent with it, or what a free request said of it. */
export type SubmissionResult<Response> =
	RequestResult<Response> | { kind: 'settled'; settled: Settled; lostBefore: boolean };

/** What is asked before a request is submitted. */
export interface Before {
	/** Whether an earlier attempt may have bought it. Then its status is read first. */
	lostBefore: boolean;
	/** What this execution paid if the status says that it is bought, in credits; `null` if nobody knows. */
	paidBefore: 0 | null;
	/** Whether it may still be sent. */
	mayStart: () => boolean;
}

/** What a task last said of itself, and whether it will say no more. */
interface TaskState {
	progress?: unknown;
	isOver?: boolean;
	/** Whether the vendor could not be asked about its things either. */
	isOutOfReach?: boolean;
}

/** What a task says of one request. */
interface TaskWord {
	settled?: Settled | undefined;
	isNamed: boolean;
	atTheEnd?: Settled | undefined;
	isWorking?: boolean;
}

interface Waiting<Response> {
	request: unknown;
	mayStart: () => boolean;
	resolve: (result: SubmissionResult<Response>) => void;
}

/** Requests that may be sent together. */
interface Group<Response> {
	waiting: Array<Waiting<Response>>;
	/** Whether an earlier attempt, which this execution would have paid for, may still take effect. */
	lostBefore: boolean;
}

const IN_DOUBT = ', so it may or may not have charged';
const IN_PROGRESS =
	'An earlier answer was lost, but the vendor is working on it. Ask for it again later to get it';
const UNCLEAR = 'The vendor gave an answer about its status that is not documented';

// A submission is sent when no request has been added for that long; or for longer while others are on their way,
// who may be waiting for something that takes minutes.
const QUIET_MS = 20;
const LONGEST_QUIET_MS = 2_000;
// How long to wait before each look at a task, and before all further ones (docs/vendor-apis.md B.15).
const TASK_WAITS_MS = [3_000, 5_000];
const STATUS_WAITS_MS = [0, 5_000];
const LONGEST_WAIT_MS = 10_000;

/**
 * Joins the requests of several items into submissions, sends them one after the other, and waits until it is known
 * what came of each. A submission whose answer was lost is sent again only for what is not bought yet.
 */
export class SubmissionQueue<Request = unknown, Response = unknown> {
	/** How long to wait for what came of a request, in milliseconds. */
	readonly waitUpToMs: number;
	private readonly groups = new Map<string, Group<Response>>();
	private readonly tasks = new Map<string, Promise<TaskState>>();
	private added = 0;
	private onTheirWay = 0;
	private isWaiting = false;

	constructor(
		/** Of the purchases: it can be halted. */
		private readonly spending: Pick<Spending, keyof Session | 'inTurn' | 'balance' | 'shared'>,
		/** Of the free requests: what is under way is waited for after a halt as well. */
		private readonly reading: Session,
		private readonly operation: Pick<
			PaidOperation<Request, Response>,
			'endpoint' | 'fieldsWithoutAnswer'
		>,
		private readonly submissions: Submissions<Request>,
		private readonly requestFree: RequestFree,
		/** Tells a person who waits in the editor how far a task is. */
		private readonly tell: (progress: string) => void,
	) {
		this.waitUpToMs = submissions.waitUpToMs;
	}

	/** One request for what several ask for. */
	join(requests: unknown[]): unknown {
		return this.submissions.join(requests as Request[]);
	}

	/** The outcome, the reason and the output fields of an item that asked for several things. */
	together(
		receipts: Array<RequestReceipt<unknown>>,
	): Pick<Receipt, 'outcome' | 'reason' | 'fields'> {
		return this.submissions.together(receipts as Array<RequestReceipt<Request>>);
	}

	/** Does what is to be done before a request can be submitted. Throws what that throws. */
	async before<Result>(work: () => Promise<Result>): Promise<Result> {
		this.onTheirWay += 1;
		try {
			return await work();
		} finally {
			this.onTheirWay -= 1;
		}
	}

	/** Submits a request together with others, or finds out that this is not necessary. Never throws. */
	async submit(request: Request, before: Before): Promise<SubmissionResult<Response>> {
		const { mayStart, paidBefore } = before;
		if (before.lostBefore) {
			const known = await this.whatIsKnown(request, paidBefore);
			if (known !== 'notBought') return known;
		}
		const lostBefore = before.lostBefore && paidBefore === null;
		return await new Promise((resolve) => {
			this.add({ request, mayStart, resolve }, lostBefore);
		});
	}

	/**
	 * Waits until it is known what came of a request that is being processed. `undefined` if it is not known within
	 * Wait Up To, or if a person pressed Stop; `notBought` if the vendor shows it as not bought. Never throws.
	 */
	async follow(
		request: Request,
		{ creditsCharged, fields }: Pick<Receipt, 'creditsCharged' | 'fields'>,
	): Promise<Settled | 'notBought' | undefined> {
		const { task } = this.submissions;
		const { taskId } = fields;
		if (typeof taskId !== 'string') return await this.followStatus(request, creditsCharged);
		const state = await this.progressOf(taskId, request);
		const { progress } = state;
		const told =
			progress === undefined
				? { result: { isNamed: true } }
				: tryOperation(() => ({
						settled: task.settle(progress, request),
						isNamed: task.names(progress, request),
						atTheEnd: task.settleWithoutStatus(progress, request),
						isWorking: state.isOver !== true && task.isWorking(progress),
					}));
		const { settled, isNamed, atTheEnd, isWorking }: TaskWord =
			'result' in told ? told.result : { isNamed: false };
		if (settled !== undefined) return settled;
		if (isWorking === true) return undefined;
		// The task does not tell, or the vendor does not know it any more.
		const known = await this.readStatus(request, isNamed ? creditsCharged : null, state);
		if (typeof known === 'object' && 'outcome' in known) return known;
		return atTheEnd ?? (state.isOver === true && known === 'notBought' ? 'notBought' : undefined);
	}

	private add(waiting: Waiting<Response>, lostBefore: boolean): void {
		const { submissions } = this;
		const named = tryOperation(() => submissions.group(waiting.request as Request));
		// A refusal leaves open what an earlier attempt did, but only for those who had one.
		const name = JSON.stringify([lostBefore, named]);
		const group = this.groups.get(name) ?? { waiting: [], lostBefore };
		group.waiting.push(waiting);
		this.groups.set(name, group);
		this.added += 1;
		if (group.waiting.length >= submissions.batchSize) this.send(name, group);
		else void this.sendWhenQuiet();
	}

	/** Sends what has been added, when nothing more is added for a moment. */
	private async sendWhenQuiet(): Promise<void> {
		if (this.isWaiting) return;
		this.isWaiting = true;
		let quietMs = 0;
		for (let before = -1; quietMs < (this.onTheirWay > 0 ? LONGEST_QUIET_MS : QUIET_MS);) {
			quietMs = before === this.added ? quietMs + QUIET_MS : 0;
			before = this.added;
			await sleep(QUIET_MS);
		}
		this.isWaiting = false;
		for (const [name, group] of this.groups) this.send(name, group);
	}

	private send(name: string, group: Group<Response>): void {
		this.groups.delete(name);
		void this.spending.shared.oneAtATime(async () => await this.sendGroup(group));
	}

	private async sendGroup({ waiting, lostBefore }: Group<Response>): Promise<void> {
		const { endpoint } = this.operation;
		const left = new Set(waiting);
		const wire = (): WireRequest =>
			endpoint.toWire(this.submissions.join([...left].map(({ request }) => request as Request)));
		let result: RequestResult<Response>;
		try {
			const first = tryOperation(wire);
			result =
				'defect' in first
					? this.refused(first.defect, lostBefore)
					: await sendRequest(this.spending, endpoint, first.result, {
							isRepeatSafe: true,
							lostBefore,
							doubt: IN_DOUBT,
							mayStart: () => [...left].every(({ mayStart }) => mayStart()),
							beforeRepeat: async () => {
								await this.takeOutWhatIsKnown(left);
								return left.size === 0 ? undefined : wire();
							},
						});
		} catch (error) {
			const reason = `${this.spending.account.name} may have answered${IN_DOUBT}. ${defect(error)}`;
			result = { kind: 'unknown', reason, cause: 'unreadable', balance: null, lostBefore };
		}
		for (const { resolve } of left) resolve(result);
	}

	/** The result of requests that were not sent because the operation's code threw. */
	private refused(reason: string, lostBefore: boolean): RequestResult<Response> {
		const { spending } = this;
		if (spending.haltOnProblem) halt(spending, reason);
		return lostBefore
			? { kind: 'unknown', reason, cause: 'lost', balance: null, lostBefore }
			: { kind: 'refused', reason, balance: null, lostBefore };
	}

	/** After a lost answer: leaves only those who are surely not bought, and tells the others what is known. */
	private async takeOutWhatIsKnown(left: Set<Waiting<Response>>): Promise<void> {
		await Promise.all(
			[...left].map(async (waiting) => {
				const known = await this.whatIsKnown(waiting.request as Request, null);
				if (known === 'notBought') return;
				left.delete(waiting);
				waiting.resolve(known);
			}),
		);
	}

	/** What the vendor's status says of a request of which nobody knows whether it was bought. */
	private async whatIsKnown(
		request: Request,
		paid: 0 | null,
	): Promise<SubmissionResult<Response> | 'notBought'> {
		const status = await this.readStatus(request, paid);
		if (status === 'notBought') return 'notBought';
		if (status === 'inProgress') {
			const receipt = withoutAnswer(this.operation, 'uncertain', IN_PROGRESS);
			const settled: Settled = { ...receipt, outcome: 'processing', creditsCharged: paid };
			return { kind: 'settled', settled, lostBefore: true };
		}
		if (typeof status === 'object' && 'outcome' in status) {
			return { kind: 'settled', settled: status, lostBefore: true };
		}
		const reason = status === 'unclear' ? UNCLEAR : status.failed;
		return { kind: 'unknown', reason, cause: 'lost', balance: null, lostBefore: true };
	}

	/** `task`: whose things are asked about; once one of them cannot be read, no others are tried. */
	private async readStatus(
		request: Request,
		credits: number | null,
		task?: Pick<TaskState, 'isOutOfReach'>,
	): Promise<Settled | 'notBought' | 'inProgress' | 'unclear' | { failed: string }> {
		const { status } = this.submissions;
		const answer = await this.spending.inTurn(async () => {
			if (task?.isOutOfReach === true) return { kind: 'failed' as const, reason: '' };
			const result = await this.requestFree(this.reading, status.endpoint, request);
			if (task !== undefined) task.isOutOfReach = result.kind === 'failed';
			return result;
		});
		if (answer.kind === 'failed') return { failed: answer.reason };
		if (answer.kind === 'missing') return 'notBought';
		const read = tryOperation(() => status.read(answer.response, request, credits));
		return 'defect' in read ? { failed: read.defect } : read.result;
	}

	private async followStatus(
		request: Request,
		credits: number | null,
	): Promise<Settled | 'notBought' | undefined> {
		let last: Settled | 'notBought' | undefined;
		await this.look(STATUS_WAITS_MS, async () => {
			const status = await this.readStatus(request, credits);
			const isSettled = typeof status === 'object' && 'outcome' in status;
			last = isSettled || status === 'notBought' ? status : undefined;
			return isSettled;
		});
		return last;
	}

	/** How far a task is when it is over, or when the time is; all who ask share the looks. */
	private async progressOf(taskId: string, request: Request): Promise<TaskState> {
		// Two kinds of tasks may have the same number: what is sent tells them apart.
		const { endpoint } = this.submissions.task;
		const key = JSON.stringify(tryOperation(() => endpoint.toWire({ taskId, request })));
		const looks = this.tasks.get(key) ?? this.lookAtTask(taskId, request);
		this.tasks.set(key, looks);
		return await looks;
	}

	private async lookAtTask(taskId: string, request: Request): Promise<TaskState> {
		const { task, balance } = this.submissions;
		const state: TaskState = {};
		await this.look(TASK_WAITS_MS, async () => {
			const answer = await this.requestFree(this.reading, task.endpoint, { taskId, request });
			if (answer.kind === 'missing') state.isOver = true;
			if (answer.kind === 'delivered') {
				state.progress = answer.response;
				const told = tryOperation(() => {
					this.tell(task.describe(answer.response));
					return task.isOver(answer.response);
				});
				state.isOver = 'defect' in told || told.result;
			}
			return state.isOver === true;
		});
		const answer = await this.requestFree(this.reading, balance, {});
		const left = answer.kind === 'delivered' ? answer.response.totalBalance : null;
		if (left !== null) this.spending.balance = left;
		return state;
	}

	/** Looks again and again until `look` returns true, the time is over, or nothing can be read any more. */
	private async look(waitsMs: number[], look: () => Promise<boolean>): Promise<void> {
		const { cancelled, throttle } = this.reading;
		const end = performance.now() + this.waitUpToMs;
		for (let looks = 0; ; looks += 1) {
			const leftMs = end - performance.now();
			if (looks > 0 && leftMs <= 0) return;
			await throttle.pause(Math.min(waitsMs[looks] ?? LONGEST_WAIT_MS, leftMs), cancelled);
			if (cancelled() || (await look()) || this.reading.haltReason !== undefined) return;
		}
	}
}
