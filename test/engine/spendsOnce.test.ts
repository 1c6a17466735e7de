import type { INodeExecutionData } from 'n8n-workflow';

import type { Sandbox } from '../sandbox/sandbox';
import { paidOperations, withOptions, type PaidFixture } from '../fixtures/paidOperations';
import { execute, type Execution } from './engine';
import { hurry } from './haste';
import { useSandbox } from './useSandbox';

hurry();

let sandbox: Sandbox;
useSandbox((started) => (sandbox = started));

const retryOnFail = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };

function itemsOf(operation: PaidFixture, count = 3) {
	return operation.keys.slice(0, count).map((key) => ({ key }));
}

function chargesPer(keys: string[]): number[] {
	return keys.map((key) => sandbox.ledger.filter((charge) => charge.key === key).length);
}

function requestsPer(keys: string[]): number[] {
	return keys.map(
		(key) =>
			sandbox.paidRequests.filter(({ path, body }) => JSON.stringify([path, body]).includes(key))
				.length,
	);
}

function creditsIn(output: INodeExecutionData[]): number {
	return output.reduce((sum, { json }) => sum + Number(json.creditsCharged), 0);
}

function keysOf(operation: PaidFixture, count = 3): string[] {
	return operation.keys.slice(0, count);
}

describe.each(paidOperations)(
	'$name: what n8n does with a node must not pay twice',
	(operation) => {
		const start = {
			parameters: withOptions(operation, { concurrency: 1 }),
			items: itemsOf(operation),
		};
		const keys = keysOf(operation);
		const outcomes = ({ output }: Execution) => output.map(({ json }) => json.outcome);

		it('way 1: the whole node is run again after it threw, and asks only for what is missing', async () => {
			sandbox.fault({ kind: 'status', status: 402, on: keys[2] ?? '' });

			const execution = await execute({
				...start,
				credential: sandbox.credential,
				settings: retryOnFail,
			});

			expect(execution.error).toBeUndefined();
			expect(outcomes(execution)).toEqual([operation.bought, operation.bought, operation.bought]);
			expect(requestsPer(keys)).toEqual([1, 1, 2]);
			expect(chargesPer(keys)).toEqual([1, 1, 1]);
			expect(creditsIn(execution.output)).toBe(sandbox.world.spent());
		});

		it('way 1: a lost answer and Retry On Fail charge nobody twice', async () => {
			sandbox.fault({ kind: 'lostAfter', on: keys[1] ?? '', times: 3 });

			const execution = await execute({
				...start,
				credential: sandbox.credential,
				settings: retryOnFail,
			});

			expect(Math.max(...chargesPer(keys))).toBe(1);
			if (operation.repeat === 'paid') {
				expect(requestsPer(keys)).toEqual([1, 1, 0]);
				expect(execution.error?.message).toMatch(/For item 1: No answer from eCore/);
			} else {
				const { outcome } = operation.afterLost;
				expect(outcomes(execution)).toEqual(['unlocked', outcome, 'unlocked']);
				expect(execution.output[1]?.json.creditsCharged).toBeNull();
			}
		});

		it('way 2: no output field is named error, so n8n sees no failed node in a good one', async () => {
			sandbox.fault({ kind: 'status', status: 400, on: keys[0] ?? '' });

			const execution = await execute({
				...start,
				credential: sandbox.credential,
				settings: { ...retryOnFail, onError: 'continueRegularOutput' },
			});

			expect(outcomes(execution)).toEqual(['refused', operation.bought, operation.bought]);
			expect(execution.output.flatMap(({ json }) => Object.keys(json))).not.toContain('error');
			expect(requestsPer(keys)).toEqual([1, 1, 1]);
		});

		it('way 2: an input item that carries an error field makes n8n run the node again, at no cost', async () => {
			const execution = await execute({
				parameters: withOptions(operation, { outputField: 'result' }),
				items: keys.map((key) => ({ key, error: 'from the node before' })),
				credential: sandbox.credential,
				settings: retryOnFail,
			});

			expect(requestsPer(keys)).toEqual([1, 1, 1]);
			const results = execution.output.map(({ json }) => json.result as { creditsCharged: number });
			expect(results.map(({ creditsCharged }) => creditsCharged)).toEqual(
				keys.map(() => operation.credits),
			);
		});

		it('way 3: a 401 does not make n8n send the same request a second time', async () => {
			const execution = await execute({
				...start,
				credential: {
					...sandbox.credential,
					ecoreToken: 'a-token-that-was-revoked',
					lensmorApiKey: 'a-key-that-was-revoked',
				},
				settings: { onError: 'continueRegularOutput' },
			});

			expect(outcomes(execution)).toEqual(['refused', 'not_sent', 'not_sent']);
			expect(requestsPer(keys)).toEqual([1, 0, 0]);
		});

		it.each([302, 307] as const)('way 4: a %i is not followed to another host', async (status) => {
			sandbox.fault({ kind: 'redirect', status, on: keys[1] ?? '', times: 99 });

			const execution = await execute({
				...start,
				credential: sandbox.credential,
				settings: { onError: 'continueRegularOutput' },
			});

			expect(sandbox.strayed).toEqual([]);
			expect(outcomes(execution)).toEqual([operation.bought, 'uncertain', operation.bought]);
		});

		it.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
			'way 5: with %s a problem keeps its receipt and every other item too',
			async (onError) => {
				sandbox.fault({ kind: 'malformed', on: keys[0] ?? '' });

				const { output, errorOutput } = await execute({
					...start,
					credential: sandbox.credential,
					settings: { onError },
				});

				const problems = onError === 'continueErrorOutput' ? errorOutput : output.slice(0, 1);
				expect(problems.map(({ json }) => [json.outcome, json.creditsCharged])).toEqual([
					['uncertain', null],
				]);
				expect(problems[0]?.json.reason).toMatch(/cannot be understood/);
				const others = onError === 'continueErrorOutput' ? output : output.slice(1);
				expect(others.map(({ json }) => json.outcome)).toEqual([
					operation.bought,
					operation.bought,
				]);
				expect(others.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 1 }, { item: 2 }]);
			},
		);

		it.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
			'way 6: with %s nothing is thrown, so no receipt is swapped for its input item',
			async (onError) => {
				const { output, errorOutput, error } = await execute({
					parameters: withOptions(
						{
							...operation,
							// An expression that throws for the second item only.
							parameters: JSON.parse(
								JSON.stringify(operation.parameters).replaceAll('$json.key', '$json.key.trim()'),
							) as PaidFixture['parameters'],
						},
						{},
					),
					items: [{ key: keys[0] ?? '' }, { key: 17 }, { key: keys[1] ?? '' }],
					credential: sandbox.credential,
					settings: { onError },
				});

				expect(error).toBeUndefined();
				const all = [...output, ...errorOutput];
				expect(all.map(({ json }) => json.outcome).sort()).toEqual(
					[operation.bought, operation.bought, 'refused'].sort(),
				);
				expect(chargesPer(keys)).toEqual([1, 1, 0]);
			},
		);

		it('a second round of a loop that asks the same is answered at 0 credits', async () => {
			const [first = {}, second = {}] = itemsOf(operation);

			const { rounds } = await execute({
				parameters: operation.parameters,
				items: [first, second, second, first],
				loopOf: 2,
				credential: sandbox.credential,
			});

			expect(rounds.map((round) => round.map(({ json }) => json.creditsCharged))).toEqual([
				[operation.credits, operation.credits],
				[0, 0],
			]);
			expect(rounds.flat().every(({ json }) => json.outcome === operation.bought)).toBe(true);
			expect(requestsPer(keys)).toEqual([1, 1, 0]);
		});
	},
);

