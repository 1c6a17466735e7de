import { pagesOf } from '../../../nodes/EcoreLensmor/free/pages';
import type { AttemptResult } from '../../../nodes/EcoreLensmor/transport/send';
import { answer, scripted, sessionOf } from '../scriptedSession';
import { GONE, holding, shelves } from './shelves';

const MOST = 9;
const first = { shelf: 'a', page: 1 };

/** Turns all pages: what came on each, or how the list ended. */
async function turned({ session }: ReturnType<typeof scripted>, most = MOST) {
	const pages = [];
	for await (const page of pagesOf(session, shelves, first, most)) {
		pages.push(
			page.kind === 'page'
				? { things: page.entries.map(({ key }) => key), leftOut: page.leftOut }
				: page,
		);
	}
	return pages;
}
const things = (...lists: string[][]) =>
	lists.map((list) => expect.objectContaining({ things: list }) as unknown);

it.each<[string, AttemptResult[], string[][]]>([
	['the last page', [holding(['1', '2'])], [['1', '2']]],
	['a page without anything', [holding([], true)], [[]]],
	['the last of several', [holding(['1'], true), holding(['2', '3'])], [['1'], ['2', '3']]],
	[
		'a page that repeats the one before',
		[holding(['1', '2'], true), holding(['2', '1'], true)],
		[['1', '2'], []],
	],
	[
		'a page that repeats the first',
		[holding(['1'], true), holding(['2'], true), holding(['1'], true)],
		[['1'], ['2'], []],
	],
	[
		'the last of pages that overlap, or say a thing twice',
		[holding(['1', '2', '1'], true), holding(['2', '3', '3'])],
		[['1', '2'], ['3']],
	],
])('a list ends after %s, and brings nothing twice', async (_what, answers, pages) => {
	const vendor = scripted(...answers);
	expect(await turned(vendor)).toEqual(things(...pages));
	expect(vendor.asked).toEqual(answers.map((_, index) => `/a/${index + 1}`));
});

it('what a page tells beside its entries comes with it', async () => {
	const { session } = scripted(holding(['1'], true), holding(['2']));
	const pages = [];
	for await (const page of pagesOf(session, shelves, first, MOST)) pages.push(page);

	expect(pages).toEqual([
		{
			kind: 'page',
			entries: [{ key: '1', json: { thing: '1', at: 'a' } }],
			sharedFields: { shelf: 'a' },
			leftOut: undefined,
		},
		{
			kind: 'page',
			entries: [{ key: '2', json: { thing: '2', at: 'a' } }],
			sharedFields: { shelf: 'a' },
			leftOut: 'Page 2 is torn',
		},
	]);
});

it.each([1, 2, 5])('a list without end is given up after %i pages, and says so', async (most) => {
	let page = 0;
	const vendor = sessionOf(() => holding([String((page += 1))], true));
	const pages = await turned(vendor, most);

	expect(vendor.asked).toHaveLength(most);
	expect(pages).toHaveLength(most + 1);
	expect(pages.at(-1)).toEqual({
		things: [],
		leftOut: `Ended after ${most} pages: there may be more`,
	});
});

const EARLY = 'Ended at a page that promises more and brought nothing new: there may be more';
it.each([
	['promises more and brings nothing new', { more: true, promised: true }, EARLY],
	['is only tried for more and brings nothing', { more: true, promised: false }, undefined],
	['says itself what it leaves out', { more: true }, 'Page 2 is torn'],
	['promises nothing and brings nothing', { promised: true }, undefined],
])('a list whose last page %s: what it says', async (_what, last, leftOut) => {
	const before = answer(200, { things: ['1'], more: true, promised: true });
	const vendor = scripted(before, answer(200, { things: ['1'], ...last }));

	expect(await turned(vendor)).toEqual([
		{ things: ['1'], leftOut: undefined },
		{ things: [], leftOut },
	]);
	expect(vendor.asked).toHaveLength(2);
});

it('a list that ends with the most pages says nothing of more', async () => {
	const pages = await turned(scripted(holding(['1'], true), holding(['2'])), 2);
	expect(pages).toEqual(things(['1'], ['2']));
});

it('a list that is missing is missing; a page that is gone is a list to be read again', async () => {
	expect(await turned(scripted(GONE))).toEqual([{ kind: 'missing' }]);
	expect(await turned(scripted(holding(['1'], true), holding(['2'], true), GONE))).toEqual([
		...things(['1'], ['2']),
		{
			kind: 'failed',
			outcome: 'refused',
			reason: 'The list was there, and its page 3 was not: read it again',
		},
	]);
});

it.each([0, 1])(
	'a page that fails after %i others is told as failed, and ends the list',
	async (others) => {
		const before = Array.from({ length: others }, (_, index) => holding([String(index)], true));
		const vendor = scripted(...before, answer(400));
		expect((await turned(vendor)).at(-1)).toEqual({
			kind: 'failed',
			outcome: 'refused',
			reason: 'eCore refused the request (HTTP 400)',
		});
		expect(vendor.asked).toHaveLength(others + 1);
	},
);
