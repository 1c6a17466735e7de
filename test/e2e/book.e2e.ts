import type { IDataObject } from 'n8n-workflow';

import { emailOf } from '../fixtures/crowd';
import type { DataTable } from './n8n';
import { Outside } from './outside';
import { until } from './processes';
import { startHost, useN8n } from './useN8n';
import { charged, connect, findPhones, node, OURS, outputOf, people } from './workflows';

const host = useN8n();

const NAME = 'Credit purchases';

/** People who are posted to a webhook: so many, from that one on. */
const crowd = (size: number, from = 0) =>
	Array.from({ length: size }, (_, index) => ({ email: emailOf(from + index) }));
const emails = (size: number, from = 0) => crowd(size, from).map(({ email }) => email);

/** Whom the vendor charged for, in order. */
const charges = () => host().outside.sandbox.ledger.map(({ key }) => key);

/** How many of these were charged more than once. */
const chargedTwice = () => charges().length - new Set(charges()).size;

function workflowOf(name: string, options: IDataObject = {}, continues = true) {
	const onError = continues ? ('continueRegularOutput' as const) : ('stopWorkflow' as const);
	return {
		name,
		nodes: [...people(name), findPhones({ purchaseBook: NAME, ...options }, { onError })],
		connections: connect({ Posted: [['Each']], Each: [[OURS]] }),
	};
}

/** Publishes a workflow that finds the phones of those who are posted to it, with a purchase book. */
async function findingPhones(...of: Parameters<typeof workflowOf>): Promise<string> {
	const { n8n, credentials } = host();
	return await n8n.addWorkflow(workflowOf(...of), credentials);
}

/** What the items of an execution say. */
async function told(execution: { id: string } | undefined): Promise<IDataObject[]> {
	return outputOf(await host().n8n.execution(execution?.id ?? '')).map(({ json }) => json);
}

async function book(): Promise<DataTable> {
	const table = (await host().n8n.dataTables()).get(NAME);
	if (table === undefined) throw new Error('there is no such table');
	return table;
}

it('a contact that is updated three times is paid once, and the later ones say when it was bought', async () => {
	const { n8n } = host();
	const workflow = await findingPhones('updated');
	for (const times of [1, 2, 3]) {
		await n8n.webhook('updated', { people: crowd(1) });
		await n8n.ended(workflow, times);
	}

	expect(charges()).toEqual(emails(1));
	const [third, second, first] = await n8n.executionsOf(workflow);
	const [bought] = await told(first);
	expect(bought).toMatchObject({ outcome: 'found', creditsCharged: 5 });
	expect(bought).not.toHaveProperty('boughtAt');
	for (const later of [second, third]) {
		const [again] = await told(later);
		expect(again).toMatchObject({ outcome: 'found', phone: bought?.phone, creditsCharged: 0 });
		expect(Date.parse(again?.boughtAt as string)).toBeLessThan(Date.now());
	}
	const [row] = await (await book()).rows();
	expect(row).toMatchObject({
		vendor: 'ecore',
		operation: 'phone.enrich',
		about: emailOf(0),
		outcome: 'found',
		credits: 5,
		execution: first?.id,
		workflow: 'updated',
	});
	// Of the visits to the table nothing is left in the list of executions.
	expect(await n8n.executionsOf(workflow)).toHaveLength(3);
});

it('five webhooks at the same moment for two contacts are two charges', async () => {
	const { n8n, outside } = host();
	const workflow = await findingPhones('at-once');
	await n8n.webhook('at-once', { people: crowd(1, 12) });
	await n8n.ended(workflow);
	outside.reset();
	outside.sandbox.latencyMs = 300;
	const who = [10, 11, 10, 11, 10];
	await Promise.all(
		who.map(async (one) => await n8n.webhook('at-once', { people: crowd(1, one) })),
	);
	const ended = (await n8n.ended(workflow, 6)).slice(0, 5);

	expect(charges().sort()).toEqual(emails(2, 10).sort());
	const items = (await Promise.all(ended.map(told))).flat();
	expect(items.map(({ outcome }) => outcome)).toEqual(Array(5).fill('found'));
	expect(items.reduce((sum, { creditsCharged }) => sum + Number(creditsCharged), 0)).toBe(10);
});

it('Stop half-way through 40 lookups, and the same list again: nobody is charged twice', async () => {
	const { n8n, outside } = host();
	const workflow = await findingPhones('stopped', { concurrency: 5 });
	outside.sandbox.latencyMs = 200;
	const posted = n8n.webhook('stopped', { people: crowd(40, 20) });
	await until('half of the lookups', async () =>
		outside.sandbox.seen.length >= 18 ? true : undefined,
	);
	const [running] = await n8n.executionsOf(workflow);
	await n8n.post(`executions/${running?.id}/stop`, {});
	await posted;
	await n8n.ended(workflow);
	await n8n.webhook('stopped', { people: crowd(40, 20) });
	const [again] = await n8n.ended(workflow, 2, 100_000);

	const items = await told(again);
	expect(items.filter(({ outcome }) => outcome === 'found')).toHaveLength(40);
	expect(chargedTwice()).toBe(0);
	expect(charges()).toHaveLength(40);
});

