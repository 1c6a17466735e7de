import type { INodeProperties } from 'n8n-workflow';

import type { BadInput, ItemParameters } from './operation';
import { quote } from './quote';

/** The option that says where a call to Lensmor comes from (docs/vendor-apis.md B.1). */
export const callSourceOption: INodeProperties = {
	displayName: 'Call Source',
	name: 'callSource',
	type: 'options',
	default: 'auto',
	options: [
		{ name: 'Agent', value: 'agent', description: 'Say that an AI agent asked' },
		{ name: 'API', value: 'api', description: 'Say that a workflow asked' },
		{
			name: 'Automatic',
			value: 'auto',
			description: 'Agent when the node runs as an AI tool, API otherwise',
		},
	],
	description: "What Lensmor's usage statistics should say about where the call comes from",
};

/** Where an item's call comes from, or what is wrong with the option. */
export function callSourceIn(item: ItemParameters): { callSource: 'api' | 'agent' } | BadInput {
	const source = item.option('callSource') ?? 'auto';
	if (source === 'auto') return { callSource: item.calledByAgent ? 'agent' : 'api' };
	return source === 'api' || source === 'agent'
		? { callSource: source }
		: { bad: `Call Source must be "auto", "api" or "agent", not ${quote(source)}` };
}
