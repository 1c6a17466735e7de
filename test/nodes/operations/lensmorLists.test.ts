import type { ListResponse } from '../../../nodes/EcoreLensmor/vendors/lensmor';
import { balanceGet } from '../../../nodes/EcoreLensmor/operations/balance/get';
import { eventGet } from '../../../nodes/EcoreLensmor/operations/event/get';
import { eventGetAll } from '../../../nodes/EcoreLensmor/operations/event/getAll';
import { exhibitorGetAll } from '../../../nodes/EcoreLensmor/operations/exhibitor/getAll';
import { personGetAll } from '../../../nodes/EcoreLensmor/operations/person/getAll';
import { itemWith } from './itemWith';

const lists = { eventGetAll, exhibitorGetAll, personGetAll };
type Name = keyof typeof lists;
const some = { returnAll: false, limit: 7, eventId: '26855' };

const filters: Array<[Name, object, object]> = [
	[
		'eventGetAll',
		{
			city: 'a',
			country: 'b',
			eventType: 'c',
			hasVisitors: false,
			keyword: 'd',
			quality: 'e',
			sponsorMatchStarred: true,
			dateStartTo: '2026-12-31',
			dateStartFrom: '2026-01-01',
		},
		{
			city: 'a',
			country: 'b',
			event_type: 'c',
			has_visitors: '0',
			keyword: 'd',
			quality: 'e',
			sponsor_match_starred: '1',
			date_start_to: '2026-12-31',
			date_start_from: '2026-01-01',
		},
	],
	[
		'exhibitorGetAll',
		{ category: ['a', 'b'], jobTitle: ['c'], personnelLimit: 3, event_id: 'another' },
		{ category: ['a', 'b'], jobTitle: ['c'], personnelLimit: '3', event_id: '26855' },
	],
	[
		'personGetAll',
		{ department: 'a', exhibitorId: 'b', searchQuery: 'c', level: 'd', sourceType: ['social'] },
		{
			department: 'a',
			exhibitor_id: 'b',
			search_query: 'c',
			level: 'd',
			sourceType: ['social'],
			event_id: '26855',
		},
	],
];
it.each(filters)('%s: filters travel under Lensmor’s names', (name, given, sent) => {
	expect(lists[name].parse(itemWith({ ...some, filters: given }))).toEqual({
		request: { filters: sent, page: 1, pageSize: 7 },
		limit: 7,
	});
});

it.each([
	['eventGetAll', 100],
	['exhibitorGetAll', 100],
	['personGetAll', 50],
] as Array<[Name, number]>)('%s: a page has %i entries at most', (name, most) => {
	const sizes = [
		{ returnAll: true },
		{ returnAll: false, limit: most + 1 },
		{ returnAll: false, limit: 1 },
	].map((fields) => {
		const wanted = lists[name].parse(itemWith({ eventId: '1', ...fields }));
		return 'bad' in wanted ? wanted.bad : [wanted.request.pageSize, wanted.limit];
	});
	expect(sizes).toEqual([
		[most, Infinity],
		[most, most + 1],
		[1, 1],
	]);
});

it.each([
	['eventGetAll', { limit: 0 }, 'Limit must be a whole number, 1 or more, not the number 0'],
	['eventGetAll', { filters: { city: true } }, 'City must be text, not the boolean true'],
	['exhibitorGetAll', { eventId: '' }, 'Event is empty'],
	['exhibitorGetAll', { limit: 0 }, 'Limit must be a whole number, 1 or more, not the number 0'],
	['personGetAll', { eventId: '..' }, 'Event must be the ID of an event, not ".."'],
	['personGetAll', { filters: { level: {} } }, 'Seniority Level must be text, not an object'],
] as Array<[Name, object, string]>)('%s: %j is told', (name, fields, bad) => {
	expect(lists[name].parse(itemWith({ ...some, ...fields }))).toEqual({ bad });
});

const request = { filters: { event_id: '26855' }, page: 3, pageSize: 50 };
const items = [{ id: '1', odd: true }, { id: '2' }];
const entries = [
	{ key: '1', json: { id: '1', odd: true } },
	{ key: '2', json: { id: '2' } },
];

it.each([
	[true, 4],
	[undefined, 4],
	[false, undefined],
])('a list of events with hasMore %p goes on with page %p', (hasMore, page) => {
	expect(eventGetAll.page({ items, hasMore }, request)).toEqual({
		entries,
		next: page === undefined ? undefined : { ...request, page },
		isMorePromised: hasMore === true,
	});
});

/** What is sharedFields a page of an event's list, which page is next, and what is left out. */
function told(semantics: ListResponse['semantics'], hasMore = true, asked = request) {
	const page = personGetAll.page({ items, hasMore, semantics }, asked);
	expect(page.entries).toEqual(entries);
	return [page.sharedFields, page.next?.page, page.leftOut];
}
const preview = 'This is a preview of event 26855: to unlock it';
const MORE = `${preview} (2000 credits) may show more`;

it.each<
	[
		string,
		ListResponse['semantics'],
		string | null,
		number | null,
		number | undefined,
		string | undefined,
	]