it('a row that a person deletes is bought anew, and no other', async () => {
	const { n8n } = host();
	const workflow = await findingPhones('erased');
	await n8n.webhook('erased', { people: crowd(3, 70) });
	await n8n.ended(workflow);
	const table = await book();
	const row = (await table.rows()).find(({ about }) => about === emailOf(71));
	await table.deleteRow(row?.id ?? 0);
	await n8n.webhook('erased', { people: crowd(3, 70) });
	const [again] = await n8n.ended(workflow, 2);

	expect(charges()).toEqual([...emails(3, 70), emailOf(71)]);
	expect((await told(again)).map(({ creditsCharged }) => creditsCharged)).toEqual([0, 5, 0]);
});

it('a table that a person deletes is made anew', async () => {
	const { n8n } = host();
	const workflow = await findingPhones('gone', { purchaseBook: 'Other purchases' });
	await n8n.webhook('gone', { people: crowd(1, 75) });
	await n8n.ended(workflow);
	await (await n8n.dataTables()).get('Other purchases')?.delete();
	for (const times of [2, 3]) {
		await n8n.webhook('gone', { people: crowd(1, 75) });
		await n8n.ended(workflow, times);
	}

	expect(charges()).toEqual([emailOf(75), emailOf(75)]);
});

it('an unknown answer is not asked again by an execution, but once by Retry', async () => {
	const { n8n, outside } = host();
	const workflow = await findingPhones('unknown', {}, false);
	outside.sandbox.fault({ kind: 'lostAfter', on: emailOf(80) });
	for (const times of [1, 2]) {
		await n8n.webhook('unknown', { people: crowd(1, 80) });
		await n8n.ended(workflow, times);
	}
	expect(charges()).toEqual([emailOf(80)]);
	const [second, first] = await n8n.executionsOf(workflow);
	expect(second?.status).toBe('error');
	const message = (await n8n.execution(second?.id ?? '')).data.resultData.error?.message;
	expect(message).toContain(`Execution ${first?.id} of workflow unknown asked for this`);
	expect(message).toContain(`delete its row in the data table "${NAME}", or press Retry`);

	await n8n.post(`executions/${second?.id}/retry`, { loadWorkflow: false });
	const [retried] = await n8n.ended(workflow, 3);
	expect((await told(retried))[0]).toMatchObject({ outcome: 'found', creditsCharged: 5 });
	expect(charges()).toEqual([emailOf(80), emailOf(80)]);
	await n8n.webhook('unknown', { people: crowd(1, 80) });
	await n8n.ended(workflow, 4);
	expect(charges()).toHaveLength(2);
});

it('a limit per day holds for executions that run at the same time', async () => {
	const { n8n } = host();
	const limit = { purchaseBook: 'Limited', maximumCreditsPerDay: 15 };
	const workflow = await findingPhones('limited', limit);
	await n8n.webhook('limited', { people: crowd(1, 90) });
	await n8n.ended(workflow);
	await Promise.all(
		[91, 92, 93, 94, 95].map(
			async (who) => await n8n.webhook('limited', { people: crowd(1, who) }),
		),
	);
	const ended = await n8n.ended(workflow, 6);

	expect(charges()).toHaveLength(3);
	const items = (await Promise.all(ended.map(told))).flat();
	const held = items.filter(({ outcome }) => outcome === 'not_sent');
	expect(held).toHaveLength(3);
	expect(held[0]?.reason).toBe(
		'Maximum Credits per Day is reached: 15 of 15 credits are spent, and this could have cost 5 more',
	);
});

it('twenty webhooks at the same moment, with credits for two of them, do not keep each other waiting for ever', async () => {
	const { n8n } = host();
	const workflow = await findingPhones('many', {
		purchaseBook: 'Many',
		maximumCreditsPerDay: 12,
	});
	// Nobody is found, so that all of them fit in the end.
	const who = Array.from({ length: 20 }, (_, index) => ({ email: `nobody-${index}@acme.com` }));
	await Promise.all(who.map(async (one) => await n8n.webhook('many', { people: [one] })));
	const ended = await n8n.ended(workflow, 20, 280_000);

	const items = (await Promise.all(ended.map(told))).flat();
	expect(items.map(({ outcome }) => outcome)).toEqual(who.map(() => 'not_found'));
	expect(charges()).toEqual([]);
}, 300_000);

