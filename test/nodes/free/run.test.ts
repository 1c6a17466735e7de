import type { IDataObject } from 'n8n-workflow';

import { crowd } from '../../fixtures/crowd';
import { freeOperations, type FreeFixture } from '../../fixtures/freeOperations';
import { shipped } from '../../sandbox/world';
import { useFakeClock } from '../fakeClock';
import { play, type Setup } from '../fakeExecution';
import { FakeVendor } from '../fakeVendor';
import { CONTINUE, keyed } from '../runs';

useFakeClock();

const TO_ERROR_OUTPUT = 'continueErrorOutput' as const;
// What n8n fills in where a person leaves the fields as they are.
const untouched = { returnAll: false, limit: 50, output: 'simplified' };

function named(wanted: string): FreeFixture {
	const found = freeOperations.find(({ name }) => name === wanted);
	if (found === undefined) throw new Error(`no operation ${wanted}`);
	return found;
}
const records = named('Record get many');
const people = named('Person get many');
const event = named('Event get');

/** A run that asks for these keys, with any of that changed. */
function asking(operation: FreeFixture, keys: unknown[], more: Partial<Setup> = {}): Setup {
	const parameters = { ...untouched, ...operation.parameters, ...more.parameters };
	return { vendor: new FakeVendor(), items: keyed(...keys), ...more, parameters };
}
/** The same for all records of a crowd, in no particular order. */
const askingForAll = (size: number, parameters: IDataObject, items = 2): Setup => ({
	vendor: new FakeVendor({}, crowd(size)),
	items: keyed(...Array.from({ length: items })),
	parameters: { resource: 'record', operation: 'getAll', ...untouched, ...parameters },
});

describe.each(freeOperations)('$name', (operation) => {
	const [first = '', second = '', third = ''] = operation.keys;

	it('what was read comes out in input order, linked to its item, and costs nothing', async () => {
		const memory = {};
		const setup = asking(operation, [first, second, third], { memory });
		setup.vendor.fault({ kind: 'slow', on: first, ms: 90 });
		const { output, json, error } = await play(setup);

		expect(error).toBeUndefined();
		const from = output.map(({ pairedItem }) => (pairedItem as { item: number }).item);
		expect([...new Set(from)]).toEqual([0, 1, 2]);
		expect(from).toEqual([...from].sort());
		for (const one of json) expect(one).toHaveProperty(operation.field);
		expect(setup.vendor.ledger).toEqual([]);
		expect(memory).toEqual({});
		for (const item of output) expect(Object.keys(item)).toEqual(['json', 'pairedItem']);
	});

	it.each([
		['goes on', CONTINUE],
		['leaves through the error output', TO_ERROR_OUTPUT],
	])(
		'a read that is refused %s with its reason, and the others are read',
		async (_what, onError) => {
			const setup = asking(operation, [second, first], { onError });
			setup.vendor.fault({ kind: 'status', status: 400, body: { error: 'No.' } });
			const { output, json, error } = await play(setup);

			expect(error).toBeUndefined();
			const reason = expect.stringMatching(/^\w+ refused the request \(HTTP 400: No\)$/) as unknown;
			expect(json[0]).toEqual({ outcome: 'refused', reason });
			expect(output[0]?.pairedItem).toEqual({ item: 0 });
			expect(json.at(-1)).toHaveProperty(operation.field);
			expect(output.at(-1)?.pairedItem).toEqual({ item: 1 });

			const leaving = onError === TO_ERROR_OUTPUT;
			expect(output[0]?.error?.message).toEqual(leaving ? json[0]?.reason : undefined);
			expect(output[0]?.error?.context.itemIndex).toBe(leaving ? 0 : undefined);
			expect(output.at(-1)?.error).toBeUndefined();
		},
	);
});

