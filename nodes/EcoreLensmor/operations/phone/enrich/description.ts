import { z } from 'zod';

import { identifierFields, tryNextOption } from '../../enrichment/identifierFields';
import { MATCHED_BY } from '../../enrichment/identifiers';
import type { OperationDescription } from '../../operation';

/** What the user sees of Phone → Enrich. */
export const description: OperationDescription = {
	resourceName: 'Phone',
	name: 'Enrich',
	action: 'Enrich phone (5 credits if found)',
	description: "Find a person's phone (5 credits if found, 0 if not)",
	fields: identifierFields,
	options: [tryNextOption],
	output: z.object({
		found: z.boolean().nullable(),
		phone: z.string().nullable(),
		email: z.string().nullable(),
		matchedBy: z.enum(MATCHED_BY).nullable(),
	}),
};
