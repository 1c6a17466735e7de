import type { EnrichmentRequest } from '../../../nodes/EcoreLensmor/vendors/ecore';
import { phoneEnrich } from '../../../nodes/EcoreLensmor/operations/phone/enrich';
import { itemWith } from './itemWith';

const everything = {
	linkedinUrl: ' linkedin.com/in/ann ',
	email: ' ann@acme.com\n',
	firstName: ' Ann',
	lastName: 'Lee ',
	companyName: ' Acme ',
	companyWebsite: ' acme.com ',
};
const name = { first_name: 'Ann', last_name: 'Lee' };
const combinations = [
	{ linkedin_url: 'https://linkedin.com/in/ann' },
	{ email: 'ann@acme.com' },
	{ ...name, company_website: 'acme.com' },
	{ ...name, company_name: 'Acme' },
];
const read = (fields: Record<string, unknown>, tryNext?: unknown) =>
	phoneEnrich.parse(itemWith(fields, tryNext === undefined ? {} : { tryNext }));

it('asks by the best complete combination alone, or in turn by all of them', () => {
	expect(read(everything)).toEqual({ requests: [combinations[0]] });
	expect(read(everything, false)).toEqual({ requests: [combinations[0]] });
	expect(read(everything, true)).toEqual({ requests: combinations });
	expect(read(everything, 'true')).toEqual({
		bad: 'Try Next Identifier must be true or false, not "true"',
	});
});

it.each([
	['linkedinUrl', [1, 2, 3]],
	['email', [0, 2, 3]],
	['firstName', [0, 1]],
	['lastName', [0, 1]],
	['companyName', [0, 1, 2]],
	['companyWebsite', [0, 1, 3]],
])('what is malformed or absent counts as absent: %s', (field, left) => {
	for (const value of [undefined, null, ' ', 7, 'n/a', '-']) {
		expect(read({ ...everything, [field]: value }, true)).toEqual({
			requests: left.map((index) => combinations[index]),
		});
	}
});

const NOT_LINKEDIN = "is not an address of LinkedIn's";
const NO_PERSON = "is not a person's page";
const ELSE = 'LinkedIn URL, Email, or First Name, Last Name and a company is needed';
it.each([
	['https://www.linkedin.com/in/ann', undefined],
	['HTTP://de.linkedin.com/in/ann', undefined],
	['a-b.de.linkedin.com/in/ann', undefined],
	['linkedin.com/companyann', undefined],
	['linkedin.com/in/ann/company/', undefined],
	['linkedin.com/in/ann?back=https://x', undefined],
	['https://xing.com/in/ann', NOT_LINKEDIN],
	['https://linkedin.com.evil.example/in/ann', NOT_LINKEDIN],
	['https://evil-linkedin.com/in/ann', NOT_LINKEDIN],
	['https://linkedinxcom/in/ann', NOT_LINKEDIN],
	['ftp://linkedin.com/in/ann', NOT_LINKEDIN],
	['xhttp://linkedin.com/in/ann', NOT_LINKEDIN],
	['httpx://linkedin.com/in/ann', NOT_LINKEDIN],
	['git+ssh.2-x://linkedin.com/in/ann', NOT_LINKEDIN],
	['http s://x', NOT_LINKEDIN],
	['linkedin.com', NO_PERSON],
	['linkedin.com/', NO_PERSON],
	...['company', 'school', 'showcase', 'jobs', 'feed', 'groups', 'Posts'].flatMap(
		(page): Array<[string, string]> => [
			[`linkedin.com/${page}/acme`, NO_PERSON],
			[`linkedin.com/${page}`, NO_PERSON],
		],
	),
])('LinkedIn URL %s: %s', (linkedinUrl, complaint) => {
	const requests = [
		{ linkedin_url: /^https?:/i.test(linkedinUrl) ? linkedinUrl : `https://${linkedinUrl}` },
	];
	expect(read({ linkedinUrl })).toEqual(
		complaint === undefined
			? { requests }
			: { bad: `LinkedIn URL "${linkedinUrl}" ${complaint}; ${ELSE}` },
	);
});

