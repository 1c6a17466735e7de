import { z } from 'zod';

import { credits, withQuery, type Endpoint, type Filters, type FreeEndpoint } from './endpoint';

/** Credits for unlocking an event's contacts that are not unlocked yet (docs/vendor-apis.md B.1). */
export const CREDITS_PER_EVENT = 2000;
/** Credits for unlocking an event's visitors that are not unlocked yet (docs/vendor-apis.md B.10). */
export const CREDITS_PER_EVENT_VISITORS = 3000;
/** The most credits for all of an event: what is not unlocked yet (docs/vendor-apis.md B.11). */
export const CREDITS_PER_FULL_EVENT = CREDITS_PER_EVENT + CREDITS_PER_EVENT_VISITORS;
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

const unlockRequest = z.object({
	eventId,
	callSource: z.enum(['api', 'agent']),
	access: z.enum(['visitors', 'full']).optional(),
});

const balanceAfter = z.object({
	subscriptionBalance: z.number(),
	permanentBalance: z.number(),
	totalBalance: z.number(),
	unlimited: z.boolean(),
});

const event = z.object({ id: z.string(), eventId: z.string(), name: z.string().nullable() });

const unlocked = z.object({
	success: z.literal(true).optional(),
	alreadyUnlocked: z.boolean(),
	// Not needed to know what was paid, so an answer is readable without them.
	balanceAfter: balanceAfter.partial().nullable().catch(null),
	event: event.partial().nullable().catch(null),
});

// Each of the three unlocks has another name for what it cost (docs/vendor-apis.md B.18).
const unlockResponse = z.union([
	unlocked.extend({ creditsUsed: credits }),
	unlocked
		.extend({ creditsSpent: credits })
		.transform(({ creditsSpent, ...rest }) => ({ ...rest, creditsUsed: creditsSpent })),
	unlocked
		.extend({ totalCreditsUsed: credits, visitorSkipped: z.boolean().optional().catch(undefined) })
		.transform(({ totalCreditsUsed, ...rest }) => ({ ...rest, creditsUsed: totalCreditsUsed })),
]);

/**
 * What Event Unlock sends: `eventId` and `access` go into the path (without `access`, it is about the contacts),
 * `callSource` into a header (docs/vendor-apis.md B.9 to B.11).
 */
export type EventUnlockRequest = z.infer<typeof unlockRequest>;
/**
 * 201 body of Event Unlock, `creditsUsed` in credits. `visitorSkipped`: the event has no visitors to unlock
 * (docs/vendor-apis.md B.9 to B.11).
 */
export type EventUnlockResponse = Omit<z.infer<typeof unlocked>, 'success'> & {
	creditsUsed: number;
	visitorSkipped?: boolean | undefined;
};

const UNLOCKS = {
	contacts: { path: 'unlock', credits: CREDITS_PER_EVENT, action: 'unlock_event_contacts' },
	visitors: {
		path: 'visitors/unlock',
		credits: CREDITS_PER_EVENT_VISITORS,
		action: 'unlock_event_visitors',
	},
	full: {
		path: 'full-access/unlock',
		credits: CREDITS_PER_FULL_EVENT,
		action: 'unlock_event_full_access',
	},
};

/** What of an event can be unlocked (docs/vendor-apis.md B.9 to B.11). */
export type EventAccess = keyof typeof UNLOCKS;

const missing = z.object({ errorKey: z.literal('NOT_FOUND') });

/**
 * Event Unlock (docs/vendor-apis.md B.9 to B.11): 2000, 3000 or up to 5000 credits, once. The vendor documents that a
 * repeat is free.
 */
export const unlockEvent: Endpoint<EventUnlockRequest, EventUnlockResponse> = {
	vendor: 'lensmor',
	repeat: 'free',
	request: unlockRequest,
	response: unlockResponse,
	missing,
	toWire: (request) => ({
		method: 'POST',
		path: `/external/events/${encodeURIComponent(request.eventId)}/${UNLOCKS[request.access ?? 'contacts'].path}`,
		headers: { 'x-call-source': request.callSource },
	}),
	worstCase: ({ access }) => UNLOCKS[access ?? 'contacts'].credits,
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

/** What an unlock is checked of: an event's id or eventId, and what of it (without `access`: its contacts). */
export type PrecheckRequest = Pick<EventUnlockRequest, 'eventId' | 'access'>;

/** Action precheck of an event unlock (docs/vendor-apis.md B.3): free, and reserves nothing. */
export const precheckEventUnlock: FreeEndpoint<PrecheckRequest, PrecheckResponse> = {
	vendor: 'lensmor',
	response: precheckResponse,
	toWire: ({ eventId: id, access }) => ({
		method: 'POST',
		path: '/external/actions/precheck',
		body: { action_type: UNLOCKS[access ?? 'contacts'].action, params: { event_id: id } },
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
