import { recordUnlock as records, withOptions } from '../../fixtures/paidOperations';
import { shipped } from '../../sandbox/world';
import { useFakeClock } from '../fakeClock';
import { play } from '../fakeExecution';
import { asking, CONTINUE, keyed, told } from '../runs';

useFakeClock();

describe('Combined', () => {
	const uuids = shipped.people.map(({ uuid }) => uuid);
	const combined = (batchSize: number, ...lists: unknown[]) =>
		asking(records, 0, {
			memory: {},
			items: keyed(...lists),
			parameters: {
				...withOptions(records, { batchSize, concurrency: 1, outputField: 'result' }),
				requestMode: 'combined',
			},
		});

	it('items share requests, bad ones stay alone, and the output is in input order', async () => {
		const setup = combined(2, 'x', uuids[0], 'y', [uuids[1], uuids[2]], uuids[2]);
		setup.onError = CONTINUE;
		const { output, json } = await play(setup);

		expect(output.map(({ pairedItem }) => pairedItem)).toEqual([
			{ item: 0 },
			[{ item: 1 }, { item: 3 }],
			{ item: 2 },
			[{ item: 3 }, { item: 4 }],
		]);
		expect(told(json)).toEqual([
			['refused', 0],
			['unlocked', 2],
			['refused', 0],
			['unlocked', 1],
		]);
		expect(setup.vendor.sent).toHaveLength(2);
	});

	it('a re-run groups as the failed one did, and pays for nothing again', async () => {
		const setup = combined(2, ...uuids.slice(0, 5));
		setup.vendor.fault({ kind: 'status', on: uuids[0] ?? '', status: 402 });
		await play(setup);
		setup.vendor.fault({ kind: 'status', on: uuids[2] ?? '', status: 402 });
		const failed = await play(setup);
		expect(failed.error?.message).toMatch(/^For item 2: The eCore wallet cannot pay/);
		setup.parameters = {
			...withOptions(records, { batchSize: 3, concurrency: 1 }),
			requestMode: 'combined',
		};
		const { json } = await play(setup);

		expect(told(json)).toEqual([
			['unlocked', 2],
			['unlocked', 3],
		]);
		expect(setup.vendor.ledger).toHaveLength(5);
		const later = await play({ ...setup, round: 1, items: keyed(uuids[0], uuids[5]) });
		expect(told(later.json)).toEqual([['partly_unlocked', 1]]);
	});

	it('what is no request is not joined, though the memory holds it', async () => {
		const setup = combined(2, uuids[0], uuids[1]);
		setup.memory = {
			memory: {
				entries: { a: [0, 'unlocked', 1, 1, '', 0, null, 0] },
				count: 1,
				spent: 1,
				names: [[]],
				requests: { a: { unlock_type: 'email', uuids: [] } },
				toolCalls: 0,
			},
		};
		const { json } = await play(setup);

		expect(told(json)).toEqual([['unlocked', 2]]);
		expect(setup.vendor.sent).toHaveLength(1);
	});
});
