import type { UnlockRequest } from '../../../vendors/ecore';
import { mapInSlices } from '../../../timeSlices';
import type {
	BadInput,
	CombinedRequest,
	Combiner,
	ItemParameters,
	ItemRequest,
} from '../../operation';
import { quote } from '../../quote';
import { BATCH_SIZE } from './description';

/** A UUID in the spelling in which UUIDs are compared. */
export function folded(uuid: string): string {
	return uuid.toLowerCase();
}

/**
 * Combines UUIDs into as few requests as Batch Size permits; `undefined` if the first item does not choose
 * Combined.
 */
export function combiner(item: ItemParameters): Combiner<UnlockRequest> | BadInput | undefined {
	if (item.field('requestMode') !== 'combined') return undefined;
	const batchSize = item.option('batchSize') ?? BATCH_SIZE.default;
	if (
		typeof batchSize !== 'number' ||
		!Number.isInteger(batchSize) ||
		batchSize < 1 ||
		batchSize > BATCH_SIZE.most
	) {
		return {
			bad: `Batch Size must be a whole number from 1 to ${BATCH_SIZE.most}, not ${quote(batchSize)}`,
		};
	}
	return {
		combine: async (requests, reusable) =>
			(
				await Promise.all(
					UNLOCK_TYPES.map(async (type) => await inBatches(type, requests, reusable, batchSize)),
				)
			).flat(),
	};
}

const UNLOCK_TYPES = ['email', 'phone'] as const;

/**
 * Puts each UUID into exactly one request: one of an earlier run whose UUIDs are all asked for again, or a new
 * one.
 */
async function inBatches(
	type: UnlockRequest['unlock_type'],
	requests: Array<ItemRequest<UnlockRequest>>,
	reusable: UnlockRequest[],
	batchSize: number,
): Promise<Array<CombinedRequest<UnlockRequest>>> {
	const ofType = requests.filter(({ request }) => request.unlock_type === type);
	// UUIDs that are in no batch yet: by their compared spelling, as an item first wrote them.
	const withoutBatch = new Map<string, string>();
	await mapInSlices(ofType, ({ request }) => {
		for (const uuid of request.uuids) {
			if (!withoutBatch.has(folded(uuid))) withoutBatch.set(folded(uuid), uuid);
		}
	});
	const batches: Array<CombinedRequest<UnlockRequest>> = [];
	const batchOf = new Map<string, CombinedRequest<UnlockRequest>>();
	const add = (uuids: string[]) => {
		const batch: CombinedRequest<UnlockRequest> = {
			items: [],
			request: { uuids, unlock_type: type },
		};
		batches.push(batch);
		for (const uuid of uuids) {
			batchOf.set(folded(uuid), batch);
			withoutBatch.delete(folded(uuid));
		}
	};
	await mapInSlices(reusable, ({ unlock_type, uuids }) => {
		if (unlock_type === type && uuids.every((uuid) => withoutBatch.has(folded(uuid)))) {
			add(uuids);
		}
	});
	const uuids = [...withoutBatch.values()];
	const starts = Array.from(
		{ length: Math.ceil(uuids.length / batchSize) },
		(_, index) => index * batchSize,
	);
	await mapInSlices(starts, (start) => add(uuids.slice(start, start + batchSize)));
	await mapInSlices(ofType, ({ item, request }) => {
		for (const uuid of request.uuids) {
			const items = batchOf.get(folded(uuid))?.items;
			// Items come in order, so if this one is in the list already, it is the last one there.
			if (items !== undefined && items.at(-1) !== item) items.push(item);
		}
	});
	return batches;
}
