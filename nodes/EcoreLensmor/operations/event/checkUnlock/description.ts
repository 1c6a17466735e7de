import { eventField } from '../eventField';
import type { OperationDescription } from '../../operation';
import { unlockCheck } from './output';

/** What the user sees of Event → Check Unlock. */
export const description: OperationDescription = {
	resourceName: 'Event',
	name: 'Check Unlock',
	action: 'Check event unlock',
	description:
		'Check whether an event can be unlocked, whether it already is, and what it would cost',
	fields: [eventField],
	options: [],
	output: unlockCheck,
};
