import type { IDataObject, INodeType } from 'n8n-workflow';

import type { FreeEndpoint } from '../../nodes/EcoreLensmor/vendors/endpoint';
import { enrichPhone, unlockRecords } from '../../nodes/EcoreLensmor/vendors/ecore';
import { unlockEvent } from '../../nodes/EcoreLensmor/vendors/lensmor';
import { operations } from '../../nodes/EcoreLensmor/operations';
import type { Sandbox } from '../sandbox/sandbox';
import type { Fault } from '../sandbox/faults';
import { freeOperations } from '../fixtures/freeOperations';
import { agentCalling } from './agent';
import { execute, load } from './engine';
import { hurry } from './haste';
import { useSandbox } from './useSandbox';

hurry();

let sandbox: Sandbox;
useSandbox((started) => (sandbox = started));

it('a paid call is no free one: it cannot be registered as a read', () => {
	// The build checks that each of these does not compile.
	// @ts-expect-error -- a price
	const unlock: FreeEndpoint<never, unknown> = unlockRecords;
	// @ts-expect-error -- a price
	const phone: FreeEndpoint<never, unknown> = enrichPhone;
	// @ts-expect-error -- a price
	const event: FreeEndpoint<never, unknown> = unlockEvent;

	for (const paid of [unlock, phone, event]) expect(paid).toHaveProperty('worstCase');
	for (const operation of operations.filter(({ kind }) => kind === 'free')) {
		expect(operation.endpoint).not.toHaveProperty('worstCase');
		expect(operation.endpoint).not.toHaveProperty('repeat');
	}
});

const passing: Array<[string, Fault, number]> = [
	['429 with Retry-After', { kind: 'status', status: 429, headers: { 'retry-after': '2' } }, 2],
	['500', { kind: 'status', status: 500 }, 2],
	['503', { kind: 'status', status: 503 }, 2],
	['a lost connection', { kind: 'lostBefore' }, 2],
	['a body that ends too early', { kind: 'truncated' }, 1],
	['a timeout', { kind: 'slow', ms: 1000 }, 1],
	['a redirect, which is not followed', { kind: 'redirect', status: 302 }, 1],
];

const lasting: Array<{
	what: string;
	fault: Fault;
	sent: number;
	/** Whether it is only counted in a row: who is served meanwhile lets the count begin anew. */
	isInARow?: boolean;
	stops: boolean;
	says: RegExp;
}> = [
	{
		what: '500',
		fault: { kind: 'status', status: 500 },
		sent: 3,
		stops: false,
		says: /HTTP 500$/,
	},
	{
		what: 'lost connections',
		fault: { kind: 'lostBefore' },
		sent: 3,
		stops: false,
		says: /No answer from \w+: the connection was lost$/,
	},
	{
		what: 'redirects',
		fault: { kind: 'redirect', status: 307 },
		sent: 3,
		stops: false,
		says: /redirect \(HTTP 307\), which is never followed\. Check/,
	},
	{
		what: '429 with Retry-After',
		fault: { kind: 'status', status: 429, headers: { 'retry-after': '1' } },
		sent: 5,
		isInARow: true,
		stops: true,
		says: /takes no more requests for now/,
	},
	{
		what: '429 without Retry-After',
		fault: { kind: 'status', status: 429 },
		sent: 1,
		stops: true,
		says: /takes no more requests for now/,
	},
	{
		what: '401',
		fault: { kind: 'status', status: 401 },
		sent: 1,
		stops: true,
		says: /refused the token/,
	},
	{
		what: 'a 404 of some web server',
		fault: { kind: 'status', status: 404, body: '<html>' },
		sent: 1,
		stops: true,
		says: /does not know the address/,
	},
	{
		what: '400',
		fault: { kind: 'status', status: 400, body: { error: 'No.' } },
		sent: 1,
		stops: false,
		says: /refused the request \(HTTP 400: No\)$/,
	},
	{
		what: 'another shape',
		fault: { kind: 'otherShape' },
		sent: 1,
		stops: false,
		says: /with a body that cannot be understood$/,
	},
	{
		what: 'no JSON',
		fault: { kind: 'malformed' },
		sent: 1,
		stops: false,
		says: /with a body that cannot be understood$/,
	},
];

