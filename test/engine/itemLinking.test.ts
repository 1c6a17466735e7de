import type { IDataObject } from 'n8n-workflow';

import { phoneEnrich as phones, recordUnlock as records } from '../fixtures/paidOperations';
import type { Sandbox } from '../sandbox/sandbox';
import { execute, type Setup } from './engine';
import { useSandbox } from './useSandbox';

let sandbox: Sandbox;
useSandbox((started) => (sandbox = started));

const after = "={{ $('Start').item.json.id }}";

/** What a node behind ours finds in the item that led to each of its own. */
async function idsBehind(parameters: IDataObject, items: IDataObject[], more: Partial<Setup> = {}) {
	const { after: ids, error } = await execute({
		parameters,
		items,
		credential: sandbox.credential,
		settings: { onError: 'continueRegularOutput' },
		after,
		...more,
	});
	expect(error).toBeUndefined();
	return ids;
}

const [ann = '', bob = ''] = phones.keys;
const people = [
	{ id: 1, key: ann },
	{ id: 2, key: phones.unknownKey },
	{ id: 3, key: '?' },
	{ id: 4, key: ann },
	{ id: 5, key: bob },
];

it.each<[string, IDataObject]>([
	['one output', {}],
	['the result in a field', { options: { outputField: 'lookup' } }],
	['a dry run', { options: { dryRun: true } }],
])('%s: each item leads back to its own', async (_what, more) => {
	expect(await idsBehind({ ...phones.parameters, ...more }, people)).toEqual([1, 2, 3, 4, 5]);
});

it('outputs by outcome: each item leads back to its own', async () => {
	const parameters = { ...phones.parameters, outputs: 'byOutcome' };
	const ids = await idsBehind(parameters, people);
	expect(ids.sort()).toEqual([1, 2, 3, 4, 5]);
});

it('the error output: each item leads back to its own', async () => {
	const ids = await idsBehind(phones.parameters, people, {
		settings: { onError: 'continueErrorOutput' },
	});
	expect(ids.sort()).toEqual([1, 2, 3, 4, 5]);
});

it('lists: each entry leads back to the item that asked for it', async () => {
	const parameters = {
		resource: 'record',
		operation: 'getAll',
		limit: 2,
		filters: { companyName: '={{ $json.company }}' },
	};
	const companies = sandbox.world.people.slice(0, 2).map((one) => one.company_name);
	const items = companies.map((company, index) => ({ id: index + 1, company }));
	const ids = await idsBehind(parameters, items);
	expect(new Set(ids)).toEqual(new Set([1, 2]));
});

it('Combined: an item that speaks for one record leads back to it, one that speaks for several to all', async () => {
	const [first, second] = records.keys;
	const parameters = { ...records.parameters, requestMode: 'combined' };
	const items = [
		{ id: 1, key: first },
		{ id: 2, key: second },
	];
	const alone = { ...parameters, options: { batchSize: 1 } };
	expect(await idsBehind(alone, items)).toEqual([1, 2]);
	const all = "={{ $('Start').all().map(({ json }) => json.id).join() }}";
	expect(await idsBehind(parameters, items, { after: all })).toEqual(['1,2']);
	expect(
		(await execute({ parameters, items, credential: sandbox.credential })).output[0]?.pairedItem,
	).toEqual([{ item: 0 }, { item: 1 }]);
});
