import type { IDataObject } from 'n8n-workflow';

import type { FreeEndpoint } from '../vendors/endpoint';
import type { ItemParameters, OperationDescription } from './operation';

/** What an item asks for: its first request, and how many entries it takes at most. */
export interface Wanted<Request> {
	request: Request;
	/** Absent where there is no list to cut. */
	most?: number;
}

/** One thing that was read, as the vendor sent it. */
export interface Entry {
	/** The same for the same thing on another page. */
	key: string;
	json: IDataObject;
}

/** One answer as part of a list; an answer that is no list has one entry and no next request. */
export interface Page<Request> {
	entries: Entry[];
	/** Output fields that the answer as a whole tells, the same for its entries. */
	beside?: IDataObject;
	/** Absent on the last page. */
	next?: Request | undefined;
	/** Whether the vendor says that there is a next page; without it, `next` is only tried. */
	isMorePromised?: boolean;
	/** What the list leaves out, as a sentence for a person. */
	leftOut?: string | undefined;
}

/** What a free operation is: a value, as a paid one. It never loops, sends, retries or throws. */
export interface ReadOperation<Request = unknown, Response = unknown> {
	kind: 'read';
	/** Values of the Resource and Operation dropdowns. */
	resource: string;
	operation: string;
	/** What the user sees of it. */
	description: OperationDescription;
	endpoint: FreeEndpoint<Request, Response>;
	/** What an item asks for, or a sentence that says what is wrong with it. */
	read(item: ItemParameters): Wanted<Request> | { bad: string };
	/** Reads one answer. A page that brings nothing new ends the list, whatever `next` says. */
	page(response: Response, request: Request): Page<Request>;
	/** The few fields that most workflows need, where the user may choose them (Simplify). */
	simplified?(entry: IDataObject): IDataObject;
}
