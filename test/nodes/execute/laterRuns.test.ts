import type { IDataObject } from 'n8n-workflow';

import {
	eventUnlock as events,
	phoneEnrich as phones,
	recordUnlock as records,
	withOptions,
} from '../../fixtures/paidOperations';
import { inTime, useFakeClock } from '../fakeClock';
import { play, start } from '../fakeExecution';
import { asking, CONTINUE, keyed, told } from '../runs';

useFakeClock();

it('the memory keeps no request that is never joined with others: it names a person', async () => {
	const setup = asking(phones, 2, { memory: {}, items: keyed('a@nowhere.example', 'b@b.example') });
	await play(setup);

	expect(JSON.stringify(setup.memory)).not.toContain('nowhere.example');
});

it('one operation never answers for another', async () => {
	const [email = ''] = phones.keys;
	const setup = asking(phones, 1, { memory: {} });
	await play(setup);
	const items = keyed(`email ${email}`);
	const { json } = await play({ ...setup, items, parameters: events.parameters });

	expect(told(json)).toEqual([['not_found', 0]]);
	expect(setup.vendor.sent).toHaveLength(2);
});

it('a run after one that a rate limit ended is as patient as that was', async () => {
	const setup = asking(phones, 1, { memory: {} });
	const busy = { status: 429, headers: { 'retry-after': '1' } };
	setup.vendor.fault({ kind: 'status', ...busy, times: 5 });
	const { error } = await play(setup);
	setup.vendor.fault({ kind: 'status', ...busy, times: 4 });
	const { json } = await play(setup);

	expect(error?.message).toContain('eCore takes no more requests for now (HTTP 429)');
	expect(told(json)).toEqual([['found', 5]]);
	expect(setup.vendor.sent).toHaveLength(10);
});

it('a run beside one that is turned away does not make it more patient', async () => {
	const setup = asking(phones, 1, { memory: {}, onError: CONTINUE });
	setup.vendor.fault({ kind: 'status', status: 429, headers: { 'retry-after': '1' }, times: 99 });
	const first = start({ ...setup, round: 0 });
	await jest.advanceTimersByTimeAsync(2500);
	const second = start({ ...setup, round: 1, items: keyed(phones.keys[1]) });
	await inTime(Promise.all([first, second]));

	// Five for the first, and no more than one that was under way beside it.
	expect(setup.vendor.sent.length).toBeLessThanOrEqual(7);
});

it.each([
	[phones, 0],
	[records, 1],
])('a failed run keeps no more requests than another grouping needs', async (operation, kept) => {
	const memory: IDataObject = {};
	const setup = asking(operation, 2, {
		memory,
		parameters: withOptions(operation, { concurrency: 1 }),
	});
	setup.vendor.fault({ kind: 'status', on: operation.keys[1] ?? '', status: 400, body: {} });
	await play(setup);

	const { requests } = memory.memory as { requests: object };
	expect(Object.keys(requests)).toHaveLength(kept);
});
