import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import type { Line } from '../items/itemResult';
import type { FoundAgain, ReadBack } from '../operations/purchasedRecords';
import type { Outcome } from '../operations/outcome';
import { inLanes } from '../transport/forEachConcurrent';
import { mapInSlices } from '../timeSlices';
import { halt, type Reader } from './ask';
import { pagesOf } from './pages';

/** The most pages that are turned to find one thing again. */
export const MOST_SEARCHES = 5;
// What was paid for must not wait hours for a vendor that no longer answers. In a row: a search that is
// refused for what its item brought says nothing of the others.
const MOST_FAILED_IN_A_ROW = 3;

const BOUGHT: Outcome[] = ['unlocked', 'already_unlocked', 'partly_unlocked'];

interface Search {
	request: unknown;
	/** What it should find, and has not yet. */
	keys: Set<string>;
}

/** A run after all is bought. */
export interface Bought {
	lines: Line[];
	/** One line per input item, as it was before requests were joined. */
	read: Line[];
	inputs: INodeExecutionData[];
	/** How many requests may be under way at once. */
	concurrency: number;
}

/**
 * Finds what the lines bought again, and puts it on them. It only reads: what it cannot find is `null`,
 * and never a problem. Never throws.
 */
export async function findAgain(
	reader: Reader,
	readBack: ReadBack,
	{ lines, read, inputs, concurrency }: Bought,
): Promise<void> {
	// The item that tells most of each thing: one that is about it, or else the first that asked.
	const askers = new Map<string, IDataObject>();
	await mapInSlices(read, ({ requests, items: [item = 0] }) => {
		const json = inputs[item]?.json ?? {};
		for (const key of requests.flatMap((request) => readBack.keys(request))) {
			const first = askers.get(key);
			const isBetter = (one: IDataObject) => readBack.isAbout(key, one);
			if (first === undefined || (isBetter(json) && !isBetter(first))) askers.set(key, json);
		}
	});
	const bought = new Set(lines.filter(({ receipt }) => BOUGHT.includes(receipt.outcome)));
	const searches = new Map<string, Search>();
	const searched = new Set<string>();
	await mapInSlices(bought, ({ request }) => {
		for (const key of readBack.keys(request)) {
			if (searched.has(key)) continue;
			searched.add(key);
			const first = readBack.lookFor(askers.get(key) ?? {});
			const id = JSON.stringify(first);
			const search = searches.get(id) ?? { request: first, keys: new Set() };
			searches.set(id, search);
			search.keys.add(key);
		}
	});
	const found = new Map<string, FoundAgain>();
	let failedInARow = 0;
	await inLanes([...searches.values()], concurrency, async (search) => {
		const { reason, hasFailed } = await lookThrough(reader, readBack, search, found);
		failedInARow = hasFailed ? failedInARow + 1 : 0;
		if (failedInARow >= MOST_FAILED_IN_A_ROW) halt(reader, reason);
		await mapInSlices(search.keys, (key) => found.set(key, { reason }));
	});

	await mapInSlices(lines, (line) => {
		const { receipt, request } = line;
		const { fields, reason } = bought.has(line)
			? readBack.tell(request, (key) => found.get(key) ?? { reason: '' })
			: { fields: readBack.nothing, reason: '' };
		line.receipt = {
			...receipt,
			fields: { ...receipt.fields, ...fields },
			reason: [...new Set([receipt.reason, reason])].filter(Boolean).join('. '),
		};
	});
}

/** Turns pages until nothing is missing, and answers why something still is. */
async function lookThrough(
	reader: Reader,
	{ list }: ReadBack,
	{ request, keys }: Search,
	found: Map<string, FoundAgain>,
): Promise<{ reason: string; hasFailed: boolean }> {
	for await (const page of pagesOf(reader, list, request, MOST_SEARCHES)) {
		if (page.kind === 'failed') return { reason: page.reason, hasFailed: true };
		if (page.kind === 'missing') break;
		for (const { key, json } of page.entries) {
			if (keys.delete(key)) found.set(key, { json: list.simplified?.(json) ?? json });
		}
		if (keys.size === 0) break;
	}
	return { reason: 'No free search found it again', hasFailed: false };
}
