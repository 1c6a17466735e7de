import type { IDataObject } from 'n8n-workflow';

import { crowd, emailOf } from '../../fixtures/crowd';
import {
	eventUnlock,
	paidOperations,
	phoneEnrich as phones,
	recordUnlock,
	withOptions,
} from '../../fixtures/paidOperations';
import { shipped } from '../../sandbox/world';
import { inTime, useFakeClock } from '../fakeClock';
import { play, start, type Setup } from '../fakeExecution';
import { charged, asking, CONTINUE, keyed, reasons, told } from '../runs';
import { FakeVendor } from '../fakeVendor';
import { FakeDataTables } from '../spend/book/fakeDataTables';

useFakeClock();

const NAME = 'Credit purchases';
const DAY_MS = 24 * 60 * 60 * 1000;
let executions = 0;

/** An execution of its own, with what n8n and the vendor remember of those before. */
function next(before: Setup, more: Partial<Setup> = {}): Setup {
	executions += 1;
	return { ...before, memory: {}, executionId: String(executions), ...more };
}

const withBook = (operation: typeof phones, options: IDataObject = {}) =>
	withOptions(operation, { purchaseBook: NAME, ...options });

/** An execution with a purchase book that asks for the first keys of an operation. */
const first = (count: number, options: IDataObject = {}, more: Partial<Setup> = {}, of = phones) =>
	next(
		asking(of, count, {
			parameters: withBook(of, options),
			dataTables: new FakeDataTables(),
			...more,
		}),
	);

const allRowsOf = ({ dataTables }: Setup) => dataTables?.named(NAME)?.rows ?? [];
const rowsOf = (setup: Setup) => allRowsOf(setup).filter(({ outcome }) => outcome !== 'answered');
/** Plays an execution, and says how many requests a crash at its worst moment would have left unknown. */
async function playCounting(setup: Setup) {
	let mostUnknown = 0;
	if (setup.dataTables === undefined) throw new Error('there are no data tables');
	setup.dataTables.onStep = () => {
		const attempts = (rows: IDataObject[]) => new Set(rows.map(({ attempt }) => attempt)).size;
		const answered = rowsOf(setup).filter(({ outcome }) => outcome !== 'asked');
		mostUnknown = Math.max(mostUnknown, attempts(rowsOf(setup)) - attempts(answered));
	};
	return { ...(await play(setup)), mostUnknown };
}

const savedIn = (setup: Setup) =>
	allRowsOf(setup)
		.filter(({ outcome }) => outcome === 'answered')
		.map(({ operation, workflow, credits, saved }) => [operation, workflow, credits, saved]);

it.each(paidOperations)(
	'$name: without the option no data table is asked for',
	async (operation) => {
		const setup = asking(operation, 2, { dataTables: new FakeDataTables() });
		const { json } = await play(setup);
		expect(setup.dataTables?.visits).toEqual([]);
		for (const one of json) expect(one).not.toHaveProperty('boughtAt');
	},
);

it.each(paidOperations)(
	'$name: another execution that asks for the same pays nothing, and one row stands for each purchase',
	async (operation) => {
		const setup = first(2, {}, {}, operation);
		const { json: bought } = await play(setup);
		const { json: again, hints } = await play(next(setup));
		await play(next(setup));

		const ofLookups = operation.parameters.operation === 'enrich';
		expect(bought.map(({ creditsCharged }) => creditsCharged)).toEqual([
			operation.credits,
			operation.credits,
		]);
		expect(again.map(({ creditsCharged }) => creditsCharged)).toEqual([0, 0]);
		expect(charged(setup.vendor)).toEqual(operation.keys.slice(0, 2));
		expect(setup.vendor.paidRequests).toHaveLength(ofLookups ? 2 : 6);
		for (const [index, one] of again.entries()) {
			expect('boughtAt' in one).toBe(ofLookups);
			if (!ofLookups) continue;
			const { boughtAt, ...same } = one;
			expect(same).toEqual({ ...bought[index], creditsCharged: 0, creditsRemaining: null });
			expect(boughtAt).toBe(rowsOf(setup)[index]?.createdAt);
		}
		if (ofLookups) {
			const saved = 2 * operation.credits;
			expect(hints[0]?.message).toContain(
				`2 from the purchase book, which saved ${saved} credits; 0 credits spent`,
			);
		}
		const paid = rowsOf(setup).filter(({ credits }) => credits !== 0);
		expect(paid.map(({ credits }) => credits)).toEqual([operation.credits, operation.credits]);
		// What is asked for again and again and costs nothing fills no table.
		expect(rowsOf(setup)).toHaveLength(ofLookups ? 2 : 4);
		for (const row of rowsOf(setup)) {
			const { resource, operation: name } = operation.parameters;
			expect(row).toMatchObject({
				operation: `${resource as string}.${name as string}`,
				workflow: 'Leads',
			});
			expect(row.outcome).not.toBe('asked');
		}
	},
);

