import type { INode, INodeExecutionData, INodeTypeDescription } from 'n8n-workflow';

import { operations } from '../operations';
import type { PaidOperation } from '../operations/operation';
import { OTHER_OUTPUT } from '../operations/outcome';
import type { ItemResult } from './itemResult';

/** The names of an operation's outputs if it has one per outcome. */
export function outputNames({ description }: Pick<PaidOperation, 'description'>): string[] {
	return [...description.outputs.map(({ name }) => name), OTHER_OUTPUT];
}

const byOperation = Object.fromEntries(
	operations.flatMap((operation) =>
		operation.kind === 'paid'
			? [[`${operation.resource}.${operation.operation}`, outputNames(operation).map(asOutput)]]
			: [],
	),
);

function asOutput(displayName: string) {
	return { type: 'main', displayName };
}

/**
 * The node's outputs: an expression that n8n resolves with the node's parameters. Without a function in it: what older
 * versions resolve expressions with cannot read one.
 */
export const outputs: INodeTypeDescription['outputs'] = `={{ $parameter.outputs === "byOutcome" && ${JSON.stringify(byOperation)}[$parameter.resource + "." + $parameter.operation] || [{ type: "main" }] }}`;

/**
 * Distributes the items of a paid run to the node's outputs, in order. `results`: their results. An agent sees
 * only the first output of its tool.
 */
export function toOutputs(
	{ description: { outputs: own } }: PaidOperation,
	{ parameters }: INode,
	calledByAgent: boolean,
	results: ItemResult[],
	items: INodeExecutionData[],
): INodeExecutionData[][] {
	if (parameters.outputs !== 'byOutcome' || calledByAgent) return [items];
	const distributed = [...own, OTHER_OUTPUT].map((): INodeExecutionData[] => []);
	for (const [index, item] of items.entries()) {
		const outcome = results[index]?.receipt.outcome;
		const output = own.findIndex(({ outcomes }) => outcomes.some((one) => one === outcome));
		// Without an output of its own it leaves by the last one.
		distributed.at(output)?.push(item);
	}
	return distributed;
}