it('a workflow that is run by hand twice pays once', async () => {
	const { n8n, credentials } = host();
	const [, , ours] = workflowOf('by-hand').nodes;
	if (ours === undefined) throw new Error('no node');
	const workflow = await n8n.addWorkflow(
		{
			name: 'by-hand',
			nodes: [
				node('Pressed', 'n8n-nodes-base.manualTrigger', 1, {}),
				{ ...ours, parameters: { ...ours.parameters, email: emailOf(100) } },
			],
			connections: connect({ Pressed: [[OURS]] }),
		},
		credentials,
		{ active: false },
	);
	for (const times of [1, 2]) {
		await n8n.runByHand(workflow, 'Pressed');
		await n8n.ended(workflow, times);
	}

	expect(charges()).toEqual([emailOf(100)]);
});

it('a server that is killed between a submission and the first look at its task: the same people are charged once, and their emails arrive', async () => {
	const { n8n, outside, credentials } = host();
	outside.sandbox.world.contacts.looksUntilReady = 1;
	const ids = Array.from({ length: 30 }, (_, index) => `139574-person-${index}`);
	const unlock = findPhones({ purchaseBook: NAME }, { onError: 'continueRegularOutput' });
	const parameters = { resource: 'person', operation: 'unlock', personIds: '={{ $json.id }}' };
	const workflow = await n8n.addWorkflow(
		{
			name: 'submitted',
			nodes: [
				...people('submitted'),
				{ ...unlock, parameters: { options: unlock.parameters.options, ...parameters } },
			],
			connections: connect({ Posted: [['Each']], Each: [[OURS]] }),
		},
		credentials,
	);
	const posted = { people: ids.map((id) => ({ id })) };
	// Nobody answers: n8n is killed meanwhile.
	void n8n.webhook('submitted', posted).catch(() => undefined);
	await until('the submission', async () => outside.sandbox.paidRequests[0]);
	// The task is written down by now, and nobody has looked at it.
	await until('the task in the book', async () => {
		const rows = await (await n8n.dataTables()).get(NAME)?.rows();
		return JSON.stringify(rows).includes('taskId') ? true : undefined;
	});
	await n8n.crash();
	await n8n.webhook('submitted', posted);
	const [again] = await n8n.ended(workflow, 2, 100_000);

	const items = await told(again);
	expect(items.map(({ outcome }) => outcome)).toEqual(Array(30).fill('unlocked'));
	expect(items.filter(({ email }) => typeof email === 'string')).toHaveLength(30);
	expect(outside.sandbox.paidRequests).toHaveLength(1);
	expect(charges().sort()).toEqual([...ids].sort());
});

it('a server that is killed half-way through 40 lookups, and the same list again: nobody is charged twice', async () => {
	const { n8n, outside } = host();
	const workflow = await findingPhones('killed', { concurrency: 2, timeout: 5000 });
	outside.sandbox.latencyMs = 200;
	// Nobody answers: n8n is killed meanwhile.
	void n8n.webhook('killed', { people: crowd(40, 110) }).catch(() => undefined);
	await until('half of the lookups', async () =>
		outside.sandbox.seen.length >= 18 ? true : undefined,
	);
	await n8n.crash();
	const before = charges().length;
	outside.sandbox.latencyMs = 0;
	await n8n.webhook('killed', { people: crowd(40, 110) });
	const [again] = await n8n.ended(workflow, 2, 100_000);

	const items = await told(again);
	const unknown = items.filter(({ outcome }) => outcome === 'uncertain');
	expect(chargedTwice()).toBe(0);
	expect(unknown.length).toBeLessThanOrEqual(20);
	expect(unknown.length + items.filter(({ outcome }) => outcome === 'found').length).toBe(40);
	for (const { creditsCharged } of unknown) expect(creditsCharged).toBe(0);
	expect(charged(items.map((json) => ({ json })))).toBe(5 * (charges().length - before));
});

describe('without data tables', () => {
	it('one sentence says so, nothing is sent, and without a book all goes on as ever', async () => {
		const other = await startHost(await Outside.start(), { N8N_DISABLED_MODULES: 'data-table' });
		try {
			const { n8n, outside, credentials } = other;
			const workflow = await n8n.addWorkflow(workflowOf('none'), credentials);
			await n8n.webhook('none', { people: crowd(2) });
			const [ended] = await n8n.ended(workflow);
			const items = outputOf(await n8n.execution(ended?.id ?? '')).map(({ json }) => json);

			expect(items.map(({ outcome }) => outcome)).toEqual(['refused', 'refused']);
			expect(items[0]?.reason).toMatch(/^The purchase book "Credit purchases" is out of reach/);
			expect(outside.sandbox.seen).toEqual([]);
		} finally {
			await other.n8n.stop();
			await other.outside.stop();
		}
	});
});
