import type { OperationDescription } from '../operation';
import { identifierFields, tryNextOption } from '../identifierFields';

/** What the user sees of Phone → Enrich. */
export const description: OperationDescription = {
	resourceName: 'Phone',
	name: 'Enrich',
	action: 'Enrich phone (5 credits if found)',
	description: "Find a person's phone (5 credits if found, 0 if not)",
	fields: identifierFields,
	options: [tryNextOption],
};
