import type { IDataObject, INodeProperties } from 'n8n-workflow';
import type { ZodObject, ZodRawShape } from 'zod';

import type { Endpoint } from '../vendors/endpoint';
import type { ReadBack } from './purchasedRecords';
import type { ReadOperation } from './freeOperation';
import type { Outcome, Receipt } from './outcome';

/** One item's parameters, as resolved from expressions; anything may come out of an expression. */
export interface ItemParameters {
	field(name: string): unknown;
	option(name: string): unknown;
	/** Whether an AI agent called the node as a tool. */
	calledByAgent: boolean;
}

/** What an item asks for: requests to try in turn until one finds something, or what is wrong with it. */
export type ReadItem<Request> =
	| { requests: [Request, ...Request[]] }
	/** A sentence that names the field. */
	| { bad: string };

/** The part of a receipt that only the operation can read out of an answer. */
export type Settled = Pick<
	Receipt,
	'outcome' | 'creditsCharged' | 'creditsRemaining' | 'reason' | 'fields'
>;

/** What became of some of the things that a request asked for; credits as in a receipt. */
export type Part = Pick<Receipt, 'outcome' | 'fields'> & { creditsCharged?: number };

/** Any operation of the node: one that spends, or one that only reads. */
export type AnyOperation = Operation | ReadOperation;

/** What a paid operation is: a value. It never loops, sends, retries or throws, so it cannot spend twice. */
export interface Operation<Request = unknown, Response = unknown> {
	kind: 'paid';
	/** Values of the Resource and Operation dropdowns. */
	resource: string;
	operation: string;
	/** What the user sees of it. */
	description: OperationDescription;
	endpoint: Endpoint<Request, Response>;
	read(item: ItemParameters): ReadItem<Request>;
	/** Two requests of the same identity are the same purchase. */
	identity(request: Request): string;
	/** What must not be bought by two requests at the same time; its identity where absent. */
	claims?(request: Request): string[];
	/** The output fields that only repeat what was asked; `undefined` when it could not be read. */
	asked(request: Request | undefined): IDataObject;
	settle(response: Response, request: Request): Settled;
	/** The operation's own output fields where there is no answer to read. */
	unanswered(outcome: Outcome): IDataObject;
	/**
	 * What the answer to a request for several things says of some of them; `undefined` where it does not.
	 * Without `creditsCharged` it tells what all of them cost, and not what these did.
	 */
	part?(receipt: Receipt, whole: Request, part: Request): Part | undefined;
	/** Set where the user wants items joined into shared requests, as the first item says; or what is wrong with how. */
	join?(item: ItemParameters): Joint<Request> | { bad: string } | undefined;
	/** Set where the user wants to see what was bought and its answer does not tell, as the first item says; or what is wrong with how. */
	readBack?(item: ItemParameters): ReadBack<Request> | { bad: string } | undefined;
}

/** What one item asks for. */
export interface Asked<Request> {
	item: number;
	request: Request;
}

/** One request, and the items it speaks for. */
export interface Joined<Request> {
	items: number[];
	request: Request;
}

/** How items join into as few requests as possible. */
export interface Joint<Request = unknown> {
	/** `standing`: requests of an earlier, failed run, whose receipts answer for what they asked. */
	into(asked: Array<Asked<Request>>, standing: Request[]): Promise<Array<Joined<Request>>>;
}

/** What the user sees of an operation. */
export interface OperationDescription {
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
	output: ZodObject<ZodRawShape>;
}
