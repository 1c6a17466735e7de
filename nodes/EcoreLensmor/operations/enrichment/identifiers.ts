import { z } from 'zod';

import type { EnrichmentRequest } from '../../vendors/ecore';
import type { BadInput, ItemParameters, Requests } from '../operation';
import { quote } from '../quote';

/** The combinations of identifiers by which a person can be looked up. */
export const MATCHED_BY = ['linkedinUrl', 'email', 'nameAndWebsite', 'nameAndCompany'] as const;
/** The combination that a lookup used: the output field `matchedBy`. */
export type MatchedBy = (typeof MATCHED_BY)[number];

/** An identifier in an item: usable, absent, or malformed, and then why. */
type Identifier = { value: string } | { absent: true } | { malformed: string };

const LABELS = {
	linkedinUrl: 'LinkedIn URL',
	email: 'Email',
	firstName: 'First Name',
	lastName: 'Last Name',
	companyName: 'Company Name',
	companyWebsite: 'Company Website',
} as const;
type Field = keyof typeof LABELS;

// Texts that CRMs put into an empty field. "Na" is a family name, "NA" and "na" are not.
const FILLER =
	/^(?:n\.?\/?a\.?|none|null|nil|undefined|unknown|not (?:available|applicable|provided)|tbd)$/i;
const REAL_NAMES = /^Na$/;
const HAS_A_LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;
// Paths of LinkedIn that are not a person's page.
const NOT_A_PERSON = /^\/(?:company|school|showcase|jobs|feed|groups|posts)(?:\/|$)/i;

// A longer text is not an identifier. A web form, for example, accepts any text.
const MAX_CHARACTERS = 500;

const emailAddress = z.string().email();

/** Whether a text only stands for an empty field, such as "n/a". */
export function isFiller(text: string): boolean {
	return !HAS_A_LETTER_OR_DIGIT.test(text) || (FILLER.test(text) && !REAL_NAMES.test(text));
}

function withScheme(address: string): string {
	return /^[a-z][a-z0-9+.-]*:\/\//i.test(address) ? address : `https://${address}`;
}

function parsed(address: string): URL | undefined {
	return URL.canParse(address) ? new URL(address) : undefined;
}

/** What is wrong with a text as the value of a field; `undefined` if nothing is. */
const complaints: Record<Field, (text: string) => string | undefined> = {
	linkedinUrl: (text) => {
		const url = parsed(withScheme(text));
		const isLinkedIn =
			url !== undefined &&
			/^https?:$/.test(url.protocol) &&
			/^(?:[a-z0-9-]+\.)*linkedin\.com$/.test(url.hostname);
		if (!isLinkedIn) return "is not an address of LinkedIn's";
		return url.pathname === '/' || NOT_A_PERSON.test(url.pathname)
			? "is not a person's page"
			: undefined;
	},
	email: (text) => (emailAddress.safeParse(text).success ? undefined : 'is not an email address'),
	firstName: () => undefined,
	lastName: () => undefined,
	companyName: () => undefined,
	companyWebsite: (text) => {
		const host = parsed(withScheme(text))?.hostname ?? '';
		return /^[^.\s]+(\.[^.\s]+)+$/.test(host) ? undefined : 'is not a web address';
	},
};

function complaintAbout(field: Field, text: string): string | undefined {
	if (text.length > MAX_CHARACTERS) return `has more than ${MAX_CHARACTERS} characters`;
	return isFiller(text) ? 'is a filler, not a value' : complaints[field](text);
}

function identifier(item: ItemParameters, field: Field): Identifier {
	const given = item.field(field) ?? '';
	if (typeof given !== 'string')
		return { malformed: `${LABELS[field]} must be text, not ${quote(given)}` };
	const text = given.trim();
	if (text === '') return { absent: true };
	const complaint = complaintAbout(field, text);
	if (complaint !== undefined) {
		return { malformed: `${LABELS[field]} ${quote(text)} ${complaint}` };
	}
	return { value: field === 'linkedinUrl' ? withScheme(text) : text };
}

/**
 * The lookups that an item asks for: its best combination, and then the others if the user wants them
 * tried; or what is wrong with the item.
 */
export function parseIdentifiers(item: ItemParameters): Requests<EnrichmentRequest> | BadInput {
	const tryNext = item.option('tryNext') ?? false;
	if (typeof tryNext !== 'boolean') {
		return {
			bad: `Try Next Identifier must be true or false, not ${quote(tryNext)}`,
		};
	}
	const combinations = combinationsIn(item);
	if ('bad' in combinations || tryNext) return combinations;
	return { requests: [combinations.requests[0]] };
}

