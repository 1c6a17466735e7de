import type { IDataObject } from 'n8n-workflow';

import { personUnlock as people, withOptions } from '../../fixtures/paidOperations';
import {
	anew,
	asked,
	asking,
	column,
	NAME,
	person,
	persons,
	spent,
	submitted,
} from '../askingPeople';
import { inTime, useFakeClock } from '../fakeClock';
import { play, start, type Setup } from '../fakeExecution';
import { FakeVendor } from '../fakeVendor';
import { charged, keyed, told } from '../runs';
import { FakeDataTables } from '../spend/book/fakeDataTables';

useFakeClock();

describe('submissions', () => {
	it('2,000 people are one request, and 2,000 items are answered one by one', async () => {
		const setup = asking(persons(2000), {}, { vendor: new FakeVendor({ lensmor: 30_000 }) });
		const { json, error } = await play(setup);

		expect(error).toBeUndefined();
		expect(submitted(setup)).toEqual([persons(2000)]);
		expect(json).toHaveLength(2000);
		expect(column(json, 'personIds')).toEqual(persons(2000).map((id) => [id]));
		expect(json[1999]).toMatchObject({ outcome: 'not_found', creditsCharged: null, email: null });
		expect(json[1998]).toMatchObject({
			outcome: 'unlocked',
			alreadyUnlocked: false,
			creditsCharged: 15,
			creditsRemaining: 0,
			email: `${person(1998)}@people.example`,
			phone: null,
			taskId: null,
			reason: '',
		});
		expect(setup.vendor.ledger).toHaveLength(2000);
		// Two looks at one task, and the balance.
		expect(setup.vendor.sent).toHaveLength(4);
	});

	it('Batch Size is the most people in one request; another event, type or source is another request', async () => {
		const few = asking(persons(5), { batchSize: 2 });
		expect(told((await play(few)).json)).toEqual(Array(5).fill(['unlocked', 15]));
		expect(submitted(few).map((ids) => ids.length)).toEqual([2, 2, 1]);

		const mixed = asking(persons(4));
		mixed.parameters = { ...mixed.parameters, unlockType: '={{ $json.type }}' };
		for (const [index, item] of mixed.items.entries())
			item.json.type = index % 2 ? 'phone' : 'email';
		expect(told((await play(mixed)).json)).toEqual([
			['unlocked', 15],
			['unlocked', 150],
			['unlocked', 15],
			['unlocked', 150],
		]);
		expect(mixed.vendor.paidRequests.map(({ url }) => url.split('/').at(-1))).toEqual([
			'unlock',
			'unlock-phone',
		]);
	});

	it('one at a time: a second submission waits for the answer to the first', async () => {
		const setup = asking(persons(6), { batchSize: 2 });
		setup.vendor.fault({ kind: 'slow', ms: 300, on: 'POST', times: 3 });
		await play(setup);
		expect(setup.vendor.mostPaidAtOnce).toBe(1);
	});

	it('who asks for the same person twice, in any form, is charged once', async () => {
		const keys = [person(0), [person(0), person(1)], `${person(1)}, ${person(0)}`, person(0)];
		const setup = asking(keys);
		const { json } = await play(setup);

		expect(submitted(setup)).toEqual([[person(0), person(1)]]);
		expect(told(json)).toEqual([
			['unlocked', 15],
			['unlocked', 15],
			['unlocked', 0],
			['unlocked', 0],
		]);
		expect(column(json, 'duplicateOf')).toEqual([undefined, undefined, undefined, 0]);
	});

	it('an item with several people has each of them in contacts, and nothing beside that contradicts', async () => {
		const keys = [[person(0), person(1009), '26855-person-99999', 'no such'], person(1)];
		const setup = asking(keys, {}, { parameters: withOptions(people, { batchSize: 2000 }) });
		const { json } = await play(setup);

		expect(json[0]).toEqual({
			outcome: 'partly_unlocked',
			personIds: [person(0), person(1009), '26855-person-99999', 'no', 'such'],
			unlockType: 'email',
			alreadyUnlocked: false,
			contacts: expect.any(Array) as unknown,
			creditsCharged: null,
			creditsRemaining: expect.any(Number) as unknown,
			reason: expect.any(String) as unknown,
		});
		const contacts = json[0]?.contacts as IDataObject[];
		expect(
			contacts.map(({ personId, outcome, creditsCharged }) => [personId, outcome, creditsCharged]),
		).toEqual([
			[person(0), 'unlocked', 15],
			[person(1009), 'not_found', null],
			['26855-person-99999', 'not_found', 0],
			['no', 'not_found', 0],
			['such', 'not_found', 0],
		]);
	});

	it('people who are not at the event are refused, and cost nothing', async () => {
		const setup = asking([person(0), '139574-person-0']);
		setup.parameters = { ...setup.parameters, eventId: { __rl: true, mode: 'id', value: '26855' } };
		const { json } = await play(setup);
		expect(told(json)).toEqual([
			['unlocked', 15],
			['refused', 0],
		]);
		expect(json[1]?.reason).toBe('Lensmor says that this person is not at the event');
		expect(charged(setup.vendor)).toEqual([person(0)]);
	});

	it('who is unlocked already is read for free', async () => {
		const setup = asking(persons(2));
		await play(setup);
		const { json } = await play(anew(setup, { items: keyed(...persons(3)) }));

		expect(told(json)).toEqual([
			['already_unlocked', 0],
			['already_unlocked', 0],
			['unlocked', 15],
		]);
		expect(column(json, 'alreadyUnlocked')).toEqual([true, true, false]);
		expect(json[1]?.email).toBe('jonas.lindqvist@nordkap.se');
		expect(charged(setup.vendor)).toEqual(persons(3));
	});
});

