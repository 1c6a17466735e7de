import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { z } from 'zod';

import type { Filters } from '../../vendors/endpoint';
import { CREDITS_PER_EVENT, type ListRequest, type ListResponse } from '../../vendors/lensmor';
import { filtersIn } from './filters';
import { limitOf } from './listFields';
import type { BadInput, FreeRequest, ItemParameters, Page } from '../operation';

/** Output fields of every entry of an event's list. `lockedCount`: how many more entries an unlock would show. */
export const access = z.object({
	accessMode: z.string().nullable(),
	lockedCount: z.number().nullable(),
});

/** What an operation knows of one of Lensmor's lists. */
interface List {
	filters: readonly INodeProperties[];
	/** The filters that have another name on the wire. */
	onTheWire?: Readonly<Record<string, string>>;
	/** Parts of the query that the user's filters cannot change, such as the event. */
	always?: Filters;
	/** The most entries that one page may have. */
	perPage: number;
}

/** The first request for the list that an item asks for, or what is wrong with the item. */
export function firstPage(
	item: ItemParameters,
	{ filters, onTheWire, always, perPage }: List,
): FreeRequest<ListRequest> | BadInput {
	const limit = limitOf(item);
	if ('bad' in limit) return limit;
	const set = filtersIn(item, filters, onTheWire);
	if ('bad' in set) return set;
	const pageSize = Math.min(limit.limit, perPage);
	return { request: { filters: { ...set.filters, ...always }, page: 1, pageSize }, ...limit };
}

/** Reads one page of a list (docs/vendor-apis.md B.1, pagination). */
export function listPage(response: ListResponse, request: ListRequest): Page<ListRequest> {
	const { items, hasMore } = response;
	return {
		entries: items.map((json) => ({ key: json.id, json: json as IDataObject })),
		next: hasMore === false ? undefined : { ...request, page: request.page + 1 },
		isMorePromised: hasMore === true,
	};
}

/**
 * Reads one page of an event's exhibitors or people. The list may be a preview (docs/vendor-apis.md B.12): then the
 * page after its last page is empty, although the event has more entries.
 */
export function eventListPage(response: ListResponse, request: ListRequest): Page<ListRequest> {
	const { accessMode, counts, pageState, unlock } = response.semantics ?? {};
	const isAfterLastPage = pageState?.accessible === false;
	const isLastPage = request.page >= (pageState?.maxAccessiblePage ?? Infinity);
	const isPreview = accessMode === 'preview';
	const locked = counts?.remainingLockedCount;
	const ends = isAfterLastPage || (isPreview && isLastPage);
	const { next, isMorePromised, ...page } = listPage(response, request);
	return {
		...page,
		sharedFields: {
			accessMode: accessMode ?? null,
			lockedCount: locked ?? (accessMode === 'full' ? 0 : null),
		} satisfies z.infer<typeof access>,
		...(ends ? {} : { next, isMorePromised }),
		// Without `accessMode`, which may be missing, other parts of the answer show that it is a preview.
		leftOut:
			isPreview || (accessMode !== 'full' && (isAfterLastPage || (locked ?? 0) > 0))
				? whatAnUnlockWouldShow(request, locked, unlock?.credits)
				: undefined,
	};
}

function whatAnUnlockWouldShow(
	{ filters }: ListRequest,
	locked: number | undefined,
	credits = CREDITS_PER_EVENT,
): string | undefined {
	if (locked === 0) return undefined;
	const more = locked === undefined ? 'may show more' : `would show ${locked} more`;
	return `This is a preview of event ${[filters.event_id].flat().join()}: to unlock it (${credits} credits) ${more}`;
}
