import type { IDataObject } from 'n8n-workflow';

import type { Sandbox } from '../sandbox/sandbox';
import { execute } from './engine';
import { hurry } from './haste';
import { useSandbox } from './useSandbox';

hurry();

let sandbox: Sandbox;
useSandbox((started) => (sandbox = started));

const johnDoe = {
	uuid: 'a1b2c3d4-e5f6-7a8b-9c0d-1e2f3a4b5c6d',
	first_name: 'John',
	last_name: 'Doe',
	company_name: 'Acme Corp',
	job_title: 'CEO',
	job_level: 'C Level',
	industry: 'Technology',
	contact_linkedin_url: 'https://linkedin.com/in/johndoe',
	contact_email: null,
	contact_direct_phone: null,
	contact_mobile_phone: null,
	is_email_unlocked: false,
	is_phone_unlocked: false,
};
const simpleJohnDoe = {
	uuid: johnDoe.uuid,
	firstName: 'John',
	lastName: 'Doe',
	companyName: 'Acme Corp',
	jobTitle: 'CEO',
	linkedinUrl: 'https://linkedin.com/in/johndoe',
	email: null,
	directPhone: null,
	mobilePhone: null,
	isEmailUnlocked: false,
};
const records = { resource: 'record', operation: 'getAll' };
const search = '/backend/api/v1/external/search/';

const ces = {
	id: '8458',
	eventId: '26855',
	name: 'CES 2025',
	nickname: null,
	dateStart: '2025-01-07',
	dateEnd: '2025-01-10',
	venue: null,
	city: 'Las Vegas',
	country: 'United States',
	exhibitorCount: 4300,
	hasVisitors: true,
	sponsorMatchStarred: 0,
	dataSource: 'Lensmor',
};
const simpleCes = {
	id: '8458',
	eventId: '26855',
	name: 'CES 2025',
	dateStart: '2025-01-07',
	dateEnd: '2025-01-10',
	city: 'Las Vegas',
	country: 'United States',
	url: null,
	exhibitorCount: 4300,
	hasVisitors: true,
};
const byId = { __rl: true, mode: 'id', value: '26855' };
const balance = {
	totalAmount: 45050,
	totalBalance: 38050,
	subscriptionAmount: 35000,
	subscriptionBalance: 30000,
	addonAmount: 10000,
	addonBalance: 8000,
	addonExpireAt: 1784851200000,
	giftAmount: 50,
	giftBalance: 50,
	resetAt: 1714521600000,
};
const envelope = { total: 1, page: 1, pageSize: 20, totalPages: 1, hasMore: false };
const acme = { id: '77', companyName: 'Acme', matched_event_ids: ['26855'], employeeCount: 120 };
const simpleAcme = {
	id: '77',
	companyName: 'Acme',
	domain: null,
	website: null,
	linkedinUrl: null,
	industry: null,
	country: null,
	employeeCount: 120,
};
const ann = { id: '501', fullName: 'Ann Lee', contactUnlockStatus: 'locked', email: null };
const simpleAnn = {
	id: '501',
	fullName: 'Ann Lee',
	title: null,
	companyName: null,
	linkedinUrl: null,
	email: null,
	phone: null,
	contactUnlockStatus: 'locked',
};
const precheck = (body: IDataObject & { reason_code: string }, item: IDataObject): Example => ({
	what: `Action precheck that says ${body.reason_code}`,
	parameters: { resource: 'event', operation: 'checkUnlock', eventId: byId },
	wire: {
		method: 'POST',
		path: '/external/actions/precheck',
		body: { action_type: 'unlock_event_contacts', params: { event_id: '26855' } },
	},
	answer: { body: { ok: true, action_type: 'unlock_event_contacts', biz_code: '', ...body } },
	items: [{ eventId: '26855', availableBalance: null, chargeableContacts: null, ...item }],
});

interface Example {
	what: string;
	parameters: IDataObject;
	wire: { method: string; path: string; body?: unknown };
	answer: { status?: number; body: unknown };
	items: IDataObject[];
}