it.each([
	['acme.com', true],
	['https://www.acme.co.uk/about', true],
	['acme', false],
	['.com', false],
	['.acme.com', false],
	['acme.com.', false],
	['acme..com', false],
	['acme.', false],
	['not a site.com', false],
])('Company Website %s will do: %p', (companyWebsite, good) => {
	expect(read({ firstName: 'Ann', lastName: 'Lee', companyWebsite })).toEqual(
		good
			? { requests: [{ ...name, company_website: companyWebsite }] }
			: {
					bad: `Company Website "${companyWebsite}" is not a web address; There is no Company Name or Company Website, and no LinkedIn URL or Email instead`,
				},
	);
});

it.each(
	`n/a N/A na NA Na. n.a. n.a N/A. none None null nil undefined unknown tbd TBD - ??? ,`
		.split(' ')
		.concat('not available', 'not applicable', 'Not provided'),
)('what a CRM holds in place of nothing is nothing: %s', (filler) => {
	expect(read({ firstName: 'Ann', lastName: filler, companyName: 'Acme' })).toEqual({
		bad: `Last Name "${filler}" is a filler, not a value; There is no Last Name, and no LinkedIn URL or Email instead`,
	});
});

it.each([
	'Na',
	'Nan',
	'Ana',
	'Nonesuch',
	'Annone',
	'Nilsson',
	'not available now',
	'李',
	'7',
	'nxa',
])('a name that looks like nothing is a name: %s', (lastName) => {
	expect(read({ firstName: 'Ann', lastName, companyName: 'Acme' })).toEqual({
		requests: [{ first_name: 'Ann', last_name: lastName, company_name: 'Acme' }],
	});
});

it.each([
	[{}, ELSE],
	[{ linkedinUrl: null, email: ' ', firstName: undefined }, ELSE],
	[
		{ companyName: 'x'.repeat(501) },
		`Company Name "${'x'.repeat(60)}…" has more than 500 characters; ${ELSE}`,
	],
	[{ email: 'ann@' }, `Email "ann@" is not an email address; ${ELSE}`],
	[
		{ email: 7, linkedinUrl: [] },
		`LinkedIn URL must be text, not an empty list; Email must be text, not the number 7; ${ELSE}`,
	],
	[
		{ firstName: 'Ann' },
		'There is no Last Name and no Company Name or Company Website, and no LinkedIn URL or Email instead',
	],
	[
		{ lastName: 'Lee', companyName: 'Acme' },
		'There is no First Name, and no LinkedIn URL or Email instead',
	],
	[
		{ companyWebsite: 'acme.com' },
		'There is no First Name and no Last Name, and no LinkedIn URL or Email instead',
	],
	[
		{ firstName: 'Ann', lastName: 'Lee' },
		'There is no Company Name or Company Website, and no LinkedIn URL or Email instead',
	],
])('%j: what is missing is said', (fields, bad) => {
	expect(read(fields)).toEqual({ bad });
});

const by = {
	linkedin: (linkedin_url: string): EnrichmentRequest => ({ linkedin_url }),
	email: (email: string): EnrichmentRequest => ({ email }),
	website: (company_website: string): EnrichmentRequest => ({ ...name, company_website }),
	company: (company_name: string): EnrichmentRequest => ({ ...name, company_name }),
};
const same: Array<[EnrichmentRequest, EnrichmentRequest]> = [
	[by.email('Ann@Acme.com'), by.email('ann@acme.COM')],
	[
		by.linkedin('https://www.linkedin.com/in/ann'),
		by.linkedin('http://de.linkedin.com/IN/Ann/en?x#y'),
	],
	[by.linkedin('https://www.linkedin.com/pub/ann//'), by.linkedin('http://linkedin.com/pub/ann')],
	[
		by.linkedin('https://linkedin.com/in/x-ACoAAb'),
		by.linkedin('https://linkedin.com/in/x-acoaaB'),
	],
	[by.website('https://www.Acme.com//'), by.website('acme.com')],
	[by.website('no address at all'), by.website('no address at all')],
];
it.each(same)('%j and %j are the same purchase', (one, other) => {
	expect(phoneEnrich.identity(one)).toBe(phoneEnrich.identity(other));
});