it('the row says for people what was asked for, and holds no token', async () => {
	const setup = first(2);
	await play(setup);
	expect(rowsOf(setup).map(({ about, credits, outcome }) => [about, credits, outcome])).toEqual(
		phones.keys.slice(0, 2).map((key) => [key, 5, 'found']),
	);
	expect(JSON.stringify(rowsOf(setup))).not.toContain('token-4f7a');
	for (const { key } of rowsOf(setup)) expect(key).toMatch(/^[\w-]{16}$/);
});

it('what answers of the book saved is written down: for several at once, for one with the next row', async () => {
	const setup = first(2);
	await play(setup);
	await play(next(setup));
	expect(savedIn(setup)).toEqual([['phone.enrich', 'Leads', 0, 10]]);

	const one = { items: keyed(phones.keys[0]) };
	await play(next(setup, one));
	await play(next(setup, one));
	await play(next(setup, { ...one, parameters: withBook(phones, { dryRun: true }) }));
	expect(savedIn(setup)).toHaveLength(1);
	await play(next(setup, { items: keyed(phones.keys[2]) }));
	expect(savedIn(setup)).toEqual([
		['phone.enrich', 'Leads', 0, 10],
		['phone.enrich', 'Leads', 0, 10],
	]);
	// These rows stand for no purchase.
	for (const row of allRowsOf(setup)) expect(row.key === '').toBe(row.outcome === 'answered');
	expect(told((await play(next(setup))).json)).toEqual([
		['found', 0],
		['found', 0],
	]);
});

it('a single contact is looked up and written down in one visit to the table', async () => {
	const setup = first(1);
	await play(setup);
	const other = next(setup, { items: keyed(phones.keys[1]) });
	const { dataTables: { visits } = { visits: [] } } = setup;
	visits.length = 0;
	await play(other);
	expect(visits).toEqual([
		['row rowNotExists', 'row insert', 'row get'],
		['row insert', 'row deleteRows'],
	]);
	visits.length = 0;
	expect(told((await play(next(other))).json)).toEqual([['found', 0]]);
	expect(visits).toEqual([['row rowNotExists', 'row insert', 'row get']]);
	expect(rowsOf(setup)).toHaveLength(2);
});

it('what is answered from the book needs no credits of Maximum Credits', async () => {
	const setup = first(1);
	await play(setup);
	const poor = { parameters: withBook(phones, { maximumCredits: 3 }) };
	expect(told((await play(next(setup, poor))).json)).toEqual([['found', 0]]);
	const other = next(setup, { ...poor, items: keyed(phones.keys[1]) });
	expect(told((await play(other)).json)).toEqual([['not_sent', 0]]);
});

it('what is not found is asked again, and leaves one row', async () => {
	const setup = first(0, {}, { items: keyed('nobody@acme.com', 'noone@acme.com') });
	await play(setup);
	const { json } = await play(next(setup));
	expect(told(json)).toEqual([
		['not_found', 0],
		['not_found', 0],
	]);
	expect(json[0]).not.toHaveProperty('boughtAt');
	expect(setup.vendor.sent).toHaveLength(4);
	expect(rowsOf(setup).map(({ outcome, credits }) => [outcome, credits])).toEqual([
		['not_found', 0],
		['not_found', 0],
	]);
});

it('what is refused leaves no row', async () => {
	const setup = first(2, {}, { onError: CONTINUE });
	setup.vendor.fault({ kind: 'status', status: 400 });
	const { json } = await play(setup);
	expect(told(json)).toEqual([
		['refused', 0],
		['found', 5],
	]);
	expect(rowsOf(setup).map(({ about }) => about)).toEqual([phones.keys[1]]);
});

