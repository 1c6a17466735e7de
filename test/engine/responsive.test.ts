import { setTimeout as wait } from 'node:timers/promises';

import type { IDataObject, IExecuteFunctions, INodeType } from 'n8n-workflow';

import { crowd, emailOf } from '../fixtures/crowd';
import { Sandbox } from '../sandbox/sandbox';
import { execute, load } from './engine';

const PEOPLE = 20;
const TIMEOUT_MS = 300;

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await Sandbox.start({ people: crowd(PEOPLE), latencyMs: 100 });
});
afterAll(async () => await sandbox.stop());
beforeEach(() => sandbox.reset());

const people = Array.from({ length: PEOPLE }, (_, index) => ({ email: emailOf(index) }));

async function lookEverybodyUp() {
	return await execute({
		parameters: {
			resource: 'phone',
			operation: 'enrich',
			email: '={{ $json.email }}',
			options: { concurrency: 5, timeout: TIMEOUT_MS },
		},
		items: people,
		credential: sandbox.credential,
		settings: { onError: 'continueRegularOutput' },
	});
}

const FIELDS = ['linkedinUrl', 'email', 'firstName', 'lastName', 'companyName', 'companyWebsite'];

it('lookups of one execution are answered while another one reads 5,000 items with six expressions each', async () => {
	const mapped = Object.fromEntries(FIELDS.map((name) => [name, `={{ $json.${name} }}`]));
	const contact = Object.fromEntries(FIELDS.map((name) => [name, name])) as IDataObject;
	const looking = lookEverybodyUp();
	await wait(20);
	const { output: planned } = await execute({
		parameters: { resource: 'phone', operation: 'enrich', ...mapped, options: { dryRun: true } },
		items: Array.from({ length: 5_000 }, (_, index) => ({ ...contact, email: emailOf(index) })),
		credential: sandbox.credential,
	});
	const { output } = await looking;

	expect(planned).toHaveLength(5_000);
	expect(new Set(output.map(({ json }) => json.outcome))).toEqual(new Set(['found']));
	expect(sandbox.ledger).toHaveLength(PEOPLE);
});

it('an answer that arrives while another node keeps n8n busy is read, late as it is', async () => {
	const { node, credential } = await load();
	const ours = node as INodeType;
	const blocked: INodeType = {
		description: ours.description,
		async execute(this: IExecuteFunctions) {
			const running = ours.execute?.call(this);
			setTimeout(() => {
				const until = performance.now() + 3 * TIMEOUT_MS;
				while (performance.now() < until);
			}, 50);
			return (await running) ?? null;
		},
	};
	const { output } = await execute({
		parameters: {
			resource: 'phone',
			operation: 'enrich',
			email: '={{ $json.email }}',
			options: { concurrency: 5, timeout: TIMEOUT_MS },
		},
		items: people.slice(0, 5),
		credential: sandbox.credential,
		node: { node: blocked, credential },
	});

	expect(output.map(({ json }) => json.outcome)).toEqual(Array(5).fill('found'));
	expect(sandbox.ledger).toHaveLength(5);
});
