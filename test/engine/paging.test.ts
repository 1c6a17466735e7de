import type { IDataObject } from 'n8n-workflow';

import { accountsOf } from '../../nodes/EcoreLensmor/vendors/account';
import { firstSearch, recordGetAll } from '../../nodes/EcoreLensmor/operations/record/getAll';
import { pagesOf } from '../../nodes/EcoreLensmor/free/pages';
import { Throttle } from '../../nodes/EcoreLensmor/transport/throttle';
import type { AttemptResult } from '../../nodes/EcoreLensmor/transport/send';
import { crowd } from '../fixtures/crowd';
import { Sandbox, type SandboxOptions } from '../sandbox/sandbox';
import { execute } from './engine';
import { hurry } from './haste';

hurry();

let sandbox: Sandbox;
let started: Sandbox[] = [];
afterEach(async () => {
	await Promise.all(started.map(async (one) => await one.stop()));
	started = [];
});

async function start(options: SandboxOptions = {}) {
	sandbox = await Sandbox.start(options);
	started.push(sandbox);
}

/** What one page of a scripted vendor says. */
interface Page {
	uuids: number[];
	count?: number;
}

const uuid = (index: number) => `record-${index}`;
const from = (start: number, length: number) => Array.from({ length }, (_, index) => start + index);

async function search(parameters: IDataObject = { returnAll: true }, items = [{}]) {
	const execution = await execute({
		parameters: { resource: 'record', operation: 'getAll', ...parameters },
		items,
		credential: sandbox.credential,
	});
	expect(execution.error).toBeUndefined();
	return execution.output.map(({ json }) => json.uuid);
}

/** A vendor that answers with these pages in turn, and with the last one for ever. */
async function vendorWith(pages: Page[]) {
	await start();
	pages.forEach(({ uuids, count }, index) =>
		sandbox.fault({
			kind: 'status',
			status: 200,
			body: { success: true, count, results: uuids.map((one) => ({ uuid: uuid(one) })) },
			times: index === pages.length - 1 ? Infinity : 1,
		}),
	);
}

it.each([
	['no record', 0, 1],
	['1 record', 1, 1],
	['exactly one page', 50, 1],
	['one record more than a page', 51, 2],
	['exactly three pages', 150, 3],
	['many pages', 480, 10],
])('Return All of %s reads them all, once each', async (_what, people, requests) => {
	await start({ people: crowd(people) });
	const found = await search();

	expect(found).toEqual(crowd(people).map((person) => person.uuid));
	expect(sandbox.seen).toHaveLength(requests);
	expect(sandbox.ledger).toEqual([]);
});

it.each([
	[1, 1, 'limit=1&'],
	[50, 1, 'limit=50&'],
	[75, 2, 'limit=75&'],
	[1000, 3, 'limit=100&'],
])('Limit %i reads no more than that', async (limit, requests, asked) => {
	await start({ people: crowd(120) });
	const found = await search({ limit });

	expect(found).toHaveLength(Math.min(limit, 120));
	expect(sandbox.seen).toHaveLength(requests);
	expect(sandbox.seen[0]?.path).toContain(asked);
});

it.each<[string, Page[], number, number]>([
	['a page that repeats for ever', [{ uuids: from(0, 100), count: 1000 }], 100, 2],
	[
		'a total that grows in between',
		[
			{ uuids: from(0, 100), count: 150 },
			{ uuids: from(100, 100), count: 220 },
			{ uuids: from(200, 20), count: 220 },
		],
		220,
		3,
	],
	[
		'a total that shrinks in between',
		[
			{ uuids: from(0, 100), count: 300 },
			{ uuids: from(100, 100), count: 200 },
		],
		200,
		2,
	],
	[
		'a total that promises more than comes',
		[
			{ uuids: from(0, 100), count: 900 },
			{ uuids: from(100, 30), count: 900 },
		],
		130,
		3,
	],
	[
		'a page in the middle that is shorter than the others',
		[
			{ uuids: from(0, 100), count: 290 },
			{ uuids: from(100, 90), count: 290 },
			{ uuids: from(190, 1), count: 290 },
			{ uuids: from(191, 99), count: 290 },
		],
		290,
		4,
	],
	[
		'a page that is empty although the total promises more',
		[
			{ uuids: from(0, 100), count: 900 },
			{ uuids: [], count: 900 },
		],
		100,
		2,
	],
	[
		'records that moved on to the next page meanwhile',
		[
			{ uuids: from(0, 100), count: 150 },
			{ uuids: from(90, 60), count: 160 },
		],
		150,
		2,
	],
	['a record twice on one page', [{ uuids: [1, 2, 1], count: 3 }], 2, 1],
	[
		'no total at all',
		[{ uuids: from(0, 100) }, { uuids: from(100, 90) }, { uuids: [190] }, { uuids: [] }],
		191,
		4,
	],
	[
		'fewer records at a time than were asked for',
		[
			{ uuids: from(0, 25), count: 60 },
			{ uuids: from(25, 25), count: 60 },
			{ uuids: from(50, 10), count: 60 },
		],
		60,
		3,
	],
])('ends and brings nothing twice: %s', async (_what, pages, records, requests) => {
	await vendorWith(pages);
	const found = await search();

	expect(new Set(found).size).toBe(found.length);
	expect(found).toHaveLength(records);
	expect(sandbox.seen).toHaveLength(requests);
});

