import { createRequire } from 'node:module';
import path from 'node:path';

import type {
	IExecuteFunctions,
	INode,
	INodeExecutionData,
	INodeType,
	IRunExecutionData,
} from 'n8n-workflow';

// What n8n's agents use to run a node as a tool; n8n-core does not export it.
const core = createRequire(require.resolve('n8n-core'));
const folder = path.join(
	path.dirname(require.resolve('n8n-core')),
	'execution-engine/node-execution-context',
);
type ToolCall = (args: object) => Promise<string>;
const { makeHandleToolInvocation } = core(
	path.join(folder, 'utils/get-input-connection-data.js'),
) as {
	makeHandleToolInvocation: (
		contextFor: (runIndex: number) => object,
		node: INode,
		nodeType: INodeType,
		data: IRunExecutionData,
	) => ToolCall;
};
const { SupplyDataContext } = core(path.join(folder, 'supply-data-context.js')) as {
	SupplyDataContext: new (...args: unknown[]) => object;
};

interface Internals {
	workflow: unknown;
	additionalData: unknown;
	mode: unknown;
	runExecutionData: IRunExecutionData;
	connectionInputData: unknown;
	executeData: unknown;
	abortSignal: unknown;
}

/**
 * An agent in the place of a node: calls it as a tool once per item, all at the same time, with the item
 * as arguments. Several agents take turns; n8n counts each one's calls by itself.
 */
export function agentCalling(tool: INodeType, agents = 1): INodeType {
	return {
		description: tool.description,
		async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
			const node = this.getNode();
			const own = this as unknown as Internals;
			const contextFor = (runIndex: number) =>
				new SupplyDataContext(
					own.workflow,
					node,
					own.additionalData,
					own.mode,
					own.runExecutionData,
					runIndex,
					own.connectionInputData,
					{},
					'ai_tool',
					own.executeData,
					[],
					own.abortSignal,
					node,
				);
			const calls = Array.from({ length: agents }, () =>
				makeHandleToolInvocation(contextFor, node, tool, own.runExecutionData),
			);
			const answers = await Promise.all(
				this.getInputData().map(async ({ json }, index) => await calls[index % agents]?.(json)),
			);
			return [answers.map((answer) => ({ json: { answer } }))];
		},
	};
}
