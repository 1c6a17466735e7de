import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod';

import { eventField, eventIn } from '../event/eventField';
import { filtersField } from '../lists/filters';
import { access, eventListPage, firstPage } from '../lists/lensmorList';
import { limitFields, outputFields } from '../lists/listFields';
import type { FreeOperation, OperationDescription } from '../operation';
import { text } from '../outputFields';
import {
	ENTRIES_PER_PAGE,
	listExhibitors,
	type ListRequest,
	type ListResponse,
} from '../../vendors/lensmor';

/** The output fields of an exhibitor (docs/vendor-apis.md B.12). */
export const exhibitor = z.object({
	id: z.string(),
	companyName: text,
	domain: text,
	website: text,
	linkedinUrl: text,
	industry: text,
	country: text,
	employeeCount: z.union([z.number(), z.string()]).nullable().catch(null),
});

/** The filters that Lensmor documents (docs/vendor-apis.md B.12). */
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
const description: OperationDescription = {
	name: 'Get Many',
	action: 'Get many exhibitors of event (free)',
	description: 'List the exhibitors of an event: a preview until the event is unlocked',
	fields: [eventField, ...limitFields, ...outputFields, filtersField(filters)],
	options: [],
	output: exhibitor.merge(access),
};

/** Exhibitor → Get Many: lists the companies at an event. All of them are shown when the event is unlocked. */
export const exhibitorGetAll: FreeOperation<ListRequest, ListResponse> = {
	kind: 'free',
	resource: 'exhibitor',
	operation: 'getAll',
	description,
	endpoint: listExhibitors,
	parse: (item) => {
		const given = eventIn(item);
		if ('bad' in given) return given;
		const always = { event_id: given.eventId };
		return firstPage(item, { filters, always, perPage: ENTRIES_PER_PAGE });
	},
	page: eventListPage,
	simplify: (entry) => exhibitor.parse(entry),
};
