import type { IDataObject } from 'n8n-workflow';

import type { Charge } from '../sandbox/world';
import { shipped } from '../sandbox/world';

/** One paid operation, with items that tell in the sandbox's ledger what they bought. */
export interface PaidOperation {
	name: string;
	vendor: Charge['vendor'];
	repeat: 'free' | 'paid';
	/** Maps an item's `key` to the request. */
	parameters: IDataObject;
	/** Keys of things that can be bought, as they stand in requests and in the ledger. */
	keys: string[];
	/** A key that the vendor does not know. */
	unknownKey: string;
	/** What a purchase comes out as, and what it costs in credits. */
	bought: 'unlocked' | 'found';
	credits: number;
}

const withPhone = shipped.people.filter(({ phone }) => phone !== null);

/** The paid operations, for tests that hold for each of them. */
export const paidOperations: PaidOperation[] = [
	{
		name: 'Record unlock',
		vendor: 'ecore',
		repeat: 'free',
		parameters: {
			resource: 'record',
			operation: 'unlock',
			uuids: '={{ $json.key }}',
			unlockType: 'email',
			requestMode: 'perItem',
		},
		keys: withPhone.map(({ uuid }) => uuid),
		unknownKey: '00000000-0000-4000-8000-000000000000',
		bought: 'unlocked',
		credits: 1,
	},
	{
		name: 'Phone enrich',
		vendor: 'ecore',
		repeat: 'paid',
		parameters: { resource: 'phone', operation: 'enrich', email: '={{ $json.key }}' },
		keys: withPhone.map(({ email }) => email),
		unknownKey: 'nobody@nowhere.example',
		bought: 'found',
		credits: 5,
	},
	{
		name: 'Email enrich',
		vendor: 'ecore',
		repeat: 'paid',
		parameters: { resource: 'email', operation: 'enrich', email: '={{ $json.key }}' },
		keys: withPhone.map(({ email }) => email),
		unknownKey: 'nobody@nowhere.example',
		bought: 'found',
		credits: 1,
	},
	{
		name: 'Event unlock',
		vendor: 'lensmor',
		repeat: 'free',
		parameters: {
			resource: 'event',
			operation: 'unlock',
			eventId: { __rl: true, mode: 'id', value: '={{ $json.key }}' },
		},
		keys: shipped.events.filter(({ contacts }) => contacts > 0).map(({ eventId }) => eventId),
		unknownKey: 'no-such-event',
		bought: 'unlocked',
		credits: 2000,
	},
];

/** The same operation with these options. */
export function withOptions(operation: PaidOperation, options: IDataObject): IDataObject {
	return { ...operation.parameters, options };
}