describe('limits', () => {
	it('a submission is cut to what fits Maximum Credits', async () => {
		const setup = asking(persons(5), { maximumCredits: 50 });
		const { json } = await play(setup);

		expect(told(json)).toEqual([
			['unlocked', 15],
			['unlocked', 15],
			['unlocked', 15],
			['not_sent', 0],
			['not_sent', 0],
		]);
		expect(submitted(setup)).toEqual([persons(3)]);
		expect(json[3]?.reason).toBe(
			'Maximum Credits is reached: 45 of 50 credits are spent, and this could have cost 15 more',
		);
	});

	it('an item of several people that only in part fits the limit is no problem, and tells each of them', async () => {
		const keys = [[person(0), person(1)], person(2)];
		const setup = asking(keys, { maximumCredits: 20 }, { onError: 'stopWorkflow' });
		const { json, error } = await play(setup);
		expect(error).toBeUndefined();
		expect(told(json)).toEqual([
			['not_sent', 15],
			['not_sent', 0],
		]);
		const contacts = json[0]?.contacts as IDataObject[];
		expect(told(contacts)).toEqual([
			['unlocked', 15],
			['not_sent', 0],
		]);
		expect(charged(setup.vendor)).toEqual([person(0)]);
	});

	it('one of several people who is refused is a problem of the item, and nothing further is sent', async () => {
		const keys = [person(0), ['139574-person-0', person(1)], person(2)];
		const setup = asking(keys, { batchSize: 1 }, { onError: 'stopWorkflow' });
		setup.parameters = { ...setup.parameters, eventId: { __rl: true, mode: 'id', value: '26855' } };
		const { error } = await play(setup);
		expect(error?.message).toMatch(
			/^For item 1: Lensmor says that this person is not at the event/,
		);
		expect(error?.description).toContain('Paid so far: 15 credits for 1 item');
		expect(charged(setup.vendor)).toEqual([person(0)]);
	});

	it('a wallet that cannot pay for the next submission: what was bought before arrives', async () => {
		const vendor = new FakeVendor({ lensmor: 40 });
		const setup = asking(persons(4), { batchSize: 2 }, { vendor });
		const { json } = await play(setup);
		expect(told(json)).toEqual([
			['unlocked', 15],
			['unlocked', 15],
			['refused', 0],
			['refused', 0],
		]);
		expect(json[1]?.email).toBe('jonas.lindqvist@nordkap.se');
		expect(json[2]?.reason).toContain('The Lensmor wallet cannot pay for this');
	});

	it('a dry run sends nothing, and counts every person once', async () => {
		const setup = asking([[person(0), person(1)], person(1), person(2)], { dryRun: true });
		const { json } = await play(setup);
		expect(column(json, 'maximumCost')).toEqual([30, 0, 15]);
		expect(setup.vendor.sent).toEqual([]);
	});

	it('a dry run counts nobody on whom Lensmor works for this execution, and names the first item that asks', async () => {
		const setup = asking(persons(2), { waitUpTo: 0 });
		await play(setup);
		const { parameters } = asking([], { dryRun: true });
		const items = keyed(person(0), person(5), person(5), person(5));
		const { json } = await play({ ...setup, parameters, items, round: 1 });
		expect(column(json, 'maximumCost')).toEqual([0, 15, 0, 0]);
		expect(column(json, 'duplicateOf')).toEqual([undefined, undefined, 1, 1]);
		expect(spent(setup)).toBe(30);
	});

	it('Maximum Credits per Day cuts a submission at once, also while its task takes minutes', async () => {
		const options = { purchaseBook: NAME, maximumCreditsPerDay: 35, waitUpTo: 50 };
		const setup = asking(persons(4), options, { dataTables: new FakeDataTables() });
		setup.vendor.world.contacts.looksUntilReady = 99;
		const begun = Date.now();
		const { json } = await play(setup);
		expect(told(json)).toEqual([
			['processing', 15],
			['processing', 15],
			['not_sent', 0],
			['not_sent', 0],
		]);
		expect(submitted(setup)).toEqual([persons(2)]);
		// One wait for the task, and none for those who do not fit.
		expect(Date.now() - begun).toBeLessThan(60_000);
		const next = await play(anew(setup, { items: keyed(person(5)) }));
		expect(told(next.json)).toEqual([['not_sent', 0]]);
	});

	it('Maximum Credits per Day holds for two executions at once', async () => {
		const options = { purchaseBook: NAME, maximumCreditsPerDay: 60 };
		const one = asking(persons(3), options, { dataTables: new FakeDataTables() });
		const two = anew(one, { items: keyed(...persons(6).slice(3)) });
		await inTime(Promise.all([start(one), start(two)]));
		expect(spent(one)).toBeLessThanOrEqual(60);
		expect(spent(one)).toBeGreaterThanOrEqual(45);
	});
});

