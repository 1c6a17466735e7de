import type { IDataObject } from 'n8n-workflow';

import type { Setup } from '../engine/engine';
import contacts from '../fixtures/crm/contacts.json';
import events from '../fixtures/crm/events.json';
import records from '../fixtures/crm/records.json';
import { text, type Column } from './table';

/** What one output item should come to; `null` credits where nobody can know, none of both on what was read. */
export interface Expectation {
	outcome?: string;
	credits?: number | null;
}

/** One workflow of the demo: the node's settings as a user would make them, the items, and what should come of them. */
export interface DemoWorkflow {
	title: string;
	/** The settings in words. */
	settings: string;
	setup: Pick<Setup, 'parameters' | 'settings' | 'items'>;
	/** Picks its items from what the workflow before brought, in place of `setup.items`. */
	goOnWith?: (before: IDataObject[]) => IDataObject[];
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
	settings:
		'Unlock: Email; Requests: One per Item; Return Contact Details: off; On Error: Stop Workflow',
	setup: {
		parameters: {
			resource: 'record',
			operation: 'unlock',
			uuids: '={{ $json.uuid }}',
			unlockType: 'email',
			requestMode: 'perItem',
			returnContactDetails: false,
		},
		items: unlocks.items,
	},
	expected: unlocks.expected,
	...recordDetails,
};

const recordsCombined: DemoWorkflow = {
	title: 'Record → Unlock, combined',
	settings:
		'Unlock: Phone; Requests: Combined; Return Contact Details: off; Batch Size: 4; On Error: Stop Workflow',
	setup: {
		parameters: {
			resource: 'record',
			operation: 'unlock',
			uuids: '={{ $json.uuid }}',
			unlockType: 'phone',
			requestMode: 'combined',
			returnContactDetails: false,
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

const emailEnrich: DemoWorkflow = {
	...phoneEnrich,
	title: 'Email → Enrich',
	settings: 'On Error: Continue',
	setup: {
		...phoneEnrich.setup,
		parameters: { ...phoneEnrich.setup.parameters, resource: 'email', email: '', options: {} },
		items: phones.items.slice(0, 3),
	},
	expected: [
		{ outcome: 'found', credits: 1 },
		{ outcome: 'found', credits: 1 },
		{ outcome: 'found', credits: 1 },
	],
	details: [{ heading: 'Email' }, { heading: 'Matched by' }],
	detailsOf: ({ email, matchedBy }) => [text(email), text(matchedBy)],
};

const byField = (name: string) => ({ __rl: true, mode: 'id', value: `={{ $json.${name} }}` });
const read = (items: number): Expectation[] => Array.from({ length: items }, () => ({}));

// The whole way to an email: search, unlock, read.
const recordsFound: DemoWorkflow = {
	title: 'Record → Get Many',
	settings: 'Job Title: Head of Sales',
	setup: {
		parameters: {
			resource: 'record',
			operation: 'getAll',
			filters: { jobTitle: 'Head of Sales' },
		},
		items: [{}],
	},
	expected: read(8),
	who: () => '',
	details: [{ heading: 'Record' }, { heading: 'Company' }, { heading: 'Email' }],
	detailsOf: ({ firstName, lastName, companyName, email }) => [
		`${text(firstName)} ${text(lastName)}`,
		text(companyName),
		text(email),
	],
};

const recordsBought: DemoWorkflow = {
	title: 'Record → Unlock, what was found',
	settings: 'Unlock: Email; Return Contact Details',
	setup: {
		parameters: {
			resource: 'record',
			operation: 'unlock',
			uuids: '={{ $json.uuid }}',
			unlockType: 'email',
			requestMode: 'perItem',
		},
		items: [],
	},
	goOnWith: (before) => before,
	// Two of them were bought above.
	expected: [
		...Array.from({ length: 5 }, () => ({ outcome: 'unlocked', credits: 1 })),
		{ outcome: 'already_unlocked', credits: 0 },
		{ outcome: 'already_unlocked', credits: 0 },
		{ outcome: 'unlocked', credits: 1 },
	],
	who: ({ firstName, lastName }) => `${text(firstName)} ${text(lastName)}`,
	details: [{ heading: 'Email' }],
	detailsOf: ({ email }) => [text(email)],
};

// The whole way to an event's people: find, check, unlock, read.
const eventsFound: DemoWorkflow = {
	title: 'Event → Get Many',
	settings: 'Country: Germany',
	setup: {
		parameters: { resource: 'event', operation: 'getAll', filters: { country: 'Germany' } },
		items: [{}],
	},
	expected: read(4),
	who: () => '',
	details: [{ heading: 'Event' }, { heading: 'Date' }, { heading: 'City' }],
	detailsOf: ({ name, dateStart, city }) => [name, dateStart, city].map(text),
};

const eventsChecked: DemoWorkflow = {
	title: 'Event → Check Unlock',
	settings: 'On Error: Stop Workflow',
	setup: {
		parameters: { resource: 'event', operation: 'checkUnlock', eventId: byField('id') },
		items: [],
	},
	goOnWith: (before) => before,
	expected: read(4),
	who: ({ name }) => text(name),
	details: [
		{ heading: 'Allowed' },
		{ heading: 'Would cost', align: 'right' },
		{ heading: 'Reason' },
	],
	detailsOf: ({ allowed, credits, reason }) => [
		allowed === true ? 'yes' : 'no',
		text(credits),
		text(reason),
	],
};

const eventBought: DemoWorkflow = {
	...eventUnlock,
	title: 'Event → Unlock, what may be unlocked',
	setup: {
		parameters: { resource: 'event', operation: 'unlock', eventId: byField('eventId') },
		items: [],
	},
	// What an IF node does in a workflow.
	goOnWith: (before) => before.filter(({ allowed }) => allowed === true),
	expected: [{ outcome: 'unlocked', credits: 2000 }],
	who: ({ eventId }) => text(eventId),
};

const peopleRead: DemoWorkflow = {
	title: 'Person → Get Many',
	settings: 'Limit: 5',
	setup: {
		parameters: { resource: 'person', operation: 'getAll', eventId: byField('eventId'), limit: 5 },
		items: [],
	},
	goOnWith: (before) => before,
	expected: read(5),
	who: ({ event }) => text((event as IDataObject | null)?.name),
	details: [{ heading: 'Person' }, { heading: 'Title' }, { heading: 'Access' }],
	detailsOf: ({ fullName, title, accessMode }) => [fullName, title, accessMode].map(text),
};

const peopleBought: DemoWorkflow = {
	title: 'Person → Unlock, who was read',
	settings: 'Unlock: Email',
	setup: {
		parameters: {
			resource: 'person',
			operation: 'unlock',
			personIds: '={{ $json.id }}',
			unlockType: 'email',
		},
		items: [],
	},
	goOnWith: (before) => before,
	expected: Array.from({ length: 5 }, () => ({ outcome: 'unlocked', credits: 15 })),
	who: ({ fullName }) => text(fullName),
	details: [{ heading: 'Email' }],
	detailsOf: ({ email }) => [text(email)],
};

/** The demo: every paid operation, Record → Unlock in both ways of sending, and the whole way around each unlock. */
export const workflows: DemoWorkflow[] = [
	phoneEnrich,
	emailEnrich,
	recordsPerItem,
	recordsCombined,
	recordsFound,
	recordsBought,
	eventUnlock,
	eventsFound,
	eventsChecked,
	eventBought,
	peopleRead,
	peopleBought,
];
