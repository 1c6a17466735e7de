import type { INodeProperties } from 'n8n-workflow';

import { eventField } from '../../event/eventField';
import { filtersField } from '../../lists/filters';
import { access } from '../../lists/lensmorList';
import { limitFields, simplifyField } from '../../lists/listFields';
import type { OperationDescription } from '../../operation';
import { exhibitor } from './output';

/** The filters that Lensmor documents (api-contract B.12). */
export const filters: INodeProperties[] = [
	{
		displayName: 'Categories',
		name: 'category',
		type: 'string',
		typeOptions: { multipleValues: true },
		default: [],
		placeholder: 'e.g. Packaging Machinery',
	},
	{
		displayName: 'Country',
		name: 'country',
		type: 'string',
		default: '',
		placeholder: 'e.g. Germany',
	},
	{
		displayName: 'Departments',
		name: 'department',
		type: 'string',
		typeOptions: { multipleValues: true },
		default: [],
		placeholder: 'e.g. Sales',
	},
	{
		displayName: 'Industries',
		name: 'industry',
		type: 'string',
		typeOptions: { multipleValues: true },
		default: [],
		placeholder: 'e.g. Robotics',
	},
	{
		displayName: 'Job Titles',
		name: 'jobTitle',
		type: 'string',
		typeOptions: { multipleValues: true },
		default: [],
		placeholder: 'e.g. Head of Sales',
	},
	{
		displayName: 'Keyword',
		name: 'keyword',
		type: 'string',
		default: '',
		placeholder: 'e.g. Acme',
	},
	{
		displayName: 'Management Levels',
		name: 'managementLevel',
		type: 'string',
		typeOptions: { multipleValues: true },
		default: [],
		placeholder: 'e.g. Director',
	},
	{
		displayName: 'Personnel Limit',
		name: 'personnelLimit',
		type: 'number',
		default: 0,
		typeOptions: { minValue: 0 },
		description: 'Sent to Lensmor as it is; its documents do not say what it limits',
	},
];

/** What the user sees of Exhibitor → Get Many. */
export const description: OperationDescription = {
	resourceName: 'Exhibitor',
	name: 'Get Many',
	action: 'Get many exhibitors of event',
	description: 'List the exhibitors of an event: a preview until the event is unlocked',
	fields: [eventField, ...limitFields, simplifyField, filtersField(filters)],
	options: [],
	output: exhibitor.merge(access),
};
