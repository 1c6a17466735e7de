import type { OperationDescription } from '../../operation';
import { balance } from './output';

/** What the user sees of Balance → Get. */
export const description: OperationDescription = {
	resourceName: 'Balance',
	name: 'Get',
	action: 'Get Lensmor credit balance',
	description:
		'Read how many Lensmor credits are left. eCore has no such call: its balance comes with each unlock and lookup.',
	fields: [],
	options: [],
	output: balance,
};