it('Remember For: what is older is bought anew, and 0 buys everything anew', async () => {
	const setup = first(2, { rememberForDays: 30 });
	await play(setup);
	jest.setSystemTime(Date.now() + 29 * DAY_MS);
	expect(told((await play(next(setup))).json)).toEqual([
		['found', 0],
		['found', 0],
	]);
	expect(
		told((await play(next(setup, { parameters: withBook(phones, { rememberForDays: 0 }) }))).json),
	).toEqual([
		['found', 5],
		['found', 5],
	]);
	jest.setSystemTime(Date.now() + 31 * DAY_MS);
	await play(next(setup));
	expect(setup.vendor.sent).toHaveLength(6);
	expect(rowsOf(setup)).toHaveLength(6);
});

it('a row that a person deletes is bought anew, and no other', async () => {
	const setup = first(2);
	await play(setup);
	allRowsOf(setup).shift();
	const { json } = await play(next(setup));
	expect(told(json)).toEqual([
		['found', 5],
		['found', 0],
	]);
});

it.each(['{"phone": 7}', '', null])(
	'a row whose result was edited to %j makes its purchase uncertain, at 0 credits, and nothing is sent',
	async (edited) => {
		const setup = first(2, {}, { onError: CONTINUE });
		await play(setup);
		for (const row of rowsOf(setup)) row.result = edited;
		const { json } = await play(next(setup));
		expect(told(json)).toEqual([
			['uncertain', 0],
			['uncertain', 0],
		]);
		expect(json[0]?.reason).toBe(
			`This was bought on ${rowsOf(setup)[0]?.createdAt as string}, but its row in the data table "${NAME}" cannot be read. Delete the row to have it bought again`,
		);
		expect(setup.vendor.sent).toHaveLength(2);
	},
);

describe('an answer that was lost', () => {
	/** An execution that loses the first answer, and what the next one is told. */
	async function afterALoss(onError: Setup['onError'] = CONTINUE) {
		const setup = first(2, { concurrency: 1 }, { onError });
		setup.vendor.fault({ kind: 'lostAfter' });
		const lost = await play(setup);
		const later = next(setup);
		return { setup, lost, later, told: await play(later) };
	}

	it('is uncertain for later executions, costs them nothing, and is not sent again', async () => {
		const { setup, lost, told: second } = await afterALoss();
		expect(told(lost.json)).toEqual([
			['uncertain', null],
			['found', 5],
		]);
		expect(told(second.json)).toEqual([
			['uncertain', 0],
			['found', 0],
		]);
		const [row] = rowsOf(setup);
		expect(row).toMatchObject({ outcome: 'asked', credits: 5, validForMs: 0 });
		expect(second.json[0]?.reason).toBe(
			`Execution ${setup.executionId} of workflow Leads asked for this on ${row?.createdAt as string}, and nobody knows what came of it: it may have cost up to 5 credits. It is not asked again by itself. To have it asked anew, delete its row in the data table "${NAME}", or press Retry on this execution`,
		);
		expect(setup.vendor.sent).toHaveLength(2);
	});

	it('with Stop Workflow ends a later execution before it spends, and its Retry asks once more', async () => {
		const { setup, later, told: failed } = await afterALoss('stopWorkflow');
		expect(failed.error?.message).toContain('nobody knows what came of it');
		expect(setup.vendor.sent).toHaveLength(1);
		const retry = { ...later, mode: 'retry', executionId: 'retry' };
		const { json } = await play(retry);

		expect(told(json)).toEqual([
			['found', 5],
			['found', 5],
		]);
		expect(charged(setup.vendor)).toHaveLength(3);
		// The doubt is closed, and still counts.
		const rows = rowsOf(setup).map(({ outcome, credits }) => [outcome, credits]);
		expect(rows.sort()).toEqual([
			['found', 5],
			['found', 5],
			['uncertain', 5],
		]);
		const { json: last } = await play(next(setup));
		expect(told(last)).toEqual([
			['found', 0],
			['found', 0],
		]);
	});

	it('with Continue keeps nobody else from being asked for', async () => {
		const { later } = await afterALoss();
		const { json } = await play(next(later, { items: keyed(...phones.keys.slice(0, 3)) }));
		expect(told(json)).toEqual([
			['uncertain', 0],
			['found', 0],
			['found', 5],
		]);
	});

	it('is not sent again by the Retry of an execution that was not told of it', async () => {
		const { setup } = await afterALoss();
		const { json } = await play(next(setup, { mode: 'retry' }));
		expect(told(json)[0]).toEqual(['uncertain', 0]);
		expect(setup.vendor.sent).toHaveLength(2);
	});

	it('is not sent again by Retry On Fail within a Retry', async () => {
		const { setup, later } = await afterALoss('stopWorkflow');
		const retry = { ...later, mode: 'retry', executionId: 'retry' };
		setup.vendor.fault({ kind: 'lostAfter' });
		await play(retry);
		const sent = setup.vendor.sent.length;
		const { error } = await play(retry);
		expect(error?.message).toContain('may or may not have charged');
		expect(setup.vendor.sent).toHaveLength(sent);
	});
});

