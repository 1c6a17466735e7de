import type { Sandbox } from '../sandbox/sandbox';
import { shipped } from '../sandbox/world';
import { execute } from './engine';
import { hurry } from './haste';
import { useSandbox } from './useSandbox';

hurry();

let sandbox: Sandbox;
useSandbox((started) => (sandbox = started));

const people = shipped.people;
const uuid = (index: number) => people[index]?.uuid ?? '';
const unknown = '00000000-0000-4000-8000-000000000000';
const withPhone = people.filter(({ phone }) => phone !== null);
const withoutPhone = people.filter(({ phone }) => phone === null);

const perItem = {
	resource: 'record',
	operation: 'unlock',
	uuids: '={{ $json.uuids }}',
	unlockType: '={{ $json.type ?? "email" }}',
	requestMode: 'perItem',
	returnContactDetails: false,
};
const combined = { ...perItem, requestMode: 'combined' };

it.each([
	['commas', (list: string[]) => list.join(',')],
	['spaces', (list: string[]) => ` ${list.join('  ')} `],
	['new lines', (list: string[]) => list.join('\r\n')],
	['a list', (list: string[]) => list],
	['a list of texts with several', (list: string[]) => [list.join(' ')]],
])('several UUIDs come separated by %s', async (_what, written) => {
	const list = [uuid(0), uuid(1), uuid(2)];
	const { output } = await execute({
		parameters: perItem,
		items: [{ uuids: written(list) }, { uuids: uuid(3) }],
		credential: sandbox.credential,
	});

	expect(sandbox.seen.map(({ body }) => (body as { uuids: string[] }).uuids)).toEqual([
		list,
		[uuid(3)],
	]);
	expect(output[0]?.json).toMatchObject({ outcome: 'unlocked', requested: 3, unlocked: 3 });
});

it('a UUID that is written twice, in whatever case, is asked for and counted once', async () => {
	const { output } = await execute({
		parameters: perItem,
		items: [
			{ uuids: [uuid(0), uuid(0).toUpperCase(), uuid(1)] },
			{ uuids: `${uuid(1)} ${uuid(0)}` },
		],
		credential: sandbox.credential,
	});

	expect(sandbox.seen.map(({ body }) => body)).toEqual([
		{ uuids: [uuid(0), uuid(1)], unlock_type: 'email' },
	]);
	expect(output.map(({ json }) => [json.requested, json.creditsCharged, json.duplicateOf])).toEqual(
		[
			[2, 2, undefined],
			[2, 0, 0],
		],
	);
});

it('says what was unlocked before, partly, or not at all', async () => {
	sandbox.world.unlockRecords({ uuids: [uuid(0)], unlock_type: 'email' });
	const { output } = await execute({
		parameters: perItem,
		items: [
			{ uuids: uuid(0) },
			{ uuids: [uuid(0), uuid(1)] },
			{ uuids: [uuid(2), unknown] },
			{ uuids: unknown },
			{ uuids: uuid(3) },
		],
		credential: sandbox.credential,
	});

	const fields = output.map(({ json }) => [
		json.outcome,
		json.alreadyUnlocked,
		json.unlocked,
		json.creditsCharged,
	]);
	expect(fields).toEqual([
		['already_unlocked', true, 0, 0],
		['partly_unlocked', null, 1, 1],
		['partly_unlocked', null, 1, 1],
		['not_found', false, 0, 0],
		['unlocked', false, 1, 1],
	]);
	expect(output[1]?.json.reason).toBe(
		'1 of 2 newly unlocked; the others were owned before, or are unknown to eCore',
	);
});

it('a phone costs 5, and 1 where eCore holds none, which the reason says', async () => {
	const { output } = await execute({
		parameters: { ...perItem, unlockType: 'phone' },
		items: [
			{ uuids: withPhone[0]?.uuid ?? '' },
			{ uuids: withoutPhone[0]?.uuid ?? '' },
			{ uuids: [withPhone[1]?.uuid ?? '', withoutPhone[1]?.uuid ?? ''] },
		],
		credential: sandbox.credential,
	});

	expect(output.map(({ json }) => [json.outcome, json.creditsCharged, json.reason])).toEqual([
		['unlocked', 5, ''],
		['unlocked', 1, 'eCore holds no phone for it'],
		['unlocked', 6, 'eCore holds no phone for 1 of the 2 newly unlocked'],
	]);
});

