import { z, type ZodRawShape } from 'zod';

import { OUTCOMES } from './outcome';

// A field that the vendor leaves out, or sends in another form, comes out as null: a list must not be lost
// because one field of one entry is not as documented.
/** A text of an output item; `null` if the vendor sends none. */
export const text = z.string().nullable().catch(null);
/** A number of an output item; `null` if the vendor sends none. */
export const number = z.number().nullable().catch(null);
/** A yes or no of an output item; `null` if the vendor sends neither. */
export const flag = z.boolean().nullable().catch(null);

/** The schema of a paid output item: the operation's own fields, with the outcome and the cost in credits. */
export function paidItem(fields: ZodRawShape) {
	return z.object({
		outcome: z.enum(OUTCOMES),
		...fields,
		creditsCharged: z.number().nullable(),
		creditsRemaining: z.number().nullable(),
		reason: z.string(),
		duplicateOf: z.number().optional(),
		maximumCost: z.number().optional(),
	});
}