describe.each(freeOperations)('$name', (operation) => {
	const items = operation.keys.slice(0, 3).map((key) => ({ key }));
	const { parameters } = operation;

	it('costs nothing, and every item is linked to the one that asked', async () => {
		const before = { ...sandbox.world.wallet };
		const { output, error, stored } = await execute({
			parameters,
			items,
			credential: sandbox.credential,
		});

		expect(error).toBeUndefined();
		const asked = output.map(({ pairedItem }) => (pairedItem as { item: number }).item);
		expect([...new Set(asked)]).toEqual([0, 1, 2]);
		for (const { json } of output) expect(json).toHaveProperty(operation.field);
		expect(sandbox.ledger).toEqual([]);
		expect(sandbox.world.wallet).toEqual(before);
		expect(sandbox.paidRequests).toEqual([]);
		// Nothing to remember: no memory.
		expect(JSON.stringify(stored.executionData?.contextData)).not.toContain('memory');
	});

	it('without items nothing is sent and nothing comes out', async () => {
		const { output } = await execute({ parameters, items: [], credential: sandbox.credential });

		expect([output, sandbox.seen]).toEqual([[], []]);
	});

	it('without a token it says which field to fill in, and sends nothing', async () => {
		const credential = { ...sandbox.credential, ecoreToken: '', lensmorApiKey: '' };
		const label = operation.vendor === 'ecore' ? 'eCore Token' : 'Lensmor API Key';
		const stopped = await execute({ parameters, items, credential });
		const continued = await execute({
			parameters,
			items,
			credential,
			settings: { onError: 'continueRegularOutput' },
		});

		const reason = `${label} is empty: fill it in in the credential`;
		expect(stopped.error?.message).toBe(reason);
		expect(continued.output.map(({ json }) => json)).toEqual(
			items.map(() => ({ outcome: 'refused', reason })),
		);
		expect(sandbox.seen).toEqual([]);
	});

	it('works as a tool of an AI agent', async () => {
		const { node, credential } = await load();
		const fromAgent = JSON.stringify(parameters).replaceAll('$json.key', "$fromAI('key')");
		const { output } = await execute({
			parameters: JSON.parse(fromAgent) as IDataObject,
			items: items.slice(0, 2),
			credential: sandbox.credential,
			node: { node: agentCalling(node as INodeType), credential },
		});

		expect(output).toHaveLength(2);
		for (const { json } of output) expect(json.answer).toContain(`"${operation.field}"`);
	});

	it('with the error output a failed read leaves there, with its reason', async () => {
		sandbox.fault({ kind: 'status', status: 400, body: { error: 'No.' } });
		const { output, errorOutput } = await execute({
			parameters,
			items: items.slice(0, 1),
			credential: sandbox.credential,
			settings: { onError: 'continueErrorOutput' },
		});

		expect(output).toEqual([]);
		expect(errorOutput.map(({ json }) => [json.outcome, json.reason])).toEqual([
			['refused', expect.stringMatching(/refused the request \(HTTP 400: No\)$/)],
		]);
	});
});

// How it asks again is the same for every operation of a vendor.
const oneOfEachVendor = ['ecore', 'lensmor'].flatMap(
	(vendor) => freeOperations.find((operation) => operation.vendor === vendor) ?? [],
);

