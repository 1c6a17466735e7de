import { z } from 'zod';

import { accessField, accessIn, eventField, eventIn } from './eventField';
import type { FreeOperation, OperationDescription, Page, PriceCheck } from '../operation';
import {
	precheckEventUnlock,
	type PrecheckRequest,
	type PrecheckResponse,
} from '../../vendors/lensmor';

/** The output fields of Event → Check Unlock; amounts are in credits (docs/vendor-apis.md B.3). */
export const unlockCheck = z.object({
	eventId: z.string(),
	allowed: z.boolean(),
	alreadyUnlocked: z.boolean().nullable(),
	credits: z.number().nullable(),
	reason: z.string(),
	reasonCode: z.string(),
	availableBalance: z.number().nullable(),
	chargeableContacts: z.number().nullable(),
});

/** What the user sees of Event → Check Unlock. */
const description: OperationDescription<typeof unlockCheck> = {
	name: 'Check Unlock',
	action: 'Check event unlock (free)',
	description:
		'Check whether an event can be unlocked, whether it already is, and what it would cost',
	fields: [eventField, accessField],
	options: [],
	output: unlockCheck,
};

/**
 * Event → Check Unlock: what Event → Unlock would do and cost. Lensmor reserves nothing (docs/vendor-apis.md
 * B.3).
 */
export const eventCheckUnlock: FreeOperation<PrecheckRequest, PrecheckResponse> = {
	kind: 'free',
	resource: 'event',
	operation: 'checkUnlock',
	description,
	endpoint: precheckEventUnlock,
	parse: (item) => {
		const given = eventIn(item);
		if ('bad' in given) return given;
		const access = accessIn(item);
		return 'bad' in access ? access : { request: { ...given, ...access } };
	},
	page,
};

// Lensmor's reason codes (docs/vendor-apis.md B.3), and what each says of the account's access.
const REASONS: Readonly<Record<string, { says: string; alreadyUnlocked: boolean | null }>> = {
	ok: { says: '', alreadyUnlocked: false },
	already_unlocked: { says: 'The event is already unlocked', alreadyUnlocked: true },
	unlock_in_progress: { says: 'An unlock of this event is under way', alreadyUnlocked: null },
	state_conflict: {
		says: 'Another operation on this account is in the way: check again later',
		alreadyUnlocked: null,
	},
	insufficient_balance: { says: 'The Lensmor wallet cannot pay for it', alreadyUnlocked: false },
	no_contacts_available: { says: 'The event has no contacts to unlock', alreadyUnlocked: false },
	not_found: { says: 'Lensmor knows no such event', alreadyUnlocked: false },
	forbidden: { says: 'Lensmor does not allow this account to unlock it', alreadyUnlocked: null },
	system_error: { says: 'Lensmor could not check it: try again later', alreadyUnlocked: null },
};

function reasonOf({ reason_code: code }: PrecheckResponse) {
	const documented = Object.hasOwn(REASONS, code) ? REASONS[code] : undefined;
	return (
		documented ?? {
			says: code === '' ? 'Lensmor gave no reason' : `Lensmor says ${code}`,
			alreadyUnlocked: null,
		}
	);
}

/** The price of an unlock, as Lensmor's check says it: for a dry run. */
export const unlockPrice: PriceCheck<PrecheckRequest, PrecheckResponse> = {
	endpoint: precheckEventUnlock,
	read: (response) => {
		const { allowed, credits, detail } = response;
		const { says, alreadyUnlocked } = reasonOf(response);
		// What is not allowed is not charged, but may be allowed later.
		const isFree = alreadyUnlocked === true || response.reason_code === 'not_found';
		return {
			credits: isFree ? 0 : (credits ?? undefined),
			balance: detail?.available_balance,
			reason: allowed ? '' : says,
		};
	},
};

function page(response: PrecheckResponse, { eventId }: PrecheckRequest): Page<PrecheckRequest> {
	const { allowed, credits, reason_code: code, detail } = response;
	const { says, alreadyUnlocked } = reasonOf(response);
	const json: z.infer<typeof unlockCheck> = {
		eventId,
		allowed,
		alreadyUnlocked,
		credits,
		reason: says,
		reasonCode: code,
		availableBalance: detail?.available_balance ?? null,
		chargeableContacts: detail?.chargeable_count ?? null,
	};
	return { entries: [{ key: eventId, json }] };
}