it('lists that share a record never travel at the same time', async () => {
	sandbox.fault({ kind: 'slow', ms: 50 });
	const { output } = await execute({
		parameters: { ...perItem, options: { concurrency: 10 } },
		items: [{ uuids: [uuid(0), uuid(1)] }, { uuids: [uuid(1), uuid(2)] }, { uuids: uuid(3) }],
		credential: sandbox.credential,
	});

	expect(sandbox.seen.map(({ body }) => (body as { uuids: string[] }).uuids.at(-1))).toEqual([
		uuid(1),
		uuid(3),
		uuid(2),
	]);
	expect(output.map(({ json }) => json.creditsCharged)).toEqual([2, 1, 1]);
});

it('after a lost answer, what was not newly unlocked may have been paid by the lost attempt', async () => {
	sandbox.world.unlockRecords({ uuids: [uuid(0)], unlock_type: 'email' });
	sandbox.fault({ kind: 'lostBefore' });
	const { output } = await execute({
		parameters: { ...perItem, options: { concurrency: 1 } },
		items: [{ uuids: [uuid(0), uuid(1)] }, { uuids: uuid(2) }],
		credential: sandbox.credential,
	});

	expect(output.map(({ json }) => [json.outcome, json.creditsCharged, json.reason])).toEqual([
		[
			'partly_unlocked',
			null,
			'1 credits for this answer. An earlier answer to this request was lost, and that attempt may have paid for it',
		],
		['unlocked', 1, ''],
	]);
});

describe('combined', () => {
	it('asks for all UUIDs once, grouped by unlock type, in as few requests as possible', async () => {
		const items = [
			{ uuids: [uuid(0), uuid(1)] },
			{ uuids: [uuid(1), uuid(2)] },
			{ uuids: uuid(0), type: 'phone' },
			{ uuids: uuid(3) },
		];
		const { output } = await execute({
			parameters: { ...combined, options: { batchSize: 3, concurrency: 1 } },
			items,
			credential: sandbox.credential,
		});

		expect(sandbox.seen.map(({ body }) => body)).toEqual([
			{ uuids: [uuid(0), uuid(1), uuid(2)], unlock_type: 'email' },
			{ uuids: [uuid(0)], unlock_type: 'phone' },
			{ uuids: [uuid(3)], unlock_type: 'email' },
		]);
		expect(output.map(({ pairedItem, json }) => [pairedItem, json.requested])).toEqual([
			[[{ item: 0 }, { item: 1 }], 3],
			[{ item: 2 }, 1],
			[{ item: 3 }, 1],
		]);
		expect(output.map(({ json }) => json.unlockType)).toEqual(['email', 'phone', 'email']);
		const credits = output.reduce((sum, { json }) => sum + Number(json.creditsCharged), 0);
		expect(credits).toBe(sandbox.world.spent());
	});

	it('never copies totals onto items, and ignores Put Result in Field', async () => {
		const { output } = await execute({
			parameters: { ...combined, options: { outputField: 'result' } },
			items: people.map((person) => ({ uuids: person.uuid })),
			credential: sandbox.credential,
		});

		expect(output).toHaveLength(1);
		expect(output[0]?.json).toMatchObject({
			outcome: 'unlocked',
			requested: people.length,
			unlocked: people.length,
			creditsCharged: people.length,
		});
		expect(output[0]?.pairedItem).toEqual(people.map((_, item) => ({ item })));
	});

	it('bad items are refused beside the joined request', async () => {
		const { output } = await execute({
			parameters: combined,
			items: [{ uuids: uuid(0) }, { uuids: 'x' }, { uuids: uuid(1) }],
			credential: sandbox.credential,
			settings: { onError: 'continueRegularOutput' },
		});

		expect(output.map(({ json, pairedItem }) => [json.outcome, pairedItem])).toEqual([
			['unlocked', [{ item: 0 }, { item: 2 }]],
			['refused', { item: 1 }],
		]);
	});

	it('a run that failed in the second request goes on there, and pays for nothing again', async () => {
		const start = {
			parameters: { ...combined, options: { batchSize: 2, concurrency: 1 } },
			items: people.slice(0, 6).map((person) => ({ uuids: person.uuid })),
			credential: sandbox.credential,
		};
		sandbox.reset({ ecore: 3 });
		const failed = await execute(start);
		expect(failed.error?.message).toMatch(/^For item 2: The eCore wallet cannot pay/);

		sandbox.world.wallet.ecore = 100;
		const retried = await execute({ ...start, retryOf: failed });

		expect(retried.output.map(({ json }) => json.creditsCharged)).toEqual([2, 2, 2]);
		expect(sandbox.world.spent()).toBe(6);
		expect(sandbox.seen).toHaveLength(4);
	});

	it.each([0, 1001, 1.5, '100'])(
		'a Batch Size of %j is refused before anything is sent',
		async (batchSize) => {
			const { error } = await execute({
				parameters: { ...combined, options: { batchSize } },
				items: [{ uuids: uuid(0) }, { uuids: uuid(1) }],
				credential: sandbox.credential,
			});

			expect(error?.message).toMatch(/Batch Size must be a whole number from 1 to 1000/);
			expect(sandbox.seen).toEqual([]);
		},
	);

	it('an item may ask for more than one request takes, up to 10,000', async () => {
		const list = (length: number) =>
			Array.from(
				{ length },
				(_, index) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
			);
		const ask = async (length: number) =>
			await execute({
				parameters: { ...combined, options: { batchSize: 1000 } },
				items: [{ uuids: list(length) }, { uuids: uuid(0) }],
				credential: sandbox.credential,
				settings: { onError: 'continueRegularOutput' },
			});

		const { output } = await ask(10_001);
		expect(output[0]?.json.reason).toMatch(
			/holds more than 10000 UUIDs, the most that an item takes: spread/,
		);
		expect(sandbox.seen).toHaveLength(1);
		await ask(10_000);
		expect(sandbox.seen).toHaveLength(12);
	});
});