describe('before anything is sent', () => {
	const unusable: Array<[string, Partial<Setup>, string]> = [
		[
			'an option out of bounds',
			{ parameters: { options: { timeout: 0 } } },
			'Timeout must be a whole number of milliseconds, 1 or more, not the number 0',
		],
		[
			'no token',
			{ credential: { lensmorApiKey: '' } },
			'Lensmor API Key is empty: fill it in in the credential',
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
		const setup = (onError: Setup['onError']) =>
			asking(event, event.keys.slice(0, 2), { ...more, onError });
		const [stopping, continuing, leaving] = [
			setup('stopWorkflow'),
			setup(CONTINUE),
			setup(TO_ERROR_OUTPUT),
		] as const;
		const { error } = await play(stopping);
		const { output } = await play(continuing);
		const left = await play(leaving);

		expect([error?.message, error?.description]).toEqual([
			reason,
			'Nothing was sent, and nothing was charged.',
		]);
		const json = { outcome: 'refused', reason };
		expect(output).toEqual([
			{ json, pairedItem: { item: 0 } },
			{ json, pairedItem: { item: 1 } },
		]);
		expect(left.output.map((item) => [item.json, item.error?.message])).toEqual([
			[json, reason],
			[json, reason],
		]);
		for (const { vendor } of [stopping, continuing, leaving]) expect(vendor.sent).toEqual([]);
	});

	it.each<[string, unknown, string]>([
		['bad input', '..', 'Event must be the ID of an event, not ".."'],
		[
			'an expression that cannot be resolved',
			new Error('no such node'),
			'An expression cannot be resolved: no such node',
		],
	])('%s stops all, or is refused alone', async (_what, bad, reason) => {
		const keys = [event.keys[0], bad, event.keys[1], bad];
		const stopping = asking(event, keys);
		const { error } = await play(stopping);
		const continuing = asking(event, keys, { onError: CONTINUE });
		const { json } = await play(continuing);

		expect(error?.message).toBe(`For item 1: ${reason} (and 1 more bad item)`);
		expect(error?.context.itemIndex).toBe(1);
		expect(stopping.vendor.sent).toEqual([]);
		const refused = { outcome: 'refused', reason };
		expect(json.map((one) => (one.outcome === undefined ? one.eventId : one))).toEqual([
			event.keys[0],
			refused,
			event.keys[1],
			refused,
		]);
		expect(continuing.vendor.sent).toHaveLength(2);
	});
});

it('what is wrong with an item is told before what cannot be resolved beside it', async () => {
	const json = { key: '..', output: new Error('no such node') } as unknown as IDataObject;
	const parameters = { output: '={{ $json.output }}' };
	const { json: told } = await play(
		asking(event, [], {
			items: [{ json }, { json: { key: event.keys[0], output: 'simplified' } }],
			parameters,
			onError: CONTINUE,
		}),
	);

	expect(told[0]?.reason).toBe('Event must be the ID of an event, not ".."');
	expect(told[1]).toHaveProperty('dateStart');
});

describe('a list', () => {
	it.each([
		[1, 1, 1],
		[50, 50, 1],
		[75, 75, 2],
		[100, 100, 2],
		[101, 101, 3],
		[1000, 120, 3],
	])('Limit %i brings %i of 120 records, in %i requests each', async (limit, records, requests) => {
		const setup = askingForAll(120, { limit });
		const { json } = await play(setup);

		const uuids = crowd(records).map(({ uuid }) => uuid);
		expect(json.map(({ uuid }) => uuid)).toEqual([...uuids, ...uuids]);
		expect(setup.vendor.sent).toHaveLength(2 * requests);
	});

	it('Return All brings all, and a list of nothing no item', async () => {
		const all = await play(askingForAll(120, { returnAll: true }));
		const none = await play(askingForAll(0, { returnAll: true }));

		expect(all.json).toHaveLength(240);
		expect([none.output, none.error, none.hints]).toEqual([[], undefined, []]);
	});

	it('a page that fails fails the whole list: half of it would pass for all', async () => {
		const setup = askingForAll(120, { returnAll: true });
		setup.onError = CONTINUE;
		setup.vendor.fault({ kind: 'status', on: 'offset=50', status: 400 });
		const { json, output } = await play(setup);

		const refused = { outcome: 'refused', reason: 'eCore refused the request (HTTP 400)' };
		expect(json).toHaveLength(121);
		expect(json).toContainEqual(refused);
		expect(
			output.filter(({ pairedItem }) => (pairedItem as { item: number }).item === 0),
		).toHaveLength(json[0]?.outcome === 'refused' ? 1 : 120);
	});

	it('is given up after a thousand pages, whatever the vendor says', async () => {
		const setup = askingForAll(0, { returnAll: true });
		let page = 0;
		jest.spyOn(setup.vendor.world, 'searchRecords').mockImplementation(() => {
			const results = [{ uuid: `record ${(page += 1)}` }];
			return { status: 200, body: { results, count: 1e9 } };
		});
		setup.items = setup.items.slice(0, 1);
		const { json, hints } = await play(setup);

		expect(json).toHaveLength(1000);
		expect(hints[0]?.message).toBe('Ended after 1000 pages: there may be more');
	});

	it('at most five requests are under way at once', async () => {
		const setup = askingForAll(1, {}, 12);
		await play(setup);
		expect(setup.vendor.mostAtOnce).toBe(5);
	});
});

