import {
	phoneEnrich as phones,
	recordUnlock as records,
	paidOperations,
	withOptions,
} from '../../fixtures/paidOperations';
import { useFakeClock } from '../fakeClock';
import { play, type Setup } from '../fakeExecution';
import { asking, charged, CONTINUE, keyed, reasons, told } from '../runs';

useFakeClock();

describe.each(paidOperations)('$name: what comes out', (operation) => {
	const [first = '', second = '', third = ''] = operation.keys;
	const { bought, credits } = operation;

	it('every item, in input order, linked to its own, and one hint sums them up', async () => {
		const setup = asking(operation, 3);
		setup.vendor.fault({ kind: 'slow', on: first, ms: 80 });
		const { output, json, hints } = await play(setup);

		expect(output.map(({ pairedItem }) => pairedItem)).toEqual([
			{ item: 0 },
			{ item: 1 },
			{ item: 2 },
		]);
		expect(told(json)).toEqual([
			[bought, credits],
			[bought, credits],
			[bought, credits],
		]);
		expect(json.every((one) => !('duplicateOf' in one) && !('maximumCost' in one))).toBe(true);
		expect(hints).toHaveLength(1);
		expect(hints[0]?.message).toMatch(`3 items: 3 ${bought}; ${3 * credits} credits spent; `);
	});

	it('Put Result in Field keeps the item with its files, and nothing else of it', async () => {
		const binary = { file: { data: 'x', mimeType: 'text/plain' } };
		const items = [
			{ json: { key: first, crmId: 7 }, binary, error: new Error('from the node before') },
			{ json: { key: second } },
		];
		const parameters = withOptions(operation, { outputField: 'result' });
		const { output } = await play(asking(operation, 0, { parameters, items } as Partial<Setup>));

		const result = expect.objectContaining({ outcome: bought }) as unknown;
		expect(output).toEqual([
			{ json: { key: first, crmId: 7, result }, binary, pairedItem: { item: 0 } },
			{ json: { key: second, result }, pairedItem: { item: 1 } },
		]);
		expect(output[1]).not.toHaveProperty('binary');
	});

	it.each([CONTINUE, 'continueErrorOutput'] as const)(
		'a problem, and no reached limit, goes the way of %s with its receipt',
		async (onError) => {
			const setup = asking(operation, 0, {
				onError,
				items: keyed(second, first, third),
				parameters: withOptions(operation, { maximumCredits: credits, concurrency: 1 }),
			});
			setup.vendor.fault({ kind: 'status', status: 422, body: { error: 'No.' } });
			const { output, json, error, hints } = await play(setup);

			expect(error).toBeUndefined();
			expect(told(json)).toEqual([
				['refused', 0],
				[bought, credits],
				['not_sent', 0],
			]);
			expect(json[0]?.reason).toMatch(/^(eCore|Lensmor) refused the request \(HTTP 422: No\)$/);
			const [refused, ...others] = output.map((item) => item.error);
			expect(others).toEqual([undefined, undefined]);
			expect(refused?.message).toBe(onError === CONTINUE ? undefined : json[0]?.reason);
			expect(refused?.context.itemIndex).toBe(onError === CONTINUE ? undefined : 0);
			// n8n copies an item field by field, and would write the error over its outcome.
			expect(Object.keys(output[0] ?? {})).toEqual(['json', 'pairedItem']);
			expect(hints[0]?.type).toBe('warning');
		},
	);

	it('what the vendor does not know costs nothing, and is no problem', async () => {
		const setup = asking(operation, 0, { items: keyed(operation.unknownKey, first) });
		const { json, error } = await play(setup);

		expect(error).toBeUndefined();
		expect(told(json)).toEqual([
			['not_found', 0],
			[bought, credits],
		]);
		const known = operation.repeat === 'paid' ? { found: false } : { alreadyUnlocked: false };
		expect(json[0]).toMatchObject({
			...operation.fieldsWithoutAnswer(operation.unknownKey),
			...known,
			reason: '',
		});
	});

	it('Stop Workflow: one error tells what happened, and nothing further is sent', async () => {
		const setup = asking(operation, 3, {
			memory: {},
			parameters: withOptions(operation, { concurrency: 1 }),
		});
		const on = second;
		setup.vendor.fault({ kind: 'status', on, status: 400, body: { error: 'No.' } });
		const { error, hints } = await play(setup);

		expect(error?.message).toMatch(/^For item 1: \w+ refused the request \(HTTP 400: No\)$/);
		const paid = credits === 1 ? '1 credit' : `${credits} credits`;
		const kept =
			operation.repeat === 'free'
				? 'What is unlocked is not charged again, however this is run again.'
				: 'Retry On Fail, and Retry in the list of executions, go on where this stopped and keep that. Execute in the editor runs everything anew and pays again.';
		expect(error?.description).toBe(
			`Paid so far: ${paid} for 1 item. ${kept} 1 item held back and not charged.`,
		);
		expect(hints).toEqual([]);
		expect(setup.vendor.paidRequests).toHaveLength(2);

		const { json } = await play(setup);
		expect(told(json)).toEqual([
			[bought, credits],
			[bought, credits],
			[bought, credits],
		]);
		expect(charged(setup.vendor)).toEqual([first, second, third]);
	});

	it('Stop Workflow before anything was paid: no word of what a retry would keep', async () => {
		const setup = asking(operation, 2, {
			parameters: withOptions(operation, { concurrency: 1 }),
		});
		setup.vendor.fault({ kind: 'status', on: first, status: 400 });
		const { error } = await play(setup);
		expect(error?.description).toBe('Nothing was charged. 1 item held back and not charged.');
	});

	it('the summary adds up: bought, asked before, and what the execution has spent', async () => {
		const setup = asking(operation, 2, { memory: {} });
		await play(setup);
		const items = keyed(first, third, third, operation.unknownKey);
		const { hints } = await play({ ...setup, items, round: 1 });
		const message = hints[0]?.message ?? '';
		expect(message).toContain('1 bought;');
		expect(message).toMatch(/; 2 free because asked before; \d+ credits? spent;/);
		expect(message).toContain(`${3 * credits} in this execution so far`);
	});

	it('what a limit holds back stands in the summary, as a warning', async () => {
		const parameters = withOptions(operation, { maximumCredits: credits });
		const { hints } = await play(asking(operation, 3, { parameters }));
		expect(hints[0]?.message).toContain('2 held back by a limit on credits');
		expect(hints[0]?.type).toBe('warning');
	});

	it('with Continue the others go on, unless all of them would meet the same', async () => {
		for (const [status, after] of [
			[400, bought],
			[402, 'not_sent'],
		] as const) {
			const setup = asking(operation, 3, {
				onError: CONTINUE,
				parameters: withOptions(operation, { concurrency: 1 }),
			});
			const body = { error: 'No.', balance: 3 };
			setup.vendor.fault({ kind: 'status', on: second, status, body });
			const { json } = await play(setup);

			expect(json.map(({ outcome }) => outcome)).toEqual([bought, 'refused', after]);
			expect(json[1]).toEqual({
				outcome: 'refused',
				...operation.fieldsWithoutAnswer(second),
				creditsCharged: 0,
				creditsRemaining: 3,
				reason: json[1]?.reason,
			});
			if (after === 'not_sent') {
				expect(json[2]).toEqual({
					outcome: 'not_sent',
					...operation.fieldsWithoutAnswer(third),
					creditsCharged: 0,
					creditsRemaining: 3,
					reason: `Held back after an earlier answer: ${json[1]?.reason as string}`,
				});
			}
		}
	});

	it('the Stop button: what is under way is awaited and kept, nothing else is sent, nothing is thrown', async () => {
		const setup = asking(operation, 3, {
			stopAfterMs: 40,
			parameters: withOptions(operation, { concurrency: 1 }),
		});
		setup.vendor.fault({ kind: 'slow', ms: 200 });
		const { json, error } = await play(setup);

		expect(error).toBeUndefined();
		expect(told(json)).toEqual([
			[operation.atStop, credits],
			['not_sent', 0],
			['not_sent', 0],
		]);
		expect(reasons(json).slice(1)).toEqual([
			'The execution was stopped',
			'The execution was stopped',
		]);
		expect(setup.vendor.paidRequests).toHaveLength(1);
	});

	it('Concurrency is how many travel at once; event unlocks go one at a time', async () => {
		for (const concurrency of [1, 3]) {
			// A run begins with two, and more follow once these are served.
			const setup = asking(operation, 8, {
				parameters: withOptions(operation, { concurrency }),
			});
			setup.vendor.fault({ kind: 'slow', ms: 100, times: 9 });
			await play(setup);
			expect(setup.vendor.mostPaidAtOnce).toBe(operation.isOneAtATime ? 1 : concurrency);
		}
	});
});

it('the last balance that a vendor told stays, until it tells another', async () => {
	const setup = asking(records, 4, {
		onError: CONTINUE,
		parameters: withOptions(records, { concurrency: 1 }),
	});
	const [first, second, third] = records.keys;
	setup.vendor.fault(
		{ kind: 'status', on: first ?? '', status: 400, body: { error: 'No.', balance: 77 } },
		{ kind: 'status', on: second ?? '', status: 400, body: { error: 'No.' } },
		{
			on: third ?? '',
			kind: 'status',
			status: 200,
			body: { unlocked: 1, credits_charged: 1, wallet_balance: null },
		},
	);
	const { json, hints } = await play(setup);

	expect(json.map(({ creditsRemaining }) => creditsRemaining)).toEqual([77, 77, 77, 999]);
	expect(hints[0]?.message).toMatch(/; 999 left\.$/);
});

it('a run whose vendor tells no balance says none', async () => {
	const setup = asking(phones, 2, { onError: CONTINUE });
	setup.vendor.fault({ kind: 'status', status: 400, times: 2 });
	const { json } = await play(setup);

	expect(json.map(({ creditsRemaining }) => creditsRemaining)).toEqual([null, null]);
});
