import { z } from 'zod';

import type { Endpoint } from './endpoint';

/** Credits for an event that is not unlocked yet (api-contract B.1). */
export const CREDITS_PER_EVENT = 2000;
/** Longest event id, in characters (api-contract B.9). */
export const LONGEST_EVENT_ID = 100;

/** An event's id or eventId, an opaque text (api-contract B.9). */
export const eventId = z
	.string()
	.min(1)
	.max(LONGEST_EVENT_ID)
	// "." and ".." would be swallowed by the path and turn the call into another one;
	// half a character (a lone surrogate) has no URL encoding.
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
	creditsUsed: z.number().finite().nonnegative(),
	// Only the credits are needed to understand what was paid; the rest is kept where it is readable.
	balanceAfter: balanceAfter.partial().nullable().catch(null),
	event: event.partial().nullable().catch(null),
});

/** What Event Unlock sends: `eventId` goes into the path, `callSource` into a header (api-contract B.9). */
export type EventUnlockRequest = z.infer<typeof unlockRequest>;
/** 201 body of Event Unlock (api-contract B.9). */
export type EventUnlockResponse = z.infer<typeof unlockResponse>;

/** Event Unlock (api-contract B.9): 2000 credits once; a repeat is documented as free. */
export const unlockEvent: Endpoint<EventUnlockRequest, EventUnlockResponse> = {
	vendor: 'lensmor',
	repeat: 'free',
	request: unlockRequest,
	response: unlockResponse,
	missing: z.object({ errorKey: z.literal('NOT_FOUND') }),
	toWire: (request) => ({
		method: 'POST',
		path: `/external/events/${encodeURIComponent(request.eventId)}/unlock`,
		headers: { 'x-call-source': request.callSource },
	}),
	worstCase: () => CREDITS_PER_EVENT,
};
