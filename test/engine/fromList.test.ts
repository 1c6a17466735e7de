import { LoadOptionsContext } from 'n8n-core';
import type { ILoadOptionsFunctions, INodeType } from 'n8n-workflow';

import type { Sandbox } from '../sandbox/sandbox';
import { execute, load, editorFor } from './engine';
import { hurry } from './haste';
import { useSandbox } from './useSandbox';

hurry();

let sandbox: Sandbox;
useSandbox((started) => (sandbox = started));

/** What the editor shows when a person types that into the list of events. */
async function choices(typed?: string, paginationToken?: string, credential = sandbox.credential) {
	const { node } = await load();
	const { workflow, ourNode, additionalData } = await editorFor(credential);
	const context = new LoadOptionsContext(workflow, ourNode, additionalData, 'parameters.eventId');
	const search = (node as INodeType).methods?.listSearch?.searchEvents;
	if (search === undefined) throw new Error('there is no list of events');
	return await search.call(context as unknown as ILoadOptionsFunctions, typed, paginationToken);
}

it('every event comes with its date and city', async () => {
	expect(await choices()).toEqual({
		results: [
			{
				name: 'CES 2025 (2025-01-07, Las Vegas)',
				value: '26855',
				url: 'https://shows.example/26855',
			},
			{
				name: 'Hannover Messe 2026 (2026-04-20, Hannover)',
				value: '8458',
				url: 'https://shows.example/139574',
			},
			{
				name: 'Interpack 2026 (2026-05-07, Düsseldorf)',
				value: '8460',
				url: 'https://shows.example/140002',
			},
			{
				name: 'SEMICON Europa 2026 (2026-11-10, Munich)',
				value: '8461',
				url: 'https://shows.example/140377',
			},
			{
				name: 'Founders Breakfast 2026 (2026-09-03, Berlin)',
				value: '8462',
				url: 'https://shows.example/140411',
			},
		],
	});
	expect(sandbox.ledger).toEqual([]);
	expect(sandbox.paidRequests).toEqual([]);
});

it('typing narrows the list', async () => {
	const { results } = await choices(' hannover ');

	expect(results.map(({ name }) => name)).toEqual(['Hannover Messe 2026 (2026-04-20, Hannover)']);
	expect(sandbox.seen[0]?.path).toBe('/external/events/list?keyword=hannover&page=1&pageSize=50');
});

it('a long list comes page by page, and an event that lacks everything but its ID is still there', async () => {
	sandbox.fault({ kind: 'status', status: 200, body: { items: [{ id: '7' }], hasMore: true } });
	expect(await choices('x', '3')).toEqual({
		results: [{ name: '7', value: '7' }],
		paginationToken: '4',
	});
	expect(sandbox.seen[0]?.path).toContain('page=3');
});

it('an ID that has lost its last digits is not offered', async () => {
	const items = [{ id: '7' }, { id: Number('9007199254740993') }];
	sandbox.fault({ kind: 'status', status: 200, body: { items, hasMore: false } });
	await expect(choices()).rejects.toThrow('Lensmor answered HTTP 200 with a body that cannot be');
});

it('is asked again after a lost connection, and says why where it cannot be had', async () => {
	sandbox.fault({ kind: 'lostBefore', times: 2 }, { kind: 'status', status: 401, skip: 1 });
	expect((await choices()).results).toHaveLength(5);

	await expect(choices()).rejects.toThrow(/^Lensmor refused the token \(HTTP 401\)/);
	await expect(
		choices('', undefined, { ...sandbox.credential, lensmorApiKey: '' }),
	).rejects.toThrow('Lensmor API Key is empty: fill it in in the credential');
});

it('nobody sits through the wait that a busy vendor asks for', async () => {
	const headers = { 'retry-after': '60' };
	sandbox.fault({ kind: 'status', status: 429, headers, times: Infinity });

	await expect(choices()).rejects.toThrow('Lensmor cannot answer now: try again in a minute');
	expect(sandbox.seen).toHaveLength(1);
});

it('what is picked there is what is unlocked', async () => {
	const { results } = await choices('Interpack');
	const { output } = await execute({
		parameters: {
			resource: 'event',
			operation: 'unlock',
			eventId: {
				__rl: true,
				mode: 'list',
				value: results[0]?.value,
				cachedResultName: results[0]?.name,
			},
		},
		items: [{}, {}],
		credential: sandbox.credential,
	});

	expect(output.map(({ json }) => [json.outcome, json.creditsCharged, json.reason])).toEqual([
		['unlocked', 2000, ''],
		['unlocked', 0, ''],
	]);
	expect(sandbox.ledger.map(({ key }) => key)).toEqual(['140002']);
});
