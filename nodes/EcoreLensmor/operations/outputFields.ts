import { z, type ZodRawShape } from 'zod';

import { OUTCOMES } from './outcome';

// What a vendor may leave out or send in another form comes out as null: a list must not be lost
// because one field of one entry is odd.
/** A text of an output item, `null` where the vendor sends none. */
export const text = z.string().nullable().catch(null);
/** A number of an output item, `null` where the vendor sends none. */
export const number = z.number().nullable().catch(null);
/** A yes or no of an output item, `null` where the vendor does not say. */
export const flag = z.boolean().nullable().catch(null);

/** A paid item as a whole: what became of it and what it cost, in credits, around the operation's own fields. */
export function paidItem(own: ZodRawShape) {
	return z.object({
		outcome: z.enum(OUTCOMES),
		...own,
		creditsCharged: z.number().nullable(),
		creditsRemaining: z.number().nullable(),
		reason: z.string(),
		duplicateOf: z.number().optional(),
		maximumCost: z.number().optional(),
	});
}
