import type { INodeProperties } from 'n8n-workflow';

import type { BadInput, ItemParameters } from '../operation';
import { quote } from '../quote';

/** The field Simplify: whether to return a few fields, or all that the vendor sent. */
export const simplifyField: INodeProperties = {
	displayName: 'Simplify',
	name: 'simple',
	type: 'boolean',
	default: true,
	description: 'Whether to return a simplified version of the response instead of the raw data',
};

/** The fields Return All and Limit. */
export const limitFields: INodeProperties[] = [
	{
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		default: false,
		description: 'Whether to return all results or only up to a given limit',
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		default: 50,
		typeOptions: { minValue: 1 },
		displayOptions: { show: { returnAll: [false] } },
		description: 'Max number of results to return',
	},
];

/** The most entries that an item wants, `Infinity` for all; or what is wrong with its limit. */
export function limitOf(item: ItemParameters): { limit: number } | BadInput {
	const returnAll = item.field('returnAll');
	if (typeof returnAll !== 'boolean') {
		return { bad: `Return All must be true or false, not ${quote(returnAll)}` };
	}
	if (returnAll) return { limit: Infinity };
	const limit = item.field('limit');
	return typeof limit === 'number' && Number.isInteger(limit) && limit >= 1
		? { limit }
		: { bad: `Limit must be a whole number, 1 or more, not ${quote(limit)}` };
}
