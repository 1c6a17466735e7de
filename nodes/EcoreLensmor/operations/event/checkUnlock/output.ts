import { z } from 'zod';

/** What Lensmor says of an unlock before it is paid; amounts are in credits (api-contract B.3). */
export const unlockCheck = z.object({
	eventId: z.string(),
	allowed: z.boolean(),
	alreadyUnlocked: z.boolean().nullable(),
	credits: z.number().nullable(),
	reason: z.string(),
	reasonCode: z.string(),
	availableBalance: z.number().nullable(),
	chargeableContacts: z.number().nullable(),
});
