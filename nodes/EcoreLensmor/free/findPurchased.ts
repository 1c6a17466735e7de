import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import type { ItemResult, Purchased } from '../items/itemResult';
import { defect, tryOperation } from '../operations/defect';
import type { FoundThing, PurchasedDetails } from '../operations/operation';
import { sentences, type Outcome } from '../operations/outcome';
import { mapInSlices } from '../timeSlices';
import { forEachConcurrent } from '../transport/forEachConcurrent';
import { halt, type Session } from '../transport/session';
import { pagesOf } from './pages';

/** The most pages that are read to find one thing again. */
export const MAX_SEARCHES = 5;
// A paid result must not wait hours for a vendor that no longer answers. Only failures in a row count: a
// single search may be refused because of the values in its item.
const MAX_FAILED_IN_A_ROW = 3;

const BOUGHT: Outcome[] = ['unlocked', 'already_unlocked', 'partly_unlocked'];

interface Search {
	request: unknown;
	/** The things that it should find and has not found yet. */
	keys: Set<string>;
}

/**
 * Finds the details of what was bought in a list, and puts them on the results. It only reads: details that
 * it cannot find are `null`, and never a problem. Never throws, even if the operation's code does.
 */
export async function findPurchased(
	session: Session,
	details: PurchasedDetails,
	{ results, perItem, inputs, concurrency }: Purchased,
): Promise<void> {
	const bought = new Set(results.filter(({ receipt }) => BOUGHT.includes(receipt.outcome)));
	let found: Found;
	try {
		const sources = await sourcesOf(details, perItem, inputs);
		const searches = await searchesFor(details, bought, sources);
		found = await searchAll(session, details, searches, concurrency);
	} catch (error) {
		const reason = defect(error);
		found = { of: () => ({ reason }) };
	}
	await mapInSlices(results, (result) => {
		const { receipt, request } = result;
		const described = bought.has(result)
			? tryOperation(() => details.describe(request, found.of))
			: { result: { fields: details.emptyFields(request), reason: '' } };
		const { fields, reason } =
			'defect' in described ? { fields: {}, reason: described.defect } : described.result;
		result.receipt = {
			...receipt,
			fields: { ...receipt.fields, ...fields },
			reason: sentences(receipt.reason, reason),
		};
	});
}

/**
 * The input item that says most about each thing: one that is about this thing, or else the first that asked
 * for it.
 */
async function sourcesOf(
	details: PurchasedDetails,
	perItem: ItemResult[],
	inputs: INodeExecutionData[],
): Promise<Map<string, IDataObject>> {
	const sources = new Map<string, IDataObject>();
	await mapInSlices(perItem, ({ requests, items: [item = 0] }) => {
		const json = inputs[item]?.json ?? {};
		for (const key of requests.flatMap(({ request }) => details.keys(request))) {
			const source = sources.get(key);
			const isAboutKey = (candidate: IDataObject) => details.isAbout(key, candidate);
			if (source === undefined || (isAboutKey(json) && !isAboutKey(source))) {
				sources.set(key, json);
			}
		}
	});
	return sources;
}

/** The searches for what was bought; things with the same first request share one. */
async function searchesFor(
	details: PurchasedDetails,
	bought: Iterable<ItemResult>,
	sources: Map<string, IDataObject>,
): Promise<Search[]> {
	const searches = new Map<string, Search>();
	const searched = new Set<string>();
	await mapInSlices(bought, ({ request }) => {
		for (const key of details.keys(request)) {
			if (searched.has(key)) continue;
			searched.add(key);
			const first = details.firstSearch(sources.get(key) ?? {});
			const id = JSON.stringify(first);
			const search = searches.get(id) ?? { request: first, keys: new Set() };
			searches.set(id, search);
			search.keys.add(key);
		}
	});
	return [...searches.values()];
}

/** What was found of each thing, by its key. */
interface Found {
	of: (key: string) => FoundThing;
}

async function searchAll(
	session: Session,
	details: PurchasedDetails,
	searches: Search[],
	concurrency: number,
): Promise<Found> {
	const found = new Map<string, FoundThing>();
	let failedInARow = 0;
	await forEachConcurrent(searches, concurrency, async (search) => {
		const { reason, hasFailed } = await readPages(session, details, search, found);
		failedInARow = hasFailed ? failedInARow + 1 : 0;
		if (failedInARow >= MAX_FAILED_IN_A_ROW) halt(session, reason);
		await mapInSlices(search.keys, (key) => found.set(key, { reason }));
	});
	return { of: (key) => found.get(key) ?? { reason: '' } };
}

/** Reads pages until all things of a search are found. `reason`: why the others were not found. */
async function readPages(
	session: Session,
	{ list }: PurchasedDetails,
	{ request, keys }: Search,
	found: Map<string, FoundThing>,
): Promise<{ reason: string; hasFailed: boolean }> {
	for await (const page of pagesOf(session, list, request, MAX_SEARCHES)) {
		if (page.kind === 'failed') return { reason: page.reason, hasFailed: true };
		if (page.kind === 'missing') break;
		for (const { key, json } of page.entries) {
			if (keys.delete(key)) found.set(key, { json: list.simplify?.(json) ?? json });
		}
		if (keys.size === 0) break;
	}
	return { reason: 'No free search found it again', hasFailed: false };
}
