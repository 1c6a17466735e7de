import {
	phoneEnrich as phones,
	recordUnlock as records,
	withOptions,
	type PaidFixture,
} from '../../fixtures/paidOperations';
import { useFakeClock } from '../fakeClock';
import { play, type Setup } from '../fakeExecution';
import type { FakeVendor } from '../fakeVendor';
import { asking, charged, CONTINUE, keyed, reasons, told } from '../runs';

useFakeClock();

const LOST = 'An earlier answer to this request was lost, so it may or may not have been charged';

describe('an answer that leaves doubt', () => {
	const one = { concurrency: 1 };
	const doubtful = (operation: PaidFixture, more: Partial<Setup> = {}): Setup =>
		asking(operation, 2, {
			memory: {},
			onError: CONTINUE,
			parameters: withOptions(operation, one),
			...more,
		});

	it('a lost answer that may cost twice is not asked for again by a machine', async () => {
		const setup = doubtful(phones);
		setup.vendor.fault({ kind: 'lostAfter' });
		const { json } = await play(setup);
		const items = keyed(phones.keys[0], phones.keys[2]);
		const again = await play({ ...setup, mode: 'retry', items });

		expect(told(again.json)).toEqual(told(json));
		expect(told(json)).toEqual([
			['uncertain', null],
			['found', 5],
		]);
		expect(json[0]).toMatchObject({
			...phones.fieldsWithoutAnswer(),
			creditsRemaining: null,
			reason: 'No answer from eCore: the connection was lost, so it may or may not have charged',
		});
		expect(again.json[0]).toEqual(json[0]);
		expect(charged(setup.vendor)).toEqual(phones.keys.slice(0, 3));
		expect(setup.vendor.sent).toHaveLength(3);
	});

	it('a duplicate of it is at 0 credits: what is unknown is unknown once', async () => {
		const setup = doubtful(phones, { items: keyed(phones.keys[0], phones.keys[0]) });
		setup.vendor.fault({ kind: 'lostBefore' });
		expect(told((await play(setup)).json)).toEqual([
			['uncertain', null],
			['uncertain', 0],
		]);
	});

	it('Stop Workflow: a re-run ends as the last one did, and spends on nothing else', async () => {
		const setup = doubtful(phones, { onError: 'stopWorkflow' });
		setup.vendor.fault({ kind: 'truncated' });
		const failed = await play(setup);
		const again = await play(setup);

		expect(failed.error?.message).toBe(
			'For item 0: No answer from eCore: the connection was lost, so it may or may not have charged',
		);
		expect(again.error?.message).toBe(failed.error?.message);
		expect(again.error?.description).toBe(failed.error?.description);
		expect(failed.error?.description).toContain('may cost up to 5 credits a second time');
		expect(setup.vendor.sent).toHaveLength(1);
	});

	it('Stop Workflow: the error also names items with an answer of which nobody knows what they cost', async () => {
		const setup = doubtful(records, { onError: 'stopWorkflow' });
		setup.vendor.fault({ kind: 'lostAfter', on: records.keys[0] ?? '' });
		setup.vendor.fault({ kind: 'lostBefore', on: records.keys[1] ?? '', times: 3 });
		const { error } = await play(setup);
		expect(error?.message).toMatch(/^For item 1: /);
		expect(error?.description).toBe(
			'Item 0 may have been charged for an answer that was lost. Item 1 may have been charged: a retry sends the request again, which is free where it was.',
		);
	});

	const LEFT = 'An earlier attempt was left uncertain and may have cost up to 5 credits';
	const retries: Array<[string, Parameters<FakeVendor['fault']>, string, string, number]> = [
		['finds the phone', [], 'found', `This answer cost 5 credits. ${LEFT}`, 10],
		[
			'is refused',
			[{ kind: 'status', status: 400, body: { error: 'No.' } }],
			'uncertain',
			`eCore refused the request (HTTP 400: No). ${LEFT}`,
			5,
		],
		[
			'is lost again',
			[{ kind: 'lostBefore' }],
			'uncertain',
			`No answer from eCore: the connection was lost, so it may or may not have charged. ${LEFT}`,
			10,
		],
		[
			'is not found',
			[
				{
					kind: 'status',
					status: 200,
					body: { status: 'not_found', remaining_credits: 9 },
				},
			],
			'not_found',
			`This answer cost 0 credits. ${LEFT}`,
			5,
		],
	];
	it.each(retries)(
		'a person who retries asks once more, and it %s',
		async (_what, faults, outcome, reason, spent) => {
			const setup = doubtful(phones, { items: keyed(phones.keys[0]) });
			setup.vendor.fault({ kind: 'lostAfter' });
			await play(setup);
			setup.vendor.fault(...faults);
			const retry = { ...setup, mode: 'retry', executionId: '2' };
			const { json } = await play(retry);

			expect([told(json), reasons(json)]).toEqual([[[outcome, null]], [reason]]);
			expect(setup.vendor.sent).toHaveLength(2);
			// What was spent, the unknown at its worst, is what a later round's limit goes by.
			for (const room of [0, 5]) {
				const items = keyed(phones.keys[1]);
				const parameters = withOptions(phones, { maximumCredits: spent + room });
				const later = await play({ ...setup, round: 1, items, parameters });
				expect(told(later.json)).toEqual([room === 0 ? ['not_sent', 0] : ['found', 5]]);
			}
		},
	);

	it('a retry that the limit holds back leaves it as uncertain as it was', async () => {
		const setup = doubtful(phones, { items: keyed(phones.keys[0]) });
		setup.vendor.fault({ kind: 'lostBefore' });
		await play(setup);
		const { json } = await play({
			...setup,
			mode: 'retry',
			executionId: '2',
			parameters: withOptions(phones, { maximumCredits: 9 }),
		});

		expect([told(json), reasons(json)]).toEqual([
			[['uncertain', null]],
			[
				`Maximum Credits is reached: 5 of 9 credits are spent, and this could have cost 5 more. ${LEFT}`,
			],
		]);
		expect(setup.vendor.sent).toHaveLength(1);
	});

	it('attempts in doubt add up', async () => {
		const setup = doubtful(phones, { items: keyed(phones.keys[0]) });
		setup.vendor.fault({ kind: 'lostBefore', times: 2 });
		await play(setup);
		await play({ ...setup, mode: 'retry', executionId: '2' });
		const { json } = await play({ ...setup, mode: 'retry', executionId: '3' });

		expect(json[0]?.reason).toMatch(/may have cost up to 10 credits$/);
		expect(setup.memory?.memory).toMatchObject({ spent: 15 });
	});

	const freely: Array<[string, Parameters<FakeVendor['fault']>, unknown[], string, number]> = [
		['lost before the charge', [{ kind: 'lostBefore' }], ['unlocked', 1], '', 2],
		[
			'lost after the charge',
			[{ kind: 'lostAfter' }],
			['already_unlocked', null],
			'An earlier answer to this request was lost, and that attempt may have paid for it',
			2,
		],
		[
			'in which the vendor broke down',
			[{ kind: 'status', status: 500, charged: true }],
			['already_unlocked', null],
			'An earlier answer to this request was lost, and that attempt may have paid for it',
			2,
		],
		['that says busy', [{ kind: 'status', status: 409 }], ['unlocked', 1], '', 2],
		[
			'lost for ever',
			[{ kind: 'lostBefore', times: 9 }],
			['uncertain', null],
			`No answer from eCore: the connection was lost, so it may or may not have charged. ${LOST}`,
			3,
		],
		[
			'refused after a lost one',
			[{ kind: 'lostBefore' }, { kind: 'status', status: 400 }],
			['uncertain', null],
			`eCore refused the request (HTTP 400). ${LOST}`,
			2,
		],
		[
			'that cannot be understood',
			[{ kind: 'status', status: 200, charged: true }],
			['uncertain', null],
			'eCore answered HTTP 200 with a body that cannot be understood, so it may or may not have charged',
			1,
		],
	];
	it.each(freely)(
		'where a repeat is free: an answer %s',
		async (_what, faults, expected, reason, sent) => {
			const setup = doubtful(records);
			setup.vendor.fault(...faults.map((one) => ({ on: records.keys[0] ?? '', ...one })));
			const { json } = await play(setup);

			expect(told(json)).toEqual([expected, ['unlocked', 1]]);
			expect(reasons(json)).toEqual([reason, '']);
			expect(setup.vendor.sent).toHaveLength(sent + 1);
		},
	);

	it('where a repeat is free, what an own record says after "busy" is believed', async () => {
		const setup = doubtful(records);
		setup.vendor.world.unlockRecords({ uuids: [records.keys[0]], unlock_type: 'email' });
		setup.vendor.fault({ kind: 'status', status: 409 });
		expect(told((await play(setup)).json)).toEqual([
			['already_unlocked', 0],
			['unlocked', 1],
		]);
	});

	it('where a repeat is free, a re-run asks again what was lost, in the room that it has', async () => {
		const setup = doubtful(records, {
			parameters: withOptions(records, { ...one, maximumCredits: 2 }),
		});
		setup.vendor.fault({ kind: 'lostBefore', on: records.keys[0] ?? '', times: 3 });
		await play(setup);
		const { json } = await play(setup);

		expect(told(json)).toEqual([
			['unlocked', 1],
			['unlocked', 1],
		]);
		expect(setup.memory?.memory).toMatchObject({ spent: 2 });
		expect(setup.vendor.sent).toHaveLength(5);
	});

	it('where a repeat is free, a limit that was lowered since holds back what was lost, and the doubt stays', async () => {
		const setup = doubtful(records);
		setup.vendor.fault({ kind: 'lostAfter', on: records.keys[0] ?? '', times: 3 });
		await play(setup);
		setup.parameters = withOptions(records, { ...one, maximumCredits: 0 });
		const sent = setup.vendor.sent.length;
		const { json } = await play(setup);

		expect(told(json)[0]).toEqual(['uncertain', null]);
		expect(reasons(json)[0]).toBe(
			'Maximum Credits is reached: 2 of 0 credits are spent. An earlier answer to this request was lost, so it may or may not have been charged',
		);
		expect(setup.vendor.sent).toHaveLength(sent);
	});

	it('where a repeat is free, what could not be understood is not asked again by a machine', async () => {
		const setup = doubtful(records);
		setup.vendor.fault({ kind: 'status', status: 200, charged: true });
		const first = await play(setup);
		const again = await play(setup);
		const retried = await play({ ...setup, mode: 'retry', executionId: '2' });

		expect(again.json).toEqual(first.json);
		expect(retried.json[0]).toMatchObject({ outcome: 'already_unlocked', creditsCharged: null });
		expect(setup.vendor.sent).toHaveLength(3);
	});

	it.each([
		['a person presses Stop', 500, 'The execution was stopped'],
		[
			'another item stops the run',
			undefined,
			'Held back after an earlier answer: eCore refused the token (HTTP 401). Check eCore Token in the credential',
		],
	])(
		'while it waits to be sent again, %s: it stays uncertain, and a re-run asks again',
		async (_what, stopAfterMs, why) => {
			const setup = doubtful(records, {
				parameters: withOptions(records, { concurrency: 2 }),
				...(stopAfterMs === undefined ? {} : { stopAfterMs }),
			});
			const [first = '', second = ''] = records.keys;
			setup.vendor.fault({ kind: 'lostAfter', on: first, times: 2 });
			if (stopAfterMs === undefined)
				setup.vendor.fault({ kind: 'status', on: second, status: 401 });
			const { json } = await play(setup);
			const sent = setup.vendor.asked.filter((asked) => asked.includes(first)).length;
			setup.vendor.heal();
			delete setup.stopAfterMs;
			const again = await play(setup);

			expect(told(json)[0]).toEqual(['uncertain', null]);
			expect(json[0]).toMatchObject({ unlocked: null, reason: `${why}. ${LOST}` });
			expect(sent).toBe(1);
			expect(told(again.json)[0]).toEqual(['already_unlocked', null]);
		},
	);

	it('the first reason to hold back is the one that is told', async () => {
		const setup = doubtful(records, {
			items: keyed(...records.keys.slice(0, 3)),
			parameters: withOptions(records, { concurrency: 2 }),
		});
		setup.vendor.fault(
			{ kind: 'status', status: 402, ms: 20 },
			{ kind: 'status', status: 401, ms: 40 },
		);
		const { json } = await play(setup);

		expect(json[2]?.reason).toBe(
			'Held back after an earlier answer: The eCore wallet cannot pay for this (HTTP 402). Top it up',
		);
	});

	it('while one waits to be sent again of its own accord, the others go on', async () => {
		const keys = records.keys.slice(0, 4);
		const setup = doubtful(records, {
			items: keyed(...keys),
			parameters: withOptions(records, { concurrency: 2 }),
		});
		setup.vendor.fault({ kind: 'lostBefore' });
		await play(setup);

		const sent = setup.vendor.asked.map((asked) => keys.findIndex((key) => asked.includes(key)));
		expect(sent).toEqual([0, 1, 2, 3, 0]);
	});

	it('one that is told to wait holds back the others, and the run goes on after it', async () => {
		const setup = doubtful(phones);
		setup.vendor.fault({ kind: 'status', status: 429, headers: { 'retry-after': '1' } });
		const { json } = await play(setup);

		expect(told(json)).toEqual([
			['found', 5],
			['found', 5],
		]);
		expect(setup.vendor.sent).toHaveLength(3);
	});
});
