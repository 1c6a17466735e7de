import {
	listPersonnel,
	PEOPLE_PER_PAGE,
	type ListRequest,
	type ListResponse,
} from '../../../vendors/lensmor';
import { eventIn } from '../../event/eventField';
import { eventListPage, firstPage } from '../../lists/lensmorList';
import type { ReadOperation } from '../../freeOperation';
import { description, filters } from './description';
import { person } from './output';

const ON_THE_WIRE = { exhibitorId: 'exhibitor_id', searchQuery: 'search_query' };

/** Person → Get Many: the people at an event, all of them once it is unlocked. */
export const personGetAll: ReadOperation<ListRequest, ListResponse> = {
	kind: 'read',
	resource: 'person',
	operation: 'getAll',
	description,
	endpoint: listPersonnel,
	read: (item) => {
		const asked = eventIn(item);
		if ('bad' in asked) return asked;
		const always = { event_id: asked.eventId };
		const list = { filters, onTheWire: ON_THE_WIRE, always, perPage: PEOPLE_PER_PAGE };
		return firstPage(item, list);
	},
	page: eventListPage,
	simplified: (entry) => person.parse(entry),
};