describe('a lost submission', () => {
	it.each(['lostBefore', 'lostAfter'] as const)(
		'%s: the status of its people is read, and only who is still locked is submitted again',
		async (kind) => {
			const setup = asking(persons(3));
			setup.vendor.fault({ kind, on: 'POST' });
			const { json } = await play(setup);

			expect(charged(setup.vendor)).toEqual(persons(3));
			expect(submitted(setup)).toHaveLength(kind === 'lostBefore' ? 2 : 1);
			expect(asked(setup, 'personnel/profile')).toBeGreaterThanOrEqual(3);
			const credits = kind === 'lostBefore' ? 15 : null;
			expect(told(json)).toEqual(Array(3).fill(['unlocked', credits]));
			expect(json[2]?.email).toBe('mei.tanaka@hoshino-robotics.jp');
		},
	);

	it('whose status cannot be read is not submitted again, and uncertain', async () => {
		const setup = asking(persons(3));
		setup.vendor.fault({ kind: 'lostBefore', on: 'POST' });
		setup.vendor.fault({
			kind: 'status',
			status: 500,
			on: `profile?personnel_id=${person(1)}`,
			times: 9,
		});
		const { json } = await play(setup);

		expect(submitted(setup)).toEqual([persons(3), [person(0), person(2)]]);
		expect(told(json)).toEqual([
			['unlocked', 15],
			['uncertain', null],
			['unlocked', 15],
		]);

		// Retry On Fail, and Retry: its status is read first.
		setup.vendor.heal();
		expect(told((await play(setup)).json)).toEqual(Array(3).fill(['unlocked', 15]));
		expect(charged(setup.vendor)).toEqual([person(0), person(2), person(1)]);
	});

	it('for ever: uncertain, with no more than three submissions', async () => {
		const setup = asking(persons(2));
		setup.vendor.fault({ kind: 'lostBefore', on: 'POST', times: 99 });
		const { json } = await play(setup);
		expect(told(json)).toEqual(Array(2).fill(['uncertain', null]));
		expect(submitted(setup)).toHaveLength(3);
		expect(setup.vendor.ledger).toEqual([]);
	});

	it('a purchase book whose execution was killed before it knew the task: the status is read first', async () => {
		const setup = asking(persons(2), { purchaseBook: NAME }, { dataTables: new FakeDataTables() });
		setup.vendor.fault({ kind: 'lostAfter', on: 'POST', times: 9 });
		setup.vendor.fault({ kind: 'status', status: 500, on: 'profile', times: 99 });
		expect(told((await play(setup)).json)).toEqual(Array(2).fill(['uncertain', null]));

		setup.vendor.heal();
		const { json } = await play(anew(setup));
		expect(told(json)).toEqual(Array(2).fill(['already_unlocked', 0]));
		expect(submitted(setup)).toHaveLength(1);
		expect(charged(setup.vendor)).toEqual(persons(2));
	});
});

