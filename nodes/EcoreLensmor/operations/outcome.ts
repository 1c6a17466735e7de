import type { IDataObject } from 'n8n-workflow';

import { tryOperation } from './defect';

/** What may become of an item; the values are what users branch on. */
export const OUTCOMES = [
	'found',
	'not_found',
	'unlocked',
	'already_unlocked',
	'partly_unlocked',
	'refused',
	'uncertain',
	'not_sent',
	'planned',
] as const;
/** What became of an item. */
export type Outcome = (typeof OUTCOMES)[number];

/** What is known of one request, in the words an item carries out. Credits are whole vendor credits. */
export interface Receipt {
	outcome: Outcome;
	/** What this request cost; `null` where nobody can know. */
	creditsCharged: number | null;
	/** The balance the vendor last reported, or `null`. */
	creditsRemaining: number | null;
	/** One sentence for a person; empty when the outcome says it all. */
	reason: string;
	/** The operation's own fields, those of them that the request itself does not tell. */
	fields: IDataObject;
	/** Set where the run's credit limit held the request back: that is not a problem. */
	limitReached?: boolean;
}

/** A receipt without an answer behind it: refused, held back, unknown or only planned. Never throws. */
export function withoutAnswer(
	operation: { fieldsWithoutAnswer(outcome: Outcome): IDataObject },
	outcome: Extract<Outcome, 'not_found' | 'refused' | 'uncertain' | 'not_sent' | 'planned'>,
	reason: string,
): Receipt {
	const own = tryOperation(() => operation.fieldsWithoutAnswer(outcome));
	return {
		outcome,
		creditsCharged: outcome === 'uncertain' ? null : 0,
		creditsRemaining: null,
		reason: 'defect' in own ? sentences(reason, own.defect) : reason,
		fields: 'defect' in own ? {} : own.result,
	};
}

/** Sentences one behind the other, each of them once. */
export function sentences(...parts: string[]): string {
	return parts.reduce((text, part) =>
		text.includes(part) ? text : [text, part].filter(Boolean).join('. '),
	);
}

/** What kept one item from being done; `reason` is a sentence for a person. */
export interface Problem {
	item: number;
	reason: string;
}

/** Whether n8n's On Error setting applies: refused, uncertain, and held back for any reason but the limit. */
export function isProblem({ outcome, limitReached }: Receipt): boolean {
	if (outcome === 'not_sent') return limitReached !== true;
	return outcome === 'refused' || outcome === 'uncertain';
}

/**
 * A receipt that came after a lost answer. What was not newly bought by this attempt may have been
 * bought by the lost one: then nobody knows what both cost. Every other receipt stands as it is.
 */
export function afterALostAnswer(receipt: Receipt): Receipt {
	if (receipt.outcome !== 'already_unlocked' && receipt.outcome !== 'partly_unlocked') {
		return receipt;
	}
	const cost =
		receipt.creditsCharged === 0 ? '' : `${receipt.creditsCharged} credits for this answer. `;
	return {
		...receipt,
		creditsCharged: null,
		reason: `${cost}An earlier answer to this request was lost, and that attempt may have paid for it`,
		fields: { ...receipt.fields, alreadyUnlocked: null },
	};
}
