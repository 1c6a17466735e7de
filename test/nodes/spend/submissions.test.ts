import pLimit from 'p-limit';

import type { Submissions } from '../../../nodes/EcoreLensmor/operations/operation';
import { sharedStateOf } from '../../../nodes/EcoreLensmor/spend/sharedState';
import { SubmissionQueue, type RequestFree } from '../../../nodes/EcoreLensmor/spend/submissions';
import type { FreeEndpoint } from '../../../nodes/EcoreLensmor/vendors/endpoint';
import type { AttemptResult } from '../../../nodes/EcoreLensmor/transport/send';
import { inTime, useFakeClock } from '../fakeClock';
import { answer, LOST, sessionOf } from '../scriptedSession';

useFakeClock();

interface Ask {
	ids: string[];
}
type Found = Awaited<ReturnType<RequestFree>>;

const wanted = (id: string): Ask => ({ ids: [id] });
const NEW = { lostBefore: false, paidBefore: null, mayStart: () => true };
const IN_DOUBT = { ...NEW, lostBefore: true };
const delivered = (response: unknown) => ({ kind: 'delivered', response }) as Found;
const receipt = (reason: string) => ({
	outcome: 'unlocked' as const,
	creditsCharged: 0,
	creditsRemaining: null,
	reason,
	fields: {},
});

/**
 * A queue whose vendor answers submissions by `reply`, and free requests by `free`. `status` says of each ID what
 * the operation reads from its status.
 */
function queueOf({
	reply = () => answer(200, {}),
	free = () => delivered({}),
	status = () => 'notBought',
	haltOnProblem = false,
	...more
}: {
	reply?: () => AttemptResult;
	free?: (what: string) => Found;
	status?: (id: string) => ReturnType<Submissions<Ask>['status']['read']>;
	haltOnProblem?: boolean;
	waitUpToMs?: number;
	batchSize?: number;
	group?: (request: Ask) => string;
	join?: (requests: Ask[]) => Ask;
	task?: Partial<Submissions<Ask>['task']>;
} = {}) {
	const paid = sessionOf(reply);
	const reading = sessionOf(() => answer(200));
	const start = Date.now();
	const looks: Array<[what: string, at: number]> = [];
	const messages: string[] = [];
	const spending = {
		...paid.session,
		haltOnProblem,
		shared: sharedStateOf({}, { executionId: '1', runIndex: 0, mode: 'webhook' as const }),
		balance: 7 as number | null,
		inTurn: pLimit(1),
	};
	const endpoint = (path: string) =>
		({ path, toWire: () => ({ path }) }) as unknown as FreeEndpoint<never, never>;
	const submissions: Submissions<Ask> = {
		batchSize: 100,
		waitUpToMs: 20_000,
		group: () => '',
		join: (requests) => ({ ids: requests.flatMap(({ ids }) => ids) }),
		together: () => ({ outcome: 'unlocked', reason: '', fields: {} }),
		...more,
		task: {
			endpoint: endpoint('task'),
			settle: () => undefined,
			settleWithoutStatus: () => undefined,
			names: () => true,
			isOver: () => false,
			isWorking: () => false,
			describe: () => 'it works',
			...more.task,
		},
		status: {
			endpoint: endpoint('status'),
			read: (_, { ids: [id = ''] }) => status(id),
		},
		balance: endpoint('balance'),
	};
	const operation = {
		endpoint: {
			vendor: 'lensmor' as const,
			repeat: 'free' as const,
			response: { safeParse: (data: unknown) => ({ success: true, data }) } as never,
			worstCase: () => 1,
			toWire: ({ ids }: Ask) => ({ method: 'POST' as const, path: ids.join('+') }),
		},
		fieldsWithoutAnswer: () => ({ id: null }),
	};
	const queue = new SubmissionQueue<Ask>(
		spending,
		reading.session,
		operation as never,
		submissions,
		(async (_session: unknown, { path }: { path: string }) => {
			looks.push([path, Math.round((Date.now() - start) / 1000)]);
			return free(path);
		}) as unknown as RequestFree,
		(text) => messages.push(text),
	);
	const { sent, asked } = paid;
	const { session, stop } = reading;
	return { queue, spending, reading: session, stop, looks, messages, sent, asked };
}

