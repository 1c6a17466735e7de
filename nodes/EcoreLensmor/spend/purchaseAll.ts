import type { ItemResult } from '../items/itemResult';
import { tryOperation } from '../operations/defect';
import type { PaidOperation, RequestReceipt } from '../operations/operation';
import type { Receipt } from '../operations/outcome';
import { mapInSlices } from '../timeSlices';
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
	const asked = new Map<string, { item: number; request: unknown; receipt: Promise<Receipt> }>();
	const purchaseOnce = async (request: KeyedRequest): Promise<Receipt> =>
		// The memory knows better than a request that holds more than this one.
		(spending.memory.has(request.key) ? undefined : regrouped.answerFor(request)) ??
		regrouped.withEarlier(request, await purchase(spending, operation, request));

	/** The receipt for one request of an item, and the earlier item that asked for the same, if there is one. */
	const ask = async (
		keyed: KeyedRequest,
		{ items: [item = 0] }: ItemResult,
	): Promise<{ receipt: Receipt; duplicateOf?: number }> => {
		const { key, request } = keyed;
		for (let earlier = asked.get(key); earlier !== undefined;) {
			const receipt = await earlier.receipt;
			// It may be refused because of something else in the request, such as another event.
			if (receipt.outcome !== 'refused' || isSame(earlier.request, request)) {
				return { receipt: { ...receipt, creditsCharged: 0 }, duplicateOf: earlier.item };
			}
			const last = asked.get(key);
			earlier = last === earlier ? undefined : last;
		}
		const receipt = purchaseOnce(keyed);
		asked.set(key, { item, request, receipt });
		return { receipt: await receipt };
	};
	const purchaseInTurn = async (result: ItemResult) => {
		for (const keyed of result.requests) {
			result.request = keyed.request;
			const { receipt, duplicateOf } = await ask(keyed, result);
			result.receipt = receipt;
			result.duplicateOf = duplicateOf;
			// The next request is tried only if this one found nothing at a known cost. With an earlier
			// attempt in doubt the cost is unknown, and the next receipt would hide that.
			if (receipt.outcome !== 'not_found' || receipt.creditsCharged === null) return;
		}
	};
	const purchaseTogether = async (result: ItemResult) => {
		const { requests } = result;
		const answers = await Promise.all(
			await mapInSlices(requests, async (keyed) => ({
				request: keyed.request,
				...(await ask(keyed, result)),
			})),
		);
		const [duplicateOf, ...others] = new Set(answers.map((answer) => answer.duplicateOf));
		result.request = joined(spending.submissions, requests);
		result.receipt = togetherOf(spending, answers);
		result.duplicateOf = others.length === 0 ? duplicateOf : undefined;
	};

	await forEachConcurrent(results, atOnce, async (result) => {
		if (result.areAllWanted === true) await purchaseTogether(result);
		else await purchaseInTurn(result);
	});
	return asked.keys();
}

function isSame(one: unknown, other: unknown): boolean {
	return JSON.stringify(one) === JSON.stringify(other);
}

/** One request for what an item asks for, to show in its output; the first one if the operation's code throws. */
export function joined(
	submissions: Spending['submissions'],
	requests: KeyedRequest[],
): KeyedRequest['request'] {
	const one = tryOperation(() => submissions?.join(requests.map(({ request }) => request)));
	return 'result' in one ? one.result : requests[0]?.request;
}

/** The receipt of an item that asked for several things. */
function togetherOf(
	{ submissions, balance }: Spending,
	receipts: Array<RequestReceipt<unknown>>,
): Receipt {
	const all = receipts.map(({ receipt }) => receipt);
	const [first, ...others] = all;
	if (first !== undefined && others.length === 0) return first;
	const together = tryOperation(() => submissions?.together(receipts));
	const { outcome, reason, fields }: Pick<Receipt, 'outcome' | 'reason' | 'fields'> =
		'result' in together && together.result !== undefined
			? together.result
			: { outcome: 'uncertain', reason: 'defect' in together ? together.defect : '', fields: {} };
	const isUnknown = all.some(({ creditsCharged }) => creditsCharged === null);
	const isLimit =
		outcome === 'not_sent' &&
		all.every((one) => one.outcome !== 'not_sent' || one.limitReached === true);
	return {
		outcome,
		creditsCharged: isUnknown
			? null
			: all.reduce((sum, { creditsCharged }) => sum + (creditsCharged ?? 0), 0),
		creditsRemaining: balance,
		reason,
		fields,
		...(isLimit ? { limitReached: true } : {}),
	};
}
