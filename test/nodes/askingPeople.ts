import type { IDataObject } from 'n8n-workflow';

import { personUnlock as people, withOptions } from '../fixtures/paidOperations';
import type { Setup } from './fakeExecution';
import { FakeVendor } from './fakeVendor';
import { CONTINUE, keyed } from './runs';

/** The IDs of people at an event of the sandbox. */
export const person = (index: number) => `26855-person-${index}`;
export const persons = (count: number) =>
	Array.from({ length: count }, (_, index) => person(index));
/** A purchase book. */
export const NAME = 'Credit purchases';

let executions = 0;
/** An execution that asks for the emails of these people. */
export function asking(
	keys: unknown[],
	options: IDataObject = {},
	more: Partial<Setup> = {},
): Setup {
	executions += 1;
	return {
		vendor: new FakeVendor(),
		parameters: withOptions(people, { batchSize: 2000, ...options }),
		items: keyed(...keys),
		onError: CONTINUE,
		memory: {},
		executionId: String(executions),
		...more,
	};
}
/** The same in an execution of its own. */
export const anew = (setup: Setup, more: Partial<Setup> = {}): Setup =>
	asking([], {}, { ...setup, memory: {}, executionId: `${setup.executionId}+`, ...more });

/** The people of each submission. */
export const submitted = ({ vendor }: Setup) =>
	vendor.paidRequests.map(({ body }) => (body as { personnel_ids: string[] }).personnel_ids);
/** One field of all items. */
export const column = (json: IDataObject[], name: string) => json.map((one) => one[name]);
/** What the vendor charged, in credits. */
export const spent = ({ vendor }: Setup) =>
	vendor.ledger.reduce((sum, { credits }) => sum + credits, 0);
/** How many requests had this in their address. */
export const asked = ({ vendor }: Setup, what: string) =>
	vendor.sent.filter(({ url }) => url.includes(what)).length;

/** Lensmor's people, as the vendor in memory has them. */
export const contactsOf = ({ vendor }: Setup) => vendor.world.contacts;

/** The body of an answer. */
export type Body = Record<string, unknown>;

/** Changes what the vendor says to one kind of request; `nth` counts from 0. */
export function says(
	setup: Setup,
	what: 'unlock' | 'task' | 'profile',
	change: (body: Body, nth: number) => Body,
): void {
	const contacts = contactsOf(setup);
	const original = contacts[what].bind(contacts) as (...given: unknown[]) => {
		status: number;
		body: Body;
	};
	let calls = 0;
	Object.assign(contacts, {
		[what]: (...given: unknown[]) => {
			const reply = original(...given);
			return { ...reply, body: change(reply.body, calls++) };
		},
	});
}

/** A body without these fields. */
export const without = (body: Body, ...names: string[]): Body =>
	Object.fromEntries(Object.entries(body).filter(([name]) => !names.includes(name)));
