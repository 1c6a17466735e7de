import type { OperationDescription } from '../operation';
import { identifierFields, tryNextOption } from '../identifierFields';

/** What the user sees of Email → Enrich. */
export const description: OperationDescription = {
	resourceName: 'Email',
	name: 'Enrich',
	action: 'Enrich email (1 credit if found)',
	description: "Find a person's email (1 credit if found, 0 if not)",
	fields: identifierFields,
	options: [tryNextOption],
};