const examples: Example[] = [
	{
		what: 'Search Records, simplified',
		parameters: records,
		wire: { method: 'GET', path: `${search}?limit=50&offset=0` },
		answer: { body: { success: true, count: 1, results: [johnDoe] } },
		items: [simpleJohnDoe],
	},
	{
		what: 'Search Records, raw, with fields that no document names',
		parameters: { ...records, output: 'raw', limit: 1 },
		wire: { method: 'GET', path: `${search}?limit=1&offset=0` },
		answer: {
			body: {
				success: true,
				count: 1250,
				results: [{ ...johnDoe, seniority: { years: 7 }, error: 'not for n8n' }],
			},
		},
		items: [{ ...johnDoe, seniority: { years: 7 } }],
	},
	{
		what: 'Search Records with all seven filters',
		parameters: {
			...records,
			filters: {
				industry: 'Technology',
				jobTitle: ' Software Engineer ',
				jobLevel: 'C Level',
				companyName: 'Acme & Sons',
				contactOfficeCountry: 'United States',
				employeeRange: '1001-5000',
				revenueRange: '$100M-$500M',
			},
		},
		wire: {
			method: 'GET',
			path: `${search}?company_name=Acme+%26+Sons&contact_office_country=United+States&employee_range=1001-5000&industry=Technology&job_level=C+Level&job_title=Software+Engineer&revenue_range=%24100M-%24500M&limit=50&offset=0`,
		},
		answer: { body: { success: true, count: 0, results: [] } },
		items: [],
	},
	{
		what: 'Search Records whose fields are missing or of another type',
		parameters: { ...records, filters: { industry: '', jobTitle: null } },
		wire: { method: 'GET', path: `${search}?limit=50&offset=0` },
		answer: {
			body: {
				count: '1',
				results: [{ uuid: johnDoe.uuid, first_name: 7, contact_email: 'john.doe@acme.com' }],
			},
		},
		items: [
			{
				...Object.fromEntries(Object.keys(simpleJohnDoe).map((name) => [name, null])),
				uuid: johnDoe.uuid,
				email: 'john.doe@acme.com',
			},
		],
	},
	{
		what: 'Credit balance',
		parameters: { resource: 'balance', operation: 'get' },
		wire: { method: 'GET', path: '/external/credits/balance' },
		answer: { body: balance },
		items: [balance],
	},
	{
		what: 'Credit balance with nulls, and without an add-on',
		parameters: { resource: 'balance', operation: 'get' },
		wire: { method: 'GET', path: '/external/credits/balance' },
		answer: { body: { totalBalance: null, giftBalance: 50, addonExpireAt: null, resetAt: null } },
		items: [
			{
				...Object.fromEntries(Object.keys(balance).map((name) => [name, null])),
				giftBalance: 50,
			},
		],
	},
	{
		what: 'Event detail',
		parameters: { resource: 'event', operation: 'get', eventId: byId },
		wire: { method: 'GET', path: '/external/events/26855' },
		answer: {
			body: {
				event: { ...ces, latitude: '36.1', eventTypes: [{ id: 1 }], topics: [], verified: true },
			},
		},
		items: [simpleCes],
	},
	{
		what: 'Event detail whose ids are numbers',
		parameters: { resource: 'event', operation: 'get', eventId: byId },
		wire: { method: 'GET', path: '/external/events/26855' },
		answer: { body: { event: { ...ces, id: 8458, eventId: 26855 } } },
		items: [simpleCes],
	},
	{
		what: 'Event detail, raw',
		parameters: { resource: 'event', operation: 'get', eventId: byId, output: 'raw' },
		wire: { method: 'GET', path: '/external/events/26855' },
		answer: { body: { event: { ...ces, latitude: '36.1' } } },
		items: [{ ...ces, latitude: '36.1' }],
	},
	{
		what: 'Event detail, 404',
		parameters: { resource: 'event', operation: 'get', eventId: byId },
		wire: { method: 'GET', path: '/external/events/26855' },
		answer: {
			status: 404,
			body: { code: 404, message: 'Resource not found', errorKey: 'NOT_FOUND', traceId: 't' },
		},
		items: [{ outcome: 'not_found', reason: '' }],
	},
	{
		what: 'List events with all nine filters',
		parameters: {
			resource: 'event',
			operation: 'getAll',
			limit: 20,
			filters: {
				keyword: 'CES',
				country: 'United States',
				city: 'Las Vegas',
				dateStartFrom: '2025-01-01T00:00:00',
				dateStartTo: '={{ DateTime.fromISO("2025-12-31") }}',
				eventType: ['trade_show', 'conference'],
				quality: ['high'],
				sponsorMatchStarred: false,
				hasVisitors: true,
			},
		},
		wire: {
			method: 'GET',
			path: '/external/events/list?city=Las+Vegas&country=United+States&event_type=trade_show&event_type=conference&has_visitors=1&keyword=CES&quality=high&sponsor_match_starred=0&date_start_to=2025-12-31&date_start_from=2025-01-01&page=1&pageSize=20',
		},
		answer: { body: { items: [ces], ...envelope } },
		items: [simpleCes],
	},
	{
		what: 'List event exhibitors, whole semantics',
		parameters: {
			resource: 'exhibitor',
			operation: 'getAll',
			eventId: byId,
			filters: { category: ['Robots', 'Food, Drinks'], personnelLimit: 3, jobTitle: [] },
		},
		wire: {
			method: 'GET',
			path: '/external/exhibitors/list?category=Robots&category=Food%2C+Drinks&personnelLimit=3&event_id=26855&page=1&pageSize=50',
		},
		answer: {
			body: {
				items: [acme],
				...envelope,
				recommendationProcessing: false,
				semantics: {
					accessMode: 'preview',
					previewLimit: 50,
					counts: { actualTotal: 87, visibleTotal: 50, remainingLockedCount: 37 },
					pageState: { requestedPage: 1, accessible: true, maxAccessiblePage: 1 },
					unlock: {
						requiredForMoreResults: true,
						actionType: 'unlock_event_exhibitors',
						credits: 2000,
					},
					guidance: { code: 'preview_results_truncated', message: '...' },
				},
			},
		},
		items: [{ ...simpleAcme, accessMode: 'preview', lockedCount: 37 }],
	},
	{
		what: 'List event exhibitors without semantics, and with another page size',
		parameters: { resource: 'exhibitor', operation: 'getAll', eventId: byId, output: 'raw' },
		wire: {
			method: 'GET',
			path: '/external/exhibitors/list?event_id=26855&page=1&pageSize=50',
		},
		answer: { body: { items: [acme], ...envelope, pageSize: 50 } },
		items: [{ ...acme, accessMode: null, lockedCount: null }],
	},
	{
		what: 'List event personnel, with little semantics',
		parameters: {
			resource: 'person',
			operation: 'getAll',
			eventId: byId,
			returnAll: true,
			filters: {
				exhibitorId: '77',
				level: 'Director',
				searchQuery: 'Lee',
				sourceType: ['exhibitor', 'visitors'],
			},
		},
		wire: {
			method: 'GET',
			path: '/external/personnel/list?exhibitor_id=77&search_query=Lee&level=Director&sourceType=exhibitor&sourceType=visitors&event_id=26855&page=1&pageSize=50',
		},
		answer: {
			body: {
				items: [ann],
				...envelope,
				semantics: { accessMode: 'preview', previewLimit: 50 },
			},
		},
		items: [{ ...simpleAnn, accessMode: 'preview', lockedCount: null }],
	},
	{
		what: 'List event personnel, full access, with page size 20',
		parameters: { resource: 'person', operation: 'getAll', eventId: byId },
		wire: { method: 'GET', path: '/external/personnel/list?event_id=26855&page=1&pageSize=50' },
		answer: {
			body: {
				items: [ann],
				...envelope,
				semantics: { accessMode: 'full', previewLimit: null, unlock: { credits: null } },
			},
		},
		items: [{ ...simpleAnn, accessMode: 'full', lockedCount: 0 }],
	},
	precheck(
		{
			allowed: true,
			should_charge: true,
			credits: 2000,
			reason_code: 'ok',
			detail: { event_id: '26855', available_balance: 38050, chargeable_count: 4120 },
		},
		{
			allowed: true,
			alreadyUnlocked: false,
			credits: 2000,
			reason: '',
			reasonCode: 'ok',
			availableBalance: 38050,
			chargeableContacts: 4120,
		},
	),
	...(
		[
			['already_unlocked', true, 'The event is already unlocked'],
			['unlock_in_progress', null, 'An unlock of this event is under way'],
			['insufficient_balance', false, 'The Lensmor wallet cannot pay for it'],
			['no_contacts_available', false, 'The event has no contacts to unlock'],
			['not_found', false, 'Lensmor knows no such event'],
			['exceed_max_unlock_limit', null, 'Lensmor says exceed_max_unlock_limit'],
		] as Array<[string, boolean | null, string]>
	).map(([code, alreadyUnlocked, reason]) =>
		precheck(
			{ ok: false, allowed: false, should_charge: false, credits: 0, reason_code: code },
			{ allowed: false, alreadyUnlocked, credits: 0, reason, reasonCode: code },
		),
	),
];

