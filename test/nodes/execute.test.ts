import type { IDataObject } from 'n8n-workflow';

import { phoneEnrich } from '../../nodes/EcoreLensmor/operations/phone/enrich';
import { crowd } from '../fixtures/crowd';
import { paidOperations, withOptions, type PaidFixture } from '../fixtures/paidOperations';
import { shipped } from '../sandbox/world';
import { FakeVendor, inTime, play, start, type Setup } from './fakeExecution';

beforeEach(() => jest.useFakeTimers({ now: Date.parse('2026-11-21T10:00:00Z') }));
afterEach(() => {
	jest.restoreAllMocks();
	jest.useRealTimers();
});

const CONTINUE = 'continueRegularOutput' as const;
const [records, phones, emails, events] = [
	'Record unlock',
	'Phone enrich',
	'Email enrich',
	'Event unlock',
].map((wanted) => paidOperations.find(({ name }) => name === wanted)) as [
	PaidFixture,
	PaidFixture,
	PaidFixture,
	PaidFixture,
];
const LOST = 'An earlier answer to this request was lost, so it may or may not have been charged';

const keyed = (...keys: unknown[]) => keys.map((key) => ({ json: { key } as IDataObject }));

/** A run that asks for the first keys of an operation, with any of that changed. */
function asking(operation: PaidFixture, count: number, more: Partial<Setup> = {}): Setup {
	const items = keyed(...operation.keys.slice(0, count));
	return { vendor: new FakeVendor(), parameters: operation.parameters, items, ...more };
}

const told = (json: IDataObject[]) =>
	json.map(({ outcome, creditsCharged }) => [outcome, creditsCharged]);
const reasons = (json: IDataObject[]) => json.map(({ reason }) => reason);
const charged = ({ vendor }: Setup) => vendor.ledger.map(({ key }) => key);

/** What an operation puts on an item that nobody answered. */
const unanswered = new Map<PaidFixture, (key: string) => IDataObject>([
	[records, (key) => ({ uuids: [key], unlockType: 'email', requested: 1, ...noRecord })],
	[phones, () => noPhone],
	[emails, () => noEmail],
	[events, (key) => ({ eventId: key, ...noEvent })],
]);
const noRecord = { alreadyUnlocked: null, unlocked: 0 };
const noPhone = { found: null, phone: null, email: null, matchedBy: null };
const noEmail = { found: null, email: null, matchedBy: null };
const noEvent = { alreadyUnlocked: null, event: null, balance: null };
const unread = new Map<PaidFixture, IDataObject>([
	[records, { uuids: [], unlockType: null, requested: 0, ...noRecord }],
	[phones, noPhone],
	[emails, noEmail],
	[events, { eventId: null, ...noEvent }],
]);

describe('before anything is sent', () => {
	it('without items there is nothing to do and nothing to say', async () => {
		const setup = asking(records, 0);
		expect(await play(setup)).toEqual({ output: [], json: [], error: undefined, hints: [] });
	});

	it.each([{ resource: 'record', operation: 'enrich' }, { resource: 'phone' }, {}])(
		'an operation that does not exist is told: %j',
		async (parameters) => {
			const reason = 'There is no such operation: choose Resource and Operation anew';
			const { error } = await play(asking(records, 2, { parameters }));
			const { output } = await play(asking(records, 2, { parameters, onError: CONTINUE }));

			expect(error?.message).toBe(reason);
			const json = { outcome: 'refused', creditsCharged: 0, creditsRemaining: null, reason };
			expect(output).toEqual([
				{ json, pairedItem: { item: 0 } },
				{ json, pairedItem: { item: 1 } },
			]);
		},
	);

	const unusable: Array<[string, Partial<Setup>, string]> = [
		[
			'an option out of bounds',
			{ parameters: withOptions(records, { concurrency: 0, outputField: 'result' }) },
			'Concurrency must be a whole number from 1 to 100, not the number 0',
		],
		[
			'a batch size out of bounds',
			{
				parameters: {
					...withOptions(records, { batchSize: 0 }),
					requestMode: 'combined',
				},
			},
			'Batch Size must be a whole number from 1 to 1000, not the number 0',
		],
		[
			'no token',
			{ credential: { ecoreToken: '' } },
			'eCore Token is empty: fill it in in the credential',
		],
		[
			'two base URLs that are the same',
			{ credential: { lensmorBaseUrl: 'https://ecore.example/api' } },
			'eCore Base URL and Lensmor Base URL are the same: correct the credential',
		],
		[
			'a credential that cannot be read',
			{ credential: new Error('Credential not found') },
			'Credential not found',
		],
	];
	it.each(unusable)('%s is told once, or on every item', async (_what, more, reason) => {
		const stopping = asking(records, 2, more);
		const { error } = await play(stopping);
		const continuing = asking(records, 2, { ...more, onError: CONTINUE });
		const { output } = await play(continuing);

		expect([error?.message, error?.description]).toEqual([
			reason,
			'Nothing was sent, and nothing was charged.',
		]);
		const json = {
			outcome: 'refused',
			...unread.get(records),
			creditsCharged: 0,
			creditsRemaining: null,
			reason,
		};
		expect(output).toEqual([
			{ json, pairedItem: { item: 0 } },
			{ json, pairedItem: { item: 1 } },
		]);
		expect([stopping.vendor.sent, continuing.vendor.sent]).toEqual([[], []]);
	});

	const different =
		'Concurrency, Dry Run, Maximum Credits, Put Result in Field and Timeout apply to the whole node: they must come out the same for every item';
	const bad: Array<[string, unknown, unknown, string]> = [
		[
			'bad input',
			'nobody',
			1,
			'Email "nobody" is not an email address; LinkedIn URL, Email, or First Name, Last Name and a company is needed',
		],
		[
			'an expression that cannot be resolved',
			new Error('no such node'),
			1,
			'An expression cannot be resolved: no such node',
		],
		['options of its own', phones.keys[1], 2, different],
		[
			'options out of bounds',
			phones.keys[1],
			0,
			'Concurrency must be a whole number from 1 to 100, not the number 0',
		],
	];
	it.each(bad)('%s stops all, or is refused alone', async (_what, key, lanes, reason) => {
		const items = [
			{ json: { key: phones.keys[0], lanes: 1 } },
			{ json: { key, lanes } as IDataObject },
			{ json: { key: phones.keys[2], lanes: 1 } },
		];
		const parameters = withOptions(phones, { concurrency: '={{ $json.lanes }}' });
		const stopping = asking(phones, 0, { parameters, items });
		const { error } = await play(stopping);
		const continuing = asking(phones, 0, { parameters, items, onError: CONTINUE });
		const { output, json, hints } = await play(continuing);

		expect(error?.message).toBe(`Item 1: ${reason} (1 item with bad input)`);
		expect(error?.context.itemIndex).toBe(1);
		expect(stopping.vendor.sent).toEqual([]);
		expect(told(json)).toEqual([
			['found', 5],
			['refused', 0],
			['found', 5],
		]);
		expect(output[1]).toEqual({
			json: { outcome: 'refused', ...noPhone, creditsCharged: 0, creditsRemaining: null, reason },
			pairedItem: { item: 1 },
		});
		expect(hints[0]?.message).toMatch(/^3 items: 2 found, 1 refused; 10 credits spent/);
	});

	it('what no vendor documents is not sent, whatever the operation made of the item', async () => {
		const good = { email: 'ann@acme.com' };
		jest
			.spyOn(phoneEnrich, 'parse')
			.mockReturnValueOnce({ requests: [good, { email: '' }] })
			.mockReturnValueOnce({ requests: [good] });
		const setup = asking(phones, 2, { onError: CONTINUE });
		const { json } = await play(setup);

		expect(told(json)).toEqual([
			['refused', 0],
			['not_found', 0],
		]);
		expect(reasons(json)).toEqual(['This makes no request that the vendor documents', '']);
		expect(setup.vendor.sent).toHaveLength(1);
	});
});

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
			...unanswered.get(operation)?.(operation.unknownKey),
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

		expect(error?.message).toMatch(/^Item 1: \w+ refused the request \(HTTP 400: No\)$/);
		expect(error?.description).toMatch(/^Paid so far: \d+ credits? for 1 item, and a retry keeps/);
		expect(error?.description).toMatch(/1 item held back and not charged\.$/);
		expect(hints).toEqual([]);
		expect(setup.vendor.sent).toHaveLength(2);

		const { json } = await play(setup);
		expect(told(json)).toEqual([
			[bought, credits],
			[bought, credits],
			[bought, credits],
		]);
		expect(charged(setup)).toEqual([first, second, third]);
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
				...unanswered.get(operation)?.(second),
				creditsCharged: 0,
				creditsRemaining: 3,
				reason: json[1]?.reason,
			});
			if (after === 'not_sent') {
				expect(json[2]).toEqual({
					outcome: 'not_sent',
					...unanswered.get(operation)?.(third),
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
			[bought, credits],
			['not_sent', 0],
			['not_sent', 0],
		]);
		expect(reasons(json)).toEqual(['', 'The execution was stopped', 'The execution was stopped']);
		expect(setup.vendor.sent).toHaveLength(1);
	});

	it('Concurrency is how many travel at once; event unlocks go one at a time', async () => {
		for (const concurrency of [1, 3]) {
			// A run begins with two, and more follow once these are served.
			const setup = asking(operation, 8, {
				parameters: withOptions(operation, { concurrency }),
			});
			setup.vendor.fault({ kind: 'slow', ms: 100, times: 9 });
			await play(setup);
			expect(setup.vendor.mostAtOnce).toBe(operation === events ? 1 : concurrency);
		}
	});
});

