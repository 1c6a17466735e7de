import type { IConnections, IDataObject, INode, INodeExecutionData } from 'n8n-workflow';

import type { Execution, WorkflowFile } from './n8n';

/** The name of our node in the workflows made here. */
export const OURS = 'Find phones';

type Settings = Partial<Pick<INode, 'onError' | 'retryOnFail' | 'maxTries' | 'waitBetweenTries'>>;

type Node = WorkflowFile['nodes'][number];

/** A node for a workflow that is made here. */
export function node(
	name: string,
	type: string,
	typeVersion: number,
	parameters: Node['parameters'],
	settings: Partial<INode> = {},
): Node {
	return { id: name, name, type, typeVersion, position: [0, 0], parameters, ...settings };
}

/** Connections from each node's outputs to the nodes named. */
export function connect(from: Record<string, string[][]>): IConnections {
	return Object.fromEntries(
		Object.entries(from).map(([name, outputs]) => [
			name,
			{ main: outputs.map((names) => names.map((to) => ({ node: to, type: 'main', index: 0 }))) },
		]),
	);
}

/** A webhook of that name, then one item for each of the `people` that are posted to it. */
export function people(webhook: string): Node[] {
	return [
		node(
			'Posted',
			'n8n-nodes-base.webhook',
			2,
			{ httpMethod: 'POST', path: webhook, options: {} },
			{ webhookId: webhook },
		),
		node('Each', 'n8n-nodes-base.splitOut', 1, { fieldToSplitOut: 'body.people', options: {} }),
	];
}

/** Our node, looking up the phone of each item's email. */
export function findPhones(options: IDataObject = {}, settings: Settings = {}): Node {
	const parameters = {
		resource: 'phone',
		operation: 'enrich',
		email: '={{ $json.email }}',
		options: options as Node['parameters'],
	};
	return node(OURS, 'n8n-nodes-ecore-lensmor.ecoreLensmor', 1, parameters, settings);
}

/** A Slack message to a channel. */
export function slack(name: string, channel: string, text: string): Node {
	return node(name, 'n8n-nodes-base.slack', 2.3, {
		select: 'channel',
		channelId: { __rl: true, mode: 'name', value: channel },
		text,
		otherOptions: { includeLinkToWorkflow: false },
	});
}

/** What a node put out in all its runs, by output: the normal one is 0, the error output 1. */
export function outputOf(
	execution: Execution,
	name = OURS,
	output = 0,
): Array<INodeExecutionData & { json: IDataObject }> {
	const runs = execution.data.resultData.runData[name] ?? [];
	return runs.flatMap((run) => run.data?.main?.[output] ?? []);
}

/** The sum of what a node's items say was charged, in credits. */
export function charged(items: INodeExecutionData[]): number {
	return items.reduce((sum, { json }) => sum + Number(json.creditsCharged), 0);
}
