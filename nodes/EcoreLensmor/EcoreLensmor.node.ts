import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { ecoreLensmorApiTest } from './free/checkCredential';
import { properties } from './properties';
import { searchEvents } from './free/searchEvents';
import { execute } from './execute';
import { outputs } from './items/outputs';

/** The node as n8n loads it: its description, its methods and `execute`. */
export class EcoreLensmor implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'eCore & Lensmor',
		name: 'ecoreLensmor',
		icon: { light: 'file:ecoreLensmor.svg', dark: 'file:ecoreLensmor.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description:
			'Unlock eCore records, find emails and phones, and unlock Lensmor events, paying once for each',
		defaults: { name: 'eCore & Lensmor' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs,
		credentials: [{ name: 'ecoreLensmorApi', required: true, testedBy: 'ecoreLensmorApiTest' }],
		properties,
	};

	methods = { credentialTest: { ecoreLensmorApiTest }, listSearch: { searchEvents } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await execute(this);
	}
}
