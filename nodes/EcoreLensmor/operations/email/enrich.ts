import { z } from 'zod';

import { CREDITS_PER_EMAIL, enrichEmail } from '../../vendors/ecore';
import { enrichment } from '../enrichment/enrichment';
import { identifierFields, tryNextOption } from '../enrichment/identifierFields';
import { MATCHED_BY } from '../enrichment/identifiers';
import { OUTPUTS_OF_LOOKUPS } from '../outcome';

/** Email → Enrich: finds a person's email (docs/vendor-apis.md A.5). */
export const emailEnrich = enrichment({
	resource: 'email',
	description: {
		name: 'Enrich',
		action: 'Enrich email (1 credit if found)',
		description: "Find a person's email (1 credit if found, 0 if not)",
		price: '1 credit for each email that is found, 0 if none is found.',
		maximumCredits: 50,
		outputs: OUTPUTS_OF_LOOKUPS,
		fields: identifierFields,
		options: [tryNextOption],
		output: z.object({
			found: z.boolean().nullable(),
			email: z.string().nullable(),
			matchedBy: z.enum(MATCHED_BY).nullable(),
		}),
	},
	endpoint: enrichEmail,
	price: CREDITS_PER_EMAIL,
	details: ({ email }: { email: string }) => ({ email }),
	noDetails: { email: null },
});
