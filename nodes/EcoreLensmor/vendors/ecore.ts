import { z } from 'zod';

import { credits, withQuery, type Endpoint, type Filters, type FreeEndpoint } from './endpoint';

/** Credits for one record's email (docs/vendor-apis.md A.1). */
export const CREDITS_PER_RECORD_EMAIL = 1;
/** Credits for one record's phone if eCore has one (docs/vendor-apis.md A.1). */
export const CREDITS_PER_RECORD_PHONE = 5;
/** Credits for a phone unlock of a record that turns out to have no phone (docs/vendor-apis.md A.1). */
export const CREDITS_PER_RECORD_WITHOUT_PHONE = 1;
/** Credits for a phone that a lookup finds. The answer does not contain the price (docs/vendor-apis.md A.4). */
export const CREDITS_PER_PHONE = 5;
/** Credits for an email that a lookup finds. The answer does not contain the price (docs/vendor-apis.md A.5). */
export const CREDITS_PER_EMAIL = 1;

// An answer that says what was paid must not become unreadable because its balance is missing or not a number.
const balance = z.number().nullable().catch(null);

/** A record's UUID, of any version: one of the vendor's two examples has none (docs/vendor-apis.md A.3). */
export const recordUuid = z.string().uuid();

const unlockRequest = z.object({
	uuids: z.array(recordUuid).min(1),
	unlock_type: z.enum(['email', 'phone']),
});

// `success` may be missing: an answer that says what was charged can be read without it.
const success = z.literal(true).optional();

const unlockResponse = z.object({
	success,
	unlocked: z.number().int().nonnegative(),
	credits_charged: credits,
	wallet_balance: balance,
});

/** Body of Unlock Records (docs/vendor-apis.md A.3). */
export type UnlockRequest = z.infer<typeof unlockRequest>;
/** 200 body of Unlock Records (docs/vendor-apis.md A.3). */
export type UnlockResponse = z.infer<typeof unlockResponse>;

/** Unlock Records (docs/vendor-apis.md A.3): owned records are skipped and cost 0 credits, so a repeat is free. */
export const unlockRecords: Endpoint<UnlockRequest, UnlockResponse> = {
	vendor: 'ecore',
	repeat: 'free',
	request: unlockRequest,
	response: unlockResponse,
	missing: z.object({ error: z.literal('No matching records found.') }),
	toWire: (request) => ({ method: 'POST', path: '/external/unlock/', body: request }),
	worstCase: (request) => {
		const price =
			request.unlock_type === 'email' ? CREDITS_PER_RECORD_EMAIL : CREDITS_PER_RECORD_PHONE;
		return request.uuids.length * price;
	},
};

const text = z.string().min(1);

// Strict, because eCore may refuse any other field beside a combination (docs/vendor-apis.md A.4, A.5).
const enrichmentRequest = z.union([
	z.object({ email: text }).strict(),
	z.object({ linkedin_url: text }).strict(),
	z.object({ first_name: text, last_name: text, company_website: text }).strict(),
	z.object({ first_name: text, last_name: text, company_name: text }).strict(),
]);

// `success` is true also if nothing was found: only `status` shows a hit (docs/vendor-apis.md A.4).
const phoneResponse = z.discriminatedUnion('status', [
	z.object({
		success,
		status: z.literal('success'),
		results: z.object({ phone: text, email: z.string().nullish().catch(null) }),
		remaining_credits: balance,
	}),
	z.object({ success, status: z.literal('not_found'), remaining_credits: balance }),
]);

const emailResponse = z.discriminatedUnion('status', [
	z.object({
		success,
		status: z.literal('success'),
		results: z.object({ email: text }),
		remaining_credits: balance,
	}),
	z.object({ success, status: z.literal('not_found'), remaining_credits: balance }),
]);

/** Body of Phone and Email Enrichment: exactly one combination of identifiers (docs/vendor-apis.md A.4, A.5). */
export type EnrichmentRequest = z.infer<typeof enrichmentRequest>;
/** 200 body of Phone Enrichment (docs/vendor-apis.md A.4). */
export type PhoneResponse = z.infer<typeof phoneResponse>;
/** 200 body of Email Enrichment (docs/vendor-apis.md A.5). */
export type EmailResponse = z.infer<typeof emailResponse>;

/** Phone Enrichment (docs/vendor-apis.md A.4): a repeated hit may be charged again. */
export const enrichPhone: Endpoint<EnrichmentRequest, PhoneResponse> = {
	vendor: 'ecore',
	repeat: 'paid',
	request: enrichmentRequest,
	response: phoneResponse,
	toWire: (request) => ({ method: 'POST', path: '/external/phone/enrichment/', body: request }),
	worstCase: () => CREDITS_PER_PHONE,
};

/** Email Enrichment (docs/vendor-apis.md A.5): a repeated hit may be charged again. */
export const enrichEmail: Endpoint<EnrichmentRequest, EmailResponse> = {
	vendor: 'ecore',
	repeat: 'paid',
	request: enrichmentRequest,
	response: emailResponse,
	toWire: (request) => ({ method: 'POST', path: '/external/email/enrichment/', body: request }),
	worstCase: () => CREDITS_PER_EMAIL,
};

// Only the field that paging and matching need. Other fields are passed on as they are, because eCore may
// change them.
const record = z.object({ uuid: text }).passthrough();

const searchResponse = z.object({
	success,
	count: z
		.union([z.number(), z.string().regex(/^\d+$/).transform(Number)])
		.optional()
		.catch(undefined),
	results: z.array(record),
});

/** Query of Search Records; `filters` have their names on the wire (docs/vendor-apis.md A.2). */
export interface SearchRequest {
	filters: Filters;
	limit: number;
	offset: number;
}
/** 200 body of Search Records; `count` is the number of records on all pages (docs/vendor-apis.md A.2). */
export type SearchResponse = z.infer<typeof searchResponse>;

/** Search Records (docs/vendor-apis.md A.2): free. */
export const searchRecords: FreeEndpoint<SearchRequest, SearchResponse> = {
	vendor: 'ecore',
	response: searchResponse,
	toWire: ({ filters, limit, offset }) => ({
		method: 'GET',
		path: withQuery('/external/search/', {
			...filters,
			limit: String(limit),
			offset: String(offset),
		}),
	}),
};
