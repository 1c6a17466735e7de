import {
	CREDITS_PER_RECORD_EMAIL,
	CREDITS_PER_RECORD_PHONE,
	CREDITS_PER_RECORD_WITHOUT_PHONE,
	recordUuid,
	unlockRecords,
	type UnlockRequest,
	type UnlockResponse,
} from '../../../vendors/ecore';
import type {
	BadInput,
	ItemParameters,
	PaidOperation,
	Part,
	PurchasedDetails,
	Requests,
} from '../../operation';
import type { Receipt } from '../../outcome';
import { idsIn } from '../../idList';
import { count, quote } from '../../quote';
import { combiner, folded } from './batches';
import { contactDetails } from './contactDetails';
import { BATCH_SIZE, description, type output } from './description';

/**
 * Record → Unlock: buys the email or phone of records. What is owned already costs 0 credits
 * (docs/vendor-apis.md A.3).
 */
export const recordUnlock: PaidOperation<
	UnlockRequest,
	UnlockResponse,
	typeof output,
	'uuids' | 'unlockType' | 'requested'
> = {
	kind: 'paid',
	resource: 'record',
	operation: 'unlock',
	description,
	endpoint: unlockRecords,
	parse,
	identity: (request) => `${request.unlock_type} ${request.uuids.map(folded).sort().join(' ')}`,
	about: ({ unlock_type, uuids }) =>
		`${unlock_type} of ${uuids.length === 1 ? `record ${uuids[0]}` : count(uuids.length, 'record')}`,
	// If two requests ask for a record at the same time, it is open whether eCore charges it once
	// (docs/vendor-apis.md A.3).
	locks: ({ unlock_type, uuids }) => uuids.map((uuid) => `${unlock_type} ${folded(uuid)}`),
	requestFields: (request) => ({
		uuids: request?.uuids ?? [],
		unlockType: request?.unlock_type ?? null,
		requested: request?.uuids.length ?? 0,
	}),
	settle,
	fieldsWithoutAnswer: (outcome) => ({
		alreadyUnlocked: outcome === 'not_found' ? false : null,
		unlocked: outcome === 'uncertain' ? null : 0,
	}),
	combiner,
	part,
	purchasedDetails,
};

// One item's list is checked without a pause for n8n's other work, so it must not be longer.
const MAX_UUIDS_PER_ITEM = 10_000;

function parse(item: ItemParameters): Requests<UnlockRequest> | BadInput {
	const unlockType = item.field('unlockType');
	if (unlockType !== 'email' && unlockType !== 'phone') {
		return { bad: `Unlock must be "email" or "phone", not ${quote(unlockType)}` };
	}
	const isCombined = item.field('requestMode') === 'combined';
	const most = isCombined ? MAX_UUIDS_PER_ITEM : BATCH_SIZE.most;
	const given = idsIn(item, {
		name: 'uuids',
		displayName: 'Record UUIDs',
		what: 'a UUID',
		schema: recordUuid,
		acceptsNumbers: false,
		most,
		tooMany: tooMany(most, isCombined),
		folded,
	});
	if ('bad' in given) return given;
	return { requests: [{ uuids: given.ids, unlock_type: unlockType }] };
}

function tooMany(most: number, isCombined: boolean): string {
	return isCombined
		? `Record UUIDs holds more than ${most} UUIDs, the most that an item takes: spread them over more items`
		: `Record UUIDs holds more than ${most} UUIDs, the most that one request takes: spread them over more items, or choose Combined`;
}

/**
 * What is known of records that were bought together with others. Their cost is known if all records cost the
 * same (docs/vendor-apis.md A.1). If only some were bought, nobody knows which: `undefined`.
 */
function part(receipt: Receipt, whole: UnlockRequest, { uuids }: UnlockRequest): Part | undefined {
	const { outcome, creditsCharged } = receipt;
	if (outcome === 'already_unlocked' || outcome === 'not_found') {
		const alreadyUnlocked = outcome === 'already_unlocked';
		return { outcome, fields: { alreadyUnlocked, unlocked: 0 }, creditsCharged: 0 };
	}
	if (outcome !== 'unlocked') return undefined;
	const prices =
		whole.unlock_type === 'email'
			? [CREDITS_PER_RECORD_EMAIL]
			: [CREDITS_PER_RECORD_PHONE, CREDITS_PER_RECORD_WITHOUT_PHONE];
	const price = prices.find((perRecord) => perRecord * whole.uuids.length === creditsCharged);
	return {
		outcome,
		fields: { alreadyUnlocked: false, unlocked: uuids.length },
		...(price === undefined ? {} : { creditsCharged: price * uuids.length }),
	};
}

function settle(response: UnlockResponse, request: UnlockRequest) {
	const requested = request.uuids.length;
	const { unlocked, credits_charged, wallet_balance } = response;
	const money = { creditsCharged: credits_charged, creditsRemaining: wallet_balance };
	if (unlocked === 0) {
		return {
			outcome: 'already_unlocked' as const,
			...money,
			reason: requested === 1 ? '' : 'Nothing new: owned before, or unknown to eCore',
			fields: { alreadyUnlocked: true, unlocked },
		};
	}
	if (unlocked < requested) {
		return {
			outcome: 'partly_unlocked' as const,
			...money,
			reason: `${unlocked} of ${requested} newly unlocked; the others were owned before, or are unknown to eCore${phoneless(request, response)}`,
			fields: { alreadyUnlocked: null, unlocked },
		};
	}
	return {
		outcome: 'unlocked' as const,
		...money,
		reason: phoneless(request, response).replace(/^; /, ''),
		fields: { alreadyUnlocked: false, unlocked },
	};
}

// The answer has only totals, but a record without a phone has another price (docs/vendor-apis.md A.1), so the
// number of such records can be calculated.
function phoneless(request: UnlockRequest, { unlocked, credits_charged }: UnlockResponse): string {
	if (request.unlock_type !== 'phone') return '';
	const count =
		(unlocked * CREDITS_PER_RECORD_PHONE - credits_charged) /
		(CREDITS_PER_RECORD_PHONE - CREDITS_PER_RECORD_WITHOUT_PHONE);
	if (!Number.isInteger(count) || count <= 0 || count > unlocked) return '';
	return request.uuids.length === 1
		? '; eCore holds no phone for it'
		: `; eCore holds no phone for ${count} of the ${unlocked} newly unlocked`;
}

function purchasedDetails(
	item: ItemParameters,
): PurchasedDetails<UnlockRequest> | BadInput | undefined {
	const wanted = item.field('returnContactDetails');
	if (typeof wanted !== 'boolean') {
		return { bad: `Return Contact Details must be true or false, not ${quote(wanted)}` };
	}
	return wanted ? contactDetails : undefined;
}
