import type { IDataObject } from 'n8n-workflow';

import type { FreeOperation } from './operation';

/** What was found of one thing, in its simplified form if the list has one; or why it was not found. */
export type FoundThing = { json: IDataObject } | { reason: string };

/** How to find the details of what a request bought in a list, by free requests only. */
export interface PurchasedDetails<Request = unknown, Search = unknown> {
	/** The list to search. */
	list: Pick<FreeOperation<Search>, 'endpoint' | 'page' | 'simplify'>;
	/** The list's keys of the things that a request asked for. */
	keys(request: Request): string[];
	/** Whether an input item describes exactly this thing. It is then used before other items that asked for it. */
	isAbout(key: string, item: IDataObject): boolean;
	/** The request for the first page, with filters from an input item that asked for the thing. */
	firstSearch(item: IDataObject): Search;
	/** The output fields for what was found, and a sentence if something was not found. */
	describe(
		request: Request,
		found: (key: string) => FoundThing,
	): { fields: IDataObject; reason: string };
	/** The same fields if nothing was bought. */
	emptyFields: IDataObject;
}
