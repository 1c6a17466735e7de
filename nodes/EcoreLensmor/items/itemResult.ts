import type { IDataObject, INode, INodeExecutionData } from 'n8n-workflow';

import type { Operation } from '../operations/operation';
import { isProblem, withoutAnswer, type Problem, type Receipt } from '../operations/outcome';
import { nodeError } from './nodeError';

/** One output item in the making. */
export interface Line {
	/** The input items it speaks for. */
	items: number[];
	/** What to ask for, in turn, until something is found; empty where the item is bad input. */
	requests: unknown[];
	/** The request that `receipt` is about. */
	request?: unknown;
	receipt: Receipt;
	/** The item that asked the same before. */
	duplicateOf?: number;
	/** The most it can cost, in credits; only in a dry run. */
	maximumCost?: number;
}

/** A line of an item that is bad input, and why. */
export function badLine(operation: Operation, item: number, reason: string): Line {
	const receipt = withoutAnswer('refused', reason, operation.unanswered('refused'));
	return { items: [item], requests: [], receipt };
}

/** Whether a line has nothing to ask for. */
export function isBad({ requests }: Line): boolean {
	return requests.length === 0;
}

/** What is wrong with a line's first item. */
export function asProblem({ items: [item = 0], receipt }: Line): Problem {
	return { item, reason: receipt.reason };
}

/** What a line says until something has become of it. */
export function notSentYet(operation: Operation): Receipt {
	return withoutAnswer('not_sent', '', operation.unanswered('not_sent'));
}

/** What all output items of a run have in common. */
export interface Output {
	operation: Operation;
	/** The field that takes the result, beside the input item's own; empty for the result alone. */
	field: string;
	/** Set where problems leave through the error output. */
	toErrorOutput?: INode;
}

/** A line as n8n takes it. `inputs` are the node's input items. */
export function toItem(
	{ operation, field, toErrorOutput }: Output,
	inputs: INodeExecutionData[],
	line: Line,
): INodeExecutionData {
	const { items, receipt, request, duplicateOf, maximumCost } = line;
	const result: IDataObject = {
		outcome: receipt.outcome,
		...operation.asked(request),
		...receipt.fields,
		creditsCharged: receipt.creditsCharged,
		creditsRemaining: receipt.creditsRemaining,
		reason: receipt.reason,
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
		sendToErrorOutput(output, toErrorOutput, { item, reason: receipt.reason });
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
