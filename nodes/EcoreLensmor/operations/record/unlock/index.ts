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
	Asked,
	ItemParameters,
	Joined,
	Joint,
	Operation,
	Part,
	ReadItem,
	Settled,
} from '../../operation';
import type { Receipt } from '../../outcome';
import { mapInSlices } from '../../../timeSlices';
import type { ReadBack } from '../../purchasedRecords';
import { shown } from '../../shown';
import { contactDetails } from './contactDetails';
import { BATCH_SIZE, description } from './description';

/** Record → Unlock: buys the email or phone of records; what is owned already costs nothing again. */
export const recordUnlock: Operation<UnlockRequest, UnlockResponse> = {
	kind: 'paid',
	resource: 'record',
	operation: 'unlock',
	description,
	endpoint: unlockRecords,
	read,
	identity: (request) => `${request.unlock_type} ${request.uuids.map(folded).sort().join(' ')}`,
	// Nobody says whether eCore charges a record once when two requests ask for it at the same time.
	claims: ({ unlock_type, uuids }) => uuids.map((uuid) => `${unlock_type} ${folded(uuid)}`),
	asked: (request) => ({
		uuids: request?.uuids ?? [],
		unlockType: request?.unlock_type ?? null,
		requested: request?.uuids.length ?? 0,
	}),
	settle,
	unanswered: (outcome) => ({
		alreadyUnlocked: outcome === 'not_found' ? false : null,
		unlocked: outcome === 'uncertain' ? null : 0,
	}),
	join,
	part,
	readBack,
};

// One item's list is checked in one go.
const MOST_UUIDS_PER_ITEM = 10_000;

function folded(uuid: string): string {
	return uuid.toLowerCase();
}

function distinct(uuids: string[]): string[] {
	const seen = new Set<string>();
	return uuids.filter((uuid) => !seen.has(folded(uuid)) && seen.add(folded(uuid)));
}

function read(item: ItemParameters): ReadItem<UnlockRequest> {
	const given = item.field('uuids');
	const unlockType = item.field('unlockType');
	if (unlockType !== 'email' && unlockType !== 'phone') {
		return { bad: `Unlock must be "email" or "phone", not ${shown(unlockType)}` };
	}
	if (given === null || given === undefined) return { bad: 'Record UUIDs is empty' };
	if (typeof given !== 'string' && !Array.isArray(given)) {
		return { bad: `Record UUIDs must be text or a list, not ${shown(given)}` };
	}
	const isCombined = item.field('requestMode') === 'combined';
	const most = isCombined ? MOST_UUIDS_PER_ITEM : BATCH_SIZE.most;
	const uuids: string[] = [];
	for (const entry of Array.isArray(given) ? (given as unknown[]) : [given]) {
		if (typeof entry !== 'string') {
			return { bad: `Record UUIDs holds ${shown(entry)}, which is not a UUID` };
		}
		// One by one: a text of any length holds n8n's process no longer than the most that is taken.
		for (const [uuid] of entry.matchAll(/[^\s,;]+/g)) {
			if (uuids.push(uuid) > most) return { bad: tooMany(most, isCombined) };
		}
	}
	if (uuids.length === 0) return { bad: 'Record UUIDs is empty' };
	const wrong = uuids.find((uuid) => !recordUuid.safeParse(uuid).success);
	if (wrong !== undefined)
		return { bad: `Record UUIDs holds ${shown(wrong)}, which is not a UUID` };
	return { requests: [{ uuids: distinct(uuids), unlock_type: unlockType }] };
}

function tooMany(most: number, isCombined: boolean): string {
	return isCombined
		? `Record UUIDs holds more than ${most} UUIDs, the most that an item takes: spread them over more items`
		: `Record UUIDs holds more than ${most} UUIDs, the most that one request takes: spread them over more items, or choose Combined`;
}

