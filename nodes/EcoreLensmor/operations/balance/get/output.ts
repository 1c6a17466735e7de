import { z } from 'zod';

import { number } from '../../outputFields';

/** Lensmor's balance in credits; the two times are in milliseconds (api-contract B.2). */
export const balance = z.object({
	totalAmount: number,
	totalBalance: number,
	subscriptionAmount: number,
	subscriptionBalance: number,
	addonAmount: number,
	addonBalance: number,
	addonExpireAt: number,
	giftAmount: number,
	giftBalance: number,
	resetAt: number,
});
