import { NodeOperationError, type INode } from 'n8n-workflow';

/** An error whose message n8n does not change. `item` is the index of the item that it is about. */
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
	// n8n replaces a message that contains the name of a system error, such as ENOTFOUND. A person's email
	// address may contain one.
	error.message = message;
	return error;
}
