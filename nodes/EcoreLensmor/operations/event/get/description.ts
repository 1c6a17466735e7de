import { eventField } from '../eventField';
import { simplifyField } from '../../lists/listFields';
import type { OperationDescription } from '../../operation';
import { event } from '../output';

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
