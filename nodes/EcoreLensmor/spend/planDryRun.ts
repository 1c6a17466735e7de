import { isBad, type ItemResult } from '../items/itemResult';
import type { PaidOperation } from '../operations/operation';
import { withoutAnswer } from '../operations/outcome';
import { mapInSlices } from '../timeSlices';
import type { Memory } from './memory';
import type { Regrouped } from './regrouped';

/** Puts on each result what it would cost at most, in credits, and sends nothing. */
export async function planDryRun(
	operation: PaidOperation,
	results: ItemResult[],
	memory: Memory,
	regrouped: Regrouped,
): Promise<void> {
	const { repeat } = operation.endpoint;
	// The first item that asks for the same requests in the same order.
	const firstWith = new Map<string, number>();
	// What an earlier item asks for in any case; what it asks for next depends on the answer.
	const surelyAsked = new Set<string>();
	await mapInSlices(results, (result) => {
		if (isBad(result)) return;
		const { requests } = result;
		const [item = 0] = result.items;
		const keys = requests.map(({ key }) => key);
		const earlier = firstWith.get(keys.join(' '));
		const costs = requests.map((keyed) => {
			const isAnswered =
				memory.recall(keyed.key, repeat).kind === 'answered' ||
				(!memory.has(keyed.key) && regrouped.answerFor(keyed) !== undefined);
			return isAnswered || surelyAsked.has(keyed.key)
				? 0
				: operation.endpoint.worstCase(keyed.request);
		});
		result.receipt = withoutAnswer(operation, 'planned', '');
		result.request = requests[0]?.request;
		result.maximumCost = earlier === undefined ? Math.max(...costs) : 0;
		if (earlier !== undefined) result.duplicateOf = earlier;
		else firstWith.set(keys.join(' '), item);
		surelyAsked.add(keys[0] ?? '');
	});
}