>([
	['that tells nothing', undefined, null, null, 4, undefined],
	['that tells nothing of its parts', {}, null, null, 4, undefined],
	['that tells nothing within its parts', { counts: {}, pageState: {} }, null, null, 4, undefined],
	['of an unlocked event', { accessMode: 'full' }, 'full', 0, 4, undefined],
	[
		'of an unlocked event that is still being filled',
		{
			accessMode: 'full',
			counts: { remainingLockedCount: 5 },
			pageState: { maxAccessiblePage: 3 },
		},
		'full',
		5,
		4,
		undefined,
	],
	['of a preview', { accessMode: 'preview' }, 'preview', null, 4, MORE],
	[
		'of a preview that tells how many and what it costs',
		{ accessMode: 'preview', counts: { remainingLockedCount: 9 }, unlock: { credits: 1500 } },
		'preview',
		9,
		4,
		`${preview} (1500 credits) would show 9 more`,
	],
	[
		'of a preview that shows all',
		{ accessMode: 'preview', counts: { remainingLockedCount: 0 }, unlock: {} },
		'preview',
		0,
		4,
		undefined,
	],
	[
		'before the edge of a preview',
		{ accessMode: 'preview', pageState: { accessible: true, maxAccessiblePage: 4 } },
		'preview',
		null,
		4,
		MORE,
	],
	[
		'at the edge of a preview',
		{ accessMode: 'preview', pageState: { accessible: true, maxAccessiblePage: 3 } },
		'preview',
		null,
		undefined,
		MORE,
	],
	[
		'behind the edge of a preview',
		{ accessMode: 'preview', pageState: { accessible: false } },
		'preview',
		null,
		undefined,
		MORE,
	],
	[
		'that is not accessible for another reason',
		{ pageState: { accessible: false } },
		null,
		null,
		undefined,
		MORE,
	],
	[
		'of which only is said how many are locked',
		{ counts: { remainingLockedCount: 2 } },
		null,
		2,
		4,
		`${preview} (2000 credits) would show 2 more`,
	],
	[
		'of an unlocked event that is not accessible',
		{ accessMode: 'full', pageState: { accessible: false } },
		'full',
		0,
		undefined,
		undefined,
	],
])(
	'a page %s: what it says and where it ends',
	(_what, semantics, accessMode, lockedCount, next, leftOut) => {
		expect(told(semantics)).toEqual([{ accessMode, lockedCount }, next, leftOut]);
	},
);

it('the last page of an event’s list is the last, whatever its access', () => {
	expect(told({ accessMode: 'full' }, false)[1]).toBeUndefined();
	expect(told({ accessMode: 'preview' }, false)[1]).toBeUndefined();
});

it('an exhibitor list is read as a list of people is', () => {
	const semantics = { accessMode: 'preview', pageState: { maxAccessiblePage: 3 } };
	expect(exhibitorGetAll.page({ items, semantics }, request)).toEqual(
		personGetAll.page({ items, semantics }, request),
	);
});

const simple: Array<[string, (entry: { id: string }) => object | undefined, object]> = [
	[
		'an event',
		(entry) => eventGetAll.simplify?.(entry),
		{
			eventId: 'a',
			name: 'b',
			dateStart: 'c',
			dateEnd: 'd',
			city: 'e',
			country: 'f',
			url: 'g',
			exhibitorCount: 1,
			hasVisitors: true,
		},
	],
	[
		'an exhibitor',
		(entry) => exhibitorGetAll.simplify?.(entry),
		{
			companyName: 'a',
			domain: 'b',
			website: 'c',
			linkedinUrl: 'd',
			industry: 'e',
			country: 'f',
			employeeCount: '11-50',
		},
	],
	[
		'a person',
		(entry) => personGetAll.simplify?.(entry),
		{
			fullName: 'a',
			title: 'b',
			companyName: 'c',
			linkedinUrl: 'd',
			email: 'e',
			phone: 'f',
			contactUnlockStatus: 'g',
		},
	],
];
it.each(simple)(
	'%s simplified has the few fields that most workflows need, null where Lensmor is odd',
	(_what, simplified, fields) => {
		const nothing = Object.fromEntries(Object.keys(fields).map((name) => [name, null]));
		const odd = Object.fromEntries(Object.keys(fields).map((name) => [name, {}]));
		expect(simplified({ id: '1', ...fields, nickname: 'x' } as { id: string })).toEqual({
			id: '1',
			...fields,
		});
		expect(simplified({ id: '1', ...odd })).toEqual({ id: '1', ...nothing });
		expect(simplified({ id: '1' })).toEqual({ id: '1', ...nothing });
	},
);

it('one event is read by its ID, and simplified as in a list', () => {
	const event = { id: '8458', name: 'Hannover Messe', nickname: 'HM' };
	expect(eventGet.parse(itemWith({ eventId: ' 8458 ' }))).toEqual({ request: '8458' });
	expect(eventGet.parse(itemWith({ eventId: null }))).toEqual({ bad: 'Event is empty' });
	expect(eventGet.page({ event }, '8458')).toEqual({ entries: [{ key: '8458', json: event }] });
	expect(eventGet.simplify?.(event)).toEqual(eventGetAll.simplify?.(event));
});

it('the balance is one entry with the numbers that Lensmor tells, null for the others', () => {
	const told = { totalAmount: 9, totalBalance: 7, giftBalance: 1, resetAt: 1784851200000 };
	const json = {
		...told,
		subscriptionAmount: null,
		subscriptionBalance: null,
		addonAmount: null,
		addonBalance: null,
		addonExpireAt: null,
		giftAmount: null,
	};
	expect(balanceGet.page({ ...told, addonBalance: 'none', plan: 'x' }, {})).toEqual({
		entries: [{ key: '', json }],
	});
	expect(balanceGet.parse(itemWith({}))).toEqual({ request: {} });
});
