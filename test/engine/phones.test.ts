import type { IDataObject } from 'n8n-workflow';

import { crowd, emailOf } from '../fixtures/crowd';
import { Sandbox } from '../sandbox/sandbox';
import { shipped } from '../sandbox/world';
import { execute } from './engine';
import { hurry } from './haste';
import { useSandbox } from './useSandbox';

hurry();

let sandbox: Sandbox;
useSandbox((started) => (sandbox = started));

const mapped = {
	resource: 'phone',
	operation: 'enrich',
	linkedinUrl: '={{ $json.linkedin }}',
	email: '={{ $json.email }}',
	firstName: '={{ $json.first }}',
	lastName: '={{ $json.last }}',
	companyName: '={{ $json.company }}',
	companyWebsite: '={{ $json.website }}',
};
const known = shipped.people[0];
const everything = {
	linkedin: 'https://www.linkedin.com/in/ann',
	email: 'ann@acme.com',
	first: 'Ann',
	last: 'Lee',
	company: 'Acme',
	website: 'acme.com',
};

async function look(items: IDataObject[], options: IDataObject = {}) {
	const execution = await execute({
		parameters: { ...mapped, options },
		items,
		credential: sandbox.credential,
	});
	return { ...execution, bodies: sandbox.seen.map(({ body }) => body) };
}

const combinations: Array<[string, IDataObject, IDataObject]> = [
	['LinkedIn URL first', everything, { linkedin_url: everything.linkedin }],
	['then email', { ...everything, linkedin: '' }, { email: 'ann@acme.com' }],
	[
		'then name and website',
		{ ...everything, linkedin: null, email: 'n/a' },
		{ first_name: 'Ann', last_name: 'Lee', company_website: 'acme.com' },
	],
	[
		'then name and company',
		{ ...everything, linkedin: 'xing.com/ann', email: 'ann@', website: 'none' },
		{ first_name: 'Ann', last_name: 'Lee', company_name: 'Acme' },
	],
	['values are trimmed', { email: ' ann@acme.com\n' }, { email: 'ann@acme.com' }],
	[
		'a LinkedIn address without a scheme gets one',
		{ linkedin: ' linkedin.com/in/ann ' },
		{ linkedin_url: 'https://linkedin.com/in/ann' },
	],
	[
		'a national LinkedIn host is LinkedIn',
		{ linkedin: 'https://de.linkedin.com/in/ann' },
		{ linkedin_url: 'https://de.linkedin.com/in/ann' },
	],
	[
		'a malformed identifier counts as absent',
		{ linkedin: 7, email: 'ann@acme.com' },
		{ email: 'ann@acme.com' },
	],
	[
		'a family name that looks like filler is a name',
		{ first: 'Ann', last: 'Na', company: 'Acme' },
		{ first_name: 'Ann', last_name: 'Na', company_name: 'Acme' },
	],
];

it.each(combinations)('exactly one combination is sent: %s', async (_what, item, body) => {
	const { bodies } = await look([item, { email: 'somebody@else.com' }]);

	expect(bodies).toEqual([body, { email: 'somebody@else.com' }]);
});

describe('Try Next Identifier When Not Found', () => {
	const unknownByLink = {
		linkedin: 'https://www.linkedin.com/in/nobody',
		email: 'nobody@nowhere.example',
		first: known?.first_name,
		last: known?.last_name,
		company: known?.company_name,
		website: 'nowhere.example',
	};

	it('off: one lookup, and its answer stands', async () => {
		const { output, bodies } = await look([unknownByLink, { email: known?.email }]);

		expect(bodies).toHaveLength(2);
		expect(output.map(({ json }) => [json.outcome, json.found])).toEqual([
			['not_found', false],
			['found', true],
		]);
	});

	it('on: goes on to the combination that hits, which matchedBy names, and pays once', async () => {
		const { output, bodies } = await look(
			[
				unknownByLink,
				{ linkedin: 'https://linkedin.com/in/nobody-else', email: 'no@body.example' },
			],
			{ tryNext: true, concurrency: 1 },
		);

		expect(bodies.map((body) => Object.keys(body as object).join())).toEqual([
			'linkedin_url',
			'email',
			'first_name,last_name,company_website',
			'first_name,last_name,company_name',
			'linkedin_url',
			'email',
		]);
		expect(output.map(({ json }) => [json.outcome, json.matchedBy, json.creditsCharged])).toEqual([
			['found', 'nameAndCompany', 5],
			['not_found', null, 0],
		]);
		expect(sandbox.world.spent()).toBe(5);
	});

	it('a lost answer ends the search: the next identifier could pay a second time', async () => {
		sandbox.fault({ kind: 'lostAfter', on: known?.email ?? '' });
		const { error } = await look(
			[
				{
					email: known?.email,
					first: known?.first_name,
					last: known?.last_name,
					company: known?.company_name,
				},
				{ email: 'nobody@nowhere.example' },
			],
			{ tryNext: true, concurrency: 1 },
		);

		expect(error?.message).toMatch(/^For item 0: No answer from eCore/);
		expect(sandbox.seen).toHaveLength(1);
		expect(sandbox.world.spent()).toBe(5);
	});

	it('a re-run does not ask again what was not found before the run failed', async () => {
		sandbox.fault({ kind: 'status', status: 402, on: known?.company_name ?? '' });
		const execution = await execute({
			parameters: { ...mapped, options: { tryNext: true, concurrency: 1 } },
			items: [unknownByLink, { email: known?.email }],
			credential: sandbox.credential,
			settings: { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 },
		});

		expect(execution.output.map(({ json }) => json.outcome)).toEqual(['found', 'found']);
		expect(sandbox.seen).toHaveLength(6);
	});
});

