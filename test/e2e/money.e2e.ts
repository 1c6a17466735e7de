import { setTimeout as wait } from 'node:timers/promises';

import { emailOf } from '../fixtures/crowd';
import type { ExecutionSummary, WorkflowFile } from './n8n';
import { until } from './processes';
import { useN8n } from './useN8n';
import { charged, connect, findPhones, node, OURS, outputOf, people, slack } from './workflows';

const host = useN8n();

const crowd = (size: number) =>
	Array.from({ length: size }, (_, index) => ({ email: emailOf(index) }));

/** How often each person was charged, as the vendor has it. */
function chargesPerPerson(): number[] {
	const keys = host().outside.sandbox.ledger.map(({ key }) => key);
	return [...new Set(keys)].map((key) => keys.filter((other) => other === key).length);
}

function peopleToSlack(
	webhook: string,
	ours: WorkflowFile['nodes'][number],
	settings: WorkflowFile['settings'] = {},
): WorkflowFile {
	return {
		name: webhook,
		nodes: [
			...people(webhook),
			ours,
			slack('Tell sales', '#sales', '={{ $json.outcome }} {{ $json.phone }}'),
			slack('Tell operations', '#operations', '={{ $json.outcome }}: {{ $json.reason }}'),
		],
		connections: connect({
			Posted: [['Each']],
			Each: [[OURS]],
			[OURS]: [['Tell sales'], ['Tell operations']],
		}),
		settings,
	};
}

it('a wallet that runs dry fails the execution and tells the Error Workflow; topped up, Retry finishes and nobody is charged twice', async () => {
	const { n8n, outside, credentials } = host();
	const alarm = await n8n.addWorkflow(
		{
			name: 'Alarm',
			nodes: [
				node('When one fails', 'n8n-nodes-base.errorTrigger', 1, {}),
				slack('Tell operations', '#alarm', '={{ $json.execution.error.message }}'),
			],
			connections: connect({ 'When one fails': [['Tell operations']] }),
		},
		credentials,
	);
	const workflow = await n8n.addWorkflow(
		peopleToSlack('wallet', findPhones({ concurrency: 1 }), { errorWorkflow: alarm }),
		credentials,
	);
	outside.reset({ ecore: 6 * 5 });

	await n8n.webhook('wallet', { people: crowd(20) });
	const [failed] = await n8n.ended(workflow);
	expect(failed?.status).toBe('error');
	await n8n.ended(alarm);
	expect(outside.messages.map(({ channel }) => channel)).toEqual(['#alarm']);
	expect(outside.messages[0]?.text).toMatch(/credits/i);
	expect(outside.sandbox.world.spent()).toBe(30);

	outside.sandbox.world.wallet.ecore = 1000;
	await n8n.post(`executions/${failed?.id}/retry`, { loadWorkflow: false });
	const [retried] = await n8n.ended(workflow, 2);
	expect(retried).toMatchObject({
		status: 'success',
		mode: 'retry',
	} satisfies Partial<ExecutionSummary>);
	expect(chargesPerPerson()).toEqual(Array<number>(20).fill(1));
	const output = outputOf(await n8n.execution(retried?.id ?? ''));
	expect(output.map(({ json }) => json.outcome)).toEqual(Array(20).fill('found'));
	expect(charged(output)).toBe(outside.sandbox.world.spent());
	expect(outside.messages.filter(({ channel }) => channel === '#sales')).toHaveLength(20);
});

