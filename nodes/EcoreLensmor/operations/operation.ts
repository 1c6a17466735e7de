import type { IDataObject, INodeProperties } from 'n8n-workflow';
import type { z, ZodObject, ZodRawShape } from 'zod';

import type { Endpoint, FreeEndpoint } from '../vendors/endpoint';
import type { Outcome, Receipt } from './outcome';

/** Any operation of the node: one that spends credits, or one that is free. */
export type Operation = PaidOperation | FreeOperation;

/** One item's parameters, as resolved from expressions; anything may come out of an expression. */
export interface ItemParameters {
	field(name: string): unknown;
	option(name: string): unknown;
	/** Whether an AI agent called the node as a tool. */
	calledByAgent: boolean;
}

interface OperationBase<Output extends OutputFields> {
	/** Values of the Resource and Operation dropdowns. */
	resource: string;
	operation: string;
	/** What the user sees of it. */
	description: OperationDescription<Output>;
}

/** The schema of the output fields that an operation has of its own. */
export type OutputFields = ZodObject<ZodRawShape>;

/** What the user sees of an operation. */
export interface OperationDescription<Output extends OutputFields = OutputFields> {
	/** The entry of the Resource dropdown; its operations share it. */
	resourceName: string;
	name: string;
	/** Sentence case, with the price where there is one: the only text an AI agent sees. */
	action: string;
	description: string;
	fields: INodeProperties[];
	/** Entries of its Options collection, beside those of every operation of its kind. */
	options: INodeProperties[];
	/** The output fields of its own, which the editor shows before the first run (`__schema__`). */
	output: Output;
}

/**
 * What a paid operation is: a value. It never loops over items, sends or retries, so it cannot spend
 * twice. If its code throws, `spend/` loses nothing.
 *
 * `RequestField`: the output fields that the request tells; the answer tells the others. The compiler
 * checks that both add up to `description.output`.
 */
export interface PaidOperation<
	Request = unknown,
	Response = unknown,
	Output extends OutputFields = OutputFields,
	RequestField extends keyof z.infer<Output> = string,
> extends OperationBase<Output> {
	kind: 'paid';
	endpoint: Endpoint<Request, Response>;
	/** What an item asks for: requests to try in turn until one finds something, or what is wrong with it. */
	parse(item: ItemParameters): Requests<Request> | BadInput;
	/** Two requests of the same identity are the same purchase. */
	identity(request: Request): string;
	/** What must not be bought by two requests at the same time; its identity where absent. */
	locks?(request: Request): string[];
	/** The output fields that only repeat the request; `undefined` when there is none. */
	requestFields(request: Request | undefined): Pick<z.infer<Output>, RequestField>;
	/** Reads an answer. */
	settle(
		response: Response,
		request: Request,
	): Omit<Settled, 'fields'> & { fields: Omit<z.infer<Output>, RequestField> };
	/** The fields of the answer where there is no answer to read. */
	fieldsWithoutAnswer(outcome: Outcome): Omit<z.infer<Output>, RequestField>;
	/**
	 * What the answer to a request for several things says of some of them; `undefined` where it does not.
	 * Without `creditsCharged` it tells what all of them cost, and not what these did.
	 */
	part?(receipt: Receipt, whole: Request, part: Request): Part | undefined;
	/** Set where the user wants items combined into shared requests, as the first item says; or what is wrong with how. */
	combiner?(item: ItemParameters): Combiner<Request> | BadInput | undefined;
	/** Set where the user wants to see what was bought and its answer does not tell, as the first item says; or what is wrong with how. */
	purchasedDetails?(item: ItemParameters): PurchasedDetails<Request> | BadInput | undefined;
}

/** Requests to try in turn until one finds something. */
export interface Requests<Request> {
	requests: [Request, ...Request[]];
}

/** What is wrong with an item: a sentence that names the field. */
export interface BadInput {
	bad: string;
}

/** The part of a receipt that only the operation can read out of an answer. */
export type Settled = Pick<
	Receipt,
	'outcome' | 'creditsCharged' | 'creditsRemaining' | 'reason' | 'fields'
>;

/** What became of some of the things that a request asked for; credits as in a receipt. */
export type Part = Pick<Receipt, 'outcome' | 'fields'> & { creditsCharged?: number };

/** What one item asks for. */
export interface ItemRequest<Request> {
	item: number;
	request: Request;
}

/** One request, and the items it speaks for. */
export interface CombinedRequest<Request> {
	items: number[];
	request: Request;
}

/** How items become as few requests as possible. */
export interface Combiner<Request = unknown> {
	/** `reusable`: requests of an earlier, failed run, whose receipts answer for what they asked. */
	combine(
		requests: Array<ItemRequest<Request>>,
		reusable: Request[],
	): Promise<Array<CombinedRequest<Request>>>;
}

/** What a free operation is: a value, as a paid one. */
export interface FreeOperation<
	Request = unknown,
	Response = unknown,
	Output extends OutputFields = OutputFields,
> extends OperationBase<Output> {
	kind: 'free';
	endpoint: FreeEndpoint<Request, Response>;
	/** What an item asks for, or what is wrong with it. */
	parse(item: ItemParameters): FreeRequest<Request> | BadInput;
	/** Reads one answer. A page that brings nothing new ends the list, whatever `next` says. */
	page(response: Response, request: Request): Page<Request>;
	/** The few fields that most workflows need, where the user may choose them (Simplify). */
	simplify?(entry: IDataObject): IDataObject;
}

/** The first request of a list, and how many entries are wanted at most. */
export interface FreeRequest<Request> {
	request: Request;
	/** Absent where there is no list to cut. */
	limit?: number;
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
	sharedFields?: IDataObject;
	/** Absent on the last page. */
	next?: Request | undefined;
	/** Whether the vendor says that there is a next page; without it, `next` is only tried. */
	isMorePromised?: boolean;
	/** What the list leaves out, as a sentence for a person. */
	leftOut?: string | undefined;
}

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
