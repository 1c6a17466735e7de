import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod';

import { eventField, eventIn } from '../event/eventField';
import { filtersField } from '../lists/filters';
import { access, eventListPage, firstPage } from '../lists/lensmorList';
import { limitFields, outputFields } from '../lists/listFields';
import type { FreeOperation, OperationDescription } from '../operation';
import { text } from '../outputFields';
import {
	listPersonnel,
	PEOPLE_PER_PAGE,
	type ListRequest,
	type ListResponse,
} from '../../vendors/lensmor';

/** The output fields of a person at an event (docs/vendor-apis.md B.13). */
export const person = z.object({
	id: z.string(),
	fullName: text,
	title: text,
	companyName: text,
	linkedinUrl: text,
	email: text,
	phone: text,
	contactUnlockStatus: text,
});

/** The filters that Lensmor documents (docs/vendor-apis.md B.13). */
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
const description: OperationDescription = {
	name: 'Get Many',
	action: 'Get many people of event (free)',
	description: 'List the people of an event: a preview until the event is unlocked',
	fields: [eventField, ...limitFields, ...outputFields, filtersField(filters)],
	options: [],
	output: person.merge(access),
};

const ON_THE_WIRE = { exhibitorId: 'exhibitor_id', searchQuery: 'search_query' };

/** Person → Get Many: lists the people at an event. All of them are shown when the event is unlocked. */
export const personGetAll: FreeOperation<ListRequest, ListResponse> = {
	kind: 'free',
	resource: 'person',
	operation: 'getAll',
	description,
	endpoint: listPersonnel,
	parse: (item) => {
		const given = eventIn(item);
		if ('bad' in given) return given;
		const always = { event_id: given.eventId };
		const list = { filters, onTheWire: ON_THE_WIRE, always, perPage: PEOPLE_PER_PAGE };
		return firstPage(item, list);
	},
	page: eventListPage,
	simplify: (entry) => person.parse(entry),
};
