import type { EnrichmentRequest } from '../../../nodes/EcoreLensmor/vendors/ecore';
import { emailEnrich } from '../../../nodes/EcoreLensmor/operations/email/enrich';
import { itemWith } from './itemWith';

const name = { first_name: 'Ann', last_name: 'Lee' };
const combinations: Array<[EnrichmentRequest, string]> = [
	[{ linkedin_url: 'https://linkedin.com/in/ann' }, 'linkedinUrl'],
	[{ email: 'ann@acme.com' }, 'email'],
	[{ ...name, company_website: 'acme.com' }, 'nameAndWebsite'],
	[{ ...name, company_name: 'Acme' }, 'nameAndCompany'],
];

it('asks by the best complete combination alone, or in turn by all of them', () => {
	const everything = {
		linkedinUrl: 'linkedin.com/in/ann',
		email: 'ann@acme.com',
		firstName: 'Ann',
		lastName: 'Lee',
		companyName: 'Acme',
		companyWebsite: 'acme.com',
	};
	const requests = combinations.map(([request]) => request);
	expect(emailEnrich.parse(itemWith(everything))).toEqual({ requests: requests.slice(0, 1) });
	expect(emailEnrich.parse(itemWith(everything, { tryNext: true }))).toEqual({ requests });
	expect(emailEnrich.parse(itemWith({ firstName: 'Ann' }))).toHaveProperty('bad');
});

it('two spellings of a person are the same purchase, two people are two', () => {
	const one = emailEnrich.identity({ email: 'Ann@Acme.com' });
	expect(emailEnrich.identity({ email: 'ann@acme.com' })).toBe(one);
	expect(emailEnrich.identity({ email: 'bob@acme.com' })).not.toBe(one);
});

it('nothing is known of an email that nobody answered about, but that it is not there on a 404', () => {
	const nothing = { email: null, matchedBy: null };
	expect(emailEnrich.fieldsWithoutAnswer('not_found')).toEqual({ found: false, ...nothing });
	expect(emailEnrich.fieldsWithoutAnswer('refused')).toEqual({ found: null, ...nothing });
	expect(emailEnrich.requestFields(undefined)).toEqual({});
	expect(emailEnrich.requestFields({ email: 'ann@acme.com' })).toEqual({});
});

it.each(combinations)('a hit of %j costs 1, by %s', (request, matchedBy) => {
	const results = { email: 'ann@acme.com' };
	const answer = { status: 'success' as const, results, remaining_credits: 95 };
	expect(emailEnrich.settle(answer, request)).toEqual({
		outcome: 'found',
		creditsCharged: 1,
		creditsRemaining: 95,
		reason: '',
		fields: { found: true, ...results, matchedBy },
	});
});

it.each([95, null])('a miss costs nothing, whatever is left: %p', (left) => {
	const answer = { status: 'not_found' as const, remaining_credits: left };
	expect(emailEnrich.settle(answer, { email: 'ann@acme.com' })).toEqual({
		outcome: 'not_found',
		creditsCharged: 0,
		creditsRemaining: left,
		reason: '',
		fields: { found: false, email: null, matchedBy: null },
	});
});