describe('what an entry comes out as', () => {
	it.each<[string | undefined, boolean]>([
		['simplified', true],
		['raw', false],
		[undefined, true],
	])('Output %s: few fields, or what the vendor sent', async (output, few) => {
		const { json } = await play(
			asking(records, records.keys.slice(0, 2), { parameters: { output } }),
		);

		const [first, second] = shipped.people;
		expect(json.map((one) => one[few ? 'firstName' : 'first_name'])).toEqual([
			first?.first_name,
			second?.first_name,
		]);
		for (const one of json) expect(one).not.toHaveProperty(few ? 'first_name' : 'firstName');
	});

	it.each<[string, string | string[]]>([
		['names', 'uuid, contact_email ,jobTitle,,nothing'],
		['a list', ['uuid', 'contact_email', 'jobTitle', 'nothing']],
	])(
		'Output selected, with %s: those fields, simplified or as the vendor calls them',
		async (_what, fields) => {
			const { json } = await play(
				asking(records, records.keys.slice(0, 2), { parameters: { output: 'selected', fields } }),
			);
			expect(json).toEqual(
				shipped.people.slice(0, 2).map(({ uuid, job_title: jobTitle }) => ({
					uuid,
					contact_email: null,
					jobTitle,
					nothing: null,
				})),
			);
		},
	);

	it.each<[object, string]>([
		[{ output: 'all' }, 'Output must be "simplified", "raw" or "selected", not "all"'],
		[{ output: 'selected', fields: ' , ' }, 'Fields is empty: name the fields to return'],
		[{ output: 'selected', fields: 7 }, 'Fields must be names of fields, not the number 7'],
		[{ output: 'selected', fields: ['a', null] }, 'Fields must be names of fields, not nothing'],
	])('%j is told before anything is sent', async (parameters, reason) => {
		const setup = asking(records, records.keys.slice(0, 2), { parameters: { ...parameters } });
		const { error } = await play(setup);
		expect(error?.message).toBe(`For item 0: ${reason} (and 1 more bad item)`);
		expect(setup.vendor.sent).toEqual([]);
	});

	it('the fields of an event’s list that all entries share may be selected', async () => {
		const parameters = { output: 'selected', fields: 'id,lockedCount', limit: 1 };
		const { json } = await play(asking(people, ['140002', '26855'], { parameters }));
		expect(json.map(({ lockedCount }) => lockedCount)).toEqual([2700, 4070]);
		for (const one of json) expect(Object.keys(one)).toEqual(['id', 'lockedCount']);
	});

	it('Output may differ from item to item', async () => {
		const items = [
			{ json: { key: event.keys[0], output: 'raw' } },
			{ json: { key: event.keys[1], output: 'simplified' } },
		] as Setup['items'];
		const { json } = await play(
			asking(event, [], { items, parameters: { output: '={{ $json.output }}' } }),
		);

		expect(json.map((one) => 'dataSource' in one)).toEqual([true, false]);
	});

	it('every entry of an event’s list tells how much is locked, raw or not', async () => {
		for (const output of ['simplified', 'raw', undefined]) {
			const { json } = await play(
				asking(people, ['140002', '26855'], { parameters: { output, limit: 2 } }),
			);
			expect(json.map(({ accessMode, lockedCount }) => [accessMode, lockedCount])).toEqual([
				['preview', 2700],
				['preview', 2700],
				['preview', 4070],
				['preview', 4070],
			]);
		}
	});

	it('no field is named so that n8n takes the item for a failed one', async () => {
		const setup = asking(records, records.keys.slice(0, 2), { parameters: { output: 'raw' } });
		const result = { uuid: 'u', error: 'no', $error: 'no', $json: {}, message: 'yes' };
		setup.vendor.fault({ kind: 'status', times: 2, status: 200, body: { results: [result] } });
		const { json } = await play(setup);

		expect(json).toEqual([
			{ uuid: 'u', message: 'yes' },
			{ uuid: 'u', message: 'yes' },
		]);
	});

	it('what is missing comes out as not_found, and is no problem', async () => {
		for (const onError of ['stopWorkflow', TO_ERROR_OUTPUT] as const) {
			const { output, json, error } = await play(
				asking(event, ['nowhere', event.keys[0]], { onError }),
			);
			expect(error).toBeUndefined();
			expect(json[0]).toEqual({ outcome: 'not_found', reason: '' });
			expect(json[1]).toHaveProperty('dateStart');
			expect(output.map((item) => item.error)).toEqual([undefined, undefined]);
		}
	});
});