/**
 * Every complete combination of an item's identifiers, the best one first (docs/vendor-apis.md A.4). A malformed
 * identifier counts as absent. If no combination is complete, a sentence says what is malformed or missing.
 */
function combinationsIn(item: ItemParameters): Requests<EnrichmentRequest> | BadInput {
	const identifiers = {
		linkedinUrl: identifier(item, 'linkedinUrl'),
		email: identifier(item, 'email'),
		firstName: identifier(item, 'firstName'),
		lastName: identifier(item, 'lastName'),
		companyName: identifier(item, 'companyName'),
		companyWebsite: identifier(item, 'companyWebsite'),
	};
	const value = (field: Field) => {
		const given = identifiers[field];
		return 'value' in given ? given.value : undefined;
	};
	const [linkedin_url, email, first_name, last_name, company_name, company_website] = [
		value('linkedinUrl'),
		value('email'),
		value('firstName'),
		value('lastName'),
		value('companyName'),
		value('companyWebsite'),
	];

	const requests: EnrichmentRequest[] = [];
	if (linkedin_url !== undefined) requests.push({ linkedin_url });
	if (email !== undefined) requests.push({ email });
	if (first_name !== undefined && last_name !== undefined) {
		if (company_website !== undefined) requests.push({ first_name, last_name, company_website });
		if (company_name !== undefined) requests.push({ first_name, last_name, company_name });
	}
	const [best, ...others] = requests;
	if (best !== undefined) return { requests: [best, ...others] };

	const malformed = Object.values(identifiers).flatMap((given) =>
		'malformed' in given ? [given.malformed] : [],
	);
	return { bad: [...malformed, whatIsMissing(value)].join('; ') };
}

function whatIsMissing(value: (field: Field) => string | undefined): string {
	const usable = (fields: Field[]) => fields.filter((field) => value(field) !== undefined).length;
	const ofName = usable(['firstName', 'lastName']);
	const ofCompany = usable(['companyName', 'companyWebsite']);
	if (ofName + ofCompany === 0) {
		return 'LinkedIn URL, Email, or First Name, Last Name and a company is needed';
	}
	const missing = [
		value('firstName') === undefined ? LABELS.firstName : '',
		value('lastName') === undefined ? LABELS.lastName : '',
		ofCompany === 0 ? `${LABELS.companyName} or ${LABELS.companyWebsite}` : '',
	].filter(Boolean);
	return `There is no ${missing.join(' and no ')}, and no LinkedIn URL or Email instead`;
}

/** The combination that a request uses. */
export function matchedBy(request: EnrichmentRequest): MatchedBy {
	if ('linkedin_url' in request) return 'linkedinUrl';
	if ('email' in request) return 'email';
	return 'company_website' in request ? 'nameAndWebsite' : 'nameAndCompany';
}

function foldedAddress(address: string): string {
	const url = parsed(withScheme(address));
	if (url === undefined) return address;
	return `${url.host.replace(/^www\./, '')}${url.pathname.replace(/\/+$/, '')}${url.search}`;
}

// One profile has many addresses: on national hosts, with tracking parameters, in upper or lower case. Case
// matters only in a member ID, which may stand in place of the name (in/ACoAA…).
function foldedProfile(address: string): string {
	const name = /^\/in\/([^/]+)/i.exec(parsed(address)?.pathname ?? '')?.[1];
	if (name === undefined) return foldedAddress(address);
	return `in/${/^AC[a-z]AA/.test(name) ? name : name.toLowerCase()}`;
}

/**
 * The identity of a request: the same for two lookups of the same person by the same identifiers, however they
 * are spelt.
 */
export function identityOf(request: EnrichmentRequest): string {
	if ('linkedin_url' in request) return `linkedin ${foldedProfile(request.linkedin_url)}`;
	if ('email' in request) return `email ${request.email.toLowerCase()}`;
	const company =
		'company_website' in request
			? ['website', foldedAddress(request.company_website)]
			: ['company', request.company_name];
	return JSON.stringify([request.first_name, request.last_name, ...company]);
}

/** Whom a request is about, in words that a person recognizes. */
export function aboutPerson(request: EnrichmentRequest): string {
	if ('linkedin_url' in request) return request.linkedin_url;
	if ('email' in request) return request.email;
	const company = 'company_website' in request ? request.company_website : request.company_name;
	return `${request.first_name} ${request.last_name}, ${company}`;
}
