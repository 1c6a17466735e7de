import type { IDataObject } from 'n8n-workflow';
import type { PurchasedDetails } from '../../../nodes/EcoreLensmor/operations/operation';

import type { ItemResult } from '../../../nodes/EcoreLensmor/items/itemResult';
import { OUTCOMES, type Outcome } from '../../../nodes/EcoreLensmor/operations/outcome';
import { findPurchased, MAX_SEARCHES } from '../../../nodes/EcoreLensmor/free/findPurchased';
import { inTime, useFakeClock } from '../fakeClock';
import { answer, scripted, sessionOf } from '../scriptedSession';
import { GONE, holding, shelves, type Where } from './shelves';

useFakeClock();

/** Finds things again on the shelf of the item that asked; `told` says of each where it was, or why not. */
const again: PurchasedDetails<string[], Where> = {
	list: shelves,
	keys: (things) => things.map((thing) => thing.toLowerCase()),
	isAbout: (key, { about }) => about === key,
	firstSearch: ({ shelf }) => ({ shelf: typeof shelf === 'string' ? shelf : 'any', page: 1 }),
	describe: (things, found) => {
		const told = things.map((thing) => {
			const one = found(thing.toLowerCase());
			return 'json' in one ? one.json.at : one.reason;
		});
		return { fields: { told }, reason: told.length > 1 ? 'Several' : '' };
	},
	emptyFields: () => ({ told: null }),
};

const NOT_FOUND = 'No free search found it again';

function line(
	items: number[],
	request: string[],
	outcome: Outcome = 'unlocked',
	reason = '',
): ItemResult {
	const receipt = { outcome, creditsCharged: 1, creditsRemaining: 9, reason, fields: { own: 1 } };
	return { items, requests: [{ key: '', request }], request, receipt };
}
/** The inputs of items that name these shelves. */
const on = (...shelf: Array<string | undefined>) =>
	shelf.map((one): { json: IDataObject } => ({ json: one === undefined ? {} : { shelf: one } }));

/** Finds again what the lines bought, and answers what each line tells of it then. */
async function found(
	{ session }: ReturnType<typeof sessionOf>,
	lines: ItemResult[],
	inputs: Array<{ json: IDataObject }>,
	read = lines,
) {
	await inTime(
		findPurchased(session, again, { results: lines, perItem: read, inputs, concurrency: 5 }),
	);
	return lines.map(({ receipt }) => receipt.fields.told);
}

it('what was bought is put on its line, beside what the line says already', async () => {
	const lines = [
		line([0], ['Book'], 'unlocked', 'Cheap'),
		line([1], ['Pen', 'Cup'], 'unlocked', 'Dear'),
	];
	const vendor = sessionOf((path) =>
		path === '/a/1' ? holding(['book']) : holding(['cup', 'pen']),
	);
	await found(vendor, lines, on('a', 'b'));

	expect(lines.map(({ receipt }) => receipt)).toEqual([
		{
			outcome: 'unlocked',
			creditsCharged: 1,
			creditsRemaining: 9,
			reason: 'Cheap',
			fields: { own: 1, told: ['a'] },
		},
		{
			outcome: 'unlocked',
			creditsCharged: 1,
			creditsRemaining: 9,
			reason: 'Dear. Several',
			fields: { own: 1, told: ['b', 'b'] },
		},
	]);
	expect(vendor.asked).toEqual(['/a/1', '/b/1']);
});

it.each(OUTCOMES)('of what came out as %s only what was bought is looked for', async (outcome) => {
	const isBought = outcome.endsWith('unlocked');
	const lines = [line([0], ['book'], outcome, 'Why'), line([1], ['pen'])];
	const vendor = sessionOf(() => holding(['book', 'pen']));

	expect(await found(vendor, lines, on('a', 'b'))).toEqual([isBought ? ['a'] : null, ['b']]);
	expect(lines[0]?.receipt).toMatchObject({ outcome, reason: 'Why', fields: { own: 1 } });
	expect(vendor.asked).toEqual(isBought ? ['/a/1', '/b/1'] : ['/b/1']);
});

it('each thing is looked for with the item that is about it, or else the first that asked for it', async () => {
	const read = [
		line([0], ['book', 'Pen']),
		line([1], ['cup', 'Book']),
		line([2], ['PEN', 'BOOK']),
		line([3], ['pen']),
		line([7], ['cup', 'key']),
	];
	const bad: ItemResult = { ...line([4], []), requests: [] };
	const lines = [line([0, 1, 2, 3, 7], ['book', 'cup', 'pen', 'key'])];
	const vendor = sessionOf(() => holding(['book', 'cup', 'pen', 'key']));
	const inputs = [
		{ json: { shelf: 'a' } },
		{ json: { shelf: 'b' } },
		{ json: { shelf: 'c', about: 'pen' } },
		{ json: { shelf: 'd', about: 'pen' } },
	];

	expect(await found(vendor, lines, inputs, [...read, bad])).toEqual([['a', 'b', 'c', 'any']]);
	expect(vendor.asked).toEqual(['/a/1', '/b/1', '/c/1', '/any/1']);
});

it('what was found is simplified where its list can be', async () => {
	const simplify = ({ at }: IDataObject) => ({ at: ['simply', at] as string[] });
	const { session } = sessionOf(() => holding(['book']));
	const lines = [line([0], ['book'])];
	const simple = { ...again, list: { ...shelves, simplify } };
	await inTime(
		findPurchased(session, simple, {
			results: lines,
			perItem: lines,
			inputs: on('a'),
			concurrency: 5,
		}),
	);

	expect(lines[0]?.receipt.fields.told).toEqual([['simply', 'a']]);
});

