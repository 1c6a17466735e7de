import { searchEvents } from '../../../nodes/EcoreLensmor/free/searchEvents';
import { inTime, useFakeClock } from '../fakeClock';
import { editorOf, type Setup } from '../fakeExecution';
import { FakeVendor } from '../fakeVendor';

useFakeClock();
afterEach(() => jest.restoreAllMocks());

let vendor: FakeVendor;
beforeEach(() => (vendor = new FakeVendor()));

/** What the editor shows when a person types that into the list of events. */
async function choices(typed?: string, paginationToken?: string, credential?: Setup['credential']) {
	const searching = searchEvents.call(editorOf(vendor, credential), typed, paginationToken);
	return await inTime(Promise.allSettled([searching]).then(([one]) => one));
}
const found = async (...given: Parameters<typeof choices>) => {
	const outcome = await choices(...given);
	if (outcome.status === 'rejected') throw outcome.reason;
	return outcome.value;
};
const why = async (...given: Parameters<typeof choices>) => {
	const outcome = await choices(...given);
	return outcome.status === 'rejected' ? (outcome.reason as Error).message : 'it was shown';
};

/** Lensmor answers with this list. */
function listing(items: object[], hasMore = false) {
	vendor.fault({ kind: 'status', status: 200, body: { items, hasMore } });
}

it('every event comes with its date, city and page, and its id alone as value', async () => {
	const { results, ...more } = await found();

	expect(results.slice(0, 2)).toEqual([
		{
			name: 'CES 2025 (2025-01-07, Las Vegas)',
			value: '26855',
			url: 'https://shows.example/26855',
		},
		{
			name: 'Hannover Messe 2026 (2026-04-20, Hannover)',
			value: '8458',
			url: 'https://shows.example/139574',
		},
	]);
	expect(results).toHaveLength(5);
	expect(more).toEqual({});
});

it.each([
	[{ id: '7' }, { name: '7', value: '7' }],
	[
		{ id: 7, name: 'CES' },
		{ name: 'CES', value: '7' },
	],
	[
		{ id: '7', name: 'CES', city: 'Rome' },
		{ name: 'CES (Rome)', value: '7' },
	],
	[
		{ id: '7', dateStart: '2026-01-01' },
		{ name: '7 (2026-01-01)', value: '7' },
	],
	[
		{ id: '7', eventId: '8', name: {}, city: '', dateStart: null, url: 'https://x.example' },
		{ name: '7', value: '7', url: 'https://x.example' },
	],
	[
		{ id: '7', name: '', url: 'javascript:alert(1)//https://x.example' },
		{ name: '7', value: '7' },
	],
	[
		{ id: '7', url: 'http://x.example' },
		{ name: '7', value: '7', url: 'http://x.example' },
	],
])('an event shows what is known of it: %j', async (event, result) => {
	listing([event, { id: '9' }]);
	expect(await found()).toEqual({ results: [result, { name: '9', value: '9' }] });
});

it.each([
	[undefined, 'page=1&pageSize=50'],
	['', 'page=1&pageSize=50'],
	['  ', 'page=1&pageSize=50'],
	[' hannover ', 'keyword=hannover&page=1&pageSize=50'],
	[`${'x'.repeat(200)}y`, `keyword=${'x'.repeat(200)}&page=1&pageSize=50`],
	[`  ${'x'.repeat(200)}`, `keyword=${'x'.repeat(200)}&page=1&pageSize=50`],
])('typing %p narrows the list', async (typed, query) => {
	await found(typed);
	expect(vendor.queries).toEqual([query]);
});

it('a long list comes page by page, and ends', async () => {
	listing([{ id: '1' }], true);
	expect(await found('x')).toMatchObject({ paginationToken: '2' });
	listing([{ id: '2' }], true);
	expect(await found('x', '2')).toMatchObject({ paginationToken: '3' });
	listing([{ id: '3' }], false);
	expect(await found('x', '3')).not.toHaveProperty('paginationToken');
	listing([], true);
	expect(await found('x', '4')).toEqual({ results: [] });

	expect(vendor.queries.map((query) => new URLSearchParams(query).get('page'))).toEqual([
		'1',
		'2',
		'3',
		'4',
	]);
});

it('a list that is missing is a list of nothing', async () => {
	vendor.fault({ kind: 'status', status: 404, body: { errorKey: 'NOT_FOUND' } });
	expect(await found()).toEqual({ results: [] });
});

it('is asked again after a lost connection, and after a short wait', async () => {
	vendor.fault(
		{ kind: 'lostBefore', times: 2 },
		{ kind: 'status', status: 429, headers: { 'retry-after': '3' } },
	);
	expect((await found()).results).toHaveLength(5);
	expect(vendor.sent).toHaveLength(4);
});

it('nobody sits through a long wait, nor through one long request', async () => {
	vendor.fault({ kind: 'status', status: 429, headers: { 'retry-after': '11' }, times: 9 });
	const timeouts = jest.spyOn(AbortSignal, 'timeout');

	expect(await why()).toBe('Lensmor cannot answer now: try again in a minute');
	expect(vendor.sent).toHaveLength(1);
	expect(timeouts.mock.calls).toEqual([[15_000]]);
});

it.each<[string, { status: number } | undefined, Setup['credential'], string]>([
	[
		'a token that is refused',
		{ status: 401 },
		{},
		'Lensmor refused the token (HTTP 401). Check Lensmor API Key in the credential',
	],
	['a refusal', { status: 400 }, {}, 'Lensmor refused the request (HTTP 400)'],
	[
		'no token',
		undefined,
		{ lensmorApiKey: '' },
		'Lensmor API Key is empty: fill it in in the credential',
	],
	['no credential', undefined, new Error('Credential not found'), 'Credential not found'],
])('says why there is no list: %s', async (_what, answer, credential, message) => {
	if (answer !== undefined) vendor.fault({ kind: 'status', ...answer });
	expect(await why('', undefined, credential)).toBe(message);
	expect(vendor.sent).toHaveLength(answer === undefined ? 0 : 1);
});
