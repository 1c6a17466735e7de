import type { IDataObject, INodeProperties } from 'n8n-workflow';
import type { z, ZodObject, ZodRawShape } from 'zod';

import type { Endpoint, FreeEndpoint } from '../vendors/endpoint';
import type { Outcome, Receipt } from './outcome';
import type { Resource } from './resources';

/** Any operation of the node: one that spends credits, or one that is free. */
export type Operation = PaidOperation | FreeOperation;

/** One item's parameters. An expression may resolve to a value of any type. */
export interface ItemParameters {
	field(name: string): unknown;
	option(name: string): unknown;
	/** Whether an AI agent called the node as a tool. */
	calledByAgent: boolean;
}

interface OperationBase<Output extends OutputFields> {
	/** The values in the Resource and Operation dropdowns. */
	resource: Resource;
	operation: string;
	description: OperationDescription<Output>;
}

/** The schema of the output fields that only this operation has. */
export type OutputFields = ZodObject<ZodRawShape>;

/** What the user sees of an operation. */
export interface OperationDescription<Output extends OutputFields = OutputFields> {
	name: string;
	/** Sentence case, with the price in credits if there is one: it is the only text that an AI agent sees. */
	action: string;
	description: string;
	fields: INodeProperties[];
	/** Entries of the Options collection that only this operation has. */
	options: INodeProperties[];
	/** The output fields that only this operation has. The editor shows them before the first run (`__schema__`). */
	output: Output;
}

/** What the user sees of an operation that spends credits. */
export interface PaidDescription<
	Output extends OutputFields = OutputFields,
> extends OperationDescription<Output> {
	/** What it costs and when, as a sentence beside the fields. */
	price: string;
	/** The number with which Maximum Credits starts when it is added, in credits. */
	maximumCredits: number;
	/** The outputs of the node if it has one per outcome. What is in none of them leaves by one more, Other. */
	outputs: readonly OutcomeOutput[];
}

/** An output of the node, and the outcomes that leave by it. */
export interface OutcomeOutput {
	name: string;
	outcomes: readonly Outcome[];
}

/**
 * A paid operation is a value. It never loops over items, sends or retries, so it cannot spend twice. If its
 * code throws, no receipt is lost: `spend/` writes down that the purchase is in doubt, or sends nothing.
 *
 * `RequestField`: the output fields that come from the request. The others come from the answer. The
 * compiler checks that both together are `description.output`.
 */
export interface PaidOperation<
	Request = unknown,
	Response = unknown,
	Output extends OutputFields = OutputFields,
	RequestField extends keyof z.infer<Output> = string,
> extends OperationBase<Output> {
	kind: 'paid';
	description: PaidDescription<Output>;
	endpoint: Endpoint<Request, Response>;
	/** Reads one item: its requests, or what is wrong with the item. */
	parse(item: ItemParameters): Requests<Request> | BadInput;
	/** Two requests with the same identity are the same purchase. */
	identity(request: Request): string;
	/** What a request asks for, in words that a person recognizes in the purchase book. */
	about(request: Request): string;
	/** Whether its requests are sent one after the other, whatever Concurrency is. */
	isOneAtATime?: boolean;
	/**
	 * Keys: two requests with a common key are never under way at the same time. Without it, the identity is
	 * the key.
	 */
	locks?(request: Request): string[];
	/** The output fields that come from the request, or their empty values if there is no request. */
	requestFields(request: Request | undefined): Pick<z.infer<Output>, RequestField>;
	/** Reads an answer: what the request bought, what it cost in credits, and the output fields. */
	settle(
		response: Response,
		request: Request,
	): Omit<Settled, 'fields'> & { fields: Omit<z.infer<Output>, RequestField> };
	/** The output fields of the answer if there is no answer that can be read. */
	fieldsWithoutAnswer(outcome: Outcome): Omit<z.infer<Output>, RequestField>;
	/**
	 * What the receipt of a request for several things (`whole`) says of some of them (`part`); `undefined` if
	 * it says nothing of these. Without `creditsCharged` in the result, only the cost of the whole is known.
	 */
	part?(receipt: Receipt, whole: Request, part: Request): Part | undefined;
	/** How to combine the requests of several items; `undefined` if the first item does not ask for that. */
	combiner?(item: ItemParameters): Combiner<Request> | BadInput | undefined;
	/**
	 * How requests of several items are sent as one that starts a task, and how it is found out what came of each;
	 * or what is wrong with the first item.
	 */
	submissions?(item: ItemParameters): Submissions<Request> | BadInput;
	/** A free request that says what a request would cost. Without it, a dry run says the most it can cost. */
	priceCheck?: PriceCheck<Request>;
	/**
	 * How to find the details of what was bought, if the answer does not contain them; `undefined` if the first
	 * item does not ask for that.
	 */
	purchasedDetails?(item: ItemParameters): PurchasedDetails<Request> | BadInput | undefined;
}

/** The requests of an item. */
export interface Requests<Request> {
	requests: [Request, ...Request[]];
	/** Whether all of them are wanted. Otherwise they are tried in turn until one finds something. */
	areAllWanted?: boolean;
}

/** What is wrong with an item: a sentence that names the field. */
export interface BadInput {
	bad: string;
}

/** The properties of a receipt that only the operation can read from an answer. */
export type Settled = Pick<
	Receipt,
	'outcome' | 'creditsCharged' | 'creditsRemaining' | 'reason' | 'fields'
