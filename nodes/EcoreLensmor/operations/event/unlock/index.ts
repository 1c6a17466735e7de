import {
	unlockEvent,
	type EventUnlockRequest,
	type EventUnlockResponse,
} from '../../../vendors/lensmor';
import { eventIn } from '../eventField';
import type { ItemParameters, Operation, ReadItem, Settled } from '../../operation';
import { shown } from '../../shown';
import { description } from './description';

/** Event → Unlock: opens a trade-show event's exhibitors and people; an unlocked event costs nothing again. */
export const eventUnlock: Operation<EventUnlockRequest, EventUnlockResponse> = {
	kind: 'paid',
	resource: 'event',
	operation: 'unlock',
	description,
	endpoint: unlockEvent,
	read,
	identity: (request) => request.eventId,
	// One at a time: Lensmor answers 409 to a second credit operation of the same caller (api-contract B.9).
	claims: () => ['credit operation'],
	asked: (request) => ({ eventId: request?.eventId ?? null }),
	settle,
	unanswered: (outcome) => ({
		alreadyUnlocked: outcome === 'not_found' ? false : null,
		event: null,
		balance: null,
	}),
};

function read(item: ItemParameters): ReadItem<EventUnlockRequest> {
	const asked = eventIn(item);
	if ('bad' in asked) return asked;
	const source = item.option('callSource') ?? 'auto';
	if (source !== 'auto' && source !== 'api' && source !== 'agent') {
		return { bad: `Call Source must be "auto", "api" or "agent", not ${shown(source)}` };
	}
	const callSource = source === 'auto' ? (item.calledByAgent ? 'agent' : 'api') : source;
	return { requests: [{ eventId: asked.eventId, callSource }] };
}

function settle(response: EventUnlockResponse, request: EventUnlockRequest): Settled {
	const { alreadyUnlocked, creditsUsed, balanceAfter, event } = response;
	return {
		outcome: alreadyUnlocked ? 'already_unlocked' : 'unlocked',
		creditsCharged: creditsUsed,
		creditsRemaining: balanceAfter?.totalBalance ?? null,
		reason: anotherEvent(response, request),
		fields: { alreadyUnlocked, event: event ?? null, balance: balanceAfter ?? null },
	};
}

// An event has an id and an eventId, and one event's may be another's (api-contract B.9): whoever
// pays 2000 credits should be told when the answer is about an event of neither.
function anotherEvent({ event }: EventUnlockResponse, { eventId }: EventUnlockRequest): string {
	if (event?.id === undefined && event?.eventId === undefined) return '';
	if (event.id === eventId || event.eventId === eventId) return '';
	const name = event.name ? ` (${event.name})` : '';
	return `Lensmor answered with event ${event.eventId ?? event.id}${name}, not with the ID that was asked for: check that it is the event you mean`;
}
