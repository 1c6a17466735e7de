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
	isPhoneUnlocked: false,
};
const records = { resource: 'record', operation: 'getAll' };
const search = '/backend/api/v1/external/search/';

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
		parameters: { ...records, simple: false, limit: 1 },
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