describe.each(paidOperations)('$name: nothing is paid twice', (operation) => {
	const [first = '', second = '', third = ''] = operation.keys;
	const { bought, credits } = operation;

	it('the same request twice is one, and the first item has the credits', async () => {
		const setup = asking(operation, 0, { items: keyed(second, first, second, first) });
		const { json } = await play(setup);

		expect(json.map(({ creditsCharged, duplicateOf }) => [creditsCharged, duplicateOf])).toEqual([
			[credits, undefined],
			[credits, undefined],
			[0, 0],
			[0, 1],
		]);
		expect(new Set(json.map(({ outcome }) => outcome))).toEqual(new Set([bought]));
		expect(charged(setup)).toEqual([second, first]);
	});

	it('a re-run asks only for what is missing, and tells of every credit', async () => {
		const setup = asking(operation, 3, {
			memory: {},
			parameters: withOptions(operation, { concurrency: 1 }),
		});
		setup.vendor.fault({ kind: 'status', on: third, status: 401 });
		const failed = await play(setup);
		const { json } = await play(setup);

		expect(failed.error?.message).toMatch(/^Item 2: \w+ refused the token \(HTTP 401\)/);
		expect(json.map(({ creditsCharged }) => creditsCharged)).toEqual([credits, credits, credits]);
		// n8n runs a node again also where its output looks like a failure.
		expect((await play(setup)).json).toEqual(json);
		expect(charged(setup)).toEqual([first, second, third]);
		expect(setup.vendor.sent).toHaveLength(4);
	});

	it('a later round that asks the same is answered at 0 credits', async () => {
		const setup = asking(operation, 2, { memory: {} });
		await play(setup);
		const { json } = await play({ ...setup, round: 1, items: keyed(second, third) });

		expect(told(json)).toEqual([
			[bought, 0],
			[bought, credits],
		]);
		expect(charged(setup)).toEqual([first, second, third]);
	});

	it('a later round tells of what a failed one had paid, as nobody else does', async () => {
		const setup = asking(operation, 2, {
			memory: {},
			parameters: withOptions(operation, { concurrency: 1 }),
		});
		setup.vendor.fault({ kind: 'status', on: second, status: 400 });
		await play(setup);
		const { json } = await play({ ...setup, round: 1 });

		expect(json.map(({ creditsCharged }) => creditsCharged)).toEqual([credits, credits]);
	});

	it('tool calls that ask the same, at the same time or later: one pays, one tells of it', async () => {
		const setup = asking(operation, 2, { memory: {}, asTool: true });
		const played = await inTime(Promise.all([start(setup), start(setup)]));
		played.push(await play(setup));

		const credited = played.flatMap(({ json }) => json.map(({ creditsCharged }) => creditsCharged));
		expect(credited.sort()).toEqual([0, 0, 0, 0, credits, credits].sort());
		expect(charged(setup).sort()).toEqual([first, second].sort());
	});

	it('a tool that n8n runs as a node is asked in n8n’s own rounds', async () => {
		const setup = asking(operation, 2, { memory: {}, runAsTool: true });
		await play(setup);
		const again = await play(setup);
		const later = await play({ ...setup, round: 1 });

		expect(again.json.map(({ creditsCharged }) => creditsCharged)).toEqual([credits, credits]);
		expect(later.json.map(({ creditsCharged }) => creditsCharged)).toEqual([0, 0]);
		expect(charged(setup)).toHaveLength(2);
	});

	it('rounds at the same time that ask the same: one pays, one tells of it', async () => {
		const setup = asking(operation, 2, { memory: {} });
		const calls = [0, 1].map(async (round) => await start({ ...setup, round }));
		const played = await inTime(Promise.all(calls));

		const credited = played.flatMap(({ json }) => json.map(({ creditsCharged }) => creditsCharged));
		expect(credited.sort()).toEqual([0, 0, credits, credits].sort());
		expect(charged(setup).sort()).toEqual([first, second].sort());
	});

	it('Maximum Credits holds over items, rounds and calls at the same time', async () => {
		const setup = asking(operation, 3, {
			memory: {},
			parameters: withOptions(operation, { maximumCredits: 2 * credits }),
		});
		const { json, error } = await play(setup);
		const later = await play({ ...setup, round: 1, items: keyed(...operation.keys.slice(2, 4)) });

		expect(error).toBeUndefined();
		const reason = `Maximum Credits is reached: this could have cost ${credits} more`;
		expect(told(json)).toEqual([
			[bought, credits],
			[bought, credits],
			['not_sent', 0],
		]);
		expect(json[2]).toMatchObject({ ...unanswered.get(operation)?.(third), reason });
		expect(reasons(later.json)).toEqual([reason, reason]);

		const anew = { ...setup, memory: {}, vendor: new FakeVendor() };
		const calls = [first, second, third].map(
			async (key, round) => await start({ ...anew, round, items: keyed(key) }),
		);
		const atOnce = await inTime(Promise.all(calls));
		expect(atOnce.flatMap((call) => told(call.json))).toEqual(told(json));
	});

	it('a dry run sends nothing, and counts nothing that is known or asked for twice', async () => {
		const setup = asking(operation, 1, { memory: {} });
		await play(setup);
		const { json, hints } = await play({
			...setup,
			onError: CONTINUE,
			items: keyed(first, second, null, second),
			parameters: withOptions(operation, { dryRun: true }),
		});

		expect(
			json.map(({ outcome, maximumCost, duplicateOf }) => [outcome, maximumCost, duplicateOf]),
		).toEqual([
			['planned', 0, undefined],
			['planned', credits, undefined],
			['refused', undefined, undefined],
			['planned', 0, 1],
		]);
		expect(json[1]).toMatchObject({ ...unanswered.get(operation)?.(second), reason: '' });
		expect(hints[0]?.message).toContain(`at most ${credits} credit`);
		expect(setup.vendor.sent).toHaveLength(1);
	});

	it('a dry run is no purchase: what follows it is charged and told', async () => {
		const setup = asking(operation, 2, { memory: {} });
		await play({ ...setup, parameters: withOptions(operation, { dryRun: true }) });
		const { json } = await play({ ...setup, round: 1 });

		expect(told(json)).toEqual([
			[bought, credits],
			[bought, credits],
		]);
	});
});

