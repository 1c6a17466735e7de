import { z } from 'zod';

import { CREDITS_PER_PHONE, enrichPhone } from '../../vendors/ecore';
import { enrichment } from '../enrichment/enrichment';
import { identifierFields, tryNextOption } from '../enrichment/identifierFields';
import { MATCHED_BY } from '../enrichment/identifiers';
import { OUTPUTS_OF_LOOKUPS } from '../outcome';

/** Phone → Enrich: finds a person's phone (docs/vendor-apis.md A.4). */
export const phoneEnrich = enrichment({
	resource: 'phone',
	description: {
		name: 'Enrich',
		action: 'Enrich phone (5 credits if found)',
		description: "Find a person's phone (5 credits if found, 0 if not)",
		price: '5 credits for each phone that is found, 0 if none is found.',
		maximumCredits: 250,
		outputs: OUTPUTS_OF_LOOKUPS,
		fields: identifierFields,
		options: [tryNextOption],
		output: z.object({
			found: z.boolean().nullable(),
			phone: z.string().nullable(),
			email: z.string().nullable(),
			matchedBy: z.enum(MATCHED_BY).nullable(),
		}),
	},
	endpoint: enrichPhone,
	price: CREDITS_PER_PHONE,
	details: ({ phone, email }: { phone: string; email?: string | null | undefined }) => ({
		phone,
		email: email ?? null,
	}),
	noDetails: { phone: null, email: null },
});