describe('waiting', () => {
	it('what is not ready within Wait Up To is processing, with its task, and is told at its price', async () => {
		const setup = asking(persons(2), { waitUpTo: 30 });
		setup.vendor.world.contacts.looksUntilReady = 99;
		const { json, error, hints } = await play(setup);

		expect(error).toBeUndefined();
		expect(told(json)).toEqual(Array(2).fill(['processing', 15]));
		expect(column(json, 'taskId')).toEqual(['321', '321']);
		expect(json[0]?.reason).toContain('Lensmor is still working on it (task 321)');
		expect(hints[0]?.message).toContain('2 processing; 30 credits spent');
		// After 3, 8, 18, 28 and 30 seconds, or a little later.
		expect(asked(setup, 'unlock-tasks')).toBeGreaterThanOrEqual(4);
		expect(asked(setup, 'unlock-tasks')).toBeLessThanOrEqual(6);
	});

	it('a later round goes on with the same task: at 0 credits, because the charge was told', async () => {
		const setup = asking(persons(2), { waitUpTo: 0 });
		expect(told((await play(setup)).json)).toEqual(Array(2).fill(['processing', 15]));
		const { json } = await play({ ...setup, round: 1 });
		expect(told(json)).toEqual(Array(2).fill(['unlocked', 0]));
		expect(json[1]?.email).toBe('jonas.lindqvist@nordkap.se');
		expect(submitted(setup)).toHaveLength(1);
	});

	it('an error elsewhere: Retry On Fail and Retry go on with the same task, and tell the charge', async () => {
		const setup = asking(persons(2), { waitUpTo: 0, batchSize: 1 }, { onError: 'stopWorkflow' });
		setup.vendor.fault({ kind: 'status', status: 422, on: JSON.stringify(person(1)) });
		const failed = await play(setup);
		expect(failed.error?.message).toMatch(/^For item 1/);
		expect(failed.error?.description).toContain('Paid so far: 15 credits for 1 item');

		const { json } = await play({ ...setup, executionId: 'retry', mode: 'retry' });
		expect(told(json)).toEqual([
			['unlocked', 15],
			['processing', 15],
		]);
		expect(charged(setup.vendor)).toEqual(persons(2));
	});

	it('another execution: without a book Lensmor skips the people, with one the task is followed', async () => {
		for (const purchaseBook of [undefined, NAME]) {
			const options = purchaseBook === undefined ? {} : { purchaseBook };
			const setup = asking(
				persons(2),
				{ waitUpTo: 0, ...options },
				{ dataTables: new FakeDataTables() },
			);
			setup.vendor.world.contacts.looksUntilReady = 3;
			expect(told((await play(setup)).json)).toEqual(Array(2).fill(['processing', 15]));

			const next = anew(setup, {
				parameters: withOptions(people, { batchSize: 2000, ...options }),
			});
			const { json } = await play(next);
			const outcome = purchaseBook === undefined ? 'already_unlocked' : 'unlocked';
			expect(told(json)).toEqual(Array(2).fill([outcome, 0]));
			expect(json[0]?.email).toBe('amara.okafor@brightline-logistics.com');
			expect(submitted(setup)).toHaveLength(purchaseBook === undefined ? 2 : 1);
			expect(charged(setup.vendor)).toEqual(persons(2));
		}
	});

	it('a person who waits in the editor is told at each look how far the task is', async () => {
		const setup = asking(persons(3), {}, { messages: [] });
		Object.assign(setup.vendor.world.contacts, { looksUntilReady: 2, readyPerLook: 1 });
		await play(setup);
		expect(setup.messages).toEqual([
			"Lensmor's task is processing: 1 of 3 people are done",
			"Lensmor's task is processing: 2 of 3 people are done",
			"Lensmor's task is completed: 3 of 3 people are done",
		]);
	});

	it('a row of the book gets what came of its task: from the execution itself, or from another if it is gone', async () => {
		const rowsOf = ({ dataTables }: Setup) =>
			(dataTables?.named(NAME)?.rows ?? []).map(({ outcome, credits, execution }) => [
				outcome,
				credits,
				execution,
			]);
		for (const [who, waitMs] of [
			['itself', 0],
			['another', 0],
			['another', 60_000],
		] as const) {
			const setup = asking(
				persons(2),
				{ waitUpTo: 0, purchaseBook: NAME },
				{ dataTables: new FakeDataTables() },
			);
			await play(setup);
			const { executionId = '' } = setup;
			expect(rowsOf(setup)).toEqual(Array(2).fill(['asked', 15, executionId]));
			await jest.advanceTimersByTimeAsync(waitMs);
			const { json } = await play(who === 'itself' ? { ...setup, round: 1 } : anew(setup));
			expect(told(json)).toEqual(Array(2).fill(['unlocked', 0]));
			if (who === 'another')
				expect(json[0]?.reason).toBe('Another execution asked for it and paid');
			// As long as the first one may be waiting, it writes this itself.
			const outcome = who === 'another' && waitMs === 0 ? 'asked' : 'unlocked';
			expect(rowsOf(setup)).toEqual(Array(2).fill([outcome, 15, executionId]));
		}
	});

	it('whom a task could not find counts with the full price in the book and in limits', async () => {
		const options = { purchaseBook: NAME, maximumCreditsPerDay: 35, maximumCredits: 100 };
		const setup = asking([person(1009), person(0)], options, { dataTables: new FakeDataTables() });
		expect(told((await play(setup)).json)).toEqual([
			['not_found', null],
			['unlocked', 15],
		]);
		const rows = setup.dataTables?.named(NAME)?.rows ?? [];
		expect(rows.map(({ outcome, credits }) => [outcome, credits])).toEqual([
			['not_found', 15],
			['unlocked', 15],
		]);
		expect(told((await play(anew(setup, { items: keyed(person(2)) }))).json)).toEqual([
			['not_sent', 0],
		]);
	});

	it('somebody whose profile is gone after a lost answer is asked for again, and not found', async () => {
		const gone = '26855-person-99999';
		const setup = asking([gone, person(0)]);
		setup.vendor.fault({ kind: 'lostBefore', on: 'POST' });
		expect(told((await play(setup)).json)).toEqual([
			['not_found', 0],
			['unlocked', 15],
		]);
		expect(submitted(setup)).toHaveLength(2);
	});

	it('lost looks at a task lose nothing', async () => {
		const setup = asking(persons(2), { waitUpTo: 60 });
		setup.vendor.fault({ kind: 'lostBefore', on: 'unlock-tasks', times: 4 });
		setup.vendor.fault({ kind: 'status', status: 500, on: 'unlock-tasks', times: 4 });
		expect(told((await play(setup)).json)).toEqual(Array(2).fill(['unlocked', 15]));
		expect(submitted(setup)).toHaveLength(1);
	});

	it('a task that Lensmor does not know any more: the status of its people tells', async () => {
		const setup = asking(persons(2));
		setup.vendor.fault({
			kind: 'status',
			status: 404,
			body: { errorKey: 'NOT_FOUND', code: 404, message: 'Resource not found' },
			on: 'unlock-tasks',
			times: 9,
		});
		await play({ ...setup });
		const { json } = await play({ ...setup, executionId: 'retry', mode: 'retry' });
		expect(told(json)).toEqual(Array(2).fill(['unlocked', 15]));
		expect(charged(setup.vendor)).toEqual(persons(2));
	});

	it('Stop ends the waiting at once, and nothing is lost', async () => {
		const setup = asking(persons(2), {}, { stopAfterMs: 2_000 });
		setup.vendor.world.contacts.looksUntilReady = 99;
		const begun = Date.now();
		const { json } = await play(setup);
		expect(Date.now() - begun).toBeLessThan(3_000);
		expect(told(json)).toEqual(Array(2).fill(['processing', 15]));

		setup.vendor.world.contacts.looksUntilReady = 1;
		const retried = { ...setup };
		delete retried.stopAfterMs;
		setup.vendor.world.contacts.finish();
		expect(told((await play({ ...retried, mode: 'retry', executionId: 'r' })).json)).toEqual(
			Array(2).fill(['unlocked', 15]),
		);
		expect(submitted(setup)).toHaveLength(1);
	});
});