/**
 * A record that was bought together with others: what it cost is known where all of them cost the same
 * (api-contract A.1), and nothing where only some of them were bought.
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
	const price = prices.find((one) => one * whole.uuids.length === creditsCharged);
	return {
		outcome,
		fields: { alreadyUnlocked: false, unlocked: uuids.length },
		...(price === undefined ? {} : { creditsCharged: price * uuids.length }),
	};
}

function settle(response: UnlockResponse, request: UnlockRequest): Settled {
	const requested = request.uuids.length;
	const { unlocked, credits_charged, wallet_balance } = response;
	const money = { creditsCharged: credits_charged, creditsRemaining: wallet_balance };
	if (unlocked === 0) {
		return {
			outcome: 'already_unlocked',
			...money,
			reason: requested === 1 ? '' : 'Nothing new: owned before, or unknown to eCore',
			fields: { alreadyUnlocked: true, unlocked },
		};
	}
	if (unlocked < requested) {
		return {
			outcome: 'partly_unlocked',
			...money,
			reason: `${unlocked} of ${requested} newly unlocked; the others were owned before, or are unknown to eCore${phoneless(request, response)}`,
			fields: { alreadyUnlocked: null, unlocked },
		};
	}
	return {
		outcome: 'unlocked',
		...money,
		reason: phoneless(request, response).replace(/^; /, ''),
		fields: { alreadyUnlocked: false, unlocked },
	};
}

// The answer has totals only, but a record without a phone has a price of its own.
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

function readBack(item: ItemParameters): ReadBack<UnlockRequest> | { bad: string } | undefined {
	const wanted = item.option('returnContactDetails') ?? false;
	if (typeof wanted !== 'boolean') {
		return { bad: `Return Contact Details must be true or false, not ${shown(wanted)}` };
	}
	return wanted ? contactDetails : undefined;
}

function join(item: ItemParameters): Joint<UnlockRequest> | { bad: string } | undefined {
	if (item.field('requestMode') !== 'combined') return undefined;
	const batchSize = item.option('batchSize') ?? BATCH_SIZE.default;
	if (
		typeof batchSize !== 'number' ||
		!Number.isInteger(batchSize) ||
		batchSize < 1 ||
		batchSize > BATCH_SIZE.most
	) {
		return {
			bad: `Batch Size must be a whole number from 1 to ${BATCH_SIZE.most}, not ${shown(batchSize)}`,
		};
	}
	return {
		into: async (asked, standing) =>
			(
				await Promise.all(
					UNLOCK_TYPES.map(async (type) => await inBatches(type, asked, standing, batchSize)),
				)
			).flat(),
	};
}

const UNLOCK_TYPES = ['email', 'phone'] as const;

/** Each UUID goes into one request: that of an earlier run, where one has asked for it, or a new one. */
async function inBatches(
	type: UnlockRequest['unlock_type'],
	allAsked: Array<Asked<UnlockRequest>>,
	standing: UnlockRequest[],
	batchSize: number,
): Promise<Array<Joined<UnlockRequest>>> {
	const asked = allAsked.filter(({ request }) => request.unlock_type === type);
	// By the UUID as first written.
	const open = new Map<string, string>();
	await mapInSlices(asked, ({ request }) => {
		for (const uuid of request.uuids) {
			if (!open.has(folded(uuid))) open.set(folded(uuid), uuid);
		}
	});
	const joined: Array<Joined<UnlockRequest>> = [];
	const batchOf = new Map<string, Joined<UnlockRequest>>();
	const add = (uuids: string[]) => {
		const batch: Joined<UnlockRequest> = { items: [], request: { uuids, unlock_type: type } };
		joined.push(batch);
		for (const uuid of uuids) {
			batchOf.set(folded(uuid), batch);
			open.delete(folded(uuid));
		}
	};
	await mapInSlices(standing, ({ unlock_type, uuids }) => {
		if (unlock_type === type && uuids.every((uuid) => open.has(folded(uuid)))) add(uuids);
	});
	const uuids = [...open.values()];
	const starts = Array.from(
		{ length: Math.ceil(uuids.length / batchSize) },
		(_, index) => index * batchSize,
	);
	await mapInSlices(starts, (start) => add(uuids.slice(start, start + batchSize)));
	await mapInSlices(asked, ({ item, request }) => {
		for (const uuid of request.uuids) {
			const items = batchOf.get(folded(uuid))?.items;
			// Items come in their order, so the last one is the only one that can be there already.
			if (items !== undefined && items.at(-1) !== item) items.push(item);
		}
	});
	return joined;
}
