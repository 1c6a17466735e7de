import type { IDataObject } from 'n8n-workflow';

import { eventField, eventIn } from './eventField';
import { event } from './output';
import { outputFields } from '../lists/listFields';
import type { FreeOperation, OperationDescription } from '../operation';
import { getEvent, type EventResponse } from '../../vendors/lensmor';

/** What the user sees of Event → Get. */
const description: OperationDescription<typeof event> = {
	name: 'Get',
	action: 'Get event (free)',
	description: 'Read one trade-show event',
	fields: [eventField, ...outputFields],
	options: [],
	output: event,
};

/** Event → Get: reads one of Lensmor's events (docs/vendor-apis.md B.5). */
export const eventGet: FreeOperation<string, EventResponse> = {
	kind: 'free',
	resource: 'event',
	operation: 'get',
	description,
	endpoint: getEvent,
	parse: (item) => {
		const given = eventIn(item);
		return 'bad' in given ? given : { request: given.eventId };
	},
	page: (response) => ({
		entries: [{ key: response.event.id, json: response.event as IDataObject }],
	}),
	simplify: (entry) => event.parse(entry),
};
