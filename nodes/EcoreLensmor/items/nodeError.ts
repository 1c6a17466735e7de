import { NodeOperationError, type INode } from 'n8n-workflow';

/** An error whose sentence stays as written. `item` is the index of the item it is about. */
export function nodeError(
	node: INode,
	message: string,
	description?: string,
	item?: number,
): NodeOperationError {
	const error = new NodeOperationError(node, message, {
		...(description === undefined ? {} : { description }),
		...(item === undefined ? {} : { itemIndex: item }),
	});
	// n8n swaps a message for a stock sentence where it contains the name of a system error,
	// which a person's email address may.
	error.message = message;
	return error;
}