describe('what a list leaves out', () => {
	const wouldShow = (id: string, more: number) =>
		`This is a preview of event ${id}: to unlock it (2000 credits) would show ${more} more`;

	it('is shown once under the node, whatever the On Error setting', async () => {
		const { hints } = await play(asking(people, ['140002', 'nowhere', '140377', '140002']));
		expect(hints).toEqual([
			{
				message: `${wouldShow('140002', 2700)}. ${wouldShow('140377', 1440)}`,
				type: 'info',
				location: 'outputPane',
			},
		]);
	});

	it('is not forgotten on a page that does not say', async () => {
		const setup = asking(people, ['140002'], { parameters: { returnAll: true } });
		setup.vendor.fault(
			{
				kind: 'status',
				status: 200,
				body: { items: [{ id: 1 }], hasMore: true, semantics: { accessMode: 'preview' } },
			},
			{ kind: 'status', status: 200, body: { items: [{ id: 2 }], hasMore: false } },
		);
		const { json, hints } = await play(setup);

		expect(json.map(({ id }) => id)).toEqual(['1', '2']);
		expect(hints.map(({ message }) => message)).toEqual([
			'This is a preview of event 140002: to unlock it (2000 credits) may show more',
		]);
	});

	it('nothing is said where nothing is', async () => {
		const { hints } = await play(asking(event, event.keys.slice(0, 2)));
		expect(hints).toEqual([]);
	});
});

describe('problems', () => {
	it('Stop Workflow: one error tells of what was refused, and nothing further is sent', async () => {
		const setup = asking(
			event,
			Array.from({ length: 30 }, () => event.keys[0]),
		);
		// Under way at once: the first waits to be sent again, the next two are refused, one is missing.
		setup.vendor.fault(
			{ kind: 'status', status: 500 },
			{ kind: 'status', status: 400, body: { message: 'Two.' }, ms: 20 },
			{ kind: 'status', status: 400, body: { message: 'Three.' }, ms: 30 },
			{ kind: 'status', status: 404, body: { errorKey: 'NOT_FOUND' } },
		);
		const { error, output, hints } = await play(setup);

		expect(error?.message).toBe(
			'For item 1: Lensmor refused the request (HTTP 400: Two) (and 1 more item)',
		);
		expect(error?.context.itemIndex).toBe(1);
		expect(error?.description).toBe(
			'Reading is free: nothing was charged, and it may be repeated at any time.',
		);
		expect([output, hints]).toEqual([[], []]);
		expect(setup.vendor.sent.length).toBeLessThan(10);
	});

	it('Stop Workflow: what is missing stops nothing', async () => {
		const setup = asking(event, ['nowhere', ...Array.from({ length: 9 }, () => event.keys[0])]);
		const { json } = await play(setup);

		expect(json).toHaveLength(10);
		expect(setup.vendor.sent).toHaveLength(10);
	});

	it.each([
		[400, 30],
		// As many as a run begins with before the first is answered.
		[401, 2],
	])('with Continue, after HTTP %i for ever %i of 30 are sent', async (status, sent) => {
		const keys = Array.from({ length: 30 }, () => event.keys[0]);
		const setup = asking(event, keys, { onError: CONTINUE });
		setup.vendor.fault({ kind: 'status', status, times: 99 });
		const { json } = await play(setup);

		expect(setup.vendor.sent).toHaveLength(sent);
		expect(json).toHaveLength(30);
		expect(json[0]?.outcome).toBe('refused');
		expect(json.at(-1)).toEqual(
			status === 400
				? json[0]
				: {
						outcome: 'not_sent',
						reason: `Held back after an earlier answer: ${json[0]?.reason as string}`,
					},
		);
	});

	it.each([CONTINUE, TO_ERROR_OUTPUT, 'stopWorkflow'] as const)(
		'the Stop button (%s): what was read is kept, nothing else is sent, nothing is thrown',
		async (onError) => {
			const setup = asking(event, event.keys.slice(0, 2), { onError, stopAfterMs: 300 });
			setup.vendor.fault({
				on: event.keys[1] ?? '',
				kind: 'status',
				status: 500,
				times: 9,
			});
			const { output, json, error } = await play(setup);

			expect(error).toBeUndefined();
			expect(json[0]).toHaveProperty('dateStart');
			expect(json[1]).toEqual({ outcome: 'not_sent', reason: 'The execution was stopped' });
			expect(output[1]?.error?.message).toBe(
				onError === TO_ERROR_OUTPUT ? 'The execution was stopped' : undefined,
			);
			expect(setup.vendor.sent).toHaveLength(2);
		},
	);

	it('the Stop button ends a wait that the vendor asked for', async () => {
		const setup = asking(event, event.keys.slice(0, 2), { stopAfterMs: 300 });
		const headers = { 'retry-after': '50' };
		setup.vendor.fault({ kind: 'status', status: 429, headers, times: 99 });
		const { json } = await play(setup);

		expect(json.map(({ reason }) => reason)).toEqual([
			'The execution was stopped',
			'The execution was stopped',
		]);
		expect(setup.vendor.sent).toHaveLength(2);
	});
});
