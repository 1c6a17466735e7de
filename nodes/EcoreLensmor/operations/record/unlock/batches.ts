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

/** A UUID in the one spelling that is compared. */
export function folded(uuid: string): string {
	return uuid.toLowerCase();
}

/** Combined: as few requests as the batch size permits, as the first item says; or what is wrong with it. */
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

/** Each UUID goes into one request: that of an earlier run, where one has asked for it, or a new one. */
async function inBatches(
	type: UnlockRequest['unlock_type'],
	requests: Array<ItemRequest<UnlockRequest>>,
	reusable: UnlockRequest[],
	batchSize: number,
): Promise<Array<CombinedRequest<UnlockRequest>>> {
	const asked = requests.filter(({ request }) => request.unlock_type === type);
	// By the UUID as first written.
	const open = new Map<string, string>();
	await mapInSlices(asked, ({ request }) => {
		for (const uuid of request.uuids) {
			if (!open.has(folded(uuid))) open.set(folded(uuid), uuid);
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
			open.delete(folded(uuid));
		}
	};
	await mapInSlices(reusable, ({ unlock_type, uuids }) => {
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
	return batches;
}
