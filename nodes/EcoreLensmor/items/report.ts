import type { INode, NodeExecutionHint, NodeOperationError } from 'n8n-workflow';

import type { PaidOperation } from '../operations/operation';
import { count } from '../operations/quote';
import { isProblem, type Outcome, type Problem } from '../operations/outcome';
import type { ItemResult } from './itemResult';
import { nodeError } from './nodeError';

/** The error if settings or a credential cannot be used for any item. */
export function unusable(node: INode, reason: string): NodeOperationError {
	return nodeError(node, reason, 'Nothing was sent, and nothing was charged.');
}

/** The error for bad input. It names the first bad item and says how many there are. */
export function badInput(node: INode, bad: Problem[]): NodeOperationError {
	const item = bad[0]?.item ?? 0;
	return nodeError(
		node,
		`Item ${item}: ${bad[0]?.reason ?? ''} (${count(bad.length, 'item')} with bad input)`,
		'Nothing was sent, and nothing was charged. Correct the input, or set On Error to Continue: then these items come out as "refused" and the others go on.',
		item,
	);
}

/** The error of a free run that stopped at a problem. */
export function failedFree(node: INode, problems: Problem[]): NodeOperationError {
	const [first = { item: 0, reason: '' }, ...others] = problems;
	return nodeError(
		node,
		`Item ${first.item}: ${first.reason}${others.length === 0 ? '' : ` (and ${count(others.length, 'more item')})`}`,
		'Reading is free: nothing was charged, and it may be repeated at any time.',
		first.item,
	);
}

/**
 * The error of a paid run that stopped: what happened to which item, what was paid in credits, and what a
 * retry does.
 */
export function failed(
	node: INode,
	operation: PaidOperation,
	results: ItemResult[],
): NodeOperationError {
	const problems = results.filter(({ receipt }) => isProblem(receipt));
	const held = problems.filter(({ receipt }) => receipt.outcome === 'not_sent');
	const answered = problems.filter(({ receipt }) => receipt.outcome !== 'not_sent');
	const first = answered[0] ?? held[0];
	const item = first?.items[0] ?? 0;

	const paid = results.reduce((sum, { receipt }) => sum + (receipt.creditsCharged ?? 0), 0);
	const settled = results.length - problems.length;
	const description = [
		`Paid so far: ${count(paid, 'credit')} for ${count(settled, 'item')}, and a retry keeps that: Retry On Fail, or Retry on this execution, goes on from here and asks only for the rest.`,
		held.length === 0 ? '' : `${count(held.length, 'item')} held back and not charged.`,
		whatARetrySendsAgain(operation, results),
	];
	const others = answered.length > 1 ? ` (and ${count(answered.length - 1, 'more item')})` : '';
	return nodeError(
		node,
		`Item ${item}: ${first?.receipt.reason ?? ''}${others}`,
		description.filter(Boolean).join(' '),
		item,
	);
}

function whatARetrySendsAgain(operation: PaidOperation, results: ItemResult[]): string {
	const uncertain = results.filter(
		({ receipt, duplicateOf }) => receipt.outcome === 'uncertain' && duplicateOf === undefined,
	);
	if (uncertain.length === 0) return '';
	const items = uncertain.map(({ items: [item = 0] }) => item);
	const which = `${items.length === 1 ? 'Item' : 'Items'} ${items.slice(0, 10).join(', ')}${items.length > 10 ? ', …' : ''}`;
	if (operation.endpoint.repeat === 'free') {
		return `${which} may have been charged: a retry sends the request again, which is free where it was.`;
	}
	const worst = uncertain.reduce(
		(sum, { request }) => sum + operation.endpoint.worstCase(request),
		0,
	);
	return `${which} may have been charged: Retry On Fail does not send the request again, but Retry on this execution does, once, and that may cost up to ${count(worst, 'credit')} a second time.`;
}

/**
 * The line that n8n shows under the node after a paid run: items per outcome, credits spent, and balance in
 * credits.
 */
export function summary(
	results: ItemResult[],
	balance: number | null,
	bookProblem?: string,
): NodeExecutionHint {
	const perOutcome = new Map<Outcome, number>();
	for (const { receipt } of results) {
		perOutcome.set(receipt.outcome, (perOutcome.get(receipt.outcome) ?? 0) + 1);
	}
	const paid = results.reduce((sum, { receipt }) => sum + (receipt.creditsCharged ?? 0), 0);
	const unknown = results.filter(({ receipt }) => receipt.creditsCharged === null).length;
	const planned = results.reduce((sum, { maximumCost = 0 }) => sum + maximumCost, 0);
	const fromBook = results.filter(({ receipt }) => receipt.fromBook !== undefined);
	const saved = fromBook
		.filter(({ duplicateOf }) => duplicateOf === undefined)
		.reduce((sum, { receipt }) => sum + (receipt.fromBook?.credits ?? 0), 0);
	const repeats = results.filter(({ duplicateOf }) => duplicateOf !== undefined).length;
	const parts = [
		[...perOutcome].map(([outcome, number]) => `${number} ${outcome}`).join(', '),
		repeats === 0 ? '' : `${repeats} of them asked for the same as another`,
		fromBook.length === 0
			? ''
			: `${fromBook.length} from the purchase book, which saved ${count(saved, 'credit')}`,
		`${count(paid, 'credit')} spent`,
		perOutcome.has('planned') ? `at most ${count(planned, 'credit')} if it were sent` : '',
		unknown === 0 ? '' : `${count(unknown, 'item')} may have been charged`,
		balance === null ? '' : `${balance} left`,
		bookProblem === undefined
			? ''
			: `not all of it could be written in the purchase book (${bookProblem}): look at the rows that say "asked"`,
	];
	const needsAttention =
		bookProblem !== undefined || perOutcome.has('uncertain') || perOutcome.has('not_sent');
	return {
		message: `${count(results.length, 'item')}: ${parts.filter(Boolean).join('; ')}.`,
		type: needsAttention ? 'warning' : 'info',
		location: 'outputPane',
	};
}

const MAX_SENTENCES = 3;

/** The line that n8n shows under the node if lists leave something out. */
export function whatIsLeftOut(sentences: string[]): NodeExecutionHint {
	const different = [...new Set(sentences)];
	const more = different.length - MAX_SENTENCES;
	const parts = [
		...different.slice(0, MAX_SENTENCES),
		more > 0 ? `The same goes for ${count(more, 'more list')}` : '',
	];
	return { message: parts.filter(Boolean).join('. '), type: 'info', location: 'outputPane' };
}