describe('what is sent', () => {
	const paths = (queue: ReturnType<typeof queueOf>) => queue.asked;

	it('waits until no more is added, and longer while others may still come', async () => {
		const asked = queueOf();
		const { queue } = asked;
		const first = queue.submit(wanted('a'), NEW);
		await jest.advanceTimersByTimeAsync(15);
		const second = queue.submit(wanted('b'), NEW);
		let isReady = () => {};
		const third = queue.before(
			async () => await new Promise<void>((resolve) => (isReady = resolve)),
		);
		await jest.advanceTimersByTimeAsync(1_000);
		expect(paths(asked)).toEqual([]);
		isReady();
		await third;
		await jest.advanceTimersByTimeAsync(100);
		expect(paths(asked)).toEqual(['a+b']);
		await inTime(Promise.all([first, second]));
		expect((await first).kind).toBe('delivered');

		// Nobody is on their way any more, so nobody is waited for.
		const fourth = queue.submit(wanted('c'), NEW);
		await jest.advanceTimersByTimeAsync(100);
		expect(paths(asked)).toEqual(['a+b', 'c']);
		await fourth;
	});

	it('waits as long as more is added', async () => {
		const asked = queueOf();
		const all: Array<Promise<unknown>> = [];
		for (const id of ['a', 'b', 'c', 'd']) {
			all.push(asked.queue.submit(wanted(id), NEW));
			await jest.advanceTimersByTimeAsync(15);
		}
		await inTime(Promise.all(all));
		expect(paths(asked)).toEqual(['a+b+c+d']);
	});

	it('does not wait for ever for those on their way', async () => {
		const asked = queueOf();
		void asked.queue.before(async () => await new Promise(() => {}));
		const first = asked.queue.submit(wanted('a'), NEW);
		await jest.advanceTimersByTimeAsync(2_500);
		expect(paths(asked)).toEqual(['a']);
		await first;
	});

	it('a full submission is sent at once, and what another group holds is sent for itself', async () => {
		const asked = queueOf({ batchSize: 2, group: ({ ids: [id = ''] }) => id.slice(0, 1) });
		const all = ['x1', 'y1', 'x2', 'y2', 'x3'].map(
			async (id) => await asked.queue.submit(wanted(id), NEW),
		);
		await inTime(Promise.all(all));
		expect(paths(asked)).toEqual(['x1+x2', 'y1+y2', 'x3']);
	});

	it('what cannot be grouped is sent all the same', async () => {
		const asked = queueOf({
			group: () => {
				throw new Error('it broke');
			},
		});
		const all = ['a', 'b'].map(async (id) => await asked.queue.submit(wanted(id), NEW));
		const results = await inTime(Promise.all(all));
		expect(results.map(({ kind }) => kind)).toEqual(['delivered', 'delivered']);
		expect(paths(asked)).toEqual(['a+b']);
	});

	it('nothing is sent if one of them may not start any more', async () => {
		const asked = queueOf();
		const all = [true, false].map(
			async (may) => await asked.queue.submit(wanted('a'), { ...NEW, mayStart: () => may }),
		);
		const results = await inTime(Promise.all(all));
		expect(results.map(({ kind }) => kind)).toEqual(['notSent', 'notSent']);
		expect(paths(asked)).toEqual([]);
	});
});

