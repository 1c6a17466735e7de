import type { IDataObject } from 'n8n-workflow';

import { operations } from '../../../nodes/EcoreLensmor/operations';
import type { Submissions } from '../../../nodes/EcoreLensmor/operations/operation';
import {
	anew,
	asking,
	column,
	contactsOf,
	NAME,
	person,
	persons,
	says,
	spent,
	submitted,
	without,
	type Body,
} from '../askingPeople';
import { inTime, useFakeClock } from '../fakeClock';
import { play, start, type Setup } from '../fakeExecution';
import { FakeVendor } from '../fakeVendor';
import { charged, keyed, told } from '../runs';
import { FakeDataTables } from '../spend/book/fakeDataTables';

useFakeClock();

const TASK_GONE = {
	kind: 'status',
	status: 404,
	body: { errorKey: 'NOT_FOUND', code: 404, message: 'Resource not found' },
	on: 'unlock-tasks',
	times: 99,
} as const;

const rowsOf = ({ dataTables }: Setup) =>
	(dataTables?.named(NAME)?.rows ?? []).map(({ outcome, credits, result }) => [
		outcome,
		credits,
		result,
	]);
const toldAtMost = (json: IDataObject[]) =>
	json.reduce((sum, { creditsCharged }) => sum + Number(creditsCharged), 0);

/** Runs something while the operation joins and reads its answers in another way. */
async function withSubmissions(
	change: (whole: Submissions) => Submissions,
	run: () => Promise<void>,
): Promise<void> {
	const operation = operations.find(
		(one) => one.kind === 'paid' && one.resource === 'person' && one.operation === 'unlock',
	);
	if (operation?.kind !== 'paid') throw new Error('it is not there');
	const submissions = operation.submissions?.bind(operation);
	operation.submissions = (item) => {
		const whole = submissions?.(item);
		if (whole === undefined || 'bad' in whole) throw new Error('it is not there');
		return change(whole);
	};
	try {
		await run();
	} finally {
		if (submissions !== undefined) operation.submissions = submissions;
	}
}

describe('a submission that is accepted', () => {
	it.each([
		['no task', (body: Body) => without(body, 'task_id', 'job_id')],
		['a task of null', (body: Body) => ({ ...body, task_id: null, job_id: null })],
		[
			'a task that is a text without a letter',
			(body: Body) => ({ ...body, task_id: '', job_id: {} }),
		],
		[
			'a number that has lost digits',
			(body: Body) => ({ ...body, task_id: 2 ** 60, job_id: 2 ** 60 }),
		],
	])('and names %s counts at its price, and is told as unknown', async (_, change) => {
		const setup = asking(persons(4), { maximumCredits: 30, batchSize: 1 });
		says(setup, 'unlock', change);
		const { json } = await play(setup);
		expect(spent(setup)).toBe(30);
		expect(told(json)).toEqual([
			['unlocked', null],
			['unlocked', null],
			['not_sent', 0],
			['not_sent', 0],
		]);
		expect(json[1]?.email).toBe('jonas.lindqvist@nordkap.se');
	});

	it.each([
		['holds one entry that is none', (ids: string[]) => [...ids, null]],
		['holds objects', (ids: string[]) => ids.map((id) => ({ id }))],
		['is a text', () => 'none'],
		['is not there', () => undefined],
	])('whose list of skipped people %s never tells more than was charged', async (_, change) => {
		const setup = asking(persons(2));
		await play(setup);
		const before = spent(setup);
		says(setup, 'unlock', (body) => ({
			...without(body, 'skipped_personnel_ids'),
			skipped_detail: { already_unlocked_personnel_ids: change(persons(2)) },
		}));
		const next = await play(anew(setup, { items: keyed(...persons(3)) }));
		expect(toldAtMost(next.json)).toBeLessThanOrEqual(spent(setup) - before);
		expect(column(next.json, 'email')).not.toContain(null);
	});

	it('with nobody to charge, although a person is locked: refused at 0 credits, and may be asked for again', async () => {
		for (const purchaseBook of [undefined, NAME]) {
			const options = purchaseBook === undefined ? {} : { purchaseBook };
			const setup = asking(
				persons(2),
				{ waitUpTo: 4, ...options },
				{ dataTables: new FakeDataTables() },
			);
			const contacts = contactsOf(setup);
			const unlock = contacts.unlock.bind(contacts);
			contacts.unlock = () => ({ status: 201, body: { status: 'success' } });
			const { json } = await play(setup);
			expect(told(json)).toEqual(Array(2).fill(['refused', 0]));
			expect(json[0]?.reason).toBe(
				'The vendor charged nothing for it, but shows it as not bought. Ask for it again',
			);
			contacts.unlock = unlock;
			expect(told((await play({ ...setup, round: 1 })).json)).toEqual(
				Array(2).fill(['unlocked', 15]),
			);
			expect(charged(setup.vendor)).toEqual(persons(2));
		}
	});
});

