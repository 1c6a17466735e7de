import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { phoneEnrich as phones, recordUnlock as records } from '../fixtures/paidOperations';
import type { Sandbox } from '../sandbox/sandbox';
import { execute } from './engine';
import { useSandbox } from './useSandbox';

let sandbox: Sandbox;
useSandbox((started) => (sandbox = started));

const outcomes = (items: INodeExecutionData[]) =>
	items.map(({ json, pairedItem }) => [json.outcome, pairedItem]);
const byOutcome = (parameters: IDataObject): IDataObject => ({
	...parameters,
	outputs: 'byOutcome',
});

it('n8n resolves the outputs of a lookup, and adds its error output behind them', async () => {
	const [first, second] = phones.keys;
	const { outputs } = await execute({
		parameters: byOutcome(phones.parameters),
		items: [{ key: phones.unknownKey }, { key: first }, { key: '?' }, { key: second }],
		credential: sandbox.credential,
		settings: { onError: 'continueErrorOutput' },
	});

	expect(outputs.map(outcomes)).toEqual([
		[
			['found', { item: 1 }],
			['found', { item: 3 }],
		],
		[['not_found', { item: 0 }]],
		[],
		[['refused', { item: 2 }]],
	]);
	expect(sandbox.world.spent()).toBe(10);
});

it('n8n resolves the outputs of an unlock', async () => {
	const [first, second] = records.keys;
	sandbox.world.unlockRecords({ uuids: [first], unlock_type: 'email' });
	const { outputs } = await execute({
		parameters: byOutcome(records.parameters),
		items: [first, second, records.unknownKey, 'nonsense'].map((key) => ({ key })),
		credential: sandbox.credential,
		settings: { onError: 'continueRegularOutput' },
	});

	expect(outputs.map(outcomes)).toEqual([
		[['unlocked', { item: 1 }]],
		[['already_unlocked', { item: 0 }]],
		[['not_found', { item: 2 }]],
		[['refused', { item: 3 }]],
	]);
});

it('an operation that is free has one output, whatever was chosen before', async () => {
	const { outputs } = await execute({
		parameters: { resource: 'record', operation: 'getAll', limit: 2, outputs: 'byOutcome' },
		items: [{}],
		credential: sandbox.credential,
	});
	expect(outputs.map(({ length }) => length)).toEqual([2]);
});
