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
];