describe('after a lost answer', () => {
	it.each(['pending', 'queued', 'UNLOCKED', '', null, undefined, { state: 'unlocked' }])(
		'a status of %j does not say that nothing was bought',
		async (status) => {
			const setup = asking(persons(4), { maximumCredits: 30, waitUpTo: 10 });
			setup.vendor.fault({ kind: 'lostAfter', on: 'POST' });
			let looks = 0;
			says(setup, 'profile', (body) =>
				(looks += 1) > 2 ? body : { ...body, contactUnlockStatus: status },
			);
			const { json } = await play(setup);
			expect(submitted(setup)).toEqual([persons(2)]);
			expect(told(json)).toEqual([
				['uncertain', null],
				['uncertain', null],
				['not_sent', 0],
				['not_sent', 0],
			]);
			// A look that can be understood tells.
			const { json: again } = await play({ ...setup, mode: 'retry', executionId: 'again' });
			expect(told(again).slice(0, 2)).toEqual(Array(2).fill(['unlocked', null]));
			expect(spent(setup)).toBe(30);
		},
	);

	it('that arrives after the status was read: whom the repeat skips counts at the price', async () => {
		const setup = asking(persons(4), { maximumCredits: 30 });
		setup.vendor.fault({ kind: 'lostBefore', on: 'POST' });
		const contacts = contactsOf(setup);
		const unlock = contacts.unlock.bind(contacts);
		let isLate = true;
		contacts.unlock = (what, body) => {
			if (isLate) unlock(what, body);
			isLate = false;
			return unlock(what, body);
		};
		const { json } = await play(setup);
		expect(told(json)).toEqual([
			['unlocked', null],
			['unlocked', null],
			['not_sent', 0],
			['not_sent', 0],
		]);
		const next = await play({ ...setup, round: 1, items: keyed(person(5)) });
		expect(told(next.json)).toEqual([['not_sent', 0]]);
		expect(spent(setup)).toBe(30);
	});

	it('a refusal of the repeat leaves open what the first one did', async () => {
		const setup = asking(persons(2));
		const conflict = { errorKey: 'STATE_CONFLICT', message: 'x' };
		setup.vendor.fault(
			{ kind: 'lostBefore', on: 'POST' },
			{ kind: 'status', status: 409, body: conflict, on: 'POST', times: 9 },
		);
		expect(told((await play(setup)).json)).toEqual(Array(2).fill(['uncertain', null]));
		// Retry On Fail reads the status, sees them locked, and is refused as well: still open.
		expect(told((await play(setup)).json)).toEqual(Array(2).fill(['uncertain', null]));
		setup.vendor.heal();
		expect(told((await play({ ...setup, mode: 'retry', executionId: 'again' })).json)).toEqual(
			Array(2).fill(['unlocked', 15]),
		);
		expect(charged(setup.vendor)).toEqual(persons(2));
	});
});

