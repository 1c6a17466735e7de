import type { IDataObject } from 'n8n-workflow';

import type { ReadOperation } from './readOperation';

/** What was found again of one thing, as the vendor sent it, or why it was not. */
export type FoundAgain = { json: IDataObject } | { reason: string };

/** How what a request bought is found again in a list, by free requests alone. */
export interface ReadBack<Request = unknown, Search = unknown> {
	/** The list to look in. */
	list: Pick<ReadOperation<Search>, 'endpoint' | 'page'>;
	/** The keys that the things a request asked for have in the list. */
	keys(request: Request): string[];
	/** The first page on which a thing may be, as far as the input items that asked for it tell. */
	lookFor(key: string, items: IDataObject[]): Search;
	/** Output fields that tell what was found, and a sentence where something was not. */
	tell(
		request: Request,
		found: (key: string) => FoundAgain,
	): { fields: IDataObject; reason: string };
	/** The same fields where nothing was bought. */
	nothing: IDataObject;
}
