import type { INodeProperties } from 'n8n-workflow';

import {
	eventId as eventIdSchema,
	LONGEST_EVENT_ID,
	type EventAccess,
} from '../../vendors/lensmor';
import type { BadInput, ItemParameters } from '../operation';
import { quote } from '../quote';

/** The field in which the user chooses one of Lensmor's events. */
export const eventField: INodeProperties = {
	displayName: 'Event',
	name: 'eventId',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	description: 'The trade-show event, picked by name or given by ID',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			placeholder: 'Choose an event',
			typeOptions: { searchListMethod: 'searchEvents', searchable: true },
		},
		{
			displayName: 'By ID',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. 26855',
			hint: 'The id or eventId that Lensmor shows for the event',
		},
	],
};

/** The field in which the user chooses what of an event to unlock, or to check. */
export const accessField: INodeProperties = {
	displayName: 'Access',
	name: 'access',
	type: 'options',
	default: 'contacts',
	options: [
		{
			name: 'Contacts',
			value: 'contacts',
			description: 'Exhibitors and their people (2000 credits, 0 if already unlocked)',
		},
		{
			name: 'Full',
			value: 'full',
			description: 'Contacts and visitors: what is not unlocked yet (at most 5000 credits)',
		},
		{
			name: 'Visitors',
			value: 'visitors',
			description:
				'The visitors (3000 credits, 0 if already unlocked). The contacts must be unlocked, and Lensmor wants a subscription.',
		},
	],
	description: 'What of the event to unlock',
};

/** What of the event an item asks for: `undefined` for its contacts; or what is wrong with the item. */
export function accessIn(
	item: ItemParameters,
): { access?: Exclude<EventAccess, 'contacts'> } | BadInput {
	// Empty in a workflow that has no such field.
	const access = item.field('access') || 'contacts';
	if (access === 'contacts') return {};
	return access === 'visitors' || access === 'full'
		? { access }
		: { bad: `Access must be "contacts", "visitors" or "full", not ${quote(access)}` };
}

/** The ID of the event in an item, or what is wrong with it (docs/vendor-apis.md B.9). */
export function eventIn(item: ItemParameters): { eventId: string } | BadInput {
	const given = locatedValue(item.field('eventId'));
	if (given === null || given === undefined) return { bad: 'Event is empty' };
	if (typeof given !== 'string' && typeof given !== 'number') {
		return { bad: `Event must be the ID of an event, not ${quote(given)}` };
	}
	// NaN, a fraction, or a number so large that its last digits are lost: it could be the ID of another event.
	if (typeof given === 'number' && !Number.isSafeInteger(given)) {
		return { bad: `Event must be the ID of an event, not ${quote(given)}: give a long ID as text` };
	}
	const eventId = String(given).trim();
	if (eventId === '') return { bad: 'Event is empty' };
	if (eventId.length > LONGEST_EVENT_ID) {
		return {
			bad: `Event has ${eventId.length} characters, and an ID has at most ${LONGEST_EVENT_ID}: ${quote(eventId)}`,
		};
	}
	return eventIdSchema.safeParse(eventId).success
		? { eventId }
		: { bad: `Event must be the ID of an event, not ${quote(eventId)}` };
}

// A resource locator is an object; an expression for the whole field may give the bare value.
function locatedValue(given: unknown): unknown {
	return typeof given === 'object' && given !== null && '__rl' in given && 'value' in given
		? given.value
		: given;
}