it('the Retry of the execution that lost an answer asks once more', async () => {
	const setup = first(2, { concurrency: 1 }, { onError: 'stopWorkflow' });
	setup.vendor.fault({ kind: 'lostAfter' });
	await play(setup);
	const { json } = await play({ ...setup, mode: 'retry', executionId: 'retry' });
	// What both attempts at the first cost is not known.
	expect(told(json)).toEqual([
		['found', null],
		['found', 5],
	]);
	expect(charged(setup.vendor)).toHaveLength(3);
});

it.each([
	[1, 4],
	[2, 8],
	[5, 20],
	[8, 20],
	[20, 40],
])(
	'with Concurrency %i no more than %i requests are written down at once: so many could a crash leave unknown',
	async (concurrency, most) => {
		const items = keyed(...Array.from({ length: 60 }, (_, index) => emailOf(index)));
		const setup = first(0, { concurrency }, { vendor: new FakeVendor({}, crowd(60)), items });
		setup.parameters = { ...setup.parameters, email: '={{ $json.key }}' };
		const { json, mostUnknown } = await playCounting(setup);
		expect(told(json)).toEqual(items.map(() => ['found', 5]));
		expect(charged(setup.vendor)).toHaveLength(60);
		expect(mostUnknown).toBe(most);

		// What is refused is taken back before the next is written down.
		const other = first(0, { concurrency }, { items, onError: CONTINUE });
		for (let left = 60; left > 0; left -= 1) other.vendor.fault({ kind: 'status', status: 400 });
		const refused = await playCounting(other);
		expect(told(refused.json)).toEqual(items.map(() => ['refused', 0]));
		expect(refused.mostUnknown).toBe(most);
	},
);

it.each([
	['Stop', {}, { stopAfterMs: 1 }],
	['an answer that ends the run', {}, {}],
])('after %s no more rows are written, and the run ends', async (what, options, more) => {
	const items = keyed(...Array.from({ length: 200 }, (_, index) => emailOf(index)));
	const setup = first(0, options, { vendor: new FakeVendor({}, crowd(200)), items, ...more });
	setup.parameters = { ...setup.parameters, email: '={{ $json.key }}' };
	// The first answers come after Stop.
	setup.vendor.fault({ kind: 'slow', ms: 50 });
	if (what !== 'Stop') setup.vendor.fault({ kind: 'status', status: 401 });
	await play(setup);
	const written = (setup.dataTables?.visits ?? []).filter((visit) => visit.includes('row insert'));
	expect(written.length).toBeLessThanOrEqual(3);
	expect(rowsOf(setup).filter(({ outcome }) => outcome === 'asked')).toEqual([]);
});

it('events are written down one at a time: a crash leaves one of 2,000 credits unknown at most', async () => {
	const setup = first(2, {}, {}, eventUnlock);
	const asked: number[] = [];
	setup.vendor.onAnswer = () => {
		asked.push(rowsOf(setup).filter(({ outcome }) => outcome === 'asked').length);
	};
	await play(setup);
	expect(charged(setup.vendor)).toHaveLength(2);
	expect(Math.max(...asked)).toBe(1);
});

