import type { IDataObject } from 'n8n-workflow';

import { recordUnlock as records, withOptions } from '../../fixtures/paidOperations';
import { shipped } from '../../sandbox/world';
import { useFakeClock } from '../fakeClock';
import { play } from '../fakeExecution';
import { asking, CONTINUE, keyed, reasons, told } from '../runs';

useFakeClock();

describe('Retry with One Request per Item after Combined', () => {
	const uuids = shipped.people.map(({ uuid }) => uuid);
	const parametersOf = (requestMode: string, options: IDataObject = {}, unlockType = 'email') => ({
		...withOptions(records, { batchSize: 3, concurrency: 1, ...options }),
		requestMode,
		unlockType,
	});
	const retried = { mode: 'retry', executionId: '2' };
	const TOGETHER = 'Bought together with others by an earlier run of this execution';

	/** A run in batches of three, of which the first few are dealt with and the next is refused. */
	async function failedAfter(dealtWith: string[], unlockType = 'email') {
		const setup = asking(records, 0, {
			memory: {},
			items: keyed(...dealtWith, ...uuids.slice(0, 2)),
			parameters: parametersOf('combined', {}, unlockType),
		});
		setup.vendor.fault({ kind: 'status', on: uuids[0] ?? '', status: 402 });
		const { error } = await play(setup);
		expect(error?.message).toContain('The eCore wallet cannot pay');
		setup.vendor.sent.length = 0;
		return setup;
	}

	it('each item tells its own credits, and nothing is asked for again', async () => {
		const setup = await failedAfter(uuids.slice(2, 5));
		setup.parameters = parametersOf('perItem');
		const { json } = await play({ ...setup, ...retried });

		expect(told(json)).toEqual(Array(5).fill(['unlocked', 1]));
		expect(reasons(json)).toEqual([TOGETHER, TOGETHER, TOGETHER, '', '']);
		expect(json[0]).toMatchObject({ uuids: [uuids[2]], alreadyUnlocked: false, unlocked: 1 });
		expect(setup.vendor.sent).toHaveLength(2);
		expect(setup.vendor.ledger).toHaveLength(5);
	});

	it('what an output told is not told again in a later round', async () => {
		const setup = await failedAfter(uuids.slice(2, 5));
		setup.parameters = parametersOf('perItem');
		await play({ ...setup, ...retried });
		const later = await play({ ...setup, ...retried, round: 1 });

		expect(later.json.map(({ creditsCharged }) => creditsCharged)).toEqual([0, 0, 0, 0, 0]);
		expect(setup.vendor.sent).toHaveLength(2);
		expect(setup.vendor.ledger).toHaveLength(5);
	});

	it('where they cost different prices the first item tells the credits of all', async () => {
		const phoneless = shipped.people.find(({ phone }) => phone === null)?.uuid ?? '';
		const others = uuids.slice(2).filter((one) => one !== phoneless);
		const setup = await failedAfter([...others.slice(0, 2), phoneless], 'phone');
		setup.parameters = parametersOf('perItem', {}, 'phone');
		setup.items.reverse();
		const { json } = await play({ ...setup, ...retried });

		expect(told(json)).toEqual([
			['unlocked', 5],
			['unlocked', 5],
			['unlocked', 11],
			['unlocked', 0],
			['unlocked', 0],
		]);
		expect(json[3]?.reason).toContain(
			'paid 11 credits for 3 records together: they are counted at item 2',
		);
		expect(setup.vendor.sent).toHaveLength(2);
	});

	it('where only some were bought each is asked again, and the credits stay told', async () => {
		const setup = await failedAfter([records.unknownKey, ...uuids.slice(2, 4)]);
		setup.parameters = parametersOf('perItem');
		const { json } = await play({ ...setup, ...retried });

		const credits = json.reduce((sum, { creditsCharged }) => sum + Number(creditsCharged), 0);
		expect(credits).toBe(4);
		expect(setup.vendor.ledger).toHaveLength(4);
	});

	it('where the joint answer was lost nobody knows what an item cost', async () => {
		const setup = asking(records, 3, {
			memory: {},
			onError: CONTINUE,
			parameters: parametersOf('combined'),
		});
		setup.vendor.fault({ kind: 'lostAfter', times: 3 });
		await play({ ...setup, onError: 'stopWorkflow' });
		setup.parameters = parametersOf('perItem');
		const { json } = await play({ ...setup, ...retried });

		expect(told(json)).toEqual(Array(3).fill(['already_unlocked', null]));
		expect(setup.vendor.ledger).toHaveLength(3);
	});

	it('a dry run counts what was bought together as paid', async () => {
		const setup = await failedAfter(uuids.slice(2, 5));
		setup.parameters = parametersOf('perItem', { dryRun: true });
		const { json } = await play({ ...setup, ...retried });

		expect(json.map(({ maximumCost }) => maximumCost)).toEqual([0, 0, 0, 1, 1]);
		expect(setup.vendor.sent).toEqual([]);
		// It told of no credits, so the run that follows does.
		setup.parameters = parametersOf('perItem');
		expect(told((await play({ ...setup, ...retried })).json)).toEqual(
			Array(5).fill(['unlocked', 1]),
		);
	});

	it('and with Combined again the groups stay as they were', async () => {
		const setup = await failedAfter(uuids.slice(2, 5));
		setup.parameters = parametersOf('combined', { batchSize: 9 });
		const { json } = await play({ ...setup, ...retried });

		expect(told(json)).toEqual([
			['unlocked', 3],
			['unlocked', 2],
		]);
		expect(reasons(json)).toEqual(['', '']);
	});
});