describe('a person chooses One Request per Item before pressing Retry on a Combined run', () => {
	const asked = (list: Array<{ uuid: string }>, type = 'email') =>
		list.map((person) => ({ uuids: person.uuid, type }));
	const credits = (json: Array<{ creditsCharged?: unknown }>) =>
		json.map(({ creditsCharged }) => creditsCharged);

	async function changeAndRetry(
		items: Array<{ uuids: string; type: string }>,
		wallet: number,
		batchSize: number,
	) {
		const start = { items, credential: sandbox.credential };
		sandbox.reset({ ...sandbox.world.wallet, ecore: wallet });
		const failed = await execute({
			...start,
			parameters: { ...combined, options: { batchSize, concurrency: 1 } },
		});
		expect(failed.error?.message).toMatch(/wallet cannot pay/);
		sandbox.world.wallet.ecore = 1000;
		const retried = await execute({ ...start, parameters: perItem, retryOf: failed });
		return retried.output.map(({ json }) => json);
	}

	it('every record comes out as bought, once, at its price', async () => {
		const json = await changeAndRetry(asked(people.slice(0, 6)), 4, 4);

		expect(json.map(({ outcome }) => outcome)).toEqual(Array(6).fill('unlocked'));
		expect(credits(json)).toEqual(Array(6).fill(1));
		expect(json[0]?.reason).toBe('Bought together with others by an earlier run of this execution');
		expect(sandbox.world.spent()).toBe(6);
		// One joined request that was paid, one that was refused, and two for the rest.
		expect(sandbox.seen).toHaveLength(4);
	});

	it('where records had different prices, the first item carries what all of them cost', async () => {
		const list = [...withPhone.slice(0, 2), ...withoutPhone.slice(0, 1), ...withPhone.slice(2, 4)];
		const json = await changeAndRetry(asked(list, 'phone'), 15, 3);

		expect(json.map(({ outcome }) => outcome)).toEqual(Array(5).fill('unlocked'));
		expect(credits(json)).toEqual([11, 0, 0, 5, 5]);
		expect(json[0]?.reason).toMatch(
			/paid 11 credits for 3 records together: they are counted at item 0/,
		);
		expect(json[1]?.reason).toMatch(
			/paid 11 credits for 3 records together: they are counted at item 0/,
		);
		expect(sandbox.world.spent()).toBe(21);
	});

	it('where some were owned before, the credits are told all the same', async () => {
		const list = people.slice(0, 4);
		sandbox.world.wallet.ecore = 1000;
		const items = asked(list);
		const start = { items, credential: sandbox.credential };
		await execute({ ...start, items: items.slice(0, 1), parameters: perItem });
		sandbox.world.wallet.ecore = 2;
		const failed = await execute({
			...start,
			parameters: { ...combined, options: { batchSize: 2, concurrency: 1 } },
		});
		sandbox.world.wallet.ecore = 1000;
		const retried = await execute({ ...start, parameters: perItem, retryOf: failed });
		const json = retried.output.map((item) => item.json);

		expect(failed.error?.message).toMatch(/wallet cannot pay/);
		// The first execution paid for the first record.
		expect(credits(json)).toEqual([1, 0, 1, 1]);
		expect(sandbox.world.spent()).toBe(4);
	});

	it('where the joined answer was lost, nobody knows what the items cost', async () => {
		const items = asked(people.slice(0, 3));
		const start = { items, credential: sandbox.credential };
		sandbox.fault({ kind: 'lostAfter' }, { kind: 'lostBefore', times: 2 });
		const failed = await execute({ ...start, parameters: combined });
		const retried = await execute({ ...start, parameters: perItem, retryOf: failed });
		const json = retried.output.map((item) => item.json);

		expect(failed.error).toBeDefined();
		expect(json.map(({ outcome }) => outcome)).toEqual(Array(3).fill('already_unlocked'));
		expect(credits(json)).toEqual([null, null, null]);
		expect(sandbox.world.spent()).toBe(3);
	});
});