it('one search serves all that it may find, and ends when nothing of it is missing', async () => {
	const lines = [line([0], ['book']), line([1], ['pen']), line([2], ['book'])];
	const vendor = scripted(holding(['other', 'book'], true), holding(['book 2', 'pen'], true));
	expect(
		await found(vendor, lines, on('a', 'a', 'b'), [line([0], ['book']), line([1], ['pen'])]),
	).toEqual([['a'], ['a'], ['a']]);
	expect(vendor.asked).toEqual(['/a/1', '/a/2']);
});

it('what is nowhere in a bounded number of pages was not found, and the rest is told', async () => {
	let page = 0;
	const vendor = sessionOf(() => holding([page === 3 ? 'pen' : `thing ${page}`], (page += 1) > 0));
	const lines = [line([0], ['book']), line([1], ['pen'])];

	expect(await found(vendor, lines, on('a', 'a'))).toEqual([[NOT_FOUND], ['a']]);
	expect(vendor.asked).toHaveLength(MAX_SEARCHES);
});

it('at most five searches are under way at once', async () => {
	let underWay = 0;
	let most = 0;
	const vendor = sessionOf(async () => {
		most = Math.max(most, (underWay += 1));
		await new Promise((resolve) => setTimeout(resolve, 50));
		underWay -= 1;
		return holding(['book']);
	});
	const shelf = Array.from({ length: 12 }, (_, index) => `shelf ${index}`);
	await found(
		vendor,
		shelf.map((_, item) => line([item], [`book ${item}`])),
		on(...shelf),
	);

	expect(vendor.asked).toHaveLength(12);
	expect(most).toBe(5);
});

it('a search that fails says why, and takes nothing from those that succeed or have', async () => {
	const vendor = sessionOf((path) => {
		if (path === '/a/1') return holding(['book'], true);
		return path === '/b/1' ? holding(['cup']) : answer(400);
	});
	const lines = [line([0], ['book', 'pen']), line([1], ['cup'])];

	expect(await found(vendor, lines, on('a', 'b'))).toEqual([
		['a', 'eCore refused the request (HTTP 400)'],
		['b'],
	]);
});

/** That many things, each with a shelf of its own, of which the first few, or those named, answer with `failure`. */
async function withFailure(failure: typeof GONE, times: number | number[]) {
	const things = Array.from({ length: 30 }, (_, index) => `thing ${index}`);
	const vendor = sessionOf(async (path) => {
		const index = Number(path.split('/')[1]);
		await new Promise((resolve) => setTimeout(resolve, 10));
		const isBad = typeof times === 'number' ? index < times : times.includes(index);
		return isBad ? failure : holding([`thing ${index}`]);
	});
	const lines = things.map((thing, item) => line([item], [thing]));
	const told = await found(vendor, lines, on(...things.map((_, index) => String(index))));
	return { asked: vendor.asked.length, told: told.flat() };
}

it('after three searches in a row that failed no further one is begun: what was paid for must not wait', async () => {
	const { asked, told } = await withFailure(answer(400), 3);
	const reason = 'eCore refused the request (HTTP 400)';

	// Three, and those that are under way beside them.
	expect(asked).toBeLessThanOrEqual(8);
	expect(told.slice(0, 3)).toEqual([reason, reason, reason]);
	expect(told.at(-1)).toBe(`Held back after an earlier answer: ${reason}`);
});

it.each<[string, typeof GONE, number]>([
	['two that failed', answer(400), 2],
	['any number whose list is missing', GONE, 29],
	['any number that find nothing', holding([]), 29],
])('after %s the search goes on', async (_what, failure, times) => {
	const { asked, told } = await withFailure(failure, times);

	expect(asked).toBe(30);
	const reason = failure.kind === 'response' && failure.status === 400 ? /HTTP 400/ : NOT_FOUND;
	for (const one of told.slice(0, times)) expect(one).toMatch(reason);
	expect(told.at(-1)).toBe('29');
});

it('searches that are refused here and there take nothing from the others', async () => {
	const bad = [0, 1, 10, 11, 20, 21];
	const { told } = await withFailure(answer(400), bad);

	const reason = 'eCore refused the request (HTTP 400)';
	expect(told).toEqual(told.map((_, index) => (bad.includes(index) ? reason : String(index))));
});

it('a sentence that the line says already is not said twice', async () => {
	const lines = [line([0], ['Pen', 'Cup'], 'unlocked', 'Several'), line([1], ['Book'])];
	await found(
		sessionOf(() => holding(['pen', 'cup', 'book'])),
		lines,
		on('a', 'b'),
	);

	expect(lines.map(({ receipt }) => receipt.reason)).toEqual(['Several', '']);
});

it('Stop ends the search: what was bought stands, with the reason', async () => {
	const vendor = scripted();
	vendor.stop();
	const lines = [line([0], ['book']), line([1], ['pen'], 'already_unlocked')];

	expect(await found(vendor, lines, on('a', 'b'))).toEqual([
		['The execution was stopped'],
		['The execution was stopped'],
	]);
	expect(lines.map(({ receipt }) => receipt.outcome)).toEqual(['unlocked', 'already_unlocked']);
});
