import {
	ENTRIES_PER_PAGE,
	listExhibitors,
	type ListRequest,
	type ListResponse,
} from '../../../vendors/lensmor';
import { eventIn } from '../../event/eventField';
import { eventListPage, firstPage } from '../../lists/lensmorList';
import type { ReadOperation } from '../../freeOperation';
import { description, filters } from './description';
import { exhibitor } from './output';

/** Exhibitor → Get Many: the companies at an event, all of them once it is unlocked. */
export const exhibitorGetAll: ReadOperation<ListRequest, ListResponse> = {
	kind: 'read',
	resource: 'exhibitor',
	operation: 'getAll',
	description,
	endpoint: listExhibitors,
	read: (item) => {
		const asked = eventIn(item);
		if ('bad' in asked) return asked;
		const always = { event_id: asked.eventId };
		return firstPage(item, { filters, always, perPage: ENTRIES_PER_PAGE });
	},
	page: eventListPage,
	simplified: (entry) => exhibitor.parse(entry),
};
