import { isBad, type ItemResult } from '../items/itemResult';
import type { PaidOperation } from '../operations/operation';
import type { Receipt } from '../operations/outcome';
import { forEachConcurrent } from '../transport/forEachConcurrent';
import { purchase, type KeyedRequest, type Spending } from './purchase';
import type { Regrouped } from './regrouped';

/**
 * Buys what the items ask for, each request once, and puts the receipts on their results; `atOnce` items at a
 * time. Returns the keys of these requests. Never throws.
 */
export async function purchaseAll(
	operation: PaidOperation,
	results: ItemResult[],
	spending: Spending,
	atOnce: number,
	regrouped: Regrouped,
): Promise<Iterable<string>> {
	const asked = new Map<string, { item: number; receipt: Promise<Receipt> }>();
	const purchaseOnce = async (request: KeyedRequest): Promise<Receipt> =>
		// The memory knows better than a request that holds more than this one.
		(spending.memory.has(request.key) ? undefined : regrouped.answerFor(request)) ??
		regrouped.withEarlier(request, await purchase(spending, operation, request));

	await forEachConcurrent(
		results.filter((result) => !isBad(result)),
		atOnce,
		async (result) => {
			const [item = 0] = result.items;
			for (const keyed of result.requests) {
				const earlier = asked.get(keyed.key);
				result.request = keyed.request;
				if (earlier === undefined) {
					const receipt = purchaseOnce(keyed);
					asked.set(keyed.key, { item, receipt });
					result.receipt = await receipt;
					delete result.duplicateOf;
				} else {
					result.receipt = { ...(await earlier.receipt), creditsCharged: 0 };
					result.duplicateOf = earlier.item;
				}
				// The next request is tried only if this one found nothing at a known cost. With an earlier
				// attempt in doubt the cost is unknown, and the next receipt would hide that.
				const { outcome, creditsCharged } = result.receipt;
				if (outcome !== 'not_found' || creditsCharged === null) return;
			}
		},
	);
	return asked.keys();
}
