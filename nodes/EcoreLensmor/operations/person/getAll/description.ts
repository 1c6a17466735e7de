import type { INodeProperties } from 'n8n-workflow';

import { eventField } from '../../event/eventField';
import { filtersField } from '../../lists/filters';
import { access } from '../../lists/lensmorList';
import { limitFields, simplifyField } from '../../lists/listFields';
import type { OperationDescription } from '../../operation';
import { person } from './output';

/** The filters that Lensmor documents (api-contract B.13). */
export const filters: INodeProperties[] = [
	{
		displayName: 'Department',
		name: 'department',
		type: 'string',
		default: '',
		placeholder: 'e.g. Sales',
	},
	{
		displayName: 'Exhibitor ID',
		name: 'exhibitorId',
		type: 'string',
		default: '',
		placeholder: 'e.g. 4711',
		description: 'Only people of this exhibitor',
	},
	{
		displayName: 'Keyword',
		name: 'searchQuery',
		type: 'string',
		default: '',
		placeholder: 'e.g. procurement',
		description: 'Text to look for',
	},
	{
		displayName: 'Seniority Level',
		name: 'level',
		type: 'string',
		default: '',
		placeholder: 'e.g. Director',
	},
	{
		displayName: 'Sources',
		name: 'sourceType',
		type: 'multiOptions',
		default: [],
		options: [
			{ name: 'Exhibitor', value: 'exhibitor' },
			{ name: 'Social', value: 'social' },
			{ name: 'Visitors', value: 'visitors' },
		],
		description: 'Where Lensmor knows the people from',
	},
];

/** What the user sees of Person → Get Many. */
export const description: OperationDescription = {
	resourceName: 'Person',
	name: 'Get Many',
	action: 'Get many people of event',
	description: 'List the people of an event: a preview until the event is unlocked',
	fields: [eventField, ...limitFields, simplifyField, filtersField(filters)],
	options: [],
	output: person.merge(access),
};