describe('an answer that leaves doubt', () => {
	const one = { concurrency: 1 };
	const doubtful = (operation: PaidFixture, more: Partial<Setup> = {}): Setup =>
		asking(operation, 2, {
			memory: {},
			onError: CONTINUE,
			parameters: withOptions(operation, one),
			...more,
		});

	it('a lost answer that may cost twice is not asked for again by a machine', async () => {
		const setup = doubtful(phones);
		setup.vendor.fault({ kind: 'lostAfter' });
		const { json } = await play(setup);
		const items = keyed(phones.keys[0], phones.keys[2]);
		const again = await play({ ...setup, mode: 'retry', items });

		expect(told(again.json)).toEqual(told(json));
		expect(told(json)).toEqual([
			['uncertain', null],
			['found', 5],
		]);
		expect(json[0]).toMatchObject({
			...noPhone,
			creditsRemaining: null,
			reason: 'No answer from eCore: the connection was lost, so it may or may not have charged',
		});
		expect(again.json[0]).toEqual(json[0]);
		expect(charged(setup)).toEqual(phones.keys.slice(0, 3));
		expect(setup.vendor.sent).toHaveLength(3);
	});

	it('a duplicate of it is at 0 credits: what is unknown is unknown once', async () => {
		const setup = doubtful(phones, { items: keyed(phones.keys[0], phones.keys[0]) });
		setup.vendor.fault({ kind: 'lostBefore' });
		expect(told((await play(setup)).json)).toEqual([
			['uncertain', null],
			['uncertain', 0],
		]);
	});

	it('Stop Workflow: a re-run ends as the last one did, and spends on nothing else', async () => {
		const setup = doubtful(phones, { onError: 'stopWorkflow' });
		setup.vendor.fault({ kind: 'truncated' });
		const failed = await play(setup);
		const again = await play(setup);

		expect(failed.error?.message).toBe(
			'Item 0: No answer from eCore: the connection was lost, so it may or may not have charged',
		);
		expect(again.error?.message).toBe(failed.error?.message);
		expect(again.error?.description).toBe(failed.error?.description);
		expect(failed.error?.description).toContain('may cost up to 5 credits a second time');
		expect(setup.vendor.sent).toHaveLength(1);
	});

	const LEFT = 'An earlier attempt was left uncertain and may have cost up to 5 credits';
	const retries: Array<[string, Parameters<FakeVendor['fault']>, string, string, number]> = [
		['finds the phone', [], 'found', `This answer cost 5 credits. ${LEFT}`, 10],
		[
			'is refused',
			[{ kind: 'status', status: 400, body: { error: 'No.' } }],
			'uncertain',
			`eCore refused the request (HTTP 400: No). ${LEFT}`,
			5,
		],
		[
			'is lost again',
			[{ kind: 'lostBefore' }],
			'uncertain',
			`No answer from eCore: the connection was lost, so it may or may not have charged. ${LEFT}`,
			10,
		],
		[
			'is not found',
			[
				{
					kind: 'status',
					status: 200,
					body: { status: 'not_found', remaining_credits: 9 },
				},
			],
			'not_found',
			`This answer cost 0 credits. ${LEFT}`,
			5,
		],
	];
	it.each(retries)(
		'a person who retries asks once more, and it %s',
		async (_what, faults, outcome, reason, spent) => {
			const setup = doubtful(phones, { items: keyed(phones.keys[0]) });
			setup.vendor.fault({ kind: 'lostAfter' });
			await play(setup);
			setup.vendor.fault(...faults);
			const retry = { ...setup, mode: 'retry', executionId: '2' };
			const { json } = await play(retry);

			expect([told(json), reasons(json)]).toEqual([[[outcome, null]], [reason]]);
			expect(setup.vendor.sent).toHaveLength(2);
			// What was spent, the unknown at its worst, is what a later round's limit goes by.
			for (const room of [0, 5]) {
				const items = keyed(phones.keys[1]);
				const parameters = withOptions(phones, { maximumCredits: spent + room });
				const later = await play({ ...setup, round: 1, items, parameters });
				expect(told(later.json)).toEqual([room === 0 ? ['not_sent', 0] : ['found', 5]]);
			}
		},
	);

	it('a retry that the limit holds back leaves it as uncertain as it was', async () => {
		const setup = doubtful(phones, { items: keyed(phones.keys[0]) });
		setup.vendor.fault({ kind: 'lostBefore' });
		await play(setup);
		const { json } = await play({
			...setup,
			mode: 'retry',
			executionId: '2',
			parameters: withOptions(phones, { maximumCredits: 9 }),
		});

		expect([told(json), reasons(json)]).toEqual([
			[['uncertain', null]],
			[`Maximum Credits is reached: this could have cost 5 more. ${LEFT}`],
		]);
		expect(setup.vendor.sent).toHaveLength(1);
	});

	it('attempts in doubt add up', async () => {
		const setup = doubtful(phones, { items: keyed(phones.keys[0]) });
		setup.vendor.fault({ kind: 'lostBefore', times: 2 });
		await play(setup);
		await play({ ...setup, mode: 'retry', executionId: '2' });
		const { json } = await play({ ...setup, mode: 'retry', executionId: '3' });

		expect(json[0]?.reason).toMatch(/may have cost up to 10 credits$/);
		expect(setup.memory?.memory).toMatchObject({ spent: 15 });
	});

	const freely: Array<[string, Parameters<FakeVendor['fault']>, unknown[], string, number]> = [
		['lost before the charge', [{ kind: 'lostBefore' }], ['unlocked', 1], '', 2],
		[
			'lost after the charge',
			[{ kind: 'lostAfter' }],
			['already_unlocked', null],
			'An earlier answer to this request was lost, and that attempt may have paid for it',
			2,
		],
		[
			'in which the vendor broke down',
			[{ kind: 'status', status: 500, charged: true }],
			['already_unlocked', null],
			'An earlier answer to this request was lost, and that attempt may have paid for it',
			2,
		],
		['that says busy', [{ kind: 'status', status: 409 }], ['unlocked', 1], '', 2],
		[
			'lost for ever',
			[{ kind: 'lostBefore', times: 9 }],
			['uncertain', null],
			`No answer from eCore: the connection was lost, so it may or may not have charged. ${LOST}`,
			3,
		],
		[
			'refused after a lost one',
			[{ kind: 'lostBefore' }, { kind: 'status', status: 400 }],
			['uncertain', null],
			`eCore refused the request (HTTP 400). ${LOST}`,
			2,
		],
		[
			'that cannot be understood',
			[{ kind: 'status', status: 200, charged: true }],
			['uncertain', null],
			'eCore answered HTTP 200 with a body that cannot be understood, so it may or may not have charged',
			1,
		],
	];
	it.each(freely)(
		'where a repeat is free: an answer %s',
		async (_what, faults, expected, reason, sent) => {
			const setup = doubtful(records);
			setup.vendor.fault(...faults.map((one) => ({ on: records.keys[0] ?? '', ...one })));
			const { json } = await play(setup);

			expect(told(json)).toEqual([expected, ['unlocked', 1]]);
			expect(reasons(json)).toEqual([reason, '']);
			expect(setup.vendor.sent).toHaveLength(sent + 1);
		},
	);

	it('where a repeat is free, what an own record says after "busy" is believed', async () => {
		const setup = doubtful(records);
		setup.vendor.world.unlockRecords({ uuids: [records.keys[0]], unlock_type: 'email' });
		setup.vendor.fault({ kind: 'status', status: 409 });
		expect(told((await play(setup)).json)).toEqual([
			['already_unlocked', 0],
			['unlocked', 1],
		]);
	});

	it('where a repeat is free, a re-run asks again what was lost, in the room that it has', async () => {
		const setup = doubtful(records, {
			parameters: withOptions(records, { ...one, maximumCredits: 2 }),
		});
		setup.vendor.fault({ kind: 'lostBefore', on: records.keys[0] ?? '', times: 3 });
		await play(setup);
		const { json } = await play(setup);

		expect(told(json)).toEqual([
			['unlocked', 1],
			['unlocked', 1],
		]);
		expect(setup.memory?.memory).toMatchObject({ spent: 2 });
		expect(setup.vendor.sent).toHaveLength(5);
	});

	it('where a repeat is free, what could not be understood is not asked again by a machine', async () => {
		const setup = doubtful(records);
		setup.vendor.fault({ kind: 'status', status: 200, charged: true });
		const first = await play(setup);
		const again = await play(setup);
		const retried = await play({ ...setup, mode: 'retry', executionId: '2' });

		expect(again.json).toEqual(first.json);
		expect(retried.json[0]).toMatchObject({ outcome: 'already_unlocked', creditsCharged: null });
		expect(setup.vendor.sent).toHaveLength(3);
	});

	it.each([
		['a person presses Stop', 500, 'The execution was stopped'],
		[
			'another item stops the run',
			undefined,
			'Held back after an earlier answer: eCore refused the token (HTTP 401). Check eCore Token in the credential',
		],
	])(
		'while it waits to be sent again, %s: it stays uncertain, and a re-run asks again',
		async (_what, stopAfterMs, why) => {
			const setup = doubtful(records, {
				parameters: withOptions(records, { concurrency: 2 }),
				...(stopAfterMs === undefined ? {} : { stopAfterMs }),
			});
			const [first = '', second = ''] = records.keys;
			setup.vendor.fault({ kind: 'lostAfter', on: first, times: 2 });
			if (stopAfterMs === undefined)
				setup.vendor.fault({ kind: 'status', on: second, status: 401 });
			const { json } = await play(setup);
			const sent = setup.vendor.asked.filter((asked) => asked.includes(first)).length;
			setup.vendor.heal();
			delete setup.stopAfterMs;
			const again = await play(setup);

			expect(told(json)[0]).toEqual(['uncertain', null]);
			expect(json[0]).toMatchObject({ unlocked: null, reason: `${why}. ${LOST}` });
			expect(sent).toBe(1);
			expect(told(again.json)[0]).toEqual(['already_unlocked', null]);
		},
	);

	it('the first reason to hold back is the one that is told', async () => {
		const setup = doubtful(records, {
			items: keyed(...records.keys.slice(0, 3)),
			parameters: withOptions(records, { concurrency: 2 }),
		});
		setup.vendor.fault(
			{ kind: 'status', status: 402, ms: 20 },
			{ kind: 'status', status: 401, ms: 40 },
		);
		const { json } = await play(setup);

		expect(json[2]?.reason).toBe(
			'Held back after an earlier answer: The eCore wallet cannot pay for this (HTTP 402). Top it up',
		);
	});

	it('while one waits to be sent again of its own accord, the others go on', async () => {
		const keys = records.keys.slice(0, 4);
		const setup = doubtful(records, {
			items: keyed(...keys),
			parameters: withOptions(records, { concurrency: 2 }),
		});
		setup.vendor.fault({ kind: 'lostBefore' });
		await play(setup);

		const sent = setup.vendor.asked.map((asked) => keys.findIndex((key) => asked.includes(key)));
		expect(sent).toEqual([0, 1, 2, 3, 0]);
	});

	it('one that is told to wait holds back the others, and the run goes on after it', async () => {
		const setup = doubtful(phones);
		setup.vendor.fault({ kind: 'status', status: 429, headers: { 'retry-after': '1' } });
		const { json } = await play(setup);

		expect(told(json)).toEqual([
			['found', 5],
			['found', 5],
		]);
		expect(setup.vendor.sent).toHaveLength(3);
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

it('the room of what turns out to cost nothing goes to the next', async () => {
	const setup = asking(phones, 0, {
		items: keyed(phones.unknownKey, phones.keys[0], phones.keys[1]),
		parameters: withOptions(phones, { maximumCredits: 5 }),
	});
	const { json } = await play(setup);

	expect(told(json)).toEqual([
		['not_found', 0],
		['found', 5],
		['not_sent', 0],
	]);
});

it('the memory keeps no request that is never joined with others: it names a person', async () => {
	const setup = asking(phones, 2, { memory: {}, items: keyed('a@nowhere.example', 'b@b.example') });
	await play(setup);

	expect(JSON.stringify(setup.memory)).not.toContain('nowhere.example');
});

it('one operation never answers for another', async () => {
	const [email = ''] = phones.keys;
	const setup = asking(phones, 1, { memory: {} });
	await play(setup);
	const items = keyed(`email ${email}`);
	const { json } = await play({ ...setup, items, parameters: events.parameters });

	expect(told(json)).toEqual([['not_found', 0]]);
	expect(setup.vendor.sent).toHaveLength(2);
});

it('a run after one that a rate limit ended is as patient as that was', async () => {
	const setup = asking(phones, 1, { memory: {} });
	const busy = { status: 429, headers: { 'retry-after': '1' } };
	setup.vendor.fault({ kind: 'status', ...busy, times: 5 });
	const { error } = await play(setup);
	setup.vendor.fault({ kind: 'status', ...busy, times: 4 });
	const { json } = await play(setup);

	expect(error?.message).toContain('eCore takes no more requests for now (HTTP 429)');
	expect(told(json)).toEqual([['found', 5]]);
	expect(setup.vendor.sent).toHaveLength(10);
});

it('a run beside one that is turned away does not make it more patient', async () => {
	const setup = asking(phones, 1, { memory: {}, onError: CONTINUE });
	setup.vendor.fault({ kind: 'status', status: 429, headers: { 'retry-after': '1' }, times: 99 });
	const first = start({ ...setup, round: 0 });
	await jest.advanceTimersByTimeAsync(2500);
	const second = start({ ...setup, round: 1, items: keyed(phones.keys[1]) });
	await inTime(Promise.all([first, second]));

	// Five for the first, and no more than one that was under way beside it.
	expect(setup.vendor.sent.length).toBeLessThanOrEqual(7);
});

it.each(['asTool', 'runAsTool'])('an AI agent is told to Lensmor as such: %s', async (how) => {
	const setup = asking(events, 2, { [how]: true });
	await play(setup);
	expect(setup.vendor.sent.map(({ headers }) => headers)).toEqual([
		{ 'x-call-source': 'agent' },
		{ 'x-call-source': 'agent' },
	]);
});

describe('Try Next Identifier When Not Found', () => {
	const [known] = shipped.people;
	const parameters = {
		resource: 'phone',
		operation: 'enrich',
		linkedinUrl: '={{ $json.linkedin }}',
		email: '={{ $json.email }}',
		options: { tryNext: true, concurrency: 1 },
	};
	const nobody = 'https://www.linkedin.com/in/nobody';
	const contacts = (...items: IDataObject[]) =>
		asking(phones, 0, { parameters, items: items.map((json) => ({ json })) });

	it('an item goes on from what another one asked before, and pays for its own hit', async () => {
		const setup = contacts(
			{ linkedin: nobody },
			{ linkedin: nobody, email: known?.email },
			{ linkedin: nobody, email: known?.email },
		);
		const { json } = await play(setup);

		expect(
			json.map(({ outcome, matchedBy, creditsCharged, duplicateOf }) => [
				outcome,
				matchedBy,
				creditsCharged,
				duplicateOf,
			]),
		).toEqual([
			['not_found', null, 0, undefined],
			['found', 'email', 5, undefined],
			['found', 'email', 0, 1],
		]);
		expect(setup.vendor.sent).toHaveLength(2);
	});

	it('a hit or a doubt ends the search', async () => {
		const linkedin = known?.linkedin_url ?? '';
		const setup = contacts(
			{ linkedin, email: 'a@nowhere.example' },
			{ linkedin: nobody, email: 'b@nowhere.example' },
		);
		setup.onError = CONTINUE;
		setup.vendor.fault({ kind: 'lostBefore', on: nobody });
		const { json } = await play(setup);

		expect(json.map(({ outcome }) => outcome)).toEqual(['found', 'uncertain']);
		expect(setup.vendor.sent).toHaveLength(2);
	});

	it('a person retries a lost lookup that then finds nothing: the doubt ends the search', async () => {
		const setup = contacts({ linkedin: nobody, email: known?.email }, { email: 'a@b.example' });
		Object.assign(setup, { memory: {}, onError: CONTINUE });
		setup.vendor.fault({ kind: 'lostBefore' });
		await play(setup);
		const { json } = await play({ ...setup, mode: 'retry', executionId: '2' });

		expect(told(json)).toEqual([
			['not_found', null],
			['not_found', 0],
		]);
		expect(setup.vendor.ledger).toEqual([]);
	});

	it('a dry run counts the dearest of an item, and nothing that is asked for anyway', async () => {
		const setup = contacts(
			{ linkedin: nobody, email: 'bob@acme.com' },
			{ email: 'bob@acme.com' },
			{ linkedin: `${nobody}/`, email: 'BOB@acme.com' },
			{ linkedin: nobody },
			{ linkedin: nobody, email: 'carl@acme.com' },
			{ linkedin: nobody, email: 'carl@acme.com' },
		);
		setup.parameters = { ...parameters, options: { tryNext: true, dryRun: true } };
		const { json } = await play(setup);

		expect(json.map(({ maximumCost, duplicateOf }) => [maximumCost, duplicateOf])).toEqual([
			[5, undefined],
			[5, undefined],
			[0, 0],
			[0, undefined],
			[5, undefined],
			[0, 4],
		]);
		expect(setup.vendor.sent).toEqual([]);
	});
});

describe('Combined', () => {
	const uuids = shipped.people.map(({ uuid }) => uuid);
	const combined = (batchSize: number, ...lists: unknown[]) =>
		asking(records, 0, {
			memory: {},
			items: keyed(...lists),
			parameters: {
				...withOptions(records, { batchSize, concurrency: 1, outputField: 'result' }),
				requestMode: 'combined',
			},
		});

	it('items share requests, bad ones stay alone, and the output is in input order', async () => {
		const setup = combined(2, 'x', uuids[0], 'y', [uuids[1], uuids[2]], uuids[2]);
		setup.onError = CONTINUE;
		const { output, json } = await play(setup);

		expect(output.map(({ pairedItem }) => pairedItem)).toEqual([
			{ item: 0 },
			[{ item: 1 }, { item: 3 }],
			{ item: 2 },
			[{ item: 3 }, { item: 4 }],
		]);
		expect(told(json)).toEqual([
			['refused', 0],
			['unlocked', 2],
			['refused', 0],
			['unlocked', 1],
		]);
		expect(setup.vendor.sent).toHaveLength(2);
	});

	it('a re-run groups as the failed one did, and pays for nothing again', async () => {
		const setup = combined(2, ...uuids.slice(0, 5));
		setup.vendor.fault({ kind: 'status', on: uuids[0] ?? '', status: 402 });
		await play(setup);
		setup.vendor.fault({ kind: 'status', on: uuids[2] ?? '', status: 402 });
		const failed = await play(setup);
		expect(failed.error?.message).toMatch(/^Item 2: The eCore wallet cannot pay/);
		setup.parameters = {
			...withOptions(records, { batchSize: 3, concurrency: 1 }),
			requestMode: 'combined',
		};
		const { json } = await play(setup);

		expect(told(json)).toEqual([
			['unlocked', 2],
			['unlocked', 3],
		]);
		expect(setup.vendor.ledger).toHaveLength(5);
		const later = await play({ ...setup, round: 1, items: keyed(uuids[0], uuids[5]) });
		expect(told(later.json)).toEqual([['partly_unlocked', 1]]);
	});

	it('what is no request is not joined, though the memory holds it', async () => {
		const setup = combined(2, uuids[0], uuids[1]);
		setup.memory = {
			memo: {
				entries: { a: [0, 'unlocked', 1, 1, '', 0, null, 0] },
				count: 1,
				spent: 1,
				names: [[]],
				requests: { a: { unlock_type: 'email', uuids: [] } },
				toolCalls: 0,
			},
		};
		const { json } = await play(setup);

		expect(told(json)).toEqual([['unlocked', 2]]);
		expect(setup.vendor.sent).toHaveLength(1);
	});
});

describe('Retry with One Request per Item after Combined', () => {
	const uuids = shipped.people.map(({ uuid }) => uuid);
	const parametersOf = (requestMode: string, options: IDataObject = {}, unlockType = 'email') => ({
		...withOptions(records, { batchSize: 3, concurrency: 1, ...options }),
		requestMode,
		unlockType,
	});
	const retried = { mode: 'retry', executionId: '2' };
	const TOGETHER = 'Bought together with others by an earlier run of this execution';

	/** A run in batches of three, of which the first few are dealt with and the next is refused. */
	async function failedAfter(dealtWith: string[], unlockType = 'email') {
		const setup = asking(records, 0, {
			memory: {},
			items: keyed(...dealtWith, ...uuids.slice(0, 2)),
			parameters: parametersOf('combined', {}, unlockType),
		});
		setup.vendor.fault({ kind: 'status', on: uuids[0] ?? '', status: 402 });
		const { error } = await play(setup);
		expect(error?.message).toContain('The eCore wallet cannot pay');
		setup.vendor.sent.length = 0;
		return setup;
	}

	it('each item tells its own credits, and nothing is asked for again', async () => {
		const setup = await failedAfter(uuids.slice(2, 5));
		setup.parameters = parametersOf('perItem');
		const { json } = await play({ ...setup, ...retried });

		expect(told(json)).toEqual(Array(5).fill(['unlocked', 1]));
		expect(reasons(json)).toEqual([TOGETHER, TOGETHER, TOGETHER, '', '']);
		expect(json[0]).toMatchObject({ uuids: [uuids[2]], alreadyUnlocked: false, unlocked: 1 });
		expect(setup.vendor.sent).toHaveLength(2);
		expect(setup.vendor.ledger).toHaveLength(5);
	});

	it('what an output told is not told again in a later round', async () => {
		const setup = await failedAfter(uuids.slice(2, 5));
		setup.parameters = parametersOf('perItem');
		await play({ ...setup, ...retried });
		const later = await play({ ...setup, ...retried, round: 1 });

		expect(later.json.map(({ creditsCharged }) => creditsCharged)).toEqual([0, 0, 0, 0, 0]);
		expect(setup.vendor.ledger).toHaveLength(5);
	});

	it('where they cost different prices the first item tells the credits of all', async () => {
		const phoneless = shipped.people.find(({ phone }) => phone === null)?.uuid ?? '';
		const others = uuids.slice(2).filter((one) => one !== phoneless);
		const setup = await failedAfter([...others.slice(0, 2), phoneless], 'phone');
		setup.parameters = parametersOf('perItem', {}, 'phone');
		const { json } = await play({ ...setup, ...retried });

		expect(told(json)).toEqual([
			['unlocked', 11],
			['unlocked', 0],
			['unlocked', 0],
			['unlocked', 5],
			['unlocked', 5],
		]);
		expect(json[1]?.reason).toContain(
			'paid 11 credits for 3 records together: they are counted at item 0',
		);
		expect(setup.vendor.sent).toHaveLength(2);
	});

	it('where only some were bought each is asked again, and the credits stay told', async () => {
		const setup = await failedAfter([records.unknownKey, ...uuids.slice(2, 4)]);
		setup.parameters = parametersOf('perItem');
		const { json } = await play({ ...setup, ...retried });

		const credits = json.reduce((sum, { creditsCharged }) => sum + Number(creditsCharged), 0);
		expect(credits).toBe(4);
		expect(setup.vendor.ledger).toHaveLength(4);
	});

	it('where the joint answer was lost nobody knows what an item cost', async () => {
		const setup = asking(records, 3, {
			memory: {},
			onError: CONTINUE,
			parameters: parametersOf('combined'),
		});
		setup.vendor.fault({ kind: 'lostAfter', times: 3 });
		await play({ ...setup, onError: 'stopWorkflow' });
		setup.parameters = parametersOf('perItem');
		const { json } = await play({ ...setup, ...retried });

		expect(told(json)).toEqual(Array(3).fill(['already_unlocked', null]));
		expect(setup.vendor.ledger).toHaveLength(3);
	});

	it('a dry run counts what was bought together as paid', async () => {
		const setup = await failedAfter(uuids.slice(2, 5));
		setup.parameters = parametersOf('perItem', { dryRun: true });
		const { json } = await play({ ...setup, ...retried });

		expect(json.map(({ maximumCost }) => maximumCost)).toEqual([0, 0, 0, 1, 1]);
		expect(setup.vendor.sent).toEqual([]);
		// It told of no credits, so the run that follows does.
		setup.parameters = parametersOf('perItem');
		expect(told((await play({ ...setup, ...retried })).json)).toEqual(
			Array(5).fill(['unlocked', 1]),
		);
	});

	it('and with Combined again the groups stay as they were', async () => {
		const setup = await failedAfter(uuids.slice(2, 5));
		setup.parameters = parametersOf('combined', { batchSize: 9 });
		const { json } = await play({ ...setup, ...retried });

		expect(told(json)).toEqual([
			['unlocked', 3],
			['unlocked', 2],
		]);
		expect(reasons(json)).toEqual(['', '']);
	});
});

describe('Return Contact Details', () => {
	const [amara, jonas, mei] = shipped.people;
	const SEARCH = '/external/search/';
	const uuids = records.keys;
	const returning = (options: IDataObject = {}, more: Partial<Setup> = {}) =>
		asking(records, 2, {
			parameters: withOptions(records, { returnContactDetails: true, ...options }),
			...more,
		});
	const emails = (json: IDataObject[]) => json.map(({ email }) => email);
	const order = ({ vendor }: Setup) => vendor.sent.map(({ method }) => method);
	const crowdItems = (count: number) =>
		crowd(count).map(({ uuid, company_name: companyName }) => ({
			json: { key: uuid, companyName },
		}));

	it('every email comes with its record, by one search after all is bought', async () => {
		const setup = returning();
		const { json, hints } = await play(setup);

		expect(told(json)).toEqual([
			['unlocked', 1],
			['unlocked', 1],
		]);
		expect(emails(json)).toEqual([amara?.email, jonas?.email]);
		expect(order(setup)).toEqual(['POST', 'POST', 'GET']);
		expect(hints[0]?.message).toMatch(/^2 items: 2 unlocked; 2 credits spent/);
	});

	it('without the option nothing is searched, and no field is added', async () => {
		for (const options of [{}, { returnContactDetails: false }]) {
			const setup = asking(records, 2, { parameters: withOptions(records, options) });
			const { json } = await play(setup);

			for (const one of json) expect(one).not.toHaveProperty('email');
			expect(order(setup)).toEqual(['POST', 'POST']);
		}
	});

	it('anything but yes or no is told before anything is sent', async () => {
		const reason = 'Return Contact Details must be true or false, not "yes"';
		const setup = returning({ returnContactDetails: 'yes' });
		const { error } = await play(setup);
		const { json } = await play({ ...setup, onError: CONTINUE });

		expect(error?.message).toBe(reason);
		expect([told(json), reasons(json)]).toEqual([
			[
				['refused', 0],
				['refused', 0],
			],
			[reason, reason],
		]);
		expect(setup.vendor.sent).toEqual([]);
	});

	it('only what was bought is searched for; the others have the same fields', async () => {
		const items = keyed(records.unknownKey, 'nonsense', uuids[0]);
		const setup = returning({}, { items, onError: CONTINUE });
		const { json } = await play(setup);
		const dry = returning({ dryRun: true });
		const planned = await play(dry);

		expect(json.map(({ outcome, email }) => [outcome, email])).toEqual([
			['not_found', null],
			['refused', null],
			['unlocked', amara?.email],
		]);
		expect(emails(planned.json)).toEqual([null, null]);
		expect([order(setup), order(dry)]).toEqual([['POST', 'POST', 'GET'], []]);
	});

	it('joined records are each looked for by the items that asked for them', async () => {
		const people = [amara, jonas, mei];
		const items = people.map((person) => ({
			json: { key: person?.uuid, companyName: person?.company_name },
		})) as Setup['items'];
		const setup = returning({}, { items });
		setup.parameters = { ...setup.parameters, requestMode: 'combined' };
		const { json } = await play(setup);

		expect(json).toHaveLength(1);
		expect(emails(json[0]?.contacts as IDataObject[])).toEqual(people.map((one) => one?.email));
		expect(setup.vendor.queries).toEqual(
			people.map((one) => `company_name=${one?.company_name}&limit=100&offset=0`),
		);
	});

	it.each([1, 3])(
		'Concurrency %i is how many travel at once, searches among them',
		async (most) => {
			const people = shipped.people.slice(0, 5);
			const items = people.map(({ uuid, company_name: companyName }) => ({
				json: { key: uuid, companyName },
			}));
			// One unlock, then five searches.
			const setup = returning({ concurrency: most }, { items });
			setup.parameters = { ...setup.parameters, requestMode: 'combined' };
			await play(setup);

			expect(order(setup)).toEqual(['POST', 'GET', 'GET', 'GET', 'GET', 'GET']);
			expect(setup.vendor.mostAtOnce).toBe(most);
		},
	);

	it.each(['stopWorkflow', CONTINUE, 'continueErrorOutput'] as const)(
		'%s: a search that fails is no problem, and what was bought stands with the reason',
		async (onError) => {
			const setup = returning({}, { onError });
			setup.vendor.fault({ kind: 'status', on: SEARCH, status: 401, times: 9 });
			const { output, json, error } = await play(setup);

			expect(error).toBeUndefined();
			expect(told(json)).toEqual([
				['unlocked', 1],
				['unlocked', 1],
			]);
			expect(reasons(json)).toEqual(
				Array.from(
					{ length: 2 },
					() =>
						'Contact details are missing: eCore refused the token (HTTP 401). Check eCore Token in the credential',
				),
			);
			expect(output.map((item) => item.error)).toEqual([undefined, undefined]);
		},
	);

	it.each([
		[401, 0],
		[402, 1],
		[403, 0],
		[429, 0],
	])('after HTTP %i, %i searches read what was bought before', async (status, searches) => {
		const setup = returning({ concurrency: 1 }, { onError: CONTINUE });
		setup.vendor.fault({ kind: 'status', on: uuids[1] ?? '', status });
		const { json } = await play(setup);

		expect(json.map(({ outcome }) => outcome)).toEqual(['unlocked', 'refused']);
		expect(emails(json)).toEqual([searches === 0 ? null : amara?.email, null]);
		expect(json[0]?.reason).toMatch(
			searches === 0 ? /^Contact details are missing: Held back after an earlier answer/ : /^$/,
		);
		expect(setup.vendor.queries).toHaveLength(searches);
	});

	it('a search that fails for everybody is soon given up', async () => {
		const setup = returning({}, { items: crowdItems(40) });
		setup.vendor = new FakeVendor({}, crowd(40));
		setup.vendor.fault({ kind: 'status', on: SEARCH, status: 400, times: 99 });
		const { json } = await play(setup);

		expect(json.map(({ outcome, creditsCharged }) => [outcome, creditsCharged])).toEqual(
			json.map(() => ['unlocked', 1]),
		);
		expect(json).toHaveLength(40);
		expect(setup.vendor.queries.length).toBeLessThanOrEqual(8);
	});

	it('Stop while it searches: what was bought comes out, with the reason', async () => {
		const setup = returning({}, { stopAfterMs: 200 });
		setup.vendor.fault({ kind: 'status', on: SEARCH, status: 500, times: 9 });
		const { json, error } = await play(setup);

		expect(error).toBeUndefined();
		expect(told(json)).toEqual([
			['unlocked', 1],
			['unlocked', 1],
		]);
		expect(reasons(json)).toEqual(
			json.map(() => 'Contact details are missing: The execution was stopped'),
		);
	});

	it('a problem with Stop Workflow ends it before anything is searched; a re-run reads it all', async () => {
		const setup = returning({ concurrency: 1 }, { memory: {} });
		setup.vendor.fault({ kind: 'status', on: uuids[1] ?? '', status: 402 });
		const failed = await play(setup);
		expect(failed.error?.message).toMatch(/^Item 1: The eCore wallet cannot pay/);
		expect(order(setup)).toEqual(['POST', 'POST']);

		const { json } = await play(setup);
		expect(json.map(({ email, creditsCharged }) => [email, creditsCharged])).toEqual([
			[amara?.email, 1],
			[jonas?.email, 1],
		]);
		expect(charged(setup)).toEqual(uuids.slice(0, 2));
	});

	it('a tool call that asks the same while another still searches: one pays, one tells of it', async () => {
		const setup = returning({}, { memory: {}, asTool: true });
		setup.vendor.fault({ kind: 'slow', on: SEARCH, ms: 400 });
		let isOver = false;
		let wasOver: boolean | undefined;
		const first = start(setup).finally(() => (isOver = true));
		const second = new Promise((resolve) => setTimeout(resolve, 100)).then(async () => {
			// The first has bought all and waits for its search: now is the moment.
			wasOver = isOver || order(setup).join() !== 'POST,POST,GET';
			return await start(setup);
		});
		const played = await inTime(Promise.all([first, second]));

		expect(wasOver).toBe(false);
		expect(played.map(({ json }) => told(json))).toEqual([
			[
				['unlocked', 1],
				['unlocked', 1],
			],
			[
				['unlocked', 0],
				['unlocked', 0],
			],
		]);
		for (const { json } of played) expect(emails(json)).toEqual([amara?.email, jonas?.email]);
		expect(charged(setup)).toEqual(uuids.slice(0, 2));
	});
});

it.each([
	[phones, 0],
	[records, 1],
])('a failed run keeps no more requests than another grouping needs', async (operation, kept) => {
	const memory: IDataObject = {};
	const setup = asking(operation, 2, {
		memory,
		parameters: withOptions(operation, { concurrency: 1 }),
	});
	setup.vendor.fault({ kind: 'status', on: operation.keys[1] ?? '', status: 400, body: {} });
	await play(setup);

	const { requests } = memory.memory as { requests: object };
	expect(Object.keys(requests)).toHaveLength(kept);
});
