import { z } from 'zod';

import { credits, withQuery, type Endpoint, type Filters, type FreeEndpoint } from './endpoint';

/** Credits for unlocking an event that is not unlocked yet (docs/vendor-apis.md B.1). */
export const CREDITS_PER_EVENT = 2000;
/** The most characters of an event ID (docs/vendor-apis.md B.9). */
export const LONGEST_EVENT_ID = 100;

/** An event's id or eventId: any text that can be part of a path (docs/vendor-apis.md B.9). */
export const eventId = z
	.string()
	.min(1)
	.max(LONGEST_EVENT_ID)
	// "." and ".." in a path would make it the path of another call. A lone surrogate (half a character) has
	// no URL encoding.
	.regex(/^(?!\.{1,2}$)\P{Surrogate}*$/su);

const unlockRequest = z.object({ eventId, callSource: z.enum(['api', 'agent']) });

const balanceAfter = z.object({
	subscriptionBalance: z.number(),
	permanentBalance: z.number(),
	totalBalance: z.number(),
	unlimited: z.boolean(),
});

const event = z.object({ id: z.string(), eventId: z.string(), name: z.string().nullable() });

const unlockResponse = z.object({
	success: z.literal(true).optional(),
	alreadyUnlocked: z.boolean(),
	creditsUsed: credits,
	// Not needed to know what was paid, so an answer is readable without them.
	balanceAfter: balanceAfter.partial().nullable().catch(null),
	event: event.partial().nullable().catch(null),
});

/** What Event Unlock sends: `eventId` goes into the path, `callSource` into a header (docs/vendor-apis.md B.9). */
export type EventUnlockRequest = z.infer<typeof unlockRequest>;
/** 201 body of Event Unlock (docs/vendor-apis.md B.9). */
export type EventUnlockResponse = z.infer<typeof unlockResponse>;

const missing = z.object({ errorKey: z.literal('NOT_FOUND') });

/** Event Unlock (docs/vendor-apis.md B.9): 2000 credits, once. The vendor documents that a repeat is free. */
export const unlockEvent: Endpoint<EventUnlockRequest, EventUnlockResponse> = {
	vendor: 'lensmor',
	repeat: 'free',
	request: unlockRequest,
	response: unlockResponse,
	missing,
	toWire: (request) => ({
		method: 'POST',
		path: `/external/events/${encodeURIComponent(request.eventId)}/unlock`,
		headers: { 'x-call-source': request.callSource },
	}),
	worstCase: () => CREDITS_PER_EVENT,
};

// Only the fields that paging and branching need. Other fields are passed on as they are, because Lensmor may
// change them. `safe`: a longer number has lost its last digits, and could be the ID of something else.
const identifier = z.union([z.string().min(1), z.number().int().safe()]).transform(String);
const entry = z.object({ id: identifier, eventId: identifier.nullish().catch(null) }).passthrough();
const count = z.number().optional().catch(undefined);

// Each part may be missing (docs/vendor-apis.md B.12).
const semantics = z
	.object({
		accessMode: z.string().optional().catch(undefined),
		counts: z.object({ remainingLockedCount: count }).optional().catch(undefined),
		pageState: z
			.object({ accessible: z.boolean().optional().catch(undefined), maxAccessiblePage: count })
			.optional()
			.catch(undefined),
		unlock: z.object({ credits: count }).optional().catch(undefined),
	})
	.optional()
	.catch(undefined);

const listResponse = z.object({
	items: z.array(entry),
	hasMore: z.boolean().optional().catch(undefined),
	semantics,
});

/** Query of Lensmor's lists; `filters` have their names on the wire (docs/vendor-apis.md B.1, pagination). */
export interface ListRequest {
	filters: Filters;
	page: number;
	pageSize: number;
}
/**
 * 200 body of Lensmor's lists; only the lists of one event have `semantics` (docs/vendor-apis.md B.4, B.12,
 * B.13).
 */
export type ListResponse = z.infer<typeof listResponse>;

function list(path: string): FreeEndpoint<ListRequest, ListResponse> {
	return {
		vendor: 'lensmor',
		response: listResponse,
		missing,
		toWire: ({ filters, page, pageSize }) => ({
			method: 'GET',
			path: withQuery(path, { ...filters, page: String(page), pageSize: String(pageSize) }),
		}),
	};
}

/**
 * The most events or exhibitors on a page that every version of the documents permits (docs/vendor-apis.md
 * B.4, B.12).
 */
export const ENTRIES_PER_PAGE = 100;
/** The most people on a page that every version of the documents permits (docs/vendor-apis.md B.13, B.18). */
export const PEOPLE_PER_PAGE = 50;

/** List events (docs/vendor-apis.md B.4): free. */
export const listEvents = list('/external/events/list');
/** List an event's exhibitors (docs/vendor-apis.md B.12): free. */
export const listExhibitors = list('/external/exhibitors/list');
/** List an event's people (docs/vendor-apis.md B.13): free. */
export const listPersonnel = list('/external/personnel/list');

const eventResponse = z.object({ event: entry });

/** 200 body of Event detail (docs/vendor-apis.md B.5). */
export type EventResponse = z.infer<typeof eventResponse>;

/** Event detail (docs/vendor-apis.md B.5): free. The request is an event's id or eventId. */
export const getEvent: FreeEndpoint<string, EventResponse> = {
	vendor: 'lensmor',
	response: eventResponse,
	missing,
	toWire: (id) => ({ method: 'GET', path: `/external/events/${encodeURIComponent(id)}` }),
};

const precheckResponse = z.object({
	allowed: z.boolean(),
	credits: z.number().nullable().catch(null),
	reason_code: z.string().catch(''),
	detail: z
		.object({ available_balance: count, chargeable_count: count })
		.optional()
		.catch(undefined),
});

/** 200 body of Action precheck (docs/vendor-apis.md B.3). */
export type PrecheckResponse = z.infer<typeof precheckResponse>;

/**
 * Action precheck of an event unlock (docs/vendor-apis.md B.3): free, and reserves nothing. The request is an
 * event's id or eventId.
 */
export const precheckEventUnlock: FreeEndpoint<string, PrecheckResponse> = {
	vendor: 'lensmor',
	response: precheckResponse,
	toWire: (id) => ({
		method: 'POST',
		path: '/external/actions/precheck',
		body: { action_type: 'unlock_event_contacts', params: { event_id: id } },
	}),
};

// The only field that the node needs; null if the account has no balance yet.
const balanceResponse = z.object({ totalBalance: z.number().nullable() }).passthrough();

/** 200 body of Credit balance (docs/vendor-apis.md B.2). */
export type BalanceResponse = z.infer<typeof balanceResponse>;

/** Credit balance (docs/vendor-apis.md B.2): free. The request is empty. */
export const getBalance: FreeEndpoint<object, BalanceResponse> = {
	vendor: 'lensmor',
	response: balanceResponse,
	toWire: () => ({ method: 'GET', path: '/external/credits/balance' }),
};
