import { z } from 'zod';

import { identifierFields, tryNextOption } from '../../enrichment/identifierFields';
import { MATCHED_BY } from '../../enrichment/identifiers';
import type { OperationDescription } from '../../operation';

/** What the user sees of Email → Enrich. */
export const description: OperationDescription = {
	resourceName: 'Email',
	name: 'Enrich',
	action: 'Enrich email (1 credit if found)',
	description: "Find a person's email (1 credit if found, 0 if not)",
	fields: identifierFields,
	options: [tryNextOption],
	output: z.object({
		found: z.boolean().nullable(),
		email: z.string().nullable(),
		matchedBy: z.enum(MATCHED_BY).nullable(),
	}),
};