describe('a request that waits long for its turn', () => {
	// Its row could be taken for one of a process that died.
	const LONG_MS = 25_000;
	const asked = (setup: Setup) => rowsOf(setup).filter(({ outcome }) => outcome === 'asked');

	it('is written down while another one travels, and anew before it is sent', async () => {
		const setup = first(3, { concurrency: 1 });
		const start = Date.now();
		const seen: number[][] = [];
		setup.vendor.fault({ kind: 'slow', ms: LONG_MS });
		setup.vendor.onAnswer = () => {
			seen.push(asked(setup).map((row) => Date.parse(row.createdAt as string) - start));
			// The time in which it may be sent, the timeout of a request, and what writing may take.
			for (const row of asked(setup)) expect(row.validForMs).toBe(20_000 + 60_000 + 20_000);
		};
		const { json } = await play(setup);

		expect(told(json)).toEqual([
			['found', 5],
			['found', 5],
			['found', 5],
		]);
		expect(charged(setup.vendor)).toEqual(phones.keys.slice(0, 3));
		expect(seen.map((rows) => rows.length)).toEqual([3, 2, 1]);
		expect(Math.max(...(seen[0] ?? []))).toBeLessThan(LONG_MS);
		expect(Math.min(...(seen[1] ?? []))).toBeGreaterThanOrEqual(LONG_MS);
		expect(rowsOf(setup).map(({ outcome }) => outcome)).toEqual(['found', 'found', 'found']);
	});

	it('is not sent if Stop was pressed meanwhile, and leaves no row', async () => {
		const setup = first(2, { concurrency: 1 }, { stopAfterMs: 22_000 });
		setup.vendor.fault({ kind: 'slow', ms: LONG_MS });
		const { json } = await play(setup);
		expect(told(json)).toEqual([
			['found', 5],
			['not_sent', 0],
		]);
		expect(json[1]?.reason).toBe('The execution was stopped');
		expect(rowsOf(setup)).toHaveLength(1);
	});

	it('is sent again where a repeat is free, and what its lost attempts may have cost stays written down', async () => {
		const setup = first(1, {}, {}, recordUnlock);
		setup.vendor.fault({ kind: 'status', status: 503, ms: 15_000, times: 2 });
		const { json } = await play(setup);
		expect(told(json)).toEqual([['unlocked', 1]]);
		expect(setup.vendor.sent).toHaveLength(3);
		expect(rowsOf(setup).map(({ outcome, credits }) => [outcome, credits])).toEqual([
			['unlocked', 1],
			['uncertain', 1],
		]);
	});
});

it('two executions at the same time ask once, and both have the answer', async () => {
	const setup = first(2);
	const other = next(setup);
	const [one, two] = await inTime(Promise.all([start(setup), start(other)]));
	for (const { json } of [one, two]) {
		expect(json.map(({ outcome }) => outcome)).toEqual(['found', 'found']);
	}
	expect(charged(setup.vendor)).toHaveLength(2);
	const sum = [...one.json, ...two.json].reduce(
		(all, { creditsCharged }) => all + Number(creditsCharged),
		0,
	);
	expect(sum).toBe(10);
	expect(rowsOf(setup)).toHaveLength(2);
});

describe('while another execution asks for the same', () => {
	/** An execution whose first request takes long, and another that asks for the same and more. */
	function both(more: Partial<Setup> = {}) {
		const setup = first(1);
		setup.vendor.fault({ kind: 'slow', ms: 10_000 });
		const items = keyed(...phones.keys.slice(0, 2));
		return { setup, other: next(setup, { items, onError: CONTINUE, ...more }) };
	}

	it('Stop ends the waiting: nothing is sent, and no row is left', async () => {
		const { setup, other } = both({ stopAfterMs: 2000 });
		const [, two] = await inTime(Promise.all([start(setup), start(other)]));
		expect(told(two.json)[0]).toEqual(['not_sent', 0]);
		expect(two.json[0]?.reason).toBe('The execution was stopped');
		expect(rowsOf(setup).map(({ outcome }) => outcome)).toEqual(['found', 'found']);
	});

	it('a refusal that ends the run ends the waiting, with its reason', async () => {
		const { setup, other } = both();
		setup.vendor.fault({ kind: 'status', on: phones.keys[1] ?? '', status: 401 });
		const [, two] = await inTime(Promise.all([start(setup), start(other)]));
		expect(told(two.json)).toEqual([
			['not_sent', 0],
			['refused', 0],
		]);
		expect(two.json[0]?.reason).toContain('eCore refused the token');
	});

	it('what is not sent for that is a problem, as without a book', async () => {
		const { setup, other } = both({ onError: 'stopWorkflow' });
		setup.vendor.fault({ kind: 'status', on: phones.keys[1] ?? '', status: 401 });
		const [, two] = await inTime(Promise.all([start(setup), start(other)]));
		expect(two.error?.description).toBe('Nothing was charged. 1 item held back and not charged.');
	});
});

