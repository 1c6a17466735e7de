import type { ItemResult } from '../items/itemResult';
import { tryOperation } from '../operations/defect';
import type { PriceCheck } from '../operations/operation';
import { sentences } from '../operations/outcome';
import { forEachConcurrent } from '../transport/forEachConcurrent';
import type { Session } from '../transport/session';
import { requestFree } from './requestFree';

/**
 * Puts on the results of a dry run what the vendor says that they would cost, in credits. Where the vendor does not
 * say, the most it can cost stays, with the reason. Never throws, even if the operation's code does.
 */
export async function checkPrices(
	session: Session,
	check: PriceCheck,
	results: ItemResult[],
	concurrency: number,
): Promise<void> {
	const costly = results.filter(({ maximumCost = 0 }) => maximumCost > 0);
	await forEachConcurrent(costly, concurrency, async (result) => {
		const answer = await requestFree(session, check.endpoint, result.request);
		const price =
			answer.kind === 'delivered'
				? tryOperation(() => check.read(answer.response))
				: { defect: answer.kind === 'failed' ? answer.reason : '' };
		const { receipt } = result;
		if ('defect' in price) {
			const unchecked = 'The vendor did not say what it costs, so this is the most it can cost';
			result.receipt = { ...receipt, reason: sentences(receipt.reason, unchecked, price.defect) };
			return;
		}
		const { credits, balance, reason } = price.result;
		result.maximumCost = credits ?? result.maximumCost ?? 0;
		result.receipt = {
			...receipt,
			creditsRemaining: balance ?? receipt.creditsRemaining,
			reason: sentences(receipt.reason, reason),
		};
	});
}