describe('a task that Lensmor does not know any more', () => {
	it('keeps what it cost in the memory, although a later round tells 0', async () => {
		const setup = asking(persons(2), { maximumCredits: 30, waitUpTo: 0 });
		expect(told((await play(setup)).json)).toEqual(Array(2).fill(['processing', 15]));
		contactsOf(setup).finish();
		setup.vendor.fault(TASK_GONE);
		expect(told((await play({ ...setup, round: 1 })).json)).toEqual(Array(2).fill(['unlocked', 0]));
		setup.vendor.heal();
		const next = await play({ ...setup, round: 2, items: keyed(person(2), person(3)) });
		expect(told(next.json)).toEqual(Array(2).fill(['not_sent', 0]));
		expect(spent(setup)).toBe(30);
	});

	it.each(['a later round', 'another execution'])(
		'keeps it in its row of the book: %s',
		async (who) => {
			const options = { purchaseBook: NAME, maximumCreditsPerDay: 30, waitUpTo: 0 };
			const setup = asking(persons(2), options, { dataTables: new FakeDataTables() });
			await play(setup);
			await jest.advanceTimersByTimeAsync(60_000);
			contactsOf(setup).finish();
			setup.vendor.fault(TASK_GONE);
			const later = who === 'another execution' ? anew(setup) : { ...setup, round: 1 };
			expect(told((await play(later)).json)).toEqual(Array(2).fill(['unlocked', 0]));
			expect(rowsOf(setup)).toEqual(Array(2).fill(['unlocked', 15, '']));
			setup.vendor.heal();
			const third = anew(later, { items: keyed(person(2), person(3)) });
			expect(told((await play(third)).json)).toEqual(Array(2).fill(['not_sent', 0]));
			expect(spent(setup)).toBe(30);
		},
	);

	it('keeps it with tool calls at once', async () => {
		const setup = asking(persons(2), { maximumCredits: 30, waitUpTo: 4 }, { asTool: true });
		contactsOf(setup).looksUntilReady = 99;
		const calls = [start(setup), start(setup)];
		await jest.advanceTimersByTimeAsync(5_500);
		contactsOf(setup).finish();
		setup.vendor.fault(TASK_GONE);
		const both = await inTime(Promise.all(calls));
		expect(both.reduce((sum, { json }) => sum + toldAtMost(json), 0)).toBe(30);
		setup.vendor.heal();
		const next = await play({ ...setup, items: keyed(person(2)) });
		expect(told(next.json)).toEqual([['not_sent', 0]]);
		expect(spent(setup)).toBe(30);
	});

	it('while its person is locked: uncertain, asked again by a person only, and by the next execution with a book', async () => {
		for (const how of ['retry', 'book'] as const) {
			const options = how === 'book' ? { purchaseBook: NAME } : {};
			const setup = asking(
				persons(2),
				{ waitUpTo: 0, ...options },
				{ dataTables: new FakeDataTables() },
			);
			await play(setup);
			await jest.advanceTimersByTimeAsync(60_000);
			// The account has nothing of it.
			const later: Setup = { ...setup, vendor: new FakeVendor() };
			if (how === 'retry') {
				expect(told((await play({ ...later, round: 1 })).json)).toEqual(
					Array(2).fill(['uncertain', 0]),
				);
				expect(told((await play({ ...later, round: 2 })).json)).toEqual(
					Array(2).fill(['uncertain', 0]),
				);
				expect(charged(later.vendor)).toEqual([]);
				contactsOf(later).looksUntilReady = 0;
				await play({ ...later, mode: 'retry', executionId: 'again' });
			} else {
				const next = anew(later);
				const { json } = await play(next);
				expect(told(json)).toEqual(Array(2).fill(['uncertain', 0]));
				expect(json[0]?.reason).toBe(
					'The vendor worked on it, and now shows it as not bought, so it may or may not have charged',
				);
				expect(rowsOf(setup)).toEqual(Array(2).fill(['asked', 15, '']));
				await play(anew(next));
				expect(rowsOf(setup).filter(([outcome]) => outcome === 'uncertain')).toHaveLength(2);
			}
			expect(charged(later.vendor)).toEqual(persons(2));
		}
	});
});