it.each(examples)('$what: this goes out, and this comes out', async (example) => {
	sandbox.fault({ kind: 'status', status: 200, ...example.answer });
	const { output, error } = await execute({
		parameters: example.parameters,
		items: [{}],
		credential: sandbox.credential,
	});

	expect(error).toBeUndefined();
	const [{ method, path, body } = {}] = sandbox.seen;
	expect({ method, path, body }).toEqual({ body: undefined, ...example.wire });
	expect(output).toEqual(example.items.map((json) => ({ json, pairedItem: { item: 0 } })));
});

const bad: Array<[string, IDataObject, RegExp]> = [
	['a limit of 0', { ...records, limit: 0 }, /Limit must be a whole number, 1 or more/],
	['half a limit', { ...records, limit: 1.5 }, /Limit must be a whole number/],
	['a limit of text', { ...records, limit: '={{ "ten" }}' }, /Limit must be .*, not "ten"/],
	['all of text', { ...records, returnAll: '={{ "yes" }}' }, /Return All must be true or false/],
	[
		'an object for a filter',
		{ ...records, filters: { jobTitle: '={{ ({ a: 1 }) }}' } },
		/Job Title must be text, not an object/,
	],
	[
		'a filter that is no date',
		{ resource: 'event', operation: 'getAll', filters: { dateStartFrom: '={{ "soon" }}' } },
		/Starts From must be a date, not "soon"/,
	],
	[
		'a yes or no that is text',
		{ resource: 'event', operation: 'getAll', filters: { hasVisitors: '={{ "maybe" }}' } },
		/Has Visitors must be true or false, not "maybe"/,
	],
	...(
		[
			['event', 'get'],
			['event', 'checkUnlock'],
			['exhibitor', 'getAll'],
			['person', 'getAll'],
		] as const
	).map(([resource, operation]): [string, IDataObject, RegExp] => [
		`${resource} ${operation} with a dot segment`,
		{ resource, operation, eventId: { __rl: true, mode: 'id', value: '={{ ".." }}' } },
		/Event must be the ID of an event, not "\.\."/,
	]),
	['a timeout of 0', { ...records, options: { timeout: 0 } }, /Timeout must be a whole number/],
];

it.each(bad)('%s stops the run before anything is sent', async (_what, parameters, says) => {
	const stopped = await execute({
		parameters,
		items: [{}, {}],
		credential: sandbox.credential,
	});
	const continued = await execute({
		parameters,
		items: [{}, {}],
		credential: sandbox.credential,
		settings: { onError: 'continueRegularOutput' },
	});

	expect(stopped.error?.message).toMatch(says);
	expect(continued.output.map(({ json }) => json.outcome)).toEqual(['refused', 'refused']);
	expect(continued.output[0]?.json.reason).toMatch(says);
	expect(sandbox.seen).toEqual([]);
});
