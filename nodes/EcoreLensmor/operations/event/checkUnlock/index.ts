import type { z } from 'zod';

import { precheckEventUnlock, type PrecheckResponse } from '../../../vendors/lensmor';
import { eventIn } from '../eventField';
import type { Page, ReadOperation } from '../../freeOperation';
import { description } from './description';
import type { unlockCheck } from './output';

/** Event → Check Unlock: what Event → Unlock would come to; nothing is reserved. */
export const eventCheckUnlock: ReadOperation<string, PrecheckResponse> = {
	kind: 'read',
	resource: 'event',
	operation: 'checkUnlock',
	description,
	endpoint: precheckEventUnlock,
	read: (item) => {
		const asked = eventIn(item);
		return 'bad' in asked ? asked : { request: asked.eventId };
	},
	page,
};

// Lensmor's reason codes (api-contract B.3), and what each says of the account's access.
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

function page(response: PrecheckResponse, eventId: string): Page<string> {
	const { allowed, credits, reason_code: code, detail } = response;
	const known = Object.hasOwn(REASONS, code) ? REASONS[code] : undefined;
	const { says, alreadyUnlocked } = known ?? {
		says: code === '' ? 'Lensmor gave no reason' : `Lensmor says ${code}`,
		alreadyUnlocked: null,
	};
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
