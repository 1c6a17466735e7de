import { z } from 'zod';

import type { FreeOperation, OperationDescription } from '../operation';
import { number } from '../outputFields';
import { getBalance, type BalanceResponse } from '../../vendors/lensmor';

/** The output fields of Balance → Get, in credits; the two times are in milliseconds (docs/vendor-apis.md B.2). */
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

/** What the user sees of Balance → Get. */
const description: OperationDescription<typeof balance> = {
	name: 'Get',
	action: 'Get Lensmor credit balance (free)',
	description:
		'Read how many Lensmor credits are left. eCore has no such call: its balance comes with each unlock and lookup.',
	fields: [],
	options: [],
	output: balance,
};

/** Balance → Get: reads how many Lensmor credits are left (docs/vendor-apis.md B.2). */
export const balanceGet: FreeOperation<object, BalanceResponse> = {
	kind: 'free',
	resource: 'balance',
	operation: 'get',
	description,
	endpoint: getBalance,
	parse: () => ({ request: {} }),
	page: (response) => ({ entries: [{ key: '', json: balance.parse(response) }] }),
};
