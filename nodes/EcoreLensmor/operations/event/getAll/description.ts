import type { INodeProperties } from 'n8n-workflow';

import { filtersField } from '../../lists/filters';
import { limitFields, simplifyField } from '../../lists/listFields';
import type { OperationDescription } from '../../operation';
import { event } from '../output';

/** The filters that Lensmor documents (api-contract B.4). */
export const filters: INodeProperties[] = [
	{
		displayName: 'City',
		name: 'city',
		type: 'string',
		default: '',
		placeholder: 'e.g. Las Vegas',
	},
	{
		displayName: 'Country',
		name: 'country',
		type: 'string',
		default: '',
		placeholder: 'e.g. United States',
	},
	{
		displayName: 'Event Types',
		name: 'eventType',
		type: 'string',
		typeOptions: { multipleValues: true },
		default: [],
		placeholder: 'e.g. conference',
	},
	{
		displayName: 'Has Visitors',
		name: 'hasVisitors',
		type: 'boolean',
		default: true,
		description: 'Whether Lensmor holds visitors of the event',
	},
	{
		displayName: 'Keyword',
		name: 'keyword',
		type: 'string',
		default: '',
		placeholder: 'e.g. CES',
	},
	{
		displayName: 'Qualities',
		name: 'quality',
		type: 'string',
		typeOptions: { multipleValues: true },
		default: [],
		placeholder: 'e.g. high',
	},
	{
		displayName: 'Sponsor Match Starred',
		name: 'sponsorMatchStarred',
		type: 'boolean',
		default: true,
		description: 'Whether the event is starred in your sponsor matching',
	},
	{
		displayName: 'Starts By',
		name: 'dateStartTo',
		type: 'dateTime',
		default: '',
		description: 'The last day on which the event may start',
	},
	{
		displayName: 'Starts From',
		name: 'dateStartFrom',
		type: 'dateTime',
		default: '',
		description: 'The first day on which the event may start',
	},
];

/** What the user sees of Event → Get Many. */
export const description: OperationDescription = {
	resourceName: 'Event',
	name: 'Get Many',
	action: 'Get many events',
	description: "Search Lensmor's trade-show events",
	fields: [...limitFields, simplifyField, filtersField(filters)],
	options: [],
	output: event,
};