describe('two at once', () => {
	it.each([undefined, NAME])(
		'two executions, purchase book %p: each person is charged once',
		async (book) => {
			const options = book === undefined ? {} : { purchaseBook: book };
			const one = asking(persons(4), options, { dataTables: new FakeDataTables() });
			const two = anew(one, { items: keyed(...persons(6).slice(2)) });
			const [first, second] = await inTime(Promise.all([start(one), start(two)]));

			expect([...charged(one.vendor)].sort()).toEqual(persons(6));
			const all = [...first.json, ...second.json];
			const outcomes = new Set(column(all, 'outcome'));
			expect(
				[...outcomes].every((outcome) => outcome === 'unlocked' || outcome === 'already_unlocked'),
			).toBe(true);
			expect(column(all, 'email').filter((email) => typeof email === 'string')).toHaveLength(8);
			expect(all.reduce((sum, { creditsCharged }) => sum + Number(creditsCharged), 0)).toBe(
				spent(one),
			);
		},
	);

	it('the book has one row for each person in the end, with what it cost', async () => {
		const dataTables = new FakeDataTables();
		const setup = asking(persons(3), { purchaseBook: NAME }, { dataTables });
		await play(setup);
		const rows = dataTables.named(NAME)?.rows ?? [];
		expect(rows.map(({ about, outcome, credits }) => [about, outcome, credits])).toEqual(
			persons(3).map((id) => [`email of person ${id}`, 'unlocked', 15]),
		);
	});
});