it('the row has the price that was paid, not the most it could have been', async () => {
	const [phoneless] = shipped.people.filter(({ phone }) => phone === null);
	const parameters = { ...withBook(recordUnlock), unlockType: 'phone' };
	const items = keyed(phoneless?.uuid, recordUnlock.keys[0]);
	const setup = first(0, {}, { items, parameters }, recordUnlock);
	await play(setup);
	expect(rowsOf(setup).map(({ credits }) => credits)).toEqual([1, 5]);
});

it.each([
	[90, 'The purchase book keeps that: however this is run again, it pays only for the rest.'],
	[
		0,
		'Retry On Fail, and Retry in the list of executions, go on where this stopped and keep that. Execute in the editor runs everything anew and pays again.',
	],
])(
	'with Stop Workflow and Remember For %i the error says what would pay again',
	async (rememberForDays, kept) => {
		const setup = first(2, { concurrency: 1, rememberForDays });
		setup.vendor.fault({ kind: 'status', on: phones.keys[1] ?? '', status: 400 });
		const { error } = await play(setup);
		expect(error?.description).toBe(`Paid so far: 5 credits for 1 item. ${kept}`);
	},
);

it('Try Next Identifier: what the book has of a later identifier is not paid again', async () => {
	const setup = first(1);
	await play(setup);
	const parameters = {
		...withBook(phones, { tryNext: true }),
		linkedinUrl: 'https://www.linkedin.com/in/nobody-at-all',
	};
	const both = next(setup, { parameters });
	const dry = await play(
		next(setup, {
			parameters: withOptions(
				{ ...phones, parameters },
				{ dryRun: true, purchaseBook: NAME, tryNext: true },
			),
		}),
	);
	const { json } = await play(both);

	expect(json[0]).toMatchObject({ outcome: 'found', creditsCharged: 0, matchedBy: 'email' });
	expect(charged(setup.vendor)).toHaveLength(1);
	// The identifier before it is asked, and might be found.
	expect(dry.json[0]).toMatchObject({ maximumCost: 5 });
});

it.each(paidOperations)('$name: a new token pays for nothing again', async (operation) => {
	const setup = first(2, {}, {}, operation);
	await play(setup);
	const keys = () => new Set(rowsOf(setup).map(({ key }) => key));
	const before = keys();
	const credential = { ecoreToken: 'rotated', lensmorToken: 'rotated' };
	const { json } = await play(next(setup, { credential }));
	expect(json.map(({ creditsCharged }) => creditsCharged)).toEqual([0, 0]);
	expect(keys()).toEqual(before);
});

describe('Dry Run', () => {
	it('of a single contact looks into the book as well', async () => {
		const setup = first(1);
		await play(setup);
		const parameters = withBook(phones, { dryRun: true });
		const { json } = await play(next(setup, { parameters }));
		expect(json.map(({ outcome, maximumCost }) => [outcome, maximumCost])).toEqual([
			['planned', 0],
		]);
		expect(setup.vendor.sent).toHaveLength(1);
	});

	it('looks into the book, and writes and makes nothing', async () => {
		const setup = first(1);
		const dry = { parameters: withBook(phones, { dryRun: true }) };
		await play(next(setup, dry));
		expect(setup.dataTables?.tables).toEqual([]);
		await play(setup);
		const before = JSON.stringify(rowsOf(setup));
		const { json, hints } = await play(
			next(setup, { ...dry, items: keyed(...phones.keys.slice(0, 2)) }),
		);

		expect(json.map(({ outcome, maximumCost }) => [outcome, maximumCost])).toEqual([
			['planned', 0],
			['planned', 5],
		]);
		expect(hints[0]?.message).toContain('at most 5 credits if it were sent');
		expect(JSON.stringify(rowsOf(setup))).toBe(before);
		expect(setup.vendor.sent).toHaveLength(1);
	});
});

