import type { IDataObject } from 'n8n-workflow';

import type { Sandbox } from '../sandbox/sandbox';
import { paidOperations, withOptions } from '../fixtures/paidOperations';
import { execute } from './engine';
import { hurry } from './haste';
import { useSandbox } from './useSandbox';

hurry();

let sandbox: Sandbox;
useSandbox((started) => (sandbox = started));

describe.each(paidOperations)('$name', (operation) => {
	const keys = operation.keys.slice(0, 4);
	const items = keys.map((key) => ({ key }));

	it('without items nothing is sent and nothing comes out', async () => {
		const { output, error } = await execute({
			parameters: operation.parameters,
			items: [],
			credential: sandbox.credential,
		});

		expect([output, error, sandbox.seen]).toEqual([[], undefined, []]);
	});

	it('every item comes out, paired, in input order, whatever the concurrency', async () => {
		sandbox.fault({ kind: 'slow', ms: 40, on: keys[0] ?? '' });
		const { output } = await execute({
			parameters: withOptions(operation, { concurrency: 4 }),
			items,
			credential: sandbox.credential,
		});

		expect(output.map(({ pairedItem }) => pairedItem)).toEqual(keys.map((_, item) => ({ item })));
		expect(output.map(({ json }) => json.outcome)).toEqual(keys.map(() => operation.bought));
	});

	it('Put Result in Field keeps the input item and its fields', async () => {
		const { output } = await execute({
			parameters: withOptions(operation, { outputField: 'result' }),
			items: items.map((item, index) => ({ ...item, crmId: index })),
			credential: sandbox.credential,
		});

		expect(output.map(({ json }) => [json.key, json.crmId])).toEqual(
			keys.map((key, index) => [key, index]),
		);
		expect(output.map(({ json }) => json.result)).toEqual(
			keys.map((): unknown => expect.objectContaining({ outcome: operation.bought })),
		);
	});

	it('an error that an input item brings along is not taken for ours', async () => {
		for (const onError of [
			'stopWorkflow',
			'continueRegularOutput',
			'continueErrorOutput',
		] as const) {
			sandbox.reset();
			const { output } = await execute({
				// n8n has written the error over the item's fields by then.
				parameters: JSON.parse(
					JSON.stringify(withOptions(operation, { outputField: 'result' })).replaceAll(
						'$json.key',
						`'${keys.join()}'.split(',')[$itemIndex]`,
					),
				) as IDataObject,
				items,
				itemError: new Error('from the node before'),
				credential: sandbox.credential,
				settings: { onError },
			});

			expect(output.map(({ json }) => json.result)).toEqual(
				keys.map((): unknown => expect.objectContaining({ outcome: operation.bought })),
			);
		}
	});

	it('two base URLs that are the same are told before anything is sent', async () => {
		const url = sandbox.ecoreBaseUrl;
		const { error } = await execute({
			parameters: operation.parameters,
			items,
			credential: { ...sandbox.credential, ecoreBaseUrl: url, lensmorBaseUrl: `${url}/?x=1#y` },
		});

		expect(error?.message).toMatch(/^eCore Base URL and Lensmor Base URL are the same/);
		expect(sandbox.seen).toEqual([]);
	});

	it('a dry run buys nothing and says what each item can cost, 0 for a repeat', async () => {
		const { output } = await execute({
			parameters: withOptions(operation, { dryRun: true }),
			items: [...items.slice(0, 2), { key: keys[0] }],
			credential: sandbox.credential,
		});

		expect(
			output.map(({ json }) => [
				json.outcome,
				json.maximumCost,
				json.creditsCharged,
				json.duplicateOf,
			]),
		).toEqual([
			['planned', operation.credits, 0, undefined],
			['planned', operation.credits, 0, undefined],
			['planned', 0, 0, 0],
		]);
		expect(sandbox.paidRequests).toEqual([]);
		// Only for events is there a free check.
		const checks = operation.parameters.resource === 'event' ? 2 : 0;
		expect(sandbox.seen).toHaveLength(checks);
	});

	it('Maximum Credits is never passed, and reaching it is no problem', async () => {
		const { output, error, hints } = await execute({
			parameters: withOptions(operation, {
				maximumCredits: 2 * operation.credits,
				concurrency: 4,
			}),
			items,
			credential: sandbox.credential,
		});

		expect(error).toBeUndefined();
		expect(output.map(({ json }) => json.outcome)).toEqual([
			operation.bought,
			operation.bought,
			'not_sent',
			'not_sent',
		]);
		expect(output[2]?.json.reason).toMatch(/^Maximum Credits is reached/);
		expect(sandbox.world.spent()).toBe(2 * operation.credits);
		expect(hints[0]?.type).toBe('warning');
	});

	it('Maximum Credits holds over all rounds of a loop', async () => {
		const { output } = await execute({
			parameters: withOptions(operation, { maximumCredits: 2 * operation.credits }),
			items,
			loopOf: 1,
			credential: sandbox.credential,
		});

		expect(output.map(({ json }) => json.outcome)).toEqual([
			operation.bought,
			operation.bought,
			'not_sent',
			'not_sent',
		]);
		expect(sandbox.world.spent()).toBe(2 * operation.credits);
	});

	it('the hint sums the run up', async () => {
		const { hints } = await execute({
			parameters: operation.parameters,
			items: items.slice(0, 2),
			credential: sandbox.credential,
		});

		const left = sandbox.world.wallet[operation.vendor];
		expect(hints).toEqual([
			{
				message: `2 items: 2 ${operation.bought}; ${2 * operation.credits} credits spent; ${left} left.`,
				type: 'info',
				location: 'outputPane',
			},
		]);
	});

	it('Stop Workflow: after a problem nothing further is sent, and one error tells it', async () => {
		sandbox.fault({ kind: 'status', status: 400, body: { error: 'No.' }, on: keys[1] ?? '' });
		const { error, output } = await execute({
			parameters: withOptions(operation, { concurrency: 1 }),
			items,
			credential: sandbox.credential,
		});

		expect(output).toEqual([]);
		expect(error?.message).toMatch(/^For item 1: \w+ refused the request \(HTTP 400: No\)$/);
		const kept =
			operation.repeat === 'free'
				? 'What is unlocked is not charged again, however this is run again.'
				: 'Retry On Fail, and Retry in the list of executions, go on where this stopped and keep that. Execute in the editor runs everything anew and pays again.';
		expect(error?.description).toBe(
			`Paid so far: ${operation.credits} credit${operation.credits === 1 ? '' : 's'} for 1 item. ${kept} 2 items held back and not charged.`,
		);
		expect(sandbox.paidRequests).toHaveLength(2);
	});

	it('the Stop button: nothing is sent after it, nothing under way is lost', async () => {
		sandbox.fault({ kind: 'slow', ms: 200, on: keys[0] ?? '' });
		const execution = await execute({
			parameters: withOptions(operation, { concurrency: 1 }),
			items,
			credential: sandbox.credential,
			onStart: (stop) => setTimeout(stop, 101),
		});

		expect(execution.run.status).toBe('canceled');
		expect(sandbox.seen).toHaveLength(1);
		expect(sandbox.ledger).toHaveLength(1);
		expect(execution.output.map(({ json }) => json.outcome)).toEqual([
			operation.atStop,
			'not_sent',
			'not_sent',
			'not_sent',
		]);
	});

	it('no token is seen in any output, error, hint or log, also when the vendor echoes it', async () => {
		for (const onError of [
			'stopWorkflow',
			'continueRegularOutput',
			'continueErrorOutput',
		] as const) {
			sandbox.fault({ kind: 'echoToken', status: 400, on: keys[1] ?? '' });
			const { run, log } = await execute({
				parameters: operation.parameters,
				items,
				credential: sandbox.credential,
				settings: { onError },
			});

			const told = JSON.stringify([run, log]);
			expect(told).toContain('[hidden]');
			expect(told).not.toContain(sandbox.tokens.ecore);
			expect(told).not.toContain(sandbox.tokens.lensmor);
			sandbox.reset();
		}
	});

	it('a token of quotes and backslashes is hidden as well', async () => {
		const strange = 'abc"def\\ghi-secret';
		const before = { ...sandbox.tokens };
		Object.assign(sandbox.tokens, { ecore: strange, lensmor: strange });
		sandbox.fault({ kind: 'echoToken', status: 400 });
		const { error } = await execute({
			parameters: operation.parameters,
			items,
			credential: sandbox.credential,
		});
		Object.assign(sandbox.tokens, before);

		expect(error?.message).toContain('[hidden]');
		expect(error?.message).not.toContain('secret');
	});

	it('a token of digits does not make a paid answer unreadable that holds the same number', async () => {
		const digits = '12345678';
		const before = { ...sandbox.tokens };
		Object.assign(sandbox.tokens, { ecore: digits, lensmor: digits });
		const wallet = Number(digits) + 2 * operation.credits;
		sandbox.reset({ ecore: wallet, lensmor: wallet });
		const { output } = await execute({
			parameters: operation.parameters,
			items: items.slice(0, 2),
			credential: sandbox.credential,
		});
		Object.assign(sandbox.tokens, before);

		expect(output.map(({ json }) => json.outcome)).toEqual([operation.bought, operation.bought]);
	});

	it('where one base URL covers addresses of the other vendor, no token goes anywhere', async () => {
		const { lensmorBaseUrl: origin, ecoreToken, lensmorApiKey } = sandbox.credential;
		const inner = `${origin}/external`;
		const other = operation.vendor === 'ecore' ? 'lensmorBaseUrl' : 'ecoreBaseUrl';
		const { error } = await execute({
			parameters: operation.parameters,
			items,
			credential: {
				ecoreToken,
				lensmorApiKey,
				ecoreBaseUrl: origin,
				lensmorBaseUrl: origin,
				[other]: inner,
			},
		});

		expect(error?.message).toContain('covers addresses of');
		expect(sandbox.seen).toEqual([]);
	});

	it('each token is seen by its own vendor only', async () => {
		await execute({ parameters: operation.parameters, items, credential: sandbox.credential });

		const own = sandbox.tokens[operation.vendor];
		const other = sandbox.tokens[operation.vendor === 'ecore' ? 'lensmor' : 'ecore'];
		for (const { headers } of sandbox.seen) {
			expect(headers.authorization).toContain(own);
			expect(JSON.stringify(headers)).not.toContain(other);
		}
	});
});
