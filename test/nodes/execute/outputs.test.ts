import { outputs } from '../../../nodes/EcoreLensmor/items/outputs';
import { paidOperations, phoneEnrich as phones, recordUnlock } from '../../fixtures/paidOperations';
import { useFakeClock } from '../fakeClock';
import { play } from '../fakeExecution';
import { asking, CONTINUE, keyed } from '../runs';

useFakeClock();

const keysOf = (items: Array<{ pairedItem?: unknown }>) =>
	items.map(({ pairedItem }) => pairedItem);

it.each(paidOperations)(
	'$name: with an output per outcome each item leaves by its own, in order, with its item',
	async (operation) => {
		const [first = '', second = ''] = operation.keys;
		const { unknownKey } = operation;
		const setup = asking(operation, 0, {
			items: keyed(unknownKey, first, null, second, unknownKey),
			parameters: { ...operation.parameters, outputs: 'byOutcome' },
			onError: CONTINUE,
		});
		const played = await play(setup);

		const isLookup = operation.parameters.operation === 'enrich';
		const none = isLookup ? [] : [[]];
		expect(played.outputs.map(keysOf)).toEqual([
			[{ item: 1 }, { item: 3 }],
			...none,
			[{ item: 0 }, { item: 4 }],
			[{ item: 2 }],
		]);
		const again = await play({ ...setup, items: keyed(first), memory: {} });
		expect(again.outputs.map(({ length }) => length)).toEqual(isLookup ? [1, 0, 0] : [0, 1, 0, 0]);
	},
);

it('what is partly unlocked leaves by Unlocked', async () => {
	const [first, second, third] = recordUnlock.keys;
	const setup = asking(recordUnlock, 0, {
		items: [{ json: { key: [first, third] } }, { json: { key: [first, second] } }],
		parameters: { ...recordUnlock.parameters, outputs: 'byOutcome', options: { concurrency: 1 } },
	});
	const played = await play(setup);
	expect(played.outputs.map((items) => items.map(({ json }) => json.outcome))).toEqual([
		['unlocked', 'partly_unlocked'],
		[],
		[],
		[],
	]);
});

it.each([
	['a dry run', { options: { dryRun: true } }, 'planned'],
	['a bad option', { options: { concurrency: 0 } }, 'refused'],
	['a held-back item', { options: { maximumCredits: 0 } }, 'not_sent'],
])('%s leaves by Other', async (_what, parameters, outcome) => {
	const played = await play(
		asking(phones, 2, {
			parameters: { ...phones.parameters, outputs: 'byOutcome', ...parameters },
			onError: CONTINUE,
		}),
	);
	expect(played.outputs.map((items) => items.map(({ json }) => json.outcome))).toEqual([
		[],
		[],
		[outcome, outcome],
	]);
});

it.each([{ asTool: true }, { runAsTool: true }, { parameters: phones.parameters }])(
	'called by an agent, or with one output, all leave by the first: %j',
	async (more) => {
		const parameters = { ...phones.parameters, outputs: 'byOutcome' };
		const items = keyed(phones.unknownKey, phones.keys[0]);
		const played = await play(asking(phones, 0, { items, parameters, ...more }));
		expect(played.outputs).toHaveLength(1);
		expect(played.json.map(({ outcome }) => outcome)).toEqual(['not_found', 'found']);
	},
);

it('the expression of the outputs names those of each operation', () => {
	for (const { parameters, repeat } of paidOperations) {
		const name = `${parameters.resource as string}.${parameters.operation as string}`;
		const names =
			repeat === 'paid'
				? ['Found', 'Not Found', 'Other']
				: ['Unlocked', 'Already Unlocked', 'Not Found', 'Other'];
		const named = names.map((displayName) => ({ type: 'main', displayName }));
		expect(outputs).toContain(`"${name}":${JSON.stringify(named)}`);
	}
});

it('an n8n before 1.120 takes the error off an item of the error output: its fields stay', async () => {
	const setup = asking(phones, 0, { items: keyed(null, null), onError: 'continueErrorOutput' });
	const { output, json } = await play(setup);
	for (const item of output) {
		expect(item.error?.message).toContain('is needed');
		Object.assign(item, { error: undefined });
		delete item.error;
	}
	expect(json.map(({ outcome, creditsCharged }) => [outcome, creditsCharged])).toEqual([
		['refused', 0],
		['refused', 0],
	]);
});
