import type { IDataObject } from 'n8n-workflow';

import { badResult, isBad, type ItemResult } from '../items/itemResult';
import { whyUnresolved, type Parameters } from '../items/parameters';
import { readSettings, type Settings } from '../items/settings';
import { defect, tryOperation } from '../operations/defect';
import type { Combiner, PaidOperation, Requests } from '../operations/operation';
import { withoutAnswer } from '../operations/outcome';
import { mapInSlices } from '../timeSlices';
import { keyOf, type ReusableRequest } from './memory';

/** What is needed to read the items of one run. */
export interface ItemReader {
	parameters: (item: number) => Parameters;
	/** The options of the first item, from which `settings` were read. */
	options: IDataObject;
	settings: Settings;
}

const DIFFERENT_SETTINGS =
	'Concurrency, Dry Run, the limits on credits, Purchase Book, Put Result in Field, Remember For and Timeout apply to the whole node: they must come out the same for every item';

/** Reads and checks one item: what it asks for, or what is wrong with it. Never throws. */
export function parseItem(
	operation: PaidOperation,
	item: number,
	{ parameters: parametersOf, options, settings }: ItemReader,
): ItemResult {
	try {
		const parameters = parametersOf(item);
		if (parameters.options !== options) {
			const ofItem = readSettings(parameters.options);
			if ('bad' in ofItem) return badResult(operation, [item], ofItem.bad);
			if (JSON.stringify(ofItem.settings) !== JSON.stringify(settings)) {
				return badResult(operation, [item], DIFFERENT_SETTINGS);
			}
		}
		const parsed = operation.parse(parameters);
		if ('bad' in parsed) return badResult(operation, [item], parsed.bad);
		const documented = parsed.requests.every(
			(request) => operation.endpoint.request.safeParse(request).success,
		);
		return documented
			? resultFor(operation, [item], parsed)
			: badResult(operation, [item], 'This makes no request that the vendor documents');
	} catch (error) {
		// An expression that cannot be resolved makes only this item bad input.
		const unresolved = whyUnresolved(error);
		return unresolved === undefined
			? badResult(operation, [item], defect(error), true)
			: badResult(operation, [item], unresolved);
	}
}

/** Combines what all good items ask for into shared requests; a bad item keeps its own result. Never throws. */
export async function combined(
	operation: PaidOperation,
	perItem: ItemResult[],
	combiner: Combiner,
	reusable: ReusableRequest[],
): Promise<ItemResult[]> {
	const good = perItem.filter((result) => !isBad(result));
	const requests = good.flatMap(({ items: [item = 0], requests: ofItem }) =>
		ofItem.map(({ request }) => ({ item, request })),
	);
	const earlierRequests: unknown[] = [];
	await mapInSlices(reusable, ({ request }) => {
		if (operation.endpoint.request.safeParse(request).success) earlierRequests.push(request);
	});
	let results: ItemResult[];
	try {
		const combinedRequests = await combiner.combine(requests, earlierRequests);
		results = await mapInSlices(combinedRequests, ({ items, request }) =>
			resultFor(operation, items, { requests: [request] }),
		);
	} catch (error) {
		const reason = defect(error);
		results = good.map(({ items }) => badResult(operation, items, reason, true));
	}
	return [...perItem.filter(isBad), ...results].sort(
		(a, b) => (a.items[0] ?? 0) - (b.items[0] ?? 0),
	);
}

/** A result for which nothing has been sent yet. */
function resultFor(
	operation: PaidOperation,
	items: number[],
	{ requests, areAllWanted }: Requests<unknown>,
): ItemResult {
	const keyed = tryOperation(() => {
		// If this code throws, it must throw now and not after credits were spent.
		operation.fieldsWithoutAnswer('not_sent');
		return requests.map((request) => {
			operation.endpoint.worstCase(request);
			return { key: keyOfRequest(operation, request), request };
		});
	});
	return 'defect' in keyed
		? badResult(operation, items, keyed.defect, true)
		: {
				items,
				requests: keyed.result,
				...(areAllWanted === true ? { areAllWanted } : {}),
				receipt: withoutAnswer(operation, 'not_sent', ''),
			};
}

function keyOfRequest(operation: PaidOperation, request: unknown): string {
	return keyOf(`${operation.resource}.${operation.operation}`, operation.identity(request));
}