describe('an operation whose code throws', () => {
	const failing = (at: number) => {
		let calls = 0;
		return (requests: Ask[]): Ask => {
			if (calls++ === at) throw new Error('it broke');
			return { ids: requests.flatMap(({ ids }) => ids) };
		};
	};

	it.each([false, true])(
		'join, before anything is sent: refused, and with Stop Workflow nothing more is sent (%s)',
		async (haltOnProblem) => {
			const { queue, spending, sent } = queueOf({ join: failing(0), haltOnProblem });
			const all = ['a', 'b'].map(async (id) => await queue.submit(wanted(id), NEW));
			for (const result of await inTime(Promise.all(all))) {
				expect(result).toMatchObject({ kind: 'refused', balance: null });
				expect((result as { reason: string }).reason).toMatch(/defect of the node.*it broke/);
			}
			expect(sent).toEqual([]);
			expect(spending.haltReason === undefined).toBe(!haltOnProblem);
		},
	);

	it('join, after an attempt of an earlier run was lost: nobody knows', async () => {
		const { queue, sent } = queueOf({ join: failing(0) });
		const all = ['a', 'b'].map(async (id) => await queue.submit(wanted(id), IN_DOUBT));
		for (const result of await inTime(Promise.all(all))) {
			expect(result).toMatchObject({ kind: 'unknown', cause: 'lost', lostBefore: true });
		}
		expect(sent).toEqual([]);
	});

	it('join, between two attempts: nobody knows, and it says so', async () => {
		const { queue, sent } = queueOf({ join: failing(1), reply: () => LOST });
		const all = ['a', 'b'].map(async (id) => await queue.submit(wanted(id), NEW));
		for (const result of await inTime(Promise.all(all))) {
			expect(result).toMatchObject({ kind: 'unknown', cause: 'unreadable', balance: null });
			expect((result as { reason: string }).reason).toMatch(
				/may have answered, so it may or may not have charged\. .*it broke/,
			);
		}
		expect(sent).toHaveLength(1);
	});

	it('status.read, after a lost answer: nobody knows, and it is not sent again', async () => {
		const broken = () => {
			throw new Error('it broke');
		};
		const { queue, sent } = queueOf({ status: broken });
		const all = ['a', 'b'].map(async (id) => await queue.submit(wanted(id), IN_DOUBT));
		for (const result of await inTime(Promise.all(all))) {
			expect(result).toMatchObject({ kind: 'unknown', cause: 'lost' });
			expect((result as { reason: string }).reason).toMatch(/it broke/);
		}
		expect(sent).toEqual([]);
	});
});

describe('after an answer that was lost', () => {
	const statuses: Record<string, ReturnType<Submissions<Ask>['status']['read']>> = {
		bought: receipt('It is unlocked'),
		working: 'inProgress',
		odd: 'unclear',
		open: 'notBought',
	};

	it.each(['of an earlier run', 'of this run'])(
		'%s: each is told by its status, and only what is not bought is sent again',
		async (when) => {
			const asked = queueOf({
				status: (id) => statuses[id] ?? 'unclear',
				reply: (() => {
					const answers = when === 'of this run' ? [LOST] : [];
					return () => answers.shift() ?? answer(200, {});
				})(),
			});
			const before = when === 'of this run' ? NEW : IN_DOUBT;
			const names = Object.keys(statuses);
			const all = names.map(async (id) => await asked.queue.submit(wanted(id), before));
			const results = await inTime(Promise.all(all));
			expect(results).toEqual([
				{ kind: 'settled', lostBefore: true, settled: statuses.bought },
				{
					kind: 'settled',
					lostBefore: true,
					settled: expect.objectContaining({
						outcome: 'processing',
						creditsCharged: null,
						reason: expect.stringMatching(
							/An earlier answer was lost, but the vendor is working/,
						) as string,
					}) as unknown,
				},
				{
					kind: 'unknown',
					cause: 'lost',
					balance: null,
					lostBefore: true,
					reason: expect.stringMatching(/status that is not documented/) as string,
				},
				{ kind: 'delivered', lostBefore: true, response: {} },
			]);
			expect(asked.asked.at(-1)).toBe('open');
			expect(asked.asked).toHaveLength(when === 'of this run' ? 2 : 1);
		},
	);

	it('and all of them are bought: nothing more is sent', async () => {
		const { queue, sent } = queueOf({ reply: () => LOST, status: () => receipt('It is unlocked') });
		const all = ['a', 'b'].map(async (id) => await queue.submit(wanted(id), NEW));
		const results = await inTime(Promise.all(all));
		expect(results.map(({ kind }) => kind)).toEqual(['settled', 'settled']);
		expect(sent).toHaveLength(1);
	});

	it('whose execution is another one: what is known costs this one nothing', async () => {
		const { queue } = queueOf({ status: () => 'inProgress' });
		const before = { ...IN_DOUBT, paidBefore: 0 as const };
		const results = await inTime(
			Promise.all(['a', 'b'].map(async (id) => await queue.submit(wanted(id), before))),
		);
		for (const result of results) expect(result).toMatchObject({ settled: { creditsCharged: 0 } });
	});

	it('whose execution is another one: a refusal now is a refusal', async () => {
		const { queue } = queueOf();
		const before = { ...IN_DOUBT, paidBefore: 0 as const };
		const mine = queue.submit(wanted('mine'), IN_DOUBT);
		const others = queue.submit(wanted('others'), before);
		expect((await inTime(mine)).lostBefore).toBe(true);
		expect((await inTime(others)).lostBefore).toBe(false);
	});

	it('and whose status cannot be read: the reason is the one of the status', async () => {
		const { queue, sent } = queueOf({
			free: () => ({ kind: 'failed', reason: 'The profile cannot be read' }),
		});
		const all = ['a', 'b'].map(async (id) => await queue.submit(wanted(id), IN_DOUBT));
		for (const result of await inTime(Promise.all(all))) {
			expect(result).toMatchObject({ kind: 'unknown', reason: 'The profile cannot be read' });
		}
		expect(sent).toEqual([]);
	});
});

