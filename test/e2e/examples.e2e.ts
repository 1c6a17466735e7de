import { until } from './processes';
import { example, useN8n } from './useN8n';

const host = useN8n();

// As a HubSpot workflow sends a contact.
function contact(properties: Record<string, string>) {
	return {
		vid: 101,
		properties: Object.fromEntries(
			Object.entries(properties).map(([name, value]) => [name, { value, versions: [] }]),
		),
	};
}

it('a CRM contact: sales hears the phone, what it cost and what is left; a contact without a phone is asked after', async () => {
	const { n8n, outside, credentials } = host();
	const workflow = await n8n.addWorkflow(example('crm-contact-to-phone-to-slack'), credentials);

	await n8n.webhook(
		'crm-contact',
		contact({
			firstname: 'Amara',
			lastname: 'Okafor',
			email: 'amara.okafor@brightline-logistics.com',
			company: 'Brightline Logistics',
		}),
	);
	await n8n.ended(workflow);
	await n8n.webhook(
		'crm-contact',
		contact({ firstname: 'Priya', lastname: 'Raman', email: 'priya.raman@sundaranalytics.in' }),
	);
	await n8n.ended(workflow, 2);
	await n8n.webhook('crm-contact', contact({ firstname: 'Nobody' }));
	await n8n.ended(workflow, 3);

	const [found, missing, refused] = outside.messages;
	expect(found?.channel).toBe('#sales-leads');
	expect(found?.text).toContain('Amara Okafor');
	expect(found?.text).toContain('+1 312-555-0142');
	expect(found?.text).toContain('5 credits charged, 995 left');
	expect(missing?.channel).toBe('#crm-cleanup');
	expect(missing?.text).toContain('Priya Raman');
	expect(missing?.text).toContain('0 credits charged, 995 left');
	expect(refused?.channel).toBe('#operations');
	expect(refused?.text).toContain('refused');
	expect(outside.messages).toHaveLength(3);
	expect(outside.sandbox.ledger.map(({ key, credits }) => [key, credits])).toEqual([
		['amara.okafor@brightline-logistics.com', 5],
	]);
});

it('a nightly list: one request for all records, one message that sums up; the second night costs nothing', async () => {
	const { n8n, outside, credentials } = host();
	const file = example('nightly-records-to-slack');
	const workflow = await n8n.addWorkflow(file, credentials, { active: false });

	await n8n.runByHand(workflow, 'Every night');
	await n8n.ended(workflow);
	await n8n.runByHand(workflow, 'Every night');
	await n8n.ended(workflow, 2);

	expect(outside.sandbox.paidRequests).toHaveLength(2);
	expect(outside.sandbox.world.spent()).toBe(4);
	expect(outside.messages.map(({ channel }) => channel)).toEqual(['#sales-leads', '#sales-leads']);
	const [first, second] = outside.messages;
	expect(first?.text).toContain('4 of 4 records newly unlocked');
	expect(first?.text).toContain('4 credits charged, 996 left');
	expect(second?.text).toContain('0 of 4 records newly unlocked');
	expect(second?.text).toContain('0 credits charged, 996 left');
});

it('a trade show: nothing is bought before a person says yes, and the second time it costs nothing', async () => {
	const { n8n, outside, credentials } = host();
	const workflow = await n8n.addWorkflow(example('event-unlock-with-approval'), credentials);
	const wanted = { eventId: '139574', name: 'Hannover Messe 2026' };
	const answer = async (yes: boolean, executions: number) => {
		await n8n.webhook('event-wanted', wanted);
		const question = await until('the question in Slack', async () =>
			outside.messages.find(({ buttons }) => buttons.length > 0),
		);
		expect(question.text).toContain('2000 credits');
		const before = outside.sandbox.world.spent();
		const button = question.buttons.find((url) => url.includes(`approved=${yes}`)) ?? '';
		// n8n takes no click from what does not look like a browser.
		const { ok } = await fetch(button, { headers: { 'user-agent': 'Mozilla/5.0 Chrome/140' } });
		expect(ok).toBe(true);
		await n8n.ended(workflow, executions);
		const said = outside.messages.at(-1)?.text;
		outside.messages.length = 0;
		return { said, spent: outside.sandbox.world.spent() - before };
	};

	const declined = await answer(false, 1);
	expect(declined.spent).toBe(0);
	expect(declined.said).toContain('was not unlocked');

	const approved = await answer(true, 2);
	expect(approved.spent).toBe(2000);
	expect(approved.said).toContain('Hannover Messe 2026');
	expect(approved.said).toContain('2000 credits charged');

	const again = await answer(true, 3);
	expect(again.spent).toBe(0);
	expect(again.said).toContain('was unlocked before');
	expect(again.said).toContain('0 credits charged');
});
