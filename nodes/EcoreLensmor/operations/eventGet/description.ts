import { eventField } from '../eventField';
import { simplifyField } from '../listFields';
import type { OperationDescription } from '../operation';
import { event } from '../eventOutput';

/** What the user sees of Event → Get. */
export const description: OperationDescription = {
	resourceName: 'Event',
	name: 'Get',
	action: 'Get event',
	description: 'Read one trade-show event',
	fields: [eventField, simplifyField],
	options: [],
	output: event,
};
