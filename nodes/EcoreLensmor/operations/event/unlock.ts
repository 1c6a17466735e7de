import { z } from 'zod';

import { callSourceIn, callSourceOption } from '../callSource';
import { unlockPrice } from './checkUnlock';
import { accessField, accessIn, eventField, eventIn } from './eventField';
import type {
	BadInput,
	ItemParameters,
	PaidDescription,
	PaidOperation,
	Requests,
} from '../operation';
import { OUTPUTS_OF_UNLOCKS, sentences } from '../outcome';
import {
	CREDITS_PER_EVENT,
	unlockEvent,
	type EventUnlockRequest,
	type EventUnlockResponse,
} from '../../vendors/lensmor';

/** The output fields of Event → Unlock; the balance is in credits (docs/vendor-apis.md B.9). */
const output = z.object({
	eventId: z.string().nullable(),
	alreadyUnlocked: z.boolean().nullable(),
	event: z
		.object({ id: z.string(), eventId: z.string(), name: z.string().nullable() })
		.partial()
		.nullable(),
	balance: z
		.object({
			subscriptionBalance: z.number(),
			permanentBalance: z.number(),
			totalBalance: z.number(),
			unlimited: z.boolean(),
		})
		.partial()
		.nullable(),
});

/** What the user sees of Event → Unlock. */
const description: PaidDescription<typeof output> = {
	name: 'Unlock',
	action: 'Unlock event (2000 credits, with visitors up to 5000, 0 if already unlocked)',
	description:
		"Open a trade-show event's exhibitors and people (2000 credits), or its visitors too (3000 more); what is already unlocked costs 0",
	price:
		'2000 credits for each event; with visitors 3000 more. 0 for what is already unlocked. Check Unlock says so for free.',
	maximumCredits: CREDITS_PER_EVENT,
	outputs: OUTPUTS_OF_UNLOCKS,
	fields: [eventField, accessField],
	options: [callSourceOption],
	output,
};

/**
 * Event → Unlock: opens a trade-show event's exhibitors and people. An event that is unlocked already costs 0
 * credits (docs/vendor-apis.md B.9).
 */
export const eventUnlock: PaidOperation<
	EventUnlockRequest,
	EventUnlockResponse,
	typeof output,
	'eventId'
> = {
	kind: 'paid',
	resource: 'event',
	operation: 'unlock',
	description,
	endpoint: unlockEvent,
	parse,
	// No event ID begins with a space.
	identity: ({ eventId, access }) => (access === undefined ? eventId : ` ${access} ${eventId}`),
	about: ({ eventId, access }) => `${ABOUT[access ?? 'contacts']}event ${eventId}`,
	// One at a time: Lensmor answers 409 to a second credit operation of the same caller (docs/vendor-apis.md B.9).
	priceCheck: unlockPrice,
	isOneAtATime: true,
	locks: () => ['credit operation'],
	requestFields: (request) => ({ eventId: request?.eventId ?? null }),
	settle,
	fieldsWithoutAnswer: (outcome) => ({
		alreadyUnlocked: outcome === 'not_found' ? false : null,
		event: null,
		balance: null,
	}),
};

const ABOUT = { contacts: '', visitors: 'visitors of ', full: 'full access to ' };

function parse(item: ItemParameters): Requests<EventUnlockRequest> | BadInput {
	const given = eventIn(item);
	if ('bad' in given) return given;
	const source = callSourceIn(item);
	if ('bad' in source) return source;
	const access = accessIn(item);
	if ('bad' in access) return access;
	return { requests: [{ eventId: given.eventId, ...source, ...access }] };
}

function settle(response: EventUnlockResponse, request: EventUnlockRequest) {
	const { alreadyUnlocked, creditsUsed, balanceAfter, event, visitorSkipped } = response;
	return {
		outcome: alreadyUnlocked ? ('already_unlocked' as const) : ('unlocked' as const),
		creditsCharged: creditsUsed,
		creditsRemaining: balanceAfter?.totalBalance ?? null,
		reason: sentences(
			visitorSkipped === true ? 'Lensmor holds no visitors of this event to unlock' : '',
			warningOfOtherEvent(response, request),
		),
		fields: { alreadyUnlocked, event: event ?? null, balance: balanceAfter ?? null },
	};
}

// An event has an id and an eventId, and one event's eventId may be another event's id (docs/vendor-apis.md B.9).
// If the answer is about an event with neither, 2000 credits may have been paid for the wrong one.
function warningOfOtherEvent(
	{ event }: EventUnlockResponse,
	{ eventId }: EventUnlockRequest,
): string {
	if (event?.id === undefined && event?.eventId === undefined) return '';
	if (event.id === eventId || event.eventId === eventId) return '';
	const name = event.name ? ` (${event.name})` : '';
	return `Lensmor answered with event ${event.eventId ?? event.id}${name}, not with the ID that was asked for: check that it is the event you mean`;
}
