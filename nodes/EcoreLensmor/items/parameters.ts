import {
	NodeConnectionTypes,
	NodeOperationError,
	type IDataObject,
	type IExecuteFunctions,
} from 'n8n-workflow';

import type { ItemParameters } from '../operations/operation';
import { nodeError } from './nodeError';

/** The parameters of one item, with all its options. */
export interface Parameters extends ItemParameters {
	options: IDataObject;
	/** Whether other runs of the node may have the same run index at the same time. */
	sharesRunIndex: boolean;
}

/**
 * A reader of items' parameters. A parameter without an expression is the same for every item and is
 * resolved once. The reader throws a NodeOperationError if an expression cannot be resolved: see
 * `whyUnresolved`.
 */
export function parameterReader(context: IExecuteFunctions): (item: number) => Parameters {
	const node = context.getNode();
	const { parameters } = node;
	const sharesRunIndex = isToolCalledByAgent(context);
	const calledByAgent = isCalledByAgent(context);
	const constants = new Map<string, unknown>();

	const resolve = (name: string, item: number, fallback: unknown): unknown => {
		if (constants.has(name)) return constants.get(name);
		let value: unknown;
		try {
			value = context.getNodeParameter(name, item, fallback, { skipValidation: true });
		} catch (error) {
			throw nodeError(node, (error as Error).message);
		}
		if (!hasExpression(parameters[name])) constants.set(name, value);
		return value;
	};

	return (item) => {
		const options = resolve('options', item, {}) as IDataObject;
		return {
			field: (name) => resolve(name, item, ''),
			option: (name) => options[name],
			options,
			calledByAgent,
			sharesRunIndex,
		};
	};
}

/** Why an expression cannot be resolved; `undefined` for an error that the reader did not throw. */
export function whyUnresolved(error: unknown): string | undefined {
	// Only the reader throws errors of this class: the code of operations does not.
	return error instanceof NodeOperationError
		? `An expression cannot be resolved: ${error.message}`
		: undefined;
}

/** Whether an AI agent called the node as a tool: n8n's engine runs it for newer agents, older ones call it themselves. */
export function isCalledByAgent(context: IExecuteFunctions): boolean {
	const { rewireOutputLogTo } = context.getNode();
	return isToolCalledByAgent(context) || rewireOutputLogTo === NodeConnectionTypes.AiTool;
}

function isToolCalledByAgent(context: IExecuteFunctions): boolean {
	// Older n8n says it with the type alone.
	return context.isToolExecution?.() ?? context.getNode().type.endsWith('Tool');
}

function hasExpression(raw: unknown): boolean {
	if (typeof raw === 'string') return raw.startsWith('=');
	if (typeof raw !== 'object' || raw === null) return false;
	return Object.values(raw).some(hasExpression);
}