describe('an odd task', () => {
	it.each([
		[{ personnelId: null, status: 'unlocked' }],
		[{ personnelId: 1 }],
		[{ personnelId: 2 ** 60, status: 'x' }],
		[null],
		['x'],
	])('with %j among its people tells of the others', async (odd) => {
		const setup = asking(persons(2), { waitUpTo: 20 });
		says(setup, 'task', (body) => ({ ...body, items: [...(body.items as unknown[]), odd] }));
		expect(told((await play(setup)).json)).toEqual(Array(2).fill(['unlocked', 15]));
	});

	it.each([
		['of a state that nobody knows', () => ({ taskStatus: 'finished', items: [] }), null],
		['that cannot be read', () => ({ taskStatus: 1 }), 15],
		['that failed, and names nobody', () => ({ taskStatus: 'failed' }), null],
		['that is done, and names nobody', () => ({ taskStatus: 'completed', items: [] }), null],
	])('%s: the profiles tell', async (_, body, credits) => {
		const setup = asking(persons(2), { waitUpTo: 20 });
		says(setup, 'task', body);
		contactsOf(setup).looksUntilReady = 0;
		const { json } = await play(setup);
		expect(told(json)).toEqual(Array(2).fill(['unlocked', credits]));
		expect(json[1]?.email).toBe('jonas.lindqvist@nordkap.se');
		expect(submitted(setup)).toHaveLength(1);
	});

	it('that is out of reach, as the profiles are: after the wait, only a few more requests are tried', async () => {
		const setup = asking(persons(50), { waitUpTo: 0 });
		setup.vendor.fault({ kind: 'lostBefore', on: 'GET', times: 999 });
		expect(told((await play(setup)).json)).toEqual(Array(50).fill(['processing', 15]));
		expect(setup.vendor.sent.length).toBeLessThan(30);
	});
});

