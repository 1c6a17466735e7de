import type { INodeProperties } from 'n8n-workflow';

import { event } from './output';
import { filtersField } from '../lists/filters';
import { firstPage, listPage } from '../lists/lensmorList';
import { limitFields, outputFields } from '../lists/listFields';
import type { FreeOperation, OperationDescription } from '../operation';
import {
	ENTRIES_PER_PAGE,
	listEvents,
	type ListRequest,
	type ListResponse,
} from '../../vendors/lensmor';

/** The filters that Lensmor documents (docs/vendor-apis.md B.4). */
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
const description: OperationDescription<typeof event> = {
	name: 'Get Many',
	action: 'Get many events (free)',
	description: "Search Lensmor's trade-show events",
	fields: [...limitFields, ...outputFields, filtersField(filters)],
	options: [],
	output: event,
};

const ON_THE_WIRE = {
	dateStartFrom: 'date_start_from',
	dateStartTo: 'date_start_to',
	eventType: 'event_type',
	hasVisitors: 'has_visitors',
	sponsorMatchStarred: 'sponsor_match_starred',
};

/** Event → Get Many: searches Lensmor's events (docs/vendor-apis.md B.4). */
export const eventGetAll: FreeOperation<ListRequest, ListResponse> = {
	kind: 'free',
	resource: 'event',
	operation: 'getAll',
	description,
	endpoint: listEvents,
	parse: (item) => firstPage(item, { filters, onTheWire: ON_THE_WIRE, perPage: ENTRIES_PER_PAGE }),
	page: listPage,
	simplify: (entry) => event.parse(entry),
};
