import type { INodeProperties } from 'n8n-workflow';

import { filtersField } from '../../lists/filters';
import { limitFields, simplifyField } from '../../lists/listFields';
import type { OperationDescription } from '../../operation';
import { record } from './output';

/** The filters that eCore documents (api-contract A.2). */
export const filters: INodeProperties[] = [
	{
		displayName: 'Company Name',
		name: 'companyName',
		type: 'string',
		default: '',
		placeholder: 'e.g. Acme Corp',
	},
	{
		displayName: 'Contact Office Country',
		name: 'contactOfficeCountry',
		type: 'string',
		default: '',
		placeholder: 'e.g. United States',
	},
	{
		displayName: 'Employee Range',
		name: 'employeeRange',
		type: 'string',
		default: '',
		placeholder: 'e.g. 1001-5000',
	},
	{
		displayName: 'Industry',
		name: 'industry',
		type: 'string',
		default: '',
		placeholder: 'e.g. Technology',
	},
	{
		displayName: 'Job Level',
		name: 'jobLevel',
		type: 'string',
		default: '',
		placeholder: 'e.g. C Level',
	},
	{
		displayName: 'Job Title',
		name: 'jobTitle',
		type: 'string',
		default: '',
		placeholder: 'e.g. Software Engineer',
	},
	{
		displayName: 'Revenue Range',
		name: 'revenueRange',
		type: 'string',
		default: '',
		placeholder: 'e.g. $100M-$500M',
	},
];

/** What the user sees of Record → Get Many. */
export const description: OperationDescription = {
	resourceName: 'Record',
	name: 'Get Many',
	action: 'Get many records',
	description: 'Search eCore for people; emails and phones are empty until unlocked',
	fields: [...limitFields, simplifyField, filtersField(filters)],
	options: [],
	output: record,
};
