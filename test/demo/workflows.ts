import type { IDataObject } from 'n8n-workflow';

import type { Setup } from '../engine/engine';
import contacts from './contacts.json';
import events from './events.json';
import records from './records.json';
import { text, type Column } from './table';

/** What one output item should come to; `null` credits where nobody can know. */
export interface Expectation {
	outcome: string;
	credits: number | null;
}

/** One workflow of the demo: the node's settings as a user would make them, the items, and what should come of them. */
export interface DemoWorkflow {
	title: string;
	/** The settings in words. */
	settings: string;
	setup: Pick<Setup, 'parameters' | 'settings' | 'items'>;
	/** One entry per output item. */
	expected: Expectation[];
	/** A name for an input item. */
	who: (item: IDataObject) => string;
	/** What is worth showing of this operation's own output fields. */
	details: Column[];
	detailsOf: (result: IDataObject) => string[];
}

interface Shipped extends IDataObject {
	expect: Expectation & IDataObject;
}

// The expectation is ours, not the CRM's: the node never sees it.
function withoutExpectation(shipped: Shipped): IDataObject {
	const item: IDataObject = { ...shipped };
	delete item.expect;
	return item;
}

function split(shipped: Shipped[]): { items: IDataObject[]; expected: Expectation[] } {
	return {
		items: shipped.map(withoutExpectation),
		expected: shipped.map(({ expect }) => expect),
	};
}

const phones = split(contacts);
const unlocks = split(records.records);
const shows = split(events);

const phoneEnrich: DemoWorkflow = {
	title: 'Phone → Enrich',
	settings: 'Try Next Identifier When Not Found; On Error: Continue',
	setup: {
		parameters: {
			resource: 'phone',
			operation: 'enrich',
			linkedinUrl: '={{ $json.linkedin }}',
			email: '={{ $json.email }}',
			firstName: '={{ $json.firstName }}',
			lastName: '={{ $json.lastName }}',
			companyName: '={{ $json.company }}',
			companyWebsite: '={{ $json.website }}',
			options: { tryNext: true },
		},
		settings: { onError: 'continueRegularOutput' },
		items: phones.items,
	},
	expected: phones.expected,
	who: ({ id, firstName, lastName }) => `${text(id)} ${text(firstName)} ${text(lastName)}`,
	details: [{ heading: 'Phone' }, { heading: 'Matched by' }],
	detailsOf: ({ phone, matchedBy }) => [text(phone), text(matchedBy)],
};

const recordDetails: Pick<DemoWorkflow, 'who' | 'details' | 'detailsOf'> = {
	who: ({ name }) => text(name),
	details: [
		{ heading: 'Requested', align: 'right' },
		{ heading: 'Newly unlocked', align: 'right' },
	],
	detailsOf: ({ requested, unlocked }) => [requested, unlocked].map(text),
};

const recordsPerItem: DemoWorkflow = {
	title: 'Record → Unlock, one request per item',
	settings: 'Unlock: Email; Send: One Request per Item; On Error: Stop Workflow',
	setup: {
		parameters: {
			resource: 'record',
			operation: 'unlock',
			uuids: '={{ $json.uuid }}',
			unlockType: 'email',
			requestMode: 'perItem',
		},
		items: unlocks.items,
	},
	expected: unlocks.expected,
	...recordDetails,
};

const recordsCombined: DemoWorkflow = {
	title: 'Record → Unlock, combined',
	settings: 'Unlock: Phone; Send: Combined; Batch Size: 4; On Error: Stop Workflow',
	setup: {
		parameters: {
			resource: 'record',
			operation: 'unlock',
			uuids: '={{ $json.uuid }}',
			unlockType: 'phone',
			requestMode: 'combined',
			options: { batchSize: 4 },
		},
		items: unlocks.items,
	},
	expected: records.expectCombined,
	...recordDetails,
};

const eventUnlock: DemoWorkflow = {
	title: 'Event → Unlock',
	settings: 'On Error: Stop Workflow',
	setup: {
		parameters: {
			resource: 'event',
			operation: 'unlock',
			eventId: { __rl: true, mode: 'id', value: '={{ $json.lensmorId }}' },
		},
		items: shows.items,
	},
	expected: shows.expected,
	who: ({ show }) => text(show),
	details: [{ heading: 'Event ID' }, { heading: "Lensmor's name for it" }],
	detailsOf: ({ eventId, event }) => [text(eventId), text((event as IDataObject | null)?.name)],
};

/** An event that the account owned before the demo begins, by its eventId. */
export const OWNED_BEFORE = '140377';

/** The demo: every operation once, Record → Unlock in both ways of sending. */
export const workflows: DemoWorkflow[] = [
	phoneEnrich,
	recordsPerItem,
	recordsCombined,
	eventUnlock,
];