describe.each(paidOperations)(
	'$name: a person presses Retry on the failed execution',
	(operation) => {
		const keys = keysOf(operation, 4);
		const start = {
			parameters: withOptions(operation, { concurrency: 1 }),
			items: itemsOf(operation, 4),
		};

		it('the wallet ran dry and was topped up: it goes on where it stopped', async () => {
			sandbox.reset({ ecore: 2 * operation.credits, lensmor: 2 * operation.credits });
			const failed = await execute({ ...start, credential: sandbox.credential });
			expect(failed.error?.message).toMatch(/^For item 2: The \w+ wallet cannot pay/);
			expect(failed.error?.description).toContain(
				`Paid so far: ${2 * operation.credits} credits for 2 items`,
			);
			expect(chargesPer(keys)).toEqual([1, 1, 0, 0]);

			Object.assign(sandbox.world.wallet, { ecore: 100_000, lensmor: 100_000 });
			const retried = await execute({ ...start, credential: sandbox.credential, retryOf: failed });

			expect(retried.error).toBeUndefined();
			expect(retried.output.map(({ json }) => json.outcome)).toEqual(
				keys.map(() => operation.bought),
			);
			expect(chargesPer(keys)).toEqual([1, 1, 1, 1]);
			expect(requestsPer(keys)).toEqual([1, 1, 2, 1]);
			expect(creditsIn(retried.output)).toBe(sandbox.world.spent());
		});

		it('what was left uncertain is sent again once, by the person and not by Retry On Fail', async () => {
			sandbox.fault({ kind: 'lostBefore', on: keys[1] ?? '', times: 99 });
			const failed = await execute({
				...start,
				credential: sandbox.credential,
				settings: retryOnFail,
			});
			const sent = requestsPer(keys)[1] ?? 0;
			expect(failed.error?.description).toMatch(
				operation.repeat === 'paid'
					? /Retry On Fail does not send the request again, but Retry on this execution does, once, and that may cost up to \d+ credits? a second time/
					: /a retry sends the request again, which is free where it was/,
			);
			if (operation.repeat === 'paid') expect(sent).toBe(1);

			const stillLost = await execute({
				...start,
				credential: sandbox.credential,
				settings: retryOnFail,
				retryOf: failed,
			});
			expect(stillLost.error).toBeDefined();
			if (operation.repeat === 'paid') expect(requestsPer(keys)[1]).toBe(2);

			sandbox.heal();
			const retried = await execute({
				...start,
				credential: sandbox.credential,
				retryOf: stillLost,
			});
			if (operation.repeat === 'paid') {
				// Two attempts are in doubt by now.
				const both = `may have cost up to ${2 * operation.credits} credits`;
				expect(retried.output[1]?.json.reason).toContain(both);
			}
			expect(retried.error).toBeUndefined();
			expect(chargesPer(keys)).toEqual([1, 1, 1, 1]);
			expect(retried.output.map(({ json }) => json.outcome)).toEqual(
				keys.map(() => operation.bought),
			);
		});
	},
);
