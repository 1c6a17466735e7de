import type { IDataObject } from 'n8n-workflow';

import { getEvent, type EventResponse } from '../../../vendors/lensmor';
import { event } from '../output';
import { eventIn } from '../eventField';
import type { ReadOperation } from '../../freeOperation';
import { description } from './description';

/** Event → Get: one of Lensmor's events. */
export const eventGet: ReadOperation<string, EventResponse> = {
	kind: 'read',
	resource: 'event',
	operation: 'get',
	description,
	endpoint: getEvent,
	read: (item) => {
		const asked = eventIn(item);
		return 'bad' in asked ? asked : { request: asked.eventId };
	},
	page: (response) => ({
		entries: [{ key: response.event.id, json: response.event as IDataObject }],
	}),
	simplified: (entry) => event.parse(entry),
};
