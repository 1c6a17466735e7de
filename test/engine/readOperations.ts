import type { IDataObject } from 'n8n-workflow';

import type { Charge } from '../sandbox/world';
import { shipped } from '../sandbox/world';

/** One free operation, with items that tell in their requests what they ask for. */
export interface FreeOperation {
	name: string;
	vendor: Charge['vendor'];
	/** Maps an item's `key` to the request. */
	parameters: IDataObject;
	/** Keys of things that can be read, as they stand in requests. */
	keys: string[];
	/** A field that every item of a good answer has. */
	field: string;
}

const [first, second, third] = shipped.people;

const events = ['26855', '139574', '140002'];
const byKey = { __rl: true, mode: 'id', value: '={{ $json.key }}' };

/** The free operations, for tests that hold for each of them. */
export const readOperations: FreeOperation[] = [
	{
		name: 'Record get many',
		vendor: 'ecore',
		parameters: {
			resource: 'record',
			operation: 'getAll',
			filters: { companyName: '={{ $json.key }}' },
		},
		keys: [first, second, third].map((person) => person?.company_name ?? ''),
		field: 'uuid',
	},
	{
		name: 'Person get many',
		vendor: 'lensmor',
		parameters: { resource: 'person', operation: 'getAll', eventId: byKey },
		keys: events,
		field: 'accessMode',
	},
	{
		name: 'Exhibitor get many',
		vendor: 'lensmor',
		parameters: { resource: 'exhibitor', operation: 'getAll', eventId: byKey },
		keys: events,
		field: 'accessMode',
	},
	{
		name: 'Event get',
		vendor: 'lensmor',
		parameters: { resource: 'event', operation: 'get', eventId: byKey },
		keys: events,
		field: 'dateStart',
	},
	{
		name: 'Event get many',
		vendor: 'lensmor',
		parameters: {
			resource: 'event',
			operation: 'getAll',
			filters: { keyword: '={{ $json.key }}' },
		},
		keys: ['CES', 'Hannover', 'Interpack'],
		field: 'dateStart',
	},
	{
		name: 'Event check unlock',
		vendor: 'lensmor',
		parameters: { resource: 'event', operation: 'checkUnlock', eventId: byKey },
		keys: events,
		field: 'allowed',
	},
	{
		name: 'Balance get',
		vendor: 'lensmor',
		parameters: { resource: 'balance', operation: 'get' },
		keys: ['', '', ''],
		field: 'totalBalance',
	},
];