describe.each(oneOfEachVendor)('$name', (operation) => {
	const [first = '', second = '', third = ''] = operation.keys;
	const items = [{ key: first }, { key: second }, { key: third }];
	const parameters = { ...operation.parameters, options: { timeout: 300 } };
	const inTheWay = (fault: Fault, times: number) => sandbox.fault({ ...fault, on: second, times });
	const sentForSecond = () =>
		sandbox.seen.filter(({ path, body }) =>
			decodeURIComponent(`${path.replaceAll('+', ' ')}${JSON.stringify(body)}`).includes(second),
		).length;

	it.each(passing)('is asked again after %s', async (_what, fault, times) => {
		inTheWay(fault, times);
		const { output, error } = await execute({
			parameters,
			items: items.slice(0, 2),
			credential: sandbox.credential,
		});

		expect(error).toBeUndefined();
		expect(output.map(({ pairedItem }) => pairedItem)).toContainEqual({ item: 1 });
		for (const { json } of output) expect(json).toHaveProperty(operation.field);
		expect(sandbox.strayed).toEqual([]);
	});

	it.each(lasting)(
		'$what for ever: the error names the item and says that nothing was charged',
		async ({ fault, sent, says }) => {
			sandbox.fault({ ...fault, times: 99 });
			const { error, output } = await execute({
				parameters,
				items: items.slice(1, 2),
				credential: sandbox.credential,
			});

			expect(error?.message).toMatch(/^For item 0: /);
			expect(error?.message).toMatch(says);
			expect(error?.description).toMatch(/nothing was charged/);
			expect(output).toEqual([]);
			expect(sandbox.seen).toHaveLength(sent);
		},
	);

	it.each(lasting)(
		'$what for ever, with Continue: one item says why, the others go on unless all would meet it',
		async ({ fault, sent, isInARow = false, stops, says }) => {
			inTheWay(fault, 99);
			const { error, output } = await execute({
				parameters,
				items: [{ key: second }, { key: first }],
				credential: sandbox.credential,
				settings: { onError: 'continueRegularOutput', retryOnFail: true, maxTries: 2 },
			});

			expect(error).toBeUndefined();
			expect(output[0]).toEqual({
				json: { outcome: 'refused', reason: expect.stringMatching(says) as unknown },
				pairedItem: { item: 0 },
			});
			const others = isInARow ? sandbox.seen.length - sentForSecond() : 0;
			expect(sentForSecond()).toBeGreaterThanOrEqual(sent);
			expect(sentForSecond()).toBeLessThanOrEqual(sent + others * (sent - 1));
			if (!stops) expect(output.at(-1)?.json).toHaveProperty(operation.field);
		},
	);

	it.each([
		['a refusal that all would meet', 401, 'continueRegularOutput'],
		['any refusal, with Stop Workflow', 400, 'stopWorkflow'],
	] as const)('after %s nothing further is sent', async (_what, status, onError) => {
		sandbox.fault({ kind: 'status', status, times: 99 });
		const { output } = await execute({
			parameters,
			items: Array.from({ length: 30 }, () => ({ key: first })),
			credential: sandbox.credential,
			settings: { onError },
		});

		// Five are under way at once.
		expect(sandbox.seen.length).toBeLessThanOrEqual(5);
		if (onError === 'stopWorkflow') return;
		expect(output).toHaveLength(30);
		expect(output.at(-1)?.json).toEqual({
			outcome: 'not_sent',
			reason: expect.stringMatching(
				/^Held back after an earlier answer: .*refused the token/,
			) as unknown,
		});
	});

	it('no token is told, also when the vendor echoes it', async () => {
		sandbox.fault({ kind: 'echoToken', status: 400 });
		const { run, log } = await execute({ parameters, items, credential: sandbox.credential });

		const told = JSON.stringify([run, log]);
		expect(told).toContain('[hidden]');
		expect(told).not.toContain(sandbox.tokens.ecore);
		expect(told).not.toContain(sandbox.tokens.lensmor);
	});

	it('the Stop button ends it between requests', async () => {
		sandbox.fault({ kind: 'status', status: 429, headers: { 'retry-after': '50' }, times: 99 });
		const { run, output } = await execute({
			parameters,
			items: items.slice(0, 1),
			credential: sandbox.credential,
			onStart: (stop) => setTimeout(stop, 101),
		});

		expect(run.status).toBe('canceled');
		expect(output.map(({ json }) => json)).toEqual([
			{ outcome: 'not_sent', reason: 'The execution was stopped' },
		]);
		expect(sandbox.seen).toHaveLength(1);
	});
});
