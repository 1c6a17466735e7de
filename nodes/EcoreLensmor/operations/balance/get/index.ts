import { getBalance, type BalanceResponse } from '../../../vendors/lensmor';
import type { ReadOperation } from '../../freeOperation';
import { description } from './description';
import { balance } from './output';

/** Balance → Get: Lensmor's credits. */
export const balanceGet: ReadOperation<object, BalanceResponse> = {
	kind: 'read',
	resource: 'balance',
	operation: 'get',
	description,
	endpoint: getBalance,
	read: () => ({ request: {} }),
	page: (response) => ({ entries: [{ key: '', json: balance.parse(response) }] }),
};
