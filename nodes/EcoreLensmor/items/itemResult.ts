import type { IDataObject, INode, INodeExecutionData } from 'n8n-workflow';

import { tryOperation } from '../operations/defect';
import type { PaidOperation } from '../operations/operation';
import {
	isProblem,
	sentences,
	withoutAnswer,
	type Problem,
	type Receipt,
} from '../operations/outcome';
import { nodeError } from './nodeError';

/** The result of one input item, or of several that share a request. */
export interface ItemResult {
	/** The indexes of these input items. */
	items: number[];
	/** The requests, with their keys in the memory; empty for bad input. */
	requests: Array<{ key: string; request: unknown }>;
	/** Whether all of them are wanted. Otherwise they are tried in turn until one finds something. */
	areAllWanted?: boolean;
	/** The request that `receipt` is about. */
	request?: unknown;
	receipt: Receipt;
	/** The earlier item that asked for the same. */
	duplicateOf?: number | undefined;
	/** The most it can cost, in credits; only in a dry run. */
	maximumCost?: number;
	/** Whether the node's own code failed on it. Then the input is not wrong. */
	isDefect?: boolean;
}

/** What a run bought. Requests of several items may have been combined. */
export interface Purchased {
	results: ItemResult[];
	/** One result per input item, from before requests were combined. */
	perItem: ItemResult[];
	inputs: INodeExecutionData[];
	/** How many requests may be under way at once. */
	concurrency: number;
}

/** The result of items for which nothing can be sent, and the reason. */
export function badResult(
	operation: PaidOperation,
	items: number[],
	reason: string,
	isDefect = false,
): ItemResult {
	const receipt = withoutAnswer(operation, 'refused', reason);
	return { items, requests: [], receipt, ...(isDefect ? { isDefect } : {}) };
}

/** Whether a result has no request to send. */
export function isBad({ requests }: ItemResult): boolean {
	return requests.length === 0;
}

/** The problem of a result, with its first item. */
export function asProblem({ items: [item = 0], receipt }: ItemResult): Problem {
	return { item, reason: receipt.reason };
}

/** What all output items of a run have in common. */
export interface Output {
	operation: PaidOperation;
	/** The field for the result beside the input item's own fields; empty if the output is only the result. */
	field: string;
	/** Set if items with a problem go to the error output. */
	toErrorOutput?: INode;
}

/** Makes an n8n output item from a result. `inputs` are the node's input items. Never throws. */
export function toItem(
	{ operation, field, toErrorOutput }: Output,
	inputs: INodeExecutionData[],
	{ items, receipt, request, duplicateOf, maximumCost }: ItemResult,
): INodeExecutionData {
	const ofRequest = tryOperation(() => operation.requestFields(request));
	const reason =
		'defect' in ofRequest ? sentences(receipt.reason, ofRequest.defect) : receipt.reason;
	const result: IDataObject = {
		outcome: receipt.outcome,
		...('result' in ofRequest ? ofRequest.result : {}),
		...receipt.fields,
		creditsCharged: receipt.creditsCharged,
		creditsRemaining: receipt.creditsRemaining,
		reason,
		...(receipt.fromBook === undefined ? {} : { boughtAt: receipt.fromBook.boughtAt }),
		...(duplicateOf === undefined ? {} : { duplicateOf }),
		...(maximumCost === undefined ? {} : { maximumCost }),
	};
	const [item = 0, ...others] = items;
	const pairedItem = others.length === 0 ? { item } : items.map((index) => ({ item: index }));
	const input = field === '' ? undefined : inputs[item];
	// Not the whole input item: it may carry an error, and n8n would write that over what was paid for.
	const output: INodeExecutionData = {
		json: input === undefined ? result : { ...input.json, [field]: result },
		...(input?.binary === undefined ? {} : { binary: input.binary }),
		pairedItem,
	};
	if (toErrorOutput !== undefined && isProblem(receipt)) {
		sendToErrorOutput(output, toErrorOutput, { item, reason });
	}
	return output;
}

/** Makes n8n send an output item of `node` to the error output, and keep its fields. */
export function sendToErrorOutput(
	output: INodeExecutionData,
	node: INode,
	{ item, reason }: Problem,
): void {
	// n8n sends an item with `error` to the error output, and then replaces the fields of its copy of the
	// item if the copy has `error` too. A property that is not enumerable is seen but not copied, so the
	// outcome and the credits stay with the item. n8n before 1.120 takes `error` off the item, so it must be writable.
	const value = nodeError(node, reason, undefined, item);
	Object.defineProperty(output, 'error', {
		value,
		writable: true,
		configurable: true,
		enumerable: false,
	});
}