describe('thousands and several', () => {
	it('more people than one statement of a table takes: every row is written, and taken back', async () => {
		const options = { purchaseBook: NAME, maximumCreditsPerDay: 9000 };
		const setup = asking(persons(600), options, { dataTables: new FakeDataTables() });
		const { json, hints } = await play(setup);
		expect(json).toHaveLength(600);
		expect(JSON.stringify(hints)).not.toContain('too many');
		expect(rowsOf(setup).map(([, credits]) => credits)).toEqual(Array(600).fill(15));
		expect(rowsOf(setup).map(([outcome]) => outcome)).not.toContain('asked');

		const vendor = new FakeVendor({ lensmor: 100 });
		const poor = asking(persons(600), options, { vendor, dataTables: new FakeDataTables() });
		expect(told((await play(poor)).json)).toEqual(Array(600).fill(['refused', 0]));
		expect(rowsOf(poor)).toEqual([]);
		expect(told((await play(anew(poor, { items: keyed(person(700)) }))).json)).toEqual([
			['unlocked', 15],
		]);
	});

	it('tool calls at once: a refusal in one does not take the charge from the other', async () => {
		const one = asking([person(0), person(1)], { waitUpTo: 0, batchSize: 1 }, { asTool: true });
		const { parameters } = asking([], { waitUpTo: 60, batchSize: 1 });
		const two: Setup = { ...one, parameters, items: keyed(person(0)) };
		one.vendor.fault(
			{ kind: 'status', status: 422, body: { message: 'x' }, on: 'POST' },
			{ kind: 'slow', ms: 500, on: 'balance' },
		);
		const [first, second] = await inTime(Promise.all([start(one), start(two)]));
		expect(toldAtMost([...first.json, ...second.json])).toBe(spent(one));
	});

	it('who is refused because of one event is asked for again with another', async () => {
		const setup = asking(Array(3).fill('139574-person-0'));
		setup.parameters = {
			...setup.parameters,
			eventId: { __rl: true, mode: 'id', value: '={{ $json.event }}' },
		};
		for (const [index, event] of ['26855', '139574', '139574'].entries()) {
			Object.assign(setup.items[index]?.json ?? {}, { event });
		}
		const { json } = await play(setup);
		expect(told(json)).toEqual([
			['refused', 0],
			['unlocked', 15],
			['unlocked', 0],
		]);
		expect(column(json, 'duplicateOf')).toEqual([undefined, undefined, 1]);
		expect(spent(setup)).toBe(15);
	});

	it('a join that throws loses nothing, also in a dry run', async () => {
		for (let at = 0; at < 3; at += 1) {
			for (const dryRun of [false, true]) {
				let calls = 0;
				await withSubmissions(
					(whole) => ({
						...whole,
						join: (requests) => {
							if (calls++ === at) throw new Error('it broke');
							return whole.join(requests);
						},
					}),
					async () => {
						const setup = asking([[person(0), person(1)], person(2)], { dryRun });
						const { json, error } = await play(setup);
						expect(error).toBeUndefined();
						expect(json).toHaveLength(2);
						const isUnknown = json.some(({ creditsCharged }) => creditsCharged === null);
						expect(isUnknown || toldAtMost(json) === spent(setup)).toBe(true);
					},
				);
			}
		}
	});

	it('who is bought for one event is told to an item with another event, at 0 credits', async () => {
		const setup = asking([person(0), person(0), [person(0), person(1)]]);
		setup.parameters = {
			...setup.parameters,
			eventId: { __rl: true, mode: 'id', value: '={{ $json.event }}' },
		};
		for (const [index, event] of ['26855', '139574', '26855'].entries()) {
			Object.assign(setup.items[index]?.json ?? {}, { event });
		}
		const { json } = await play(setup);
		expect(told(json)).toEqual([
			['unlocked', 15],
			['unlocked', 0],
			['unlocked', 15],
		]);
		expect(column(json, 'duplicateOf')).toEqual([undefined, 0, undefined]);
		expect(spent(setup)).toBe(30);
	});

	it('who is refused is not asked for again by an item that asks for the same', async () => {
		const setup = asking(['139574-person-0', '139574-person-0', person(0)]);
		setup.parameters = { ...setup.parameters, eventId: { __rl: true, mode: 'id', value: '26855' } };
		const { json } = await play(setup);
		expect(told(json)).toEqual([
			['refused', 0],
			['refused', 0],
			['unlocked', 15],
		]);
		expect(column(json, 'duplicateOf')).toEqual([undefined, 0, undefined]);
		expect(setup.vendor.paidRequests).toHaveLength(1);
	});

	it('what several people of an item came to, if the code that says so throws: uncertain, at its price', async () => {
		await withSubmissions(
			(whole) => ({
				...whole,
				together: () => {
					throw new Error('it broke');
				},
			}),
			async () => {
				const setup = asking([[person(0), person(1)], person(2)]);
				const { json } = await play(setup);
				expect(told(json)).toEqual([
					['uncertain', 30],
					['unlocked', 15],
				]);
				expect(json[0]?.reason).toMatch(/defect of the node.*it broke/);
				expect(spent(setup)).toBe(45);
			},
		);
	});

	it('several people of an item of whom one was not sent for another reason than a limit: a problem', async () => {
		const vendor = new FakeVendor({ lensmor: 15 });
		const keys = [person(9), [person(0), person(1), person(2)]];
		const setup = asking(keys, { batchSize: 1, maximumCredits: 30 }, { vendor });
		const { json, hints } = await play(setup);
		expect(told(json)[0]).toEqual(['unlocked', 15]);
		const contacts = json[1]?.contacts as IDataObject[];
		expect(column(contacts, 'outcome')).toEqual(['refused', 'not_sent', 'not_sent']);
		expect(json[1]?.outcome).toBe('refused');
		expect(JSON.stringify(hints)).not.toContain('held back');
		expect(spent(setup)).toBe(15);
	});

	it.each([
		['all of them fit', [[person(0), person(1)], person(2)], 50_000, 45, 0],
		['one of them is past the limit', [person(2), [person(0), person(1)]], 50_000, 30, 1],
		['the wallet is empty, which is no limit', [person(2), [person(0), person(1)]], 10, 30, 0],
	])(
		'the line under the node counts who is held back by a limit: %s',
		async (_, keys, lensmor, maximumCredits, held) => {
			const vendor = new FakeVendor({ lensmor });
			const { json, hints } = await play(
				asking(keys, { batchSize: 1, maximumCredits }, { vendor }),
			);
			expect(json).toHaveLength(2);
			const line = JSON.stringify(hints);
			expect(line).toMatch(/not_sent|unlocked/);
			expect(/(\d+) held back/.exec(line)?.[1] ?? '0').toBe(String(held));
		},
	);
});

/** 504 after so long that the row is too old; the submission takes effect just after the profiles were read. */
function arrivesLate(setup: Setup, ids: string[], then: () => void = () => {}): void {
	setup.vendor.fault({ kind: 'status', status: 504, ms: 25_000, on: 'POST' });
	const contacts = contactsOf(setup);
	const profile = contacts.profile.bind(contacts);
	let looks = 0;
	contacts.profile = (id) => {
		const reply = profile(id);
		looks += 1;
		if (looks === ids.length) {
			contacts.unlock('email', { personnel_ids: ids });
			then();
		}
		return reply;
	};
}

