import type { ScriptedFault, Fault } from '../sandbox/faults';
import type { Sandbox } from '../sandbox/sandbox';
import {
	inRequest,
	paidOperations,
	personUnlock,
	withOptions,
	type PaidFixture,
} from '../fixtures/paidOperations';
import { execute } from './engine';
import { hurry } from './haste';
import { useSandbox } from './useSandbox';

hurry();

const TIMEOUT_MS = 400;
const MAX_ATTEMPTS = 3;

let sandbox: Sandbox;
useSandbox((started) => (sandbox = started));

async function ask(operation: PaidFixture, fault: ScriptedFault, options: object = {}) {
	const [first = '', second = '', third = ''] = operation.keys;
	sandbox.fault({ on: inRequest(operation, second), times: Infinity, ...fault });
	const execution = await execute({
		parameters: withOptions(operation, { concurrency: 1, timeout: TIMEOUT_MS, ...options }),
		items: [{ key: first }, { key: second }, { key: third }],
		credential: sandbox.credential,
		settings: { onError: 'continueRegularOutput' },
	});
	const sent = sandbox.paidRequests.filter(({ path, body }) =>
		JSON.stringify([path, body]).includes(second),
	);
	return { ...execution, sent: sent.length };
}

describe.each(paidOperations)('$name', (operation) => {
	const { bought, credits } = operation;
	// The status of a person says that it was bought.
	const isTold = operation === personUnlock;
	const sends = operation.repeat === 'paid' || isTold ? 1 : MAX_ATTEMPTS;
	const lost = isTold ? bought : 'uncertain';

	const broken: Fault[] = [
		{ kind: 'truncated', status: 401 },
		{ kind: 'stalled', status: 401 },
		{ kind: 'falseGzip', status: 401 },
	];
	it.each(broken)(
		'a 401 of which the body breaks off is sent no more often than any lost answer: %j',
		async (fault) => {
			const { output, sent } = await ask(operation, fault, { maximumCredits: 3 * credits });

			expect(sent).toBe(sends);
			expect(output.map(({ json }) => [json.outcome, json.creditsCharged])).toEqual([
				[bought, credits],
				[lost, null],
				[bought, credits],
			]);
			expect(sandbox.world.spent()).toBe(3 * credits);
		},
	);

	it('Maximum Credits holds where a 401 breaks off after the charge', async () => {
		sandbox.fault({ kind: 'truncated', status: 401 });
		const { output } = await execute({
			parameters: withOptions(operation, { concurrency: 1, maximumCredits: credits }),
			items: operation.keys.slice(0, 2).map((key) => ({ key })),
			credential: sandbox.credential,
			settings: { onError: 'continueRegularOutput' },
		});

		expect(sandbox.world.spent()).toBe(credits);
		// A repeat that is free tells that it was bought, and not whether that was this time.
		const [first] = output;
		expect(first?.json.creditsCharged).toBeNull();
		expect(first?.json.outcome).toBe(operation.afterLost.outcome);
		expect(output[1]?.json.outcome).toBe('not_sent');
	});

	const endless: Fault[] = [
		{ kind: 'drip', everyMs: 100 },
		{ kind: 'stalled' },
		{ kind: 'switchingProtocols' },
	];
	it.each(endless)('a request ends at its Timeout, and the run goes on: %j', async (fault) => {
		const { output, sent } = await ask(operation, fault);

		expect(sent).toBe(sends);
		expect(output.map(({ json }) => json.outcome)).toEqual([bought, lost, bought]);
		if (isTold) return;
		expect(output[1]?.json.reason).toContain(`no answer came within ${TIMEOUT_MS} ms`);
	});

	it.each([false, true])(
		'an answer larger than any that is documented is not understood (gzip: %j)',
		async (gzip) => {
			const { output, sent } = await ask(
				operation,
				{ kind: 'huge', bytes: 2 ** 23, gzip },
				{ timeout: 10_000 },
			);

			expect(sent).toBe(1);
			expect(output.map(({ json }) => [json.outcome, json.creditsCharged])).toEqual([
				[bought, credits],
				['uncertain', null],
				[bought, credits],
			]);
			expect(output[1]?.json.reason).toContain('cannot be understood');
		},
	);

	it.each(['1.5', '-5', '5;', 'Sat, 21 Nov 2020 10:00:00 GMT'])(
		'a Retry-After that cannot be used is no reason to come back at once: %j',
		async (value) => {
			const headers = { 'retry-after': value };
			sandbox.fault({ kind: 'status', status: 429, headers, times: Infinity });
			const startedAt = performance.now();
			const { output } = await execute({
				parameters: withOptions(operation, { concurrency: 5 }),
				items: operation.keys.slice(0, 5).map((key) => ({ key })),
				credential: sandbox.credential,
				settings: { onError: 'continueRegularOutput' },
			});

			expect(new Set(output.map(({ json }) => json.outcome))).toEqual(
				new Set(['refused', 'not_sent']),
			);
			// The first ones, and then one after each of four waits of a second or more.
			expect(sandbox.seen.length).toBeLessThanOrEqual(9);
			expect(performance.now() - startedAt).toBeGreaterThanOrEqual(4000);
		},
	);

	it('neither token is told, as it is or URL-encoded, whoever sends it back', async () => {
		const special = { ecore: 'eco+re/token=1', lensmor: 'sk_lens+mor/key=2' };
		Object.assign(sandbox.tokens, special);
		const { ecore, lensmor } = special;
		const spellings = [ecore, lensmor].flatMap((token) => [
			token,
			encodeURIComponent(token),
			encodeURIComponent(token).toLowerCase(),
		]);
		const token = spellings.join(' ');
		try {
			const { run, log, output } = await ask(operation, { kind: 'echoToken', status: 400, token });

			expect(output[1]?.json.reason).toContain('[hidden]');
			const told = JSON.stringify([run, log]);
			expect(spellings.filter((one) => told.includes(one))).toEqual([]);
		} finally {
			Object.assign(sandbox.tokens, {
				ecore: 'sandbox-ecore-token-4f7a',
				lensmor: 'sk_sandbox_lensmor_91c2',
			});
		}
	});
});

it("Lensmor's errorKey beside credits that were used is no refusal: the item is uncertain, and counts", async () => {
	const events = paidOperations.find(({ vendor }) => vendor === 'lensmor');
	if (events === undefined) throw new Error('no operation of Lensmor');
	const { output, sent } = await ask(
		events,
		{ kind: 'errorKeyAndCredits' },
		{ maximumCredits: 2 * events.credits },
	);

	expect(sent).toBe(1);
	expect(output.map(({ json }) => [json.outcome, json.creditsCharged])).toEqual([
		['unlocked', events.credits],
		['uncertain', null],
		['not_sent', 0],
	]);
	expect(sandbox.world.spent()).toBe(2 * events.credits);
});
