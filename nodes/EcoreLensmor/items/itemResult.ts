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

/** What becomes of one input item, or of several that share a request. */
export interface ItemResult {
	/** The input items it speaks for. */
	items: number[];
	/** What to ask for, in turn, until something is found, with the keys in the memory; empty where the item is bad input. */
	requests: Array<{ key: string; request: unknown }>;
	/** The request that `receipt` is about. */
	request?: unknown;
	receipt: Receipt;
	/** The item that asked the same before. */
	duplicateOf?: number;
	/** The most it can cost, in credits; only in a dry run. */
	maximumCost?: number;
	/** Whether the node's own code could not deal with it: no fault of the input. */
	isDefect?: boolean;
}

/** What was bought, by items whose requests may have been combined. */
export interface Purchased {
	results: ItemResult[];
	/** One result per input item, as it was before requests were combined. */
	read: ItemResult[];
	inputs: INodeExecutionData[];
	/** How many requests may be under way at once. */
	concurrency: number;
}

/** The result of items that nothing is asked for, and why. */
export function badResult(
	operation: PaidOperation,
	items: number[],
	reason: string,
	isDefect = false,
): ItemResult {
	const receipt = withoutAnswer(operation, 'refused', reason);
	return { items, requests: [], receipt, ...(isDefect ? { isDefect } : {}) };
}

/** Whether there is nothing to ask for. */
export function isBad({ requests }: ItemResult): boolean {
	return requests.length === 0;
}

/** What is wrong with a result's first item. */
export function asProblem({ items: [item = 0], receipt }: ItemResult): Problem {
	return { item, reason: receipt.reason };
}

/** What all output items of a run have in common. */
export interface Output {
	operation: PaidOperation;
	/** The field that takes the result, beside the input item's own; empty for the result alone. */
	field: string;
	/** Set where problems leave through the error output. */
	toErrorOutput?: INode;
}

/** A result as n8n takes it. `inputs` are the node's input items. Never throws. */
export function toItem(
	{ operation, field, toErrorOutput }: Output,
	inputs: INodeExecutionData[],
	{ items, receipt, request, duplicateOf, maximumCost }: ItemResult,
): INodeExecutionData {
	const asked = tryOperation(() => operation.requestFields(request));
	const reason = 'defect' in asked ? sentences(receipt.reason, asked.defect) : receipt.reason;
	const result: IDataObject = {
		outcome: receipt.outcome,
		...('defect' in asked ? {} : asked.result),
		...receipt.fields,
		creditsCharged: receipt.creditsCharged,
		creditsRemaining: receipt.creditsRemaining,
		reason,
		...(duplicateOf === undefined ? {} : { duplicateOf }),
		...(maximumCost === undefined ? {} : { maximumCost }),
	};
	const [item = 0, ...others] = items;
	const pairedItem = others.length === 0 ? { item } : items.map((index) => ({ item: index }));
	const input = field === '' ? undefined : inputs[item];
	// Not the whole input item: an error that it brings along would pass for ours, and n8n would
	// write it over what was paid for.
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

/** Makes an output item of `node` leave through its error output, with its fields. */
export function sendToErrorOutput(
	output: INodeExecutionData,
	node: INode,
	{ item, reason }: Problem,
): void {
	// n8n sends an item with an error to the error output, and then writes the error over its
	// fields, unless its own copy of the item has none: a property that is not enumerable is
	// seen, but not copied. So the outcome and the credits stay with the item.
	const value = nodeError(node, reason, undefined, item);
	Object.defineProperty(output, 'error', { value, enumerable: false });
}
