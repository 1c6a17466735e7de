import type { ItemResult } from '../items/itemResult';
import type { PaidOperation } from '../operations/operation';
import { withoutAnswer } from '../operations/outcome';
import { mapInSlices } from '../timeSlices';
import type { Spending } from './purchase';
import { joined } from './purchaseAll';
import type { Regrouped } from './regrouped';

/** Puts on each result the most it would cost, in credits, and sends nothing. */
export async function planDryRun(
	operation: PaidOperation,
	results: ItemResult[],
	{ memory, book, submissions }: Spending,
	regrouped: Regrouped,
): Promise<void> {
	const { repeat } = operation.endpoint;
	// The first item with these requests in this order, by their keys.
	const firstItems = new Map<string, number>();
	// The first requests of earlier items: whether an item's later ones are sent depends on the answers.
	const surelySent = new Set<string>();
	await mapInSlices(results, (result) => {
		const { requests, areAllWanted = false } = result;
		const [first] = requests;
		if (first === undefined) return;
		const [item = 0] = result.items;
		const keys = requests.map(({ key }) => key);
		const earlier = firstItems.get(keys.join(' '));
		// What the purchase book answers is the last one.
		const inBook = requests.findIndex(({ key }) => book?.lookUp(key) !== undefined);
		const toAsk = inBook === -1 ? requests : requests.slice(0, inBook);
		const costs = toAsk.map((keyed) => {
			const recollection = memory.recall(keyed.key, repeat);
			const isAnswered =
				recollection.kind === 'answered' ||
				recollection.processing !== undefined ||
				(!memory.has(keyed.key) && regrouped.answerFor(keyed) !== undefined);
			return isAnswered || surelySent.has(keyed.key)
				? 0
				: operation.endpoint.worstCase(keyed.request);
		});
		result.receipt = withoutAnswer(operation, 'planned', '');
		result.request = areAllWanted ? joined(submissions, requests) : first.request;
		// The first request that finds something is the last one, and the others cost nothing.
		const cost = areAllWanted ? costs.reduce((sum, one) => sum + one, 0) : Math.max(0, ...costs);
		result.maximumCost = earlier === undefined ? cost : 0;
		result.duplicateOf = earlier;
		if (earlier === undefined) firstItems.set(keys.join(' '), item);
		for (const key of areAllWanted ? keys : [first.key]) surelySent.add(key);
	});
}