describe('limits over time', () => {
	it.each([
		['maximumCreditsPerDay', 'Maximum Credits per Day', 1],
		['maximumCreditsPerMonth', 'Maximum Credits per Month', 30],
	])('%s holds over executions, and only for its period', async (option, name, days) => {
		const setup = first(1, { [option]: 12, rememberForDays: 0 });
		await play(setup);
		const later = next(setup, { items: keyed(...phones.keys.slice(0, 3)) });
		const { json, hints, error } = await play(later);

		expect(error).toBeUndefined();
		expect(told(json)).toEqual([
			['found', 5],
			['not_sent', 0],
			['not_sent', 0],
		]);
		expect(json[1]?.reason).toBe(
			`${name} is reached: 10 of 12 credits are spent, and this could have cost 5 more`,
		);
		expect(hints[0]?.type).toBe('warning');
		jest.setSystemTime(Date.now() + days * DAY_MS + 1000);
		expect(told((await play(next(later))).json).map(([outcome]) => outcome)).toEqual([
			'found',
			'found',
			'not_sent',
		]);
		// What was not sent has left nothing behind.
		expect(rowsOf(setup)).toHaveLength(4);
	});

	it('what nobody knows counts at its worst, and another vendor does not count', async () => {
		const setup = first(1, { maximumCreditsPerDay: 5 }, { onError: CONTINUE });
		setup.vendor.fault({ kind: 'lostAfter' });
		await play(setup);
		const other = next(setup, { items: keyed(phones.keys[1]) });
		expect(told((await play(other)).json)).toEqual([['not_sent', 0]]);
		for (const row of rowsOf(setup)) row.vendor = 'lensmor';
		expect(told((await play(next(other))).json)).toEqual([['found', 5]]);
	});

	it('what is not found gives its credits back, so that others fit', async () => {
		const items = keyed('nobody@acme.com', 'noone@acme.com', phones.keys[0]);
		const setup = first(0, { maximumCreditsPerDay: 5 }, { items });
		expect(told((await play(setup)).json)).toEqual([
			['not_found', 0],
			['not_found', 0],
			['found', 5],
		]);
	});

	it('executions at the same time do not pass it together, and use all of it', async () => {
		const setup = first(
			0,
			{ maximumCreditsPerDay: 15 },
			{ items: keyed(...phones.keys.slice(0, 2)) },
		);
		const other = next(setup, { items: keyed(...phones.keys.slice(2, 4)) });
		const [one, two] = await inTime(Promise.all([start(setup), start(other)]));
		const outcomes = [...one.json, ...two.json].map(({ outcome }) => outcome);
		expect(outcomes.filter((outcome) => outcome === 'found')).toHaveLength(3);
		expect(outcomes.filter((outcome) => outcome === 'not_sent')).toHaveLength(1);
	});

	it.each([
		[50, 1],
		[5, 30],
	])(
		'%i executions of %i people each at the same time do not keep each other waiting for ever',
		async (executionsAtOnce, people) => {
			const dataTables = new FakeDataTables();
			let trips = 0;
			// As in n8n, each takes another time.
			dataTables.tripMs = () => 100 + ((trips += 37) % 101);
			const setup = first(0, { maximumCreditsPerDay: 12 }, { dataTables });
			const nobody = (execution: number) =>
				keyed(...Array.from({ length: people }, (_, n) => `nobody-${execution}-${n}@acme.com`));
			const running = Array.from(
				{ length: executionsAtOnce },
				async (_, execution) => await start(next(setup, { items: nobody(execution) })),
			);
			// Two fit at a time, and each needs a second: without waiting for each other, this takes a minute or two.
			for (const { json } of await inTime(Promise.all(running), 10 * 60_000)) {
				expect(told(json)).toEqual(json.map(() => ['not_found', 0]));
				expect(json).toHaveLength(people);
			}
		},
	);

	it('a limit without a book, and a book without a name, are told before anything is sent', async () => {
		const setup = asking(phones, 2, { dataTables: new FakeDataTables() });
		const tell = async (options: IDataObject) =>
			(await play({ ...setup, parameters: withOptions(phones, options) })).error?.message;
		const WITHOUT =
			'Maximum Credits per Day and per Month count what stands in the purchase book: add the option Purchase Book';
		expect(await tell({ maximumCreditsPerDay: 5 })).toBe(WITHOUT);
		expect(await tell({ maximumCreditsPerMonth: 5 })).toBe(WITHOUT);
		expect(await tell({ purchaseBook: ' ' })).toBe(
			'Purchase Book must be the name of a data table, of 1 to 128 characters, not nothing',
		);
		expect(await tell({ purchaseBook: 'x'.repeat(129) })).toContain('of 1 to 128 characters');
		expect(await tell({ purchaseBook: NAME, rememberForDays: -1 })).toBe(
			'Remember For (Days) must be a number of days, 0 or more, not the number -1',
		);
		expect(setup.vendor.sent).toEqual([]);
		expect(setup.dataTables?.visits).toEqual([]);
	});
});

