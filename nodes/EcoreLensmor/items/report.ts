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

// n8n adds the item to a message in the editor, unless it stands there in these words.
function ofItem(item: number, reason: string, others: number, what: string): string {
	const more = others === 0 ? '' : ` (and ${count(others, `more ${what}`)})`;
	return `For item ${item}: ${reason}${more}`;
}

/** The error for bad input. It names the first bad item and says how many there are. */
export function badInput(node: INode, bad: Problem[]): NodeOperationError {
	const [{ item, reason } = { item: 0, reason: '' }] = bad;
	return nodeError(
		node,
		ofItem(item, reason, bad.length - 1, 'bad item'),
		'Nothing was sent, and nothing was charged. Correct the input, or set On Error to Continue: then these items come out as "refused" and the others go on.',
		item,
	);
}

/** The error of a free run that stopped at a problem. */
export function failedFree(node: INode, problems: Problem[]): NodeOperationError {
	const [{ item, reason } = { item: 0, reason: '' }] = problems;
	return nodeError(
		node,
		ofItem(item, reason, problems.length - 1, 'item'),
		'Reading is free: nothing was charged, and it may be repeated at any time.',
		item,
	);
}

/**
 * The error of a paid run that stopped: what happened to which item, what was paid in credits, and what a
 * retry does. `isRemembered`: whether a purchase book answers what was paid, also in other executions.
 */
export function failed(
	node: INode,
	operation: PaidOperation,
	results: ItemResult[],
	isRemembered: boolean,
): NodeOperationError {
	const problems = results.filter(({ receipt }) => isProblem(receipt));
	const held = problems.filter(({ receipt }) => receipt.outcome === 'not_sent');
	const answered = problems.filter(({ receipt }) => receipt.outcome !== 'not_sent');
	const first = answered[0] ?? held[0];
	const item = first?.items[0] ?? 0;
	const description = [
		whatWasPaid(operation, results, isRemembered),
		whatLostAnswersCost(results),
		held.length === 0 ? '' : `${count(held.length, 'item')} held back and not charged.`,
		whatARetrySendsAgain(operation, results),
	];
	return nodeError(
		node,
		ofItem(item, first?.receipt.reason ?? '', Math.max(0, answered.length - 1), 'item'),
		description.filter(Boolean).join(' '),
		item,
	);
}

function whatWasPaid(
	operation: PaidOperation,
	results: ItemResult[],
	isRemembered: boolean,
): string {
	const paid = results.filter(({ receipt }) => (receipt.creditsCharged ?? 0) > 0);
	const credits = paid.reduce((sum, { receipt }) => sum + (receipt.creditsCharged ?? 0), 0);
	if (credits === 0) {
		const isInDoubt = results.some(({ receipt }) => receipt.creditsCharged === null);
		return isInDoubt ? '' : 'Nothing was charged.';
	}
	const kept =
		operation.endpoint.repeat === 'free'
			? 'What is unlocked is not charged again, however this is run again.'
			: isRemembered
				? 'The purchase book keeps that: however this is run again, it pays only for the rest.'
				: 'Retry On Fail, and Retry in the list of executions, go on where this stopped and keep that. Execute in the editor runs everything anew and pays again.';
	return `Paid so far: ${count(credits, 'credit')} for ${count(paid.length, 'item')}. ${kept}`;
}

/** What was answered all the same; of what was not, `whatARetrySendsAgain` tells. */
function whatLostAnswersCost(results: ItemResult[]): string {
	const answered = results.filter(
		({ receipt }) => receipt.creditsCharged === null && receipt.outcome !== 'uncertain',
	);
	if (answered.length === 0) return '';
	return `${namesOf(answered)} may have been charged for an answer that was lost.`;
}

function namesOf(results: ItemResult[]): string {
	const items = results.map(({ items: [item = 0] }) => item);
	const more = items.length > 10 ? ', …' : '';
	return `${items.length === 1 ? 'Item' : 'Items'} ${items.slice(0, 10).join(', ')}${more}`;
}

function whatARetrySendsAgain(operation: PaidOperation, results: ItemResult[]): string {
	const uncertain = results.filter(
		({ receipt, duplicateOf }) => receipt.outcome === 'uncertain' && duplicateOf === undefined,
	);
	if (uncertain.length === 0) return '';
	const which = namesOf(uncertain);
	if (operation.endpoint.repeat === 'free') {
		return `${which} may have been charged: a retry sends the request again, which is free where it was.`;
	}
	const worst = uncertain.reduce(
		(sum, { request }) => sum + operation.endpoint.worstCase(request),
		0,
	);
	return `${which} may have been charged: Retry On Fail does not send the request again, but Retry on this execution does, once, and that may cost up to ${count(worst, 'credit')} a second time.`;
}

/** What is known at the end of a run beside its results; amounts are in credits. */
interface Spent {
	/** The balance that the vendor last reported; `null` if it has reported none. */
	balance: number | null;
	/** What all runs of the execution have spent. */
	spentInAll: number;
	/** What could not be written down in the purchase book. */
	bookProblem: string | undefined;
}

/**
 * The line that n8n shows under the node after a paid run: items per outcome, credits spent, and balance in
 * credits.
 */
export function summary(
	results: ItemResult[],
	{ balance, spentInAll, bookProblem }: Spent,
): NodeExecutionHint {
	const perOutcome = new Map<Outcome, number>();
	for (const { receipt } of results) {
		perOutcome.set(receipt.outcome, (perOutcome.get(receipt.outcome) ?? 0) + 1);
	}
	const paid = results.reduce((sum, { receipt }) => sum + (receipt.creditsCharged ?? 0), 0);
	const unknown = results.filter(({ receipt }) => receipt.creditsCharged === null).length;
	const planned = results.reduce((sum, { maximumCost = 0 }) => sum + maximumCost, 0);
	const { answers, saved } = fromBook(results);
	const bought = results.filter(({ receipt }) => (receipt.creditsCharged ?? 0) > 0).length;
	const askedBefore = results.filter(isAskedBefore).length;
	const limited = results.filter(({ receipt }) => receipt.limitReached === true).length;
	const parts = [
		[...perOutcome].map(([outcome, number]) => `${number} ${outcome}`).join(', '),
		askedBefore + answers === 0 ? '' : `${bought} bought`,
		askedBefore === 0 ? '' : `${askedBefore} free because asked before`,
		answers === 0 ? '' : `${answers} from the purchase book, which saved ${count(saved, 'credit')}`,
		limited === 0 ? '' : `${limited} held back by a limit on credits`,
		`${count(paid, 'credit')} spent`,
		// What is unknown counts there with the most it can have cost.
		unknown === 0 && spentInAll > paid ? `${spentInAll} in this execution so far` : '',
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

function isAskedBefore({ receipt }: ItemResult): boolean {
	const isBought = ['found', 'unlocked', 'partly_unlocked'].includes(receipt.outcome);
	return isBought && receipt.creditsCharged === 0 && receipt.fromBook === undefined;
}

/** How many items were answered from the purchase book, and what that saved, in credits. */
export function fromBook(results: ItemResult[]): { answers: number; saved: number } {
	const answered = results.filter(({ receipt }) => receipt.fromBook !== undefined);
	const saved = answered
		.filter(({ duplicateOf }) => duplicateOf === undefined)
		.reduce((sum, { receipt }) => sum + (receipt.fromBook?.credits ?? 0), 0);
	return { answers: answered.length, saved };
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
