import type { IDataObject, INodeType } from 'n8n-workflow';

import type { Sandbox } from '../sandbox/sandbox';
import { paidOperations, withOptions, type PaidFixture } from '../fixtures/paidOperations';
import { agentCalling } from './agent';
import { execute, load, type Setup } from './engine';
import { hurry } from './haste';
import { useSandbox } from './useSandbox';

hurry();

let sandbox: Sandbox;
useSandbox((started) => (sandbox = started), { latencyMs: 5 });

async function call(
	operation: PaidFixture,
	keys: string[],
	options: IDataObject = {},
	more: Partial<Setup> = {},
	agents = 1,
) {
	const { node, credential } = await load();
	const fromAgent = JSON.stringify(withOptions(operation, options)).replaceAll(
		'$json.key',
		"$fromAI('key')",
	);
	const execution = await execute({
		parameters: JSON.parse(fromAgent) as IDataObject,
		items: keys.map((key) => ({ key })),
		credential: sandbox.credential,
		node: { node: agentCalling(node as INodeType, agents), credential },
		...more,
	});
	return execution.output.map(({ json }) => String(json.answer as string));
}

describe.each(paidOperations)('$name, called by an agent several times at once', (operation) => {
	const [first = '', second = '', third = ''] = operation.keys;

	it('the same call twice is charged once, and only one answer carries the credits', async () => {
		const answers = await call(operation, [first, first, second]);

		expect(sandbox.ledger.map(({ key }) => key).sort()).toEqual([first, second].sort());
		expect(sandbox.paidRequests).toHaveLength(2);
		const credits = answers.map((answer) => Number(/"creditsCharged":(\d+)/.exec(answer)?.[1]));
		expect(credits.reduce((sum, value) => sum + value, 0)).toBe(sandbox.world.spent());
	});

	it('two agents that ask for the same at once: charged once, and only one answer carries the credits', async () => {
		const answers = await call(operation, [first, first], {}, {}, 2);

		expect(sandbox.ledger.map(({ key }) => key)).toEqual([first]);
		const credits = answers.map((answer) => Number(/"creditsCharged":(\d+)/.exec(answer)?.[1]));
		expect(credits.sort((a, b) => a - b)).toEqual([0, operation.credits]);
	});

	it('Maximum Credits holds over all calls together', async () => {
		await call(operation, [first, second, third], { maximumCredits: 2 * operation.credits });

		expect(sandbox.world.spent()).toBe(2 * operation.credits);
	});

	it('a lost answer and Retry On Fail charge nobody twice', async () => {
		sandbox.fault({ kind: 'lostAfter', on: first });
		await call(
			operation,
			[first, second],
			{},
			{
				settings: { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 },
			},
		);

		const keys = sandbox.ledger.map(({ key }) => key);
		expect(new Set(keys).size).toBe(keys.length);
	});
});

it('event unlocks of several calls go one at a time', async () => {
	const events = paidOperations.find(({ vendor }) => vendor === 'lensmor');
	if (events === undefined) throw new Error('no event operation');
	await call(events, events.keys.slice(0, 3));

	expect(sandbox.seen.map(({ status }) => status)).toEqual([201, 201, 201]);
	expect(sandbox.seen.map(({ headers }) => headers['x-call-source'])).toEqual([
		'agent',
		'agent',
		'agent',
	]);
});

describe("n8n's engine runs the tool as a node, as its newer agents ask for", () => {
	const events = paidOperations.filter(({ vendor }) => vendor === 'lensmor');

	it.each(events)('$name: Lensmor hears of the agent', async ({ parameters, keys }) => {
		const start = { parameters, credential: sandbox.credential };
		const items = keys.slice(0, 2).map((key) => ({ key }));
		await execute({ ...start, items, settings: { rewireOutputLogTo: 'ai_tool' } });
		await execute({ ...start, items });

		expect(sandbox.paidRequests.map(({ headers }) => headers['x-call-source'])).toEqual([
			'agent',
			'agent',
			'api',
			'api',
		]);
	});

	it.each(paidOperations)(
		'$name: the agent is told of what may have been charged, and nothing of what reached it',
		async (operation) => {
			const [first = '', second = ''] = operation.keys;
			sandbox.fault({ kind: 'otherShape', on: first });
			const { run } = await execute({
				parameters: withOptions(operation, { outputField: 'result' }),
				items: [first, second].map((key) => ({ key, headers: { cookie: 'a secret' } })),
				credential: sandbox.credential,
				settings: { rewireOutputLogTo: 'ai_tool', onError: 'continueErrorOutput' },
			});

			const [round] = run.data.resultData.runData['eCore & Lensmor'] ?? [];
			const told = round?.data?.ai_tool?.[0]?.map(({ json }) => json) ?? [];
			expect(told.map(({ outcome }) => outcome)).toEqual(['uncertain', operation.bought]);
			expect(JSON.stringify(told)).not.toContain('a secret');
		},
	);
});
