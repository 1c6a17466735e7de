import type { IDataObject } from 'n8n-workflow';

import { tryOperation } from './defect';

/** All outcomes. Workflows branch on these values, so they must not change. */
export const OUTCOMES = [
	'found',
	'not_found',
	'unlocked',
	'already_unlocked',
	'partly_unlocked',
	'processing',
	'refused',
	'uncertain',
	'not_sent',
	'planned',
] as const;
/** What became of an item. */
export type Outcome = (typeof OUTCOMES)[number];

/** The output for all outcomes that have none of their own, if the node has one per outcome. */
export const OTHER_OUTPUT = 'Other';
/** The outputs of a lookup, if the node has one per outcome. */
export const OUTPUTS_OF_LOOKUPS = [
	{ name: 'Found', outcomes: ['found'] },
	{ name: 'Not Found', outcomes: ['not_found'] },
] as const;
/** The outputs of an unlock, if the node has one per outcome. */
export const OUTPUTS_OF_UNLOCKS = [
	{ name: 'Unlocked', outcomes: ['unlocked', 'partly_unlocked'] },
	{ name: 'Already Unlocked', outcomes: ['already_unlocked'] },
	{ name: 'Not Found', outcomes: ['not_found'] },
] as const;

/** What is known of one purchase, as the output item shows it. Credits are those of the vendor. */
export interface Receipt {
	outcome: Outcome;
	/** What the request cost, in credits; `null` if nobody knows. */
	creditsCharged: number | null;
	/** The balance that the vendor last reported, in credits; `null` if it has reported none. */
	creditsRemaining: number | null;
	/** Sentences for a person; empty if the outcome says everything. */
	reason: string;
	/** The operation's output fields, without those that come from the request. */
	fields: IDataObject;
	/** Set if a limit on credits held the request back. That is not a problem. */
	limitReached?: boolean;
	/** Set if the purchase book answered: when it was bought (ISO 8601), and what it cost then, in credits. */
	fromBook?: { boughtAt: string; credits: number };
}

/**
 * A receipt if there is no answer that tells of a purchase: for example refused, not sent or only planned.
 * Never throws.
 */
export function withoutAnswer(
	operation: { fieldsWithoutAnswer(outcome: Outcome): IDataObject },
	outcome: Extract<Outcome, 'not_found' | 'refused' | 'uncertain' | 'not_sent' | 'planned'>,
	reason: string,
): Receipt {
	const fields = tryOperation(() => operation.fieldsWithoutAnswer(outcome));
	return {
		outcome,
		creditsCharged: outcome === 'uncertain' ? null : 0,
		creditsRemaining: null,
		reason: 'defect' in fields ? sentences(reason, fields.defect) : reason,
		fields: 'defect' in fields ? {} : fields.result,
	};
}

/** Joins sentences for a person, each of them once. */
export function sentences(...parts: string[]): string {
	return parts.reduce((text, part) =>
		text.includes(part) ? text : [text, part].filter(Boolean).join('. '),
	);
}

/** Why one item could not be done; `reason` is a sentence for a person. */
export interface Problem {
	item: number;
	reason: string;
}

/**
 * Whether n8n's On Error setting applies: refused, uncertain, or not sent for another reason than Maximum
 * Credits.
 */
export function isProblem({ outcome, limitReached }: Receipt): boolean {
	if (outcome === 'not_sent') return limitReached !== true;
	return outcome === 'refused' || outcome === 'uncertain';
}

/**
 * The receipt of an attempt that followed one with a lost answer. What this attempt found already unlocked
 * may have been bought by the lost one, so nobody knows what both cost. Other receipts stay as they are.
 */
export function afterALostAnswer(receipt: Receipt): Receipt {
	const { outcome, creditsCharged } = receipt;
	const isOpen =
		outcome === 'already_unlocked' ||
		outcome === 'partly_unlocked' ||
		(outcome === 'processing' && creditsCharged === 0);
	if (!isOpen) return receipt;
	const cost =
		receipt.creditsCharged === 0 ? '' : `${receipt.creditsCharged} credits for this answer. `;
	return {
		...receipt,
		creditsCharged: null,
		reason: `${cost}An earlier answer to this request was lost, and that attempt may have paid for it`,
		fields: { ...receipt.fields, alreadyUnlocked: null },
	};
}
