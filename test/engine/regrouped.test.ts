import type { IDataObject } from 'n8n-workflow';

import type { Sandbox } from '../sandbox/sandbox';
import { shipped } from '../sandbox/world';
import { execute, type Execution, type Setup } from './engine';
import { hurry } from './haste';
import { useSandbox } from './useSandbox';

hurry();

let sandbox: Sandbox;
useSandbox((started) => (sandbox = started));

const [A = '', B = '', C = ''] = shipped.people
	.filter(({ phone }) => phone !== null)
	.map(({ uuid }) => uuid);
const UNKNOWN = '00000000-0000-4000-8000-000000000000';

interface StoredRun {
	executionData: { nodeExecutionStack: Array<{ data: { main: unknown[] } }> };
	resultData: { runData: Record<string, Array<{ data: { main: unknown[] } }>> };
}

/** Gives a stored execution other input items, as a person does who changes the node before it. */
function giveInput(execution: Execution, items: IDataObject[]) {
	const stored = execution.stored as unknown as StoredRun;
	const given = items.map((json) => ({ json, pairedItem: { item: 0 } }));
	const [next] = stored.executionData.nodeExecutionStack;
	const [start] = stored.resultData.runData.Start ?? [];
	if (next === undefined || start === undefined) throw new Error('nothing to retry');
	next.data.main[0] = given;
	start.data.main[0] = given;
}

/** Unlocks lists of records, one list an item; with `retryOf` as a person's Retry. */
async function unlock(
	lists: string[][],
	requestMode: 'combined' | 'perItem',
	options: IDataObject = {},
	{ retryOf, ...more }: Partial<Setup> = {},
	input: IDataObject = {},
) {
	const items = lists.map((uuids) => ({ uuids, ...input }));
	if (retryOf !== undefined) giveInput(retryOf, items);
	return await execute({
		parameters: {
			resource: 'record',
			operation: 'unlock',
			uuids: '={{ $json.uuids }}',
			unlockType: 'email',
			requestMode,
			returnContactDetails: false,
			options: { concurrency: 1, ...options },
		},
		items,
		credential: sandbox.credential,
		...(retryOf === undefined ? {} : { retryOf }),
		...more,
	});
}

const told = ({ output }: Execution) =>
	output.map(({ json }) => [json.outcome, json.creditsCharged]);

it('what a lost answer left unknown of two records stays unknown once they are asked for one by one', async () => {
	sandbox.fault(
		{ kind: 'lostAfter', on: A },
		{ kind: 'status', status: 422, body: { error: 'No' }, on: C },
	);
	const failed = await unlock([[A], [B], [C]], 'combined', { batchSize: 2 });
	const retried = await unlock([[A], [B], [C]], 'perItem', {}, { retryOf: failed });

	expect(told(retried)).toEqual([
		['already_unlocked', null],
		['already_unlocked', null],
		['unlocked', 1],
	]);
	expect(sandbox.world.spent()).toBe(3);
});

it('what was paid by itself is told, also where a longer list held it later', async () => {
	sandbox.fault({ kind: 'status', status: 422, body: { error: 'No' }, on: C });
	const failed = await unlock([[A], [A, UNKNOWN], [C]], 'perItem');
	const retried = await unlock([[A], [B], [C]], 'perItem', {}, { retryOf: failed });

	expect(told(retried)).toEqual([
		['unlocked', 1],
		['unlocked', 1],
		['unlocked', 1],
	]);
	expect(sandbox.world.spent()).toBe(3);
});

it.each<[string, IDataObject, () => void]>([
	['held back by Maximum Credits', { maximumCredits: 2 }, () => undefined],
	['refused', {}, () => sandbox.fault({ kind: 'status', status: 401, body: 'No' })],
])(
	'what was left in doubt together is uncertain when it is %s one by one',
	async (_what, options, trouble) => {
		sandbox.fault({ kind: 'lostAfter', on: A }, { kind: 'lostBefore', on: A, times: 2 });
		const failed = await unlock([[A], [B]], 'combined', options);
		trouble();
		const settings = { onError: 'continueRegularOutput' as const };
		const retried = await unlock([[A], [B]], 'perItem', options, { retryOf: failed, settings });

		expect(told(retried)).toEqual([
			['uncertain', null],
			['uncertain', null],
		]);
		expect(sandbox.world.spent()).toBe(2);
	},
);

it('a limit that is set before Retry binds what was left in doubt as well', async () => {
	sandbox.fault({ kind: 'lostBefore', times: 3 });
	const failed = await unlock([[A, B], [C]], 'perItem');
	const before = sandbox.world.spent();
	const settings = { onError: 'continueRegularOutput' as const };
	const retried = await unlock(
		[[A, B], [C]],
		'perItem',
		{ maximumCredits: 0 },
		{ retryOf: failed, settings },
	);

	expect(told(retried)[0]).toEqual(['uncertain', null]);
	expect(sandbox.world.spent()).toBe(before);
});

it('way 2: what is told of a group outlives n8n’s second run of a node that succeeded', async () => {
	sandbox.fault({ kind: 'status', status: 422, body: { error: 'No' }, on: C });
	const failed = await unlock([[A], [B], [C]], 'combined', { batchSize: 2 });
	const retried = await unlock(
		[[A], [B], [C]],
		'perItem',
		{ outputField: 'result' },
		{ retryOf: failed, settings: { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 } },
		{ error: 'from a node before' },
	);

	const results = retried.output.map(({ json }) => json.result as IDataObject);
	expect(results.map(({ outcome, creditsCharged }) => [outcome, creditsCharged])).toEqual([
		['unlocked', 1],
		['unlocked', 1],
		['unlocked', 1],
	]);
	expect(sandbox.world.spent()).toBe(3);
});