it('goes on from where the last page ended, not from where it should have', async () => {
	await vendorWith([
		{ uuids: from(0, 25), count: 60 },
		{ uuids: from(25, 25), count: 60 },
		{ uuids: from(50, 10), count: 60 },
	]);
	await search();

	expect(sandbox.seen.map(({ path }) => path.split('?')[1])).toEqual([
		'limit=100&offset=0',
		'limit=100&offset=25',
		'limit=100&offset=50',
	]);
});

it('a list that ends before its own total says so', async () => {
	await vendorWith([
		{ uuids: from(0, 100), count: 300 },
		{ uuids: from(0, 100), count: 300 },
	]);
	const { output, hints } = await execute({
		parameters: { resource: 'record', operation: 'getAll', returnAll: true },
		items: [{}],
		credential: sandbox.credential,
	});

	expect(output).toHaveLength(100);
	expect(hints.map(({ message }) => message)).toEqual([
		'Ended at a page that promises more and brought nothing new: there may be more',
	]);
});

it('each item has pages of its own: the same record may come out of two', async () => {
	await start({ people: crowd(60) });
	const found = await search({ returnAll: true }, [{}, {}]);

	expect(found).toHaveLength(120);
	expect(sandbox.seen).toHaveLength(4);
});

it('a page that fails fails the whole list: half of it would pass for all', async () => {
	await start({ people: crowd(120) });
	sandbox.fault({ kind: 'status', status: 400, on: 'offset=50' });
	const { output } = await execute({
		parameters: { resource: 'record', operation: 'getAll', returnAll: true },
		items: [{}],
		credential: sandbox.credential,
		settings: { onError: 'continueRegularOutput' },
	});

	expect(output.map(({ json }) => json.outcome)).toEqual(['refused']);
});

it('a page that is gone is not a list that never was', async () => {
	await start();
	const body = { code: 404, message: 'Resource not found', errorKey: 'NOT_FOUND', traceId: 't' };
	sandbox.fault({ kind: 'status', status: 404, body, on: 'page=2' });
	const eventId = { __rl: true, mode: 'id', value: '={{ $json.id }}' };
	sandbox.world.unlockEvent('26855');
	const { output } = await execute({
		parameters: { resource: 'exhibitor', operation: 'getAll', eventId, returnAll: true },
		items: [{ id: '26855' }, { id: 'no such event' }],
		credential: sandbox.credential,
		settings: { onError: 'continueRegularOutput' },
	});

	expect(output.map(({ json }) => [json.outcome, json.reason])).toEqual([
		['refused', 'The list was there, and its page 2 was not: read it again'],
		['not_found', ''],
	]);
});

it('a list that never ends is given up, and says that there may be more', async () => {
	let asked = 0;
	const send = async (): Promise<AttemptResult> => {
		const results = from(100 * asked, 100).map((one) => ({ uuid: uuid(one) }));
		asked += 1;
		return { kind: 'response', status: 200, headers: {}, body: { count: 1e9, results } };
	};
	const cancelled = () => false;
	const { ecore } = accountsOf({ ecoreToken: 'token' });
	const reader = {
		account: ecore,
		send,
		throttle: new Throttle(),
		cancelled,
		haltReason: undefined,
		haltOnProblem: false,
	};
	const pages = [];
	for await (const page of pagesOf(reader, recordGetAll, firstSearch({}, Infinity), 7)) {
		pages.push(page);
	}

	expect(asked).toBe(7);
	expect(pages.at(-1)).toMatchObject({
		entries: [],
		leftOut: 'Ended after 7 pages: there may be more',
	});
});
