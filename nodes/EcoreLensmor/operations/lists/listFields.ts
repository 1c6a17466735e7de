import type { INodeProperties } from 'n8n-workflow';

import type { BadInput, ItemParameters } from '../operation';
import { quote } from '../quote';

/** The fields Output and Fields: what to return of each entry. */
export const outputFields: INodeProperties[] = [
	{
		displayName: 'Output',
		name: 'output',
		type: 'options',
		default: 'simplified',
		options: [
			{ name: 'Raw', value: 'raw', description: 'All that the vendor sends' },
			{
				name: 'Selected Fields',
				value: 'selected',
				description: 'Only the fields that you name',
			},
			{ name: 'Simplified', value: 'simplified', description: 'The fields used most' },
		],
		description: 'What to return of each entry',
	},
	{
		displayName: 'Fields',
		name: 'fields',
		type: 'string',
		default: '',
		placeholder: 'e.g. companyName, email',
		displayOptions: { show: { output: ['selected'] } },
		description:
			'The names of the fields, separated by commas, or a list from an expression: names of the simplified output, or those that the vendor uses',
	},
];

/** What to return of each entry: a few fields, all that the vendor sent, or the fields with these names. */
export type Form = 'simplified' | 'raw' | string[];

/** What an item wants of each entry, or what is wrong with that. */
export function formOf(item: ItemParameters): { form: Form } | BadInput {
	// Empty if the operation has no such field.
	const output = item.field('output') || 'simplified';
	if (output === 'simplified' || output === 'raw') return { form: output };
	if (output !== 'selected') {
		return { bad: `Output must be "simplified", "raw" or "selected", not ${quote(output)}` };
	}
	const given = [item.field('fields')].flat();
	const wrong = given.find((name) => typeof name !== 'string');
	if (wrong !== undefined) return { bad: `Fields must be names of fields, not ${quote(wrong)}` };
	const names = given.flatMap((text) => String(text).split(',')).map((name) => name.trim());
	const form = names.filter((name) => name !== '');
	return form.length === 0 ? { bad: 'Fields is empty: name the fields to return' } : { form };
}

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
