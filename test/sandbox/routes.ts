import type { Charge, Reply, World } from './world';

/** What a request asks for, whatever carried it. */
interface Asked {
	/** The part of the path that `:id` stands for, decoded. */
	id: string;
	query: Record<string, string | undefined>;
	body: unknown;
}

/** One call of a vendor: where it is, and what the world answers. */
interface Route {
	vendor: Charge['vendor'];
	method: 'GET' | 'POST';
	path: string;
	/** Whether it charges credits. */
	costs: boolean;
	answer: (world: World, asked: Asked) => Reply;
}

/** Every call of both vendors that the world knows; what is more special comes first. */
export const routes: Route[] = [
	{
		vendor: 'ecore',
		method: 'GET',
		path: '/external/search/',
		costs: false,
		answer: (world, { query: { limit = '10', offset = '0', ...filters } }) =>
			world.searchRecords(filters, Number(limit), Number(offset)),
	},
	{
		vendor: 'ecore',
		method: 'POST',
		path: '/external/unlock/',
		costs: true,
		answer: (world, { body }) => world.unlockRecords(body),
	},
	{
		vendor: 'ecore',
		method: 'POST',
		path: '/external/phone/enrichment/',
		costs: true,
		answer: (world, { body }) => world.enrichPhone(body),
	},
	{
		vendor: 'ecore',
		method: 'POST',
		path: '/external/email/enrichment/',
		costs: true,
		answer: (world, { body }) => world.enrichEmail(body),
	},
	{
		vendor: 'lensmor',
		method: 'GET',
		path: '/external/credits/balance',
		costs: false,
		answer: (world) => world.lensmorBalance(),
	},
	{
		vendor: 'lensmor',
		method: 'GET',
		path: '/external/events/list',
		costs: false,
		answer: (world, { query }) => world.listEvents(query),
	},
	{
		vendor: 'lensmor',
		method: 'GET',
		path: '/external/exhibitors/list',
		costs: false,
		answer: (world, { query }) => world.listExhibitors(query),
	},
	{
		vendor: 'lensmor',
		method: 'GET',
		path: '/external/personnel/list',
		costs: false,
		answer: (world, { query }) => world.listPersonnel(query),
	},
	{
		vendor: 'lensmor',
		method: 'GET',
		path: '/external/events/:id',
		costs: false,
		answer: (world, { id }) => world.getEvent(id),
	},
	{
		vendor: 'lensmor',
		method: 'POST',
		path: '/external/actions/precheck',
		costs: false,
		answer: (world, { body }) => world.precheck(body),
	},
	{
		vendor: 'lensmor',
		method: 'POST',
		path: '/external/events/:id/unlock',
		costs: true,
		answer: (world, { id }) => world.unlockEvent(id),
	},
	{
		vendor: 'lensmor',
		method: 'POST',
		path: '/external/events/:id/visitors/unlock',
		costs: true,
		answer: (world, { id }) => world.unlockVisitors(id),
	},
	{
		vendor: 'lensmor',
		method: 'POST',
		path: '/external/events/:id/full-access/unlock',
		costs: true,
		answer: (world, { id }) => world.unlockFull(id),
	},
	{
		vendor: 'lensmor',
		method: 'POST',
		path: '/external/contacts/unlock',
		costs: true,
		answer: (world, { body }) => world.contacts.unlock('email', body),
	},
	{
		vendor: 'lensmor',
		method: 'POST',
		path: '/external/contacts/unlock-phone',
		costs: true,
		answer: (world, { body }) => world.contacts.unlock('phone', body),
	},
	{
		vendor: 'lensmor',
		method: 'GET',
		path: '/external/contacts/unlock-tasks/:id',
		costs: false,
		answer: (world, { id }) => world.contacts.task('email', id),
	},
	{
		vendor: 'lensmor',
		method: 'GET',
		path: '/external/contacts/unlock-phone-tasks/:id',
		costs: false,
		answer: (world, { id }) => world.contacts.task('phone', id),
	},
	{
		vendor: 'lensmor',
		method: 'GET',
		path: '/external/personnel/profile',
		costs: false,
		answer: (world, { query }) => world.contacts.profile(query.personnel_id ?? ''),
	},
];

/** What the world answers to a request that no server stands between. */
export function answerTo(world: World, method: string, url: string, body: unknown): Reply {
	const { searchParams } = new URL(url);
	const found = routeOf(method, url);
	if (found === undefined) return { status: 404, body: `There is no ${method} ${url}` };
	const { route, id } = found;
	return route.answer(world, { id, query: Object.fromEntries(searchParams), body });
}

/** Whether a request is one that charges credits. */
export function couldCost(method: string, url: string): boolean {
	return routeOf(method, url)?.route.costs === true;
}

function routeOf(method: string, url: string): { route: Route; id: string } | undefined {
	const { pathname } = new URL(url);
	for (const route of routes) {
		const found = new RegExp(`${route.path.replace(':id', '([^/]+)')}$`).exec(pathname);
		if (found === null || route.method !== method) continue;
		return { route, id: decodeURIComponent(found[1] ?? '') };
	}
	return undefined;
}
