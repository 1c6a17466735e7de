import { z } from 'zod';

// What a vendor may leave out or send in another form comes out as null: a list must not be lost
// because one field of one entry is odd.
/** A text of an output item, `null` where the vendor sends none. */
export const text = z.string().nullable().catch(null);
/** A number of an output item, `null` where the vendor sends none. */
export const number = z.number().nullable().catch(null);
/** A yes or no of an output item, `null` where the vendor does not say. */
export const flag = z.boolean().nullable().catch(null);
