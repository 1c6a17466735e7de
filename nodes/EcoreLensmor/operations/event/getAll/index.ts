import {
	ENTRIES_PER_PAGE,
	listEvents,
	type ListRequest,
	type ListResponse,
} from '../../../vendors/lensmor';
import { event } from '../output';
import { firstPage, listPage } from '../../lists/lensmorList';
import type { ReadOperation } from '../../freeOperation';
import { description, filters } from './description';

const ON_THE_WIRE = {
	dateStartFrom: 'date_start_from',
	dateStartTo: 'date_start_to',
	eventType: 'event_type',
	hasVisitors: 'has_visitors',
	sponsorMatchStarred: 'sponsor_match_starred',
};

/** Event → Get Many: searches Lensmor's events. */
export const eventGetAll: ReadOperation<ListRequest, ListResponse> = {
	kind: 'read',
	resource: 'event',
	operation: 'getAll',
	description,
	endpoint: listEvents,
	read: (item) => firstPage(item, { filters, onTheWire: ON_THE_WIRE, perPage: ENTRIES_PER_PAGE }),
	page: listPage,
	simplified: (entry) => event.parse(entry),
};