describe('the book out of reach', () => {
	it('before anything is sent: one sentence, on every item or once', async () => {
		const setup = first(2);
		if (setup.dataTables)
			setup.dataTables.failure = { operation: 'table list', message: 'no module' };
		const REASON = `The purchase book "${NAME}" is out of reach, so nothing was sent: no module`;
		const { error } = await play(setup);
		const { json } = await play(next(setup, { onError: CONTINUE }));
		expect(error?.message).toBe(`For item 0: ${REASON} (and 1 more item)`);
		expect(error?.description).toBe('Nothing was charged.');
		expect(told(json)).toEqual([
			['refused', 0],
			['refused', 0],
		]);
		expect(reasons(json)).toEqual([REASON, REASON]);
		expect(setup.vendor.sent).toEqual([]);
	});

	it('in a later run: what the execution has bought comes out of its memory all the same', async () => {
		const setup = first(2, {}, { onError: CONTINUE });
		await play(setup);
		if (setup.dataTables) setup.dataTables.failure = { operation: 'row get', message: 'gone' };
		const items = keyed(...phones.keys.slice(0, 3));
		const { json } = await play({ ...setup, items, round: 1 });
		expect(told(json)).toEqual([
			['found', 0],
			['found', 0],
			['refused', 0],
		]);
		expect(json[2]?.reason).toBe(
			`The purchase book "${NAME}" is out of reach, so nothing was sent: gone`,
		);
		const dry = { parameters: withBook(phones, { dryRun: true }) };
		expect(reasons((await play(next(setup, { ...dry, items }))).json)[0]).toContain('gone');
	});

	it('when it is to be written: nothing is sent, and the rest is held back', async () => {
		const setup = first(2, { concurrency: 1 }, { onError: CONTINUE });
		if (setup.dataTables) setup.dataTables.failure = { operation: 'row insert', message: 'full' };
		const { json } = await play(setup);
		expect(json[0]?.outcome).toBe('refused');
		expect(['refused', 'not_sent']).toContain(json[1]?.outcome);
		expect(json[0]?.reason).toContain('is out of reach, so nothing was sent: full');
		for (const items of [setup.items, setup.items.slice(0, 1)]) {
			const { error } = await play(next(setup, { onError: 'stopWorkflow', items }));
			expect(error?.message).toContain('is out of reach, so nothing was sent: full');
		}
		expect(setup.vendor.sent).toEqual([]);
	});

	it('after an answer: the answer comes out and is remembered, and the summary warns', async () => {
		const setup = first(1);
		const { dataTables } = setup;
		setup.vendor.onAnswer = () => {
			if (dataTables) dataTables.failure = { operation: 'row insert', message: 'full' };
		};
		const { json, hints } = await play(setup);
		expect(told(json)).toEqual([['found', 5]]);
		expect(hints[0]).toMatchObject({ type: 'warning' });
		expect(hints[0]?.message).toContain(
			'not all of it could be written in the purchase book (full)',
		);
		// What stands there prevents a second purchase.
		expect(rowsOf(setup).map(({ outcome }) => outcome)).toEqual(['asked']);
	});
});

it.each([recordUnlock, eventUnlock])(
	'$name: what was charged is not forgotten if its row became too old and the table fails when it is written anew',
	async (operation) => {
		const setup = first(2, { returnContactDetails: false }, { onError: CONTINUE }, operation);
		setup.vendor.fault({
			kind: 'status',
			status: 504,
			charged: true,
			ms: 25_000,
			on: 'POST',
			times: 2,
		});
		setTimeout(() => {
			const { dataTables } = setup;
			if (dataTables)
				dataTables.failure = { operation: 'row insert', message: 'database is locked' };
		}, 24_000);
		const { json } = await play(setup);
		// Events are asked for one after the other: the second one comes when nothing more is sent.
		const paid = charged(setup.vendor).length;
		expect(paid).toBe(operation === recordUnlock ? 2 : 1);
		expect(told(json)).toEqual([
			...Array<unknown>(paid).fill(['uncertain', null]),
			...Array<unknown>(2 - paid).fill(['not_sent', 0]),
		]);
		expect(rowsOf(setup).map(({ outcome }) => outcome)).toEqual(Array(paid).fill('asked'));
	},
);