describe('following what the vendor works on', () => {
	const OPEN = { creditsCharged: 15, fields: { taskId: 'T' } };
	const NO_TASK = { creditsCharged: 15, fields: { taskId: null } };

	it('looks at a task after 3, 5, 10 and 10 seconds, together for all that it works on, then at the balance', async () => {
		const { queue, looks, messages, spending } = queueOf({
			waitUpToMs: 50_000,
			free: (what) => delivered(what === 'balance' ? { totalBalance: 3 } : {}),
			task: { isWorking: () => true },
		});
		const all = ['a', 'b'].map(async (id) => await queue.follow(wanted(id), OPEN));
		expect(await inTime(Promise.all(all))).toEqual([undefined, undefined]);
		const ofTask = looks.filter(([what]) => what === 'task').map(([, at]) => at);
		// Each wait is up to a quarter longer.
		const waits = ofTask.map((at, index) => at - (ofTask[index - 1] ?? 0));
		for (const [index, least] of [3, 5, 10, 10].entries()) {
			expect(waits[index]).toBeGreaterThanOrEqual(least - 1);
			expect(waits[index]).toBeLessThanOrEqual(least * 1.25 + 1);
		}
		expect(messages).toHaveLength(ofTask.length);
		expect(looks.filter(([what]) => what !== 'task')).toEqual([['balance', expect.anything()]]);
		expect(spending.balance).toBe(3);
	});

	it('a balance that is not said leaves the one that is known', async () => {
		for (const balance of [delivered({ totalBalance: null }), { kind: 'missing' } as Found]) {
			const { queue, spending } = queueOf({
				free: (what) => (what === 'balance' ? balance : delivered({})),
				task: { isOver: () => true },
			});
			await inTime(queue.follow(wanted('a'), OPEN));
			expect(spending.balance).toBe(7);
		}
	});

	it.each(['describe', 'isOver'] as const)(
		'a task whose %s throws is over: it is not looked at again',
		async (broken) => {
			const { queue, looks } = queueOf({
				task: {
					settle: () => receipt('It is unlocked'),
					[broken]: () => {
						throw new Error('it broke');
					},
				},
			});
			const all = ['a', 'b'].map(async (id) => await queue.follow(wanted(id), OPEN));
			expect(await inTime(Promise.all(all))).toEqual(Array(2).fill(receipt('It is unlocked')));
			expect(looks.filter(([what]) => what === 'task')).toHaveLength(1);
		},
	);

	it('a task that cannot be read by the operation: the status tells, at a price that nobody knows', async () => {
		const credits: Array<number | null> = [];
		const asked = queueOf({
			task: {
				isOver: () => true,
				settle: () => {
					throw new Error('it broke');
				},
			},
		});
		const { status } = (asked.queue as unknown as { submissions: Submissions<Ask> }).submissions;
		status.read = (_, __, price) => {
			credits.push(price);
			return receipt('It is unlocked');
		};
		const all = ['a', 'b'].map(async (id) => await asked.queue.follow(wanted(id), OPEN));
		expect(await inTime(Promise.all(all))).toEqual(Array(2).fill(receipt('It is unlocked')));
		expect(credits).toEqual([null, null]);
	});

	it.each([
		[true, 'notBought'],
		[false, undefined],
	] as const)(
		'not bought by its status counts only when the task is over (%s)',
		async (isOver, said) => {
			const { queue } = queueOf({ task: { isOver: () => isOver, isWorking: () => isOver } });
			const all = ['a', 'b'].map(async (id) => await queue.follow(wanted(id), OPEN));
			expect(await inTime(Promise.all(all))).toEqual([said, said]);
		},
	);

	it('statuses of a task are asked for one by one until one cannot be read', async () => {
		const answers = [delivered({}), { kind: 'failed', reason: 'No' } as Found];
		const { queue, looks } = queueOf({
			free: (what) => (what === 'status' ? (answers.shift() ?? delivered({})) : delivered({})),
			status: () => receipt('It is unlocked'),
			task: { isOver: () => true },
		});
		const all = ['a', 'b', 'c'].map(async (id) => await queue.follow(wanted(id), OPEN));
		expect(await inTime(Promise.all(all))).toEqual([
			receipt('It is unlocked'),
			undefined,
			undefined,
		]);
		expect(looks.filter(([what]) => what === 'status')).toHaveLength(2);
	});

	it.each(['inProgress', 'unclear', 'notBought'] as const)(
		'without a task, the status is looked at until the time is over: %s',
		async (last) => {
			const { queue, looks } = queueOf({ status: () => last });
			const all = ['a', 'b'].map(async (id) => await queue.follow(wanted(id), NO_TASK));
			const expected = last === 'notBought' ? last : undefined;
			expect(await inTime(Promise.all(all))).toEqual([expected, expected]);
			const times = looks.map(([, at]) => at);
			expect(times[0]).toBe(0);
			expect(Math.max(...times)).toBeGreaterThan(10);
		},
	);

	it('without a task, the first look that tells is the last', async () => {
		const { queue, looks } = queueOf({ status: () => receipt('It is unlocked') });
		expect(await inTime(queue.follow(wanted('a'), NO_TASK))).toEqual(receipt('It is unlocked'));
		expect(looks).toEqual([['status', 0]]);
	});

	it('ends when nothing can be read any more', async () => {
		const { queue, looks, reading } = queueOf({
			free: () => {
				reading.haltReason = 'The token is not valid';
				return { kind: 'failed', reason: 'The token is not valid' };
			},
		});
		const all = ['a', 'b'].map(async (id) => await queue.follow(wanted(id), OPEN));
		expect(await inTime(Promise.all(all))).toEqual([undefined, undefined]);
		expect(looks.filter(([what]) => what === 'task')).toHaveLength(1);
	});

	it('ends when a person presses Stop', async () => {
		const { queue, looks, stop } = queueOf();
		const following = Promise.all([
			queue.follow(wanted('a'), NO_TASK),
			queue.follow(wanted('b'), OPEN),
		]);
		await jest.advanceTimersByTimeAsync(3_900);
		const before = looks.filter(([what]) => what !== 'balance').length;
		stop();
		await inTime(following);
		expect(looks.filter(([what]) => what === 'task').length).toBeLessThanOrEqual(1);
		expect(before).toBeGreaterThan(0);
	});
});