const different: Array<[EnrichmentRequest, EnrichmentRequest]> = [
	[by.email('ann@acme.com'), by.email('bob@acme.com')],
	[by.linkedin('https://linkedin.com/in/ann'), by.linkedin('https://linkedin.com/in/bob')],
	[
		by.linkedin('https://linkedin.com/in/ACoAAB1x'),
		by.linkedin('https://linkedin.com/in/ACoAAB1X'),
	],
	[by.linkedin('https://linkedin.com/pub/ann'), by.linkedin('https://linkedin.com/in/ann')],
	[by.linkedin('https://linkedin.com/x/in/ann'), by.linkedin('https://linkedin.com/x/in/bob')],
	[by.linkedin('https://linkedin.com/x?id=1'), by.linkedin('https://linkedin.com/x?id=2')],
	[by.linkedin('https://linkedin.com/x/in/ann'), by.linkedin('https://linkedin.com/in/ann')],
	[by.linkedin('no address'), by.linkedin('nor address')],
	[by.website('acme.com'), by.website('acme.org')],
	[by.website('acme.com:81'), by.website('acme.com')],
	[by.website('www.acme.com'), by.website('acme.www.com')],
	[by.website('acme.com/a/b'), by.website('acme.com/ab')],
	[by.website('no address'), by.website('nor address')],
	[by.website('acme.com'), by.company('acme.com')],
	[by.company('Acme'), by.company('Other')],
	[by.company('Acme'), { first_name: 'Bob', last_name: 'Lee', company_name: 'Acme' }],
	[by.company('Acme'), { first_name: 'Ann', last_name: 'Day', company_name: 'Acme' }],
];
it.each(different)('%j and %j are two purchases', (one, other) => {
	expect(phoneEnrich.identity(one)).not.toBe(phoneEnrich.identity(other));
});

it('nothing is known of a phone that nobody answered about, but that it is not there on a 404', () => {
	const nothing = { phone: null, email: null, matchedBy: null };
	expect(phoneEnrich.fieldsWithoutAnswer('not_found')).toEqual({ found: false, ...nothing });
	expect(phoneEnrich.fieldsWithoutAnswer('refused')).toEqual({ found: null, ...nothing });
	expect(phoneEnrich.requestFields(undefined)).toEqual({});
});

it.each([
	[combinations[0], 'linkedinUrl'],
	[combinations[1], 'email'],
	[combinations[2], 'nameAndWebsite'],
	[combinations[3], 'nameAndCompany'],
] as Array<[EnrichmentRequest, string]>)('a hit of %j costs 5, by %s', (request, matchedBy) => {
	const results = { phone: '+1', email: matchedBy === 'email' ? 'ann@acme.com' : null };
	const answer = { status: 'success' as const, results, remaining_credits: 95 };
	expect(phoneEnrich.settle(answer, request)).toEqual({
		outcome: 'found',
		creditsCharged: 5,
		creditsRemaining: 95,
		reason: '',
		fields: { found: true, ...results, matchedBy },
	});
});

it('a name of 500 characters will do', () => {
	const company_name = 'x'.repeat(500);
	expect(read({ firstName: 'Ann', lastName: 'Lee', companyName: company_name })).toEqual({
		requests: [{ ...name, company_name }],
	});
});

it('a miss costs nothing', () => {
	const answer = { status: 'not_found' as const, remaining_credits: 95 };
	expect(phoneEnrich.settle(answer, { email: 'ann@acme.com' })).toEqual({
		outcome: 'not_found',
		creditsCharged: 0,
		creditsRemaining: 95,
		reason: '',
		fields: { found: false, phone: null, email: null, matchedBy: null },
	});
});