describe('a lost submission whose row is too old to send it again', () => {
	it('is uncertain if it does not fit the limit per day any more, and counts in the next round', async () => {
		const options = { purchaseBook: NAME, maximumCredits: 30, maximumCreditsPerDay: 35 };
		const setup = asking(persons(2), options, { dataTables: new FakeDataTables() });
		arrivesLate(setup, persons(2));
		expect(told((await play(setup)).json)).toEqual(Array(2).fill(['uncertain', null]));
		const { parameters } = asking([], { maximumCredits: 30 });
		await play({ ...setup, parameters, round: 1, items: keyed(person(5), person(6)) });
		expect(spent(setup)).toBe(30);
	});

	it('is uncertain if the table is out of reach meanwhile; Retry tells it at a cost that nobody knows', async () => {
		const dataTables = new FakeDataTables();
		const setup = asking(persons(2), { purchaseBook: NAME, maximumCredits: 30 }, { dataTables });
		arrivesLate(setup, persons(2), () => {
			dataTables.failure = { operation: 'row insert', message: 'database is locked' };
		});
		expect(told((await play(setup)).json)).toEqual(Array(2).fill(['uncertain', null]));
		dataTables.failure = undefined;
		const next = await play({ ...setup, round: 1, items: keyed(person(5), person(6)) });
		expect(told(next.json)).toEqual(Array(2).fill(['not_sent', 0]));
		await jest.advanceTimersByTimeAsync(200_000);
		const { json } = await play({ ...setup, mode: 'retry', executionId: 'again' });
		expect(column(json, 'creditsCharged')).toEqual([null, null]);
		expect(spent(setup)).toBe(30);
	});
});

it('an email task and a phone task with the same number are two tasks', async () => {
	const setup = asking([person(0), person(0)], { waitUpTo: 30 });
	setup.parameters = { ...setup.parameters, unlockType: '={{ $json.type }}' };
	for (const [index, item] of setup.items.entries()) {
		item.json.type = index === 0 ? 'email' : 'phone';
	}
	const contacts = contactsOf(setup);
	const task = contacts.task.bind(contacts);
	const real: Record<string, string> = {};
	const unlock = contacts.unlock.bind(contacts);
	contacts.unlock = (what, body) => {
		const reply = unlock(what, body);
		const answer = reply.body as Body;
		real[what] = String(answer.task_id);
		return { ...reply, body: { ...answer, task_id: '7', job_id: '7' } };
	};
	contacts.task = (what) => task(what, real[what] ?? '');
	const { json } = await play(setup);
	expect(told(json)).toEqual([
		['unlocked', 15],
		['unlocked', 150],
	]);
	expect(json[1]?.phone).toEqual(expect.any(String));
	expect(setup.vendor.asked.filter((sent) => sent.includes('unlock-phone-tasks'))).not.toEqual([]);
	expect(spent(setup)).toBe(165);
});

it('whom Lensmor worked on and shows as not bought is counted twice if a person has them bought again', async () => {
	const setup = asking(persons(2), { maximumCredits: 30, waitUpTo: 0 });
	await play(setup);
	// It has charged, and forgotten whom and in which task.
	const inside = contactsOf(setup) as unknown as Record<'status' | 'tasks', Map<string, unknown>>;
	inside.status.clear();
	inside.tasks.clear();
	expect(told((await play({ ...setup, round: 1 })).json)).toEqual(
		// Round 0 told the charge.
		Array(2).fill(['uncertain', 0]),
	);
	contactsOf(setup).looksUntilReady = 0;
	const retried: Setup = { ...setup, mode: 'retry', executionId: 'again' };
	const { json } = await play(retried);
	expect(spent(setup)).toBe(30);
	expect(column(json, 'creditsCharged')).toEqual([null, null]);
	expect(json[0]?.reason).toMatch(/Maximum Credits is reached: 30 of 30 credits are spent/);

	const { parameters } = asking([], { maximumCredits: 60, waitUpTo: 10 });
	const more = await play({ ...retried, parameters, executionId: 'again 2' });
	expect(told(more.json)).toEqual(Array(2).fill(['unlocked', null]));
	expect(more.json[0]?.reason).toMatch(/An earlier attempt was left uncertain/);
	expect(spent(setup)).toBe(60);
	const next = await play({
		...retried,
		parameters,
		executionId: 'again 2',
		round: 3,
		items: keyed(person(5), person(6)),
	});
	expect(told(next.json)).toEqual(Array(2).fill(['not_sent', 0]));
});
