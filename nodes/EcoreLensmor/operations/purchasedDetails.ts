import type { IDataObject } from 'n8n-workflow';

import type { FreeOperation } from './operation';

/** What was found of one thing, simplified where its list can be, or why it was not found. */
export type FoundThing = { json: IDataObject } | { reason: string };

/** How the details of what a request bought are found in a list, by free requests alone. */
export interface PurchasedDetails<Request = unknown, Search = unknown> {
	/** The list to look in. */
	list: Pick<FreeOperation<Search>, 'endpoint' | 'page' | 'simplify'>;
	/** The keys that the things a request asked for have in the list. */
	keys(request: Request): string[];
	/** Whether an input item is about that very thing, where several asked for it. */
	isAbout(key: string, item: IDataObject): boolean;
	/** The first page on which a thing may be, as far as an input item that asked for it tells. */
	firstSearch(item: IDataObject): Search;
	/** Output fields that tell what was found, and a sentence where something was not. */
	describe(
		request: Request,
		found: (key: string) => FoundThing,
	): { fields: IDataObject; reason: string };
	/** The same fields where nothing was bought. */
	emptyFields: IDataObject;
}
