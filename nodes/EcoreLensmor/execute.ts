import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { checkPrices } from './free/checkPrices';
import { findPurchased } from './free/findPurchased';
import { requestFree } from './free/requestFree';
import { runFree } from './free/run';
import { unusable } from './items/report';
import { operations } from './operations';
import type { Operation } from './operations/operation';
import { runPaid } from './spend/run';

/**
 * Runs the chosen operation on the input items: a paid one through `spend/`, a free one through `free/`.
 * With Stop Workflow it throws a NodeOperationError if an item fails; with Continue it throws nothing.
 */
export async function execute(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const inputs = context.getInputData();
	if (inputs.length === 0) return [[]];
	const operation = chosenOperation(context);
	switch (operation?.kind) {
		case 'paid':
			return await runPaid(context, operation, {
				findDetails: findPurchased,
				checkPrices,
				request: requestFree,
			});
		case 'free':
			return await runFree(context, operation);
		case undefined: {
			const reason = 'There is no such operation: choose Resource and Operation anew';
			if (!context.continueOnFail()) throw unusable(context.getNode(), reason);
			const json = { outcome: 'refused', creditsCharged: 0, creditsRemaining: null, reason };
			return [inputs.map((_, item) => ({ json, pairedItem: { item } }))];
		}
	}
}

function chosenOperation(context: IExecuteFunctions): Operation | undefined {
	const resource = context.getNodeParameter('resource', 0, '');
	const name = context.getNodeParameter('operation', 0, '');
	return operations.find(
		(operation) => operation.resource === resource && operation.operation === name,
	);
}