describe('the credits that items tell add up to the ledger, however a retry groups the records', () => {
	const list = (...indices: number[]) => ({ uuids: indices.map(uuid) });
	const inBatchesOf = (batchSize: number) => ({
		...combined,
		options: { batchSize, concurrency: 1 },
	});
	const inTurn = { ...perItem, options: { concurrency: 1 } };
	type Retried = [what: string, items: object[], first: object, wallet: number, then: object];
	const retries: Retried[] = [
		['a list that Batch Size cuts', [list(0), list(1, 2)], inBatchesOf(2), 2, perItem],
		['two lists that are cut', [list(0), list(1, 2), list(3, 4)], inBatchesOf(2), 4, perItem],
		['lists that overlap', [list(0, 1), list(1, 2), list(3, 4)], inBatchesOf(3), 3, perItem],
		['lists that overlap, unchanged', [list(0, 1), list(1, 2), list(3, 4)], inTurn, 3, inTurn],
		['lists that overlap, then joined', [list(0, 1), list(1, 2), list(3, 4)], inTurn, 3, combined],
	];
	it.each(retries)('%s', async (_what, items, first, ecore, then) => {
		const start = { items: items as Array<{ uuids: string[] }>, credential: sandbox.credential };
		sandbox.reset({ ecore });
		const failed = await execute({ ...start, parameters: first as typeof perItem });
		expect(failed.error?.message).toMatch(/wallet cannot pay/);
		sandbox.world.wallet.ecore = 1000;
		const { output } = await execute({
			...start,
			parameters: then as typeof perItem,
			retryOf: failed,
		});

		const told = output.reduce((sum, { json }) => sum + Number(json.creditsCharged), 0);
		expect(told).toBe(sandbox.world.spent());
	});

	it.each([
		['a UUID that eCore does not know', [{ uuids: [uuid(0), unknown] }, list(5)], 1],
		['a record that two lists share', [list(0, 1), list(1, 2), list(5)], 3],
	])('Retry On Fail, unchanged, with %s', async (_what, items, paidBefore) => {
		sandbox.fault({ kind: 'status', status: 503, on: uuid(5), times: 3 });
		const { output } = await execute({
			parameters: inTurn,
			items,
			credential: sandbox.credential,
			settings: { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 },
		});

		expect(sandbox.world.spent()).toBe(paidBefore + 1);
		const told = output.reduce((sum, { json }) => sum + Number(json.creditsCharged), 0);
		expect(told).toBe(paidBefore + 1);
	});

	it('with Continue, where everything is refused by then', async () => {
		await execute({ parameters: perItem, items: [list(0)], credential: sandbox.credential });
		const items = [list(0), list(1), list(2), list(3)];
		const start = { items, credential: sandbox.credential };
		sandbox.world.wallet.ecore = 1;
		const failed = await execute({ ...start, parameters: inBatchesOf(2) });
		sandbox.fault({ kind: 'status', status: 403, times: 9 });
		const { output } = await execute({
			...start,
			parameters: inTurn,
			settings: { onError: 'continueRegularOutput' },
			retryOf: failed,
		});

		// One credit was paid before this execution.
		const told = output.reduce((sum, { json }) => sum + Number(json.creditsCharged), 0);
		expect([told, sandbox.world.spent()]).toEqual([1, 2]);
	});
});