describe('answers are lost while Retry On Fail is on', () => {
	const again = { retryOnFail: true, maxTries: 3, waitBetweenTries: 100 };

	it('Stop Workflow: the execution fails, nobody is charged twice', async () => {
		const { n8n, outside, credentials } = host();
		const workflow = await n8n.addWorkflow(
			peopleToSlack('lost-stop', findPhones({}, again)),
			credentials,
		);
		outside.sandbox.fault({ kind: 'lostAfter', on: emailOf(3) });

		await n8n.webhook('lost-stop', { people: crowd(10) });
		const [failed] = await n8n.ended(workflow);

		expect(failed?.status).toBe('error');
		expect(chargesPerPerson().every((times) => times === 1)).toBe(true);
		expect(outside.sandbox.ledger.map(({ key }) => key)).toContain(emailOf(3));
	});

	it('Continue: every item comes out with its outcome, nobody is charged twice', async () => {
		const { n8n, outside, credentials } = host();
		const settings = { ...again, onError: 'continueRegularOutput' as const };
		const workflow = await n8n.addWorkflow(
			peopleToSlack('lost-continue', findPhones({}, settings)),
			credentials,
		);
		outside.sandbox.fault(
			{ kind: 'lostAfter', on: emailOf(3) },
			{ kind: 'lostAfter', on: emailOf(7) },
		);

		await n8n.webhook('lost-continue', { people: crowd(10) });
		const [ended] = await n8n.ended(workflow);

		const output = outputOf(await n8n.execution(ended?.id ?? ''));
		expect(output.map(({ json }) => json.outcome)).toEqual(
			Array.from({ length: 10 }, (_, index) => ([3, 7].includes(index) ? 'uncertain' : 'found')),
		);
		expect(chargesPerPerson()).toEqual(Array<number>(10).fill(1));
		expect(charged(output)).toBe(8 * 5);
	});

	it('error output: what is uncertain leaves there with its receipt, the rest goes on, nobody is charged twice', async () => {
		const { n8n, outside, credentials } = host();
		const settings = { ...again, onError: 'continueErrorOutput' as const };
		const workflow = await n8n.addWorkflow(
			peopleToSlack('lost-output', findPhones({}, settings)),
			credentials,
		);
		outside.sandbox.fault({ kind: 'lostAfter', on: emailOf(3) });

		await n8n.webhook('lost-output', { people: crowd(10) });
		const [ended] = await n8n.ended(workflow);

		const execution = await n8n.execution(ended?.id ?? '');
		expect(outputOf(execution, OURS, 0)).toHaveLength(9);
		const [uncertain] = outputOf(execution, OURS, 1);
		expect(uncertain?.json).toMatchObject({ outcome: 'uncertain', creditsCharged: null });
		expect(chargesPerPerson()).toEqual(Array<number>(10).fill(1));
		const told = (channel: string) =>
			outside.messages.filter((message) => message.channel === channel);
		expect(told('#sales')).toHaveLength(9);
		expect(told('#operations').map(({ text }) => text)).toEqual([
			expect.stringMatching(/^uncertain: .+/),
		]);
	});
});

it('Loop Over Items with the same people in several rounds: each is charged once, and the sum is right', async () => {
	const { n8n, outside, credentials } = host();
	const workflow = await n8n.addWorkflow(
		{
			name: 'loop',
			nodes: [
				...people('loop'),
				node('Loop', 'n8n-nodes-base.splitInBatches', 3, { batchSize: 3, options: {} }),
				findPhones(),
				node('Done', 'n8n-nodes-base.noOp', 1, {}),
			],
			connections: connect({
				Posted: [['Each']],
				Each: [['Loop']],
				Loop: [['Done'], [OURS]],
				[OURS]: [['Loop']],
			}),
		},
		credentials,
	);

	await n8n.webhook('loop', { people: [...crowd(4), ...crowd(4), ...crowd(5)] });
	const [ended] = await n8n.ended(workflow);

	const execution = await n8n.execution(ended?.id ?? '');
	expect(ended?.status).toBe('success');
	expect(execution.data.resultData.runData[OURS]).toHaveLength(5);
	expect(chargesPerPerson()).toEqual([1, 1, 1, 1, 1]);
	const done = outputOf(execution, 'Done');
	expect(done).toHaveLength(13);
	expect(charged(done)).toBe(outside.sandbox.world.spent());
});

it('Stop half-way through 200 lookups: nothing is sent after it, and nothing under way is cut off', async () => {
	const { n8n, outside, credentials } = host();
	const { sandbox } = outside;
	const workflow = await n8n.addWorkflow(
		peopleToSlack('stop', findPhones({ concurrency: 5 })),
		credentials,
	);
	sandbox.latencyMs = 50;

	const posted = n8n.webhook('stop', { people: crowd(200) });
	await until('half of the lookups', async () => (sandbox.seen.length >= 100 ? true : undefined));
	const [running] = await n8n.executionsOf(workflow);
	await n8n.post(`executions/${running?.id}/stop`, {});
	const seen = sandbox.seen.length;
	await posted;
	const [stopped] = await n8n.ended(workflow);
	// Those that had left when the button was pressed may still be on their way.
	await wait(1000);
	await until('what is under way to be answered', async () =>
		sandbox.seen.every(({ status }) => status !== undefined) ? true : undefined,
	);
	const answered = sandbox.seen.length;
	await wait(500);

	expect(stopped?.status).toBe('canceled');
	expect(sandbox.seen.length).toBe(answered);
	expect(answered).toBeLessThanOrEqual(seen + 5);
	expect(answered).toBeLessThan(200);
	expect(sandbox.seen.every(({ status }) => status === 200)).toBe(true);
	expect(sandbox.ledger.every(({ told }) => told)).toBe(true);
});
