import type { IDataObject } from 'n8n-workflow';

import type { ReadOperation } from './freeOperation';

/** What was found again of one thing, simplified where its list can be, or why it was not. */
export type FoundAgain = { json: IDataObject } | { reason: string };

/** How what a request bought is found again in a list, by free requests alone. */
export interface ReadBack<Request = unknown, Search = unknown> {
	/** The list to look in. */
	list: Pick<ReadOperation<Search>, 'endpoint' | 'page' | 'simplified'>;
	/** The keys that the things a request asked for have in the list. */
	keys(request: Request): string[];
	/** Whether an input item is about that very thing, where several asked for it. */
	isAbout(key: string, item: IDataObject): boolean;
	/** The first page on which a thing may be, as far as an input item that asked for it tells. */
	lookFor(item: IDataObject): Search;
	/** Output fields that tell what was found, and a sentence where something was not. */
	tell(
		request: Request,
		found: (key: string) => FoundAgain,
	): { fields: IDataObject; reason: string };
	/** The same fields where nothing was bought. */
	nothing: IDataObject;
}