describe('the same person twice', () => {
	const same: Array<[string, IDataObject, IDataObject]> = [
		['e-mail in another case', { email: 'Ann@Acme.com' }, { email: ' ann@acme.COM' }],
		[
			'LinkedIn with and without scheme and last slash',
			{ linkedin: 'https://www.LinkedIn.com/in/ann/' },
			{ linkedin: 'www.linkedin.com/in/ann' },
		],
		[
			'LinkedIn on national hosts, with tracking, in another case',
			{ linkedin: 'https://de.linkedin.com/in/Ann-Lee?trk=x#about' },
			{ linkedin: 'http://www.linkedin.com/in/ann-lee/en' },
		],
		[
			'a website with and without www',
			{ first: 'Ann', last: 'Lee', website: 'www.acme.com/' },
			{ first: 'Ann', last: 'Lee', website: 'https://acme.com' },
		],
		[
			'a website with and without scheme and last slash',
			{ first: 'Ann', last: 'Lee', website: 'https://Acme.com/' },
			{ first: ' Ann', last: 'Lee ', website: 'acme.com' },
		],
	];
	it.each(same)('is one lookup: %s', async (_what, first, second) => {
		const { output, bodies } = await look([first, { email: 'other@acme.com' }, second]);

		expect(bodies).toHaveLength(2);
		expect(output.map(({ json }) => json.duplicateOf)).toEqual([undefined, undefined, 0]);
	});

	it('two member IDs that differ in case are two people', async () => {
		const { bodies } = await look([
			{ linkedin: 'linkedin.com/in/ACoAAB1x' },
			{ linkedin: 'linkedin.com/in/ACoAAB1X' },
		]);

		expect(bodies).toHaveLength(2);
	});

	it('every item gets the answer, and only the first the credits', async () => {
		const { output } = await look([
			{ email: known?.email },
			{ email: known?.email.toUpperCase() },
			{ email: known?.email },
		]);

		expect(output.map(({ json }) => [json.phone, json.creditsCharged, json.duplicateOf])).toEqual([
			[known?.phone, 5, undefined],
			[known?.phone, 0, 0],
			[known?.phone, 0, 0],
		]);
		expect(sandbox.world.spent()).toBe(5);
	});
});

it('a dry run counts a person whom an earlier item would only ask for if it finds nothing', async () => {
	const items = [
		{ linkedin: 'linkedin.com/in/ann', email: 'bob@acme.com' },
		{ email: 'bob@acme.com' },
		{ linkedin: 'https://www.linkedin.com/in/ann/', email: 'BOB@acme.com' },
		{ linkedin: 'linkedin.com/in/ann' },
	];
	const { output, bodies } = await look(items, { tryNext: true, dryRun: true });

	expect(output.map(({ json }) => [json.maximumCost, json.duplicateOf])).toEqual([
		[5, undefined],
		[5, undefined],
		[0, 0],
		[0, undefined],
	]);
	expect(bodies).toEqual([]);
});

it('a person retries a lost lookup that then finds nothing: the doubt stays, and no further identifier is paid beside it', async () => {
	const parameters = { ...mapped, options: { tryNext: true } };
	const items = [
		{ linkedin: 'https://www.linkedin.com/in/nobody-at-all', email: known?.email },
		{ email: shipped.people[1]?.email },
	];
	sandbox.fault({ kind: 'lostAfter', on: 'nobody-at-all' });
	const failed = await execute({ parameters, items, credential: sandbox.credential });
	expect(failed.error).toBeDefined();

	const { output } = await execute({
		parameters,
		items,
		credential: sandbox.credential,
		retryOf: failed,
	});

	expect(output.map(({ json }) => [json.outcome, json.creditsCharged])).toEqual([
		['not_found', null],
		['found', 5],
	]);
	expect(output[0]?.json.reason).toContain('earlier attempt');
});

it('an identifier of absurd length counts as malformed, and holds nobody up', async () => {
	const slashes = `acme.com${'/'.repeat(100_000)}x`;
	const { bodies } = await look([
		{ first: 'Ann', last: 'Lee', website: slashes, company: 'Acme' },
		{ linkedin: `linkedin.com/in/a${'/'.repeat(100_000)}x`, email: 'ann@acme.com' },
	]);

	expect(bodies).toEqual([
		{ first_name: 'Ann', last_name: 'Lee', company_name: 'Acme' },
		{ email: 'ann@acme.com' },
	]);
});

it('what is remembered of 10,000 lookups takes less than 0.6 of what the output takes', async () => {
	const size = 10_000;
	const large = await Sandbox.start({ people: crowd(size), wallet: { ecore: 5 * size } });
	const { stored, output } = await execute({
		parameters: {
			resource: 'phone',
			operation: 'enrich',
			email: '={{ $json.email }}',
			options: { concurrency: 100 },
		},
		items: Array.from({ length: size }, (_, index) => ({ email: emailOf(index) })),
		credential: large.credential,
	});
	await large.stop();

	expect(output).toHaveLength(size);
	const memory = stored.executionData?.contextData['node:eCore & Lensmor'];
	const bytes = (value: unknown) => JSON.stringify(value).length / size;
	expect(bytes(memory)).toBeLessThan(0.6 * bytes(output));
});
