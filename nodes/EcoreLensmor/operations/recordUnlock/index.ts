import {
	CREDITS_PER_RECORD_PHONE,
	CREDITS_PER_RECORD_WITHOUT_PHONE,
	recordUuid,
	unlockRecords,
	type UnlockRequest,
	type UnlockResponse,
} from '../../contract/ecore';
import type {
	Asked,
	ItemParameters,
	Joined,
	Joint,
	Operation,
	ReadItem,
	Settled,
} from '../operation';
import type { ReadBack } from '../readBack';
import { shown } from '../shown';
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
	readBack,
};

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
	const uuids: string[] = [];
	for (const entry of Array.isArray(given) ? (given as unknown[]) : [given]) {
		if (typeof entry !== 'string') {
			return { bad: `Record UUIDs holds ${shown(entry)}, which is not a UUID` };
		}
		for (const part of entry.split(/[\s,;]+/)) if (part !== '') uuids.push(part);
	}
	const wrong = uuids.find((uuid) => !recordUuid.safeParse(uuid).success);
	if (wrong !== undefined)
		return { bad: `Record UUIDs holds ${shown(wrong)}, which is not a UUID` };
	if (uuids.length === 0) return { bad: 'Record UUIDs is empty' };
	return { requests: [{ uuids: distinct(uuids), unlock_type: unlockType }] };
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
	return { into: (asked, standing) => inBatches(asked, standing, batchSize) };
}

function inBatches(
	asked: Array<Asked<UnlockRequest>>,
	standing: UnlockRequest[],
	batchSize: number,
): Array<Joined<UnlockRequest>> {
	return (['email', 'phone'] as const).flatMap((unlock_type) => {
		// The items that ask for a UUID, by the UUID as first written.
		const wanted = new Map<string, { uuid: string; items: number[] }>();
		for (const { item, request } of asked) {
			if (request.unlock_type !== unlock_type) continue;
			for (const uuid of request.uuids) {
				const known = wanted.get(folded(uuid));
				if (known === undefined) wanted.set(folded(uuid), { uuid, items: [item] });
				else known.items.push(item);
			}
		}
		const joined = (uuids: string[]): Joined<UnlockRequest> => {
			const items = uuids.flatMap((uuid) => wanted.get(folded(uuid))?.items ?? []);
			for (const uuid of uuids) wanted.delete(folded(uuid));
			return {
				items: [...new Set(items)].sort((a, b) => a - b),
				request: { uuids, unlock_type },
			};
		};
		const answered = standing
			.filter((request) => request.unlock_type === unlock_type)
			.flatMap(({ uuids }) =>
				uuids.every((uuid) => wanted.has(folded(uuid))) ? [joined(uuids)] : [],
			);
		const open = [...wanted.values()].map(({ uuid }) => uuid);
		const starts = Array.from(
			{ length: Math.ceil(open.length / batchSize) },
			(_, index) => index * batchSize,
		);
		return [...answered, ...starts.map((start) => joined(open.slice(start, start + batchSize)))];
	});
}