>;

/** What a receipt says of some of the things that its request asked for; credits as in a receipt. */
export type Part = Pick<Receipt, 'outcome' | 'fields'> & { creditsCharged?: number };

/** What one item asks for. */
export interface ItemRequest<Request> {
	item: number;
	request: Request;
}

/** One request, and the indexes of the items that ask for it. */
export interface CombinedRequest<Request> {
	items: number[];
	request: Request;
}

/** Combines the requests of several items into as few as possible. */
export interface Combiner<Request = unknown> {
	/**
	 * `reusable`: requests of an earlier run that failed. If they are asked for again, the memory has their
	 * receipts.
	 */
	combine(
		requests: Array<ItemRequest<Request>>,
		reusable: Request[],
	): Promise<Array<CombinedRequest<Request>>>;
}

/** What came of one of several requests of an item. */
export interface RequestReceipt<Request> {
	request: Request;
	receipt: Receipt;
}

/**
 * How requests are joined into submissions, and followed until it is known what came of them. A receipt whose
 * outcome is `processing` is not final: its field `taskId` names the vendor's task, or is `null` if only the
 * vendor's status of the thing tells. The code of an operation only reads answers; it never sends or waits.
 */
export interface Submissions<Request = unknown, Progress = unknown, Status = unknown> {
	/** The most requests in one submission. */
	batchSize: number;
	/** How long to wait for what came of a request, in milliseconds. */
	waitUpToMs: number;
	/** Requests with the same text may be sent together. */
	group(request: Request): string;
	/** One request for what several ask for. */
	join(requests: Request[]): Request;
	/** The outcome, the reason and the output fields of an item that asked for several things. */
	together(
		receipts: Array<RequestReceipt<Request>>,
	): Pick<Receipt, 'outcome' | 'reason' | 'fields'>;
	/** A free request that says how far a task is. */
	task: {
		endpoint: FreeEndpoint<{ taskId: string; request: Request }, Progress>;
		/** What came of a request; `undefined` as long as that is open. Credits are those of the submission. */
		settle(progress: Progress, request: Request): Settled | undefined;
		/** What came of a request of a task that is over, if the status of the thing does not tell either. */
		settleWithoutStatus(progress: Progress, request: Request): Settled | undefined;
		/** Whether the task names what was asked for. If not, nobody knows whether that was charged. */
		names(progress: Progress, request: Request): boolean;
		/** Whether the task is over. What it has not told by then, it never will. */
		isOver(progress: Progress): boolean;
		/** Whether the task surely goes on, so that there is no need to look for its results elsewhere. */
		isWorking(progress: Progress): boolean;
		/** How far it is, as a sentence for a person who waits. */
		describe(progress: Progress): string;
	};
	/** A free request that says whether a thing is bought, whoever bought it. */
	status: {
		endpoint: FreeEndpoint<Request, Status>;
		/**
		 * What is known of a request: it was surely not bought, it is being bought, nobody can tell, or what came of
		 * it. `credits`: what was paid for it; `null` if nobody knows.
		 */
		read(
			status: Status,
			request: Request,
			credits: number | null,
		): 'notBought' | 'inProgress' | 'unclear' | Settled;
	};
	/** A free request that says the balance, in credits. */
	balance: FreeEndpoint<object, { totalBalance: number | null }>;
}

/** A free operation is a value, like a paid one. */
export interface FreeOperation<
	Request = unknown,
	Response = unknown,
	Output extends OutputFields = OutputFields,
> extends OperationBase<Output> {
	kind: 'free';
	endpoint: FreeEndpoint<Request, Response>;
	/** Reads one item: its first request, or what is wrong with the item. */
	parse(item: ItemParameters): FreeRequest<Request> | BadInput;
	/** Reads one answer. A page without a new entry ends the list, whatever `next` is. */
	page(response: Response, request: Request): Page<Request>;
	/** The few fields that most workflows need, if the operation has the field Simplify. */
	simplify?(entry: IDataObject): IDataObject;
}

/** The first request of a list, and the most entries that are wanted. */
export interface FreeRequest<Request> {
	request: Request;
	/** Absent if the answer is not a list. */
	limit?: number;
}

/** One thing that was read, as the vendor sent it. */
export interface Entry {
	/** The same if the same thing comes on another page. */
	key: string;
	json: IDataObject;
}

/** One answer as part of a list. An answer that is not a list has one entry and no next request. */
export interface Page<Request> {
	entries: Entry[];
	/** Output fields that are the same for all entries of this answer. */
	sharedFields?: IDataObject;
	/** The request for the next page; absent on the last page. */
	next?: Request | undefined;
	/** Whether the vendor says that there is a next page. Otherwise `next` is only tried. */
	isMorePromised?: boolean;
	/** What the list leaves out, as a sentence for a person. */
	leftOut?: string | undefined;
}

/** How a free request says what a paid one would cost. */
export interface PriceCheck<Request = unknown, Answer = unknown> {
	endpoint: FreeEndpoint<Request, Answer>;
	/**
	 * Reads the answer: the cost in credits and the balance, each `undefined` if it does not say; and a sentence if
	 * the request would buy nothing.
	 */
	read(answer: Answer): {
		credits: number | undefined;
		balance: number | undefined;
		reason: string;
	};
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
	emptyFields(request: Request | undefined): IDataObject;
}
