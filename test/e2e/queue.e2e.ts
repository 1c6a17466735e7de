import { emailOf } from '../fixtures/crowd';
import { Backing } from './backing';
import { Outside } from './outside';
import { until } from './processes';
import { startHost, type Host } from './useN8n';
import { charged, connect, findPhones, node, OURS, outputOf, people, slack } from './workflows';

const LEADS = 200;
const LONGEST_START_MS = 300_000;

// A worker that is gone is noticed within seconds; n8n's own settings take a minute or more.
const QUICK_TO_NOTICE = {
	QUEUE_WORKER_LOCK_DURATION: '20000',
	QUEUE_WORKER_LOCK_RENEW_TIME: '2000',
	QUEUE_WORKER_STALLED_INTERVAL: '5000',
};

let host: Host | undefined;
let backing: Backing | undefined;

function running(): Host {
	if (host === undefined) throw new Error('n8n is not running');
	return host;
}

// Main takes webhooks, two workers execute.
beforeAll(async () => {
	backing = await Backing.start();
	host = await startHost(await Outside.start(), { ...backing.env, ...QUICK_TO_NOTICE });
	await host.n8n.addWorker();
	await host.n8n.addWorker();
}, LONGEST_START_MS);
afterAll(async () => {
	await host?.n8n.stop();
	await host?.outside.stop();
	await backing?.stop();
}, LONGEST_START_MS);

it('200 leads posted at once: two workers share them, each is charged once, every message is sent', async () => {
	const { n8n, outside, credentials } = running();
	outside.reset({ ecore: LEADS * 5 });
	const workflow = await n8n.addWorkflow(
		{
			name: 'leads',
			nodes: [
				node(
					'Posted',
					'n8n-nodes-base.webhook',
					2,
					{ httpMethod: 'POST', path: 'lead', options: {} },
					{ webhookId: 'lead' },
				),
				{
					...findPhones(),
					parameters: { ...findPhones().parameters, email: '={{ $json.body.email }}' },
				},
				slack('Tell sales', '#sales', '={{ $json.email }} {{ $json.phone }}'),
			],
			connections: connect({ Posted: [[OURS]], [OURS]: [['Tell sales']] }),
		},
		credentials,
	);

	await n8n.webhook('lead', { email: emailOf(0) });
	await Promise.all(
		Array.from(
			{ length: LEADS - 1 },
			async (_, index) => await n8n.webhook('lead', { email: emailOf(index + 1) }),
		),
	);
	const ended = await n8n.ended(workflow, LEADS, 100_000);

	expect(ended.filter(({ status }) => status !== 'success')).toEqual([]);
	const keys = outside.sandbox.ledger.map(({ key }) => key);
	expect(keys).toHaveLength(LEADS);
	expect(new Set(keys).size).toBe(LEADS);
	expect(new Set(outside.messages.map(({ text }) => text)).size).toBe(LEADS);
	expect(outside.messages).toHaveLength(LEADS);
	// Both workers had their share.
	for (const worker of n8n.workers) {
		expect(
			worker.log.filter((line) => /Worker started execution/.test(line)).length,
		).toBeGreaterThan(10);
	}
});

it('two executions on two workers ask for the same 100 people at the same time, with a purchase book: each is charged once', async () => {
	const { n8n, outside, credentials } = running();
	outside.reset({ ecore: 5000 });
	outside.sandbox.latencyMs = 50;
	const workflow = await n8n.addWorkflow(
		{
			name: 'shared',
			nodes: [...people('shared'), findPhones({ concurrency: 10, purchaseBook: 'Shared' })],
			connections: connect({ Posted: [['Each']], Each: [[OURS]] }),
		},
		credentials,
	);
	const list = Array.from({ length: 100 }, (_, index) => ({ email: emailOf(index) }));

	await Promise.all([1, 2].map(async () => await n8n.webhook('shared', { people: list })));
	const ended = await n8n.ended(workflow, 2, 100_000);

	const executions = await Promise.all(ended.map(async ({ id }) => await n8n.execution(id)));
	const problems = executions.map(({ data }) => data.resultData.error);
	expect([ended.map(({ status }) => status), problems]).toEqual([
		['success', 'success'],
		[undefined, undefined],
	]);
	const items = (
		await Promise.all(ended.map(async ({ id }) => outputOf(await n8n.execution(id))))
	).flat();
	expect(items.map(({ json }) => json.outcome)).toEqual(Array(200).fill('found'));
	const keys = outside.sandbox.ledger.map(({ key }) => key);
	expect(keys).toHaveLength(100);
	expect(new Set(keys).size).toBe(100);
	expect(charged(items)).toBe(500);
	const runs = n8n.workers.map(
		({ log }) =>
			ended.filter(({ id }) => log.some((line) => line.includes(`started execution ${id} `)))
				.length,
	);
	expect(runs).toEqual([1, 1]);
});

it('a worker that is killed (SIGKILL) is not made up for by a second charge: the execution fails, and the other worker goes on', async () => {
	const { n8n, outside, credentials } = running();
	outside.reset({ ecore: 5000 });
	outside.sandbox.latencyMs = 200;
	const workflow = await n8n.addWorkflow(
		{
			name: 'killed',
			nodes: [...people('killed'), findPhones({ concurrency: 2 })],
			connections: connect({ Posted: [['Each']], Each: [[OURS]] }),
		},
		credentials,
	);
	const list = Array.from({ length: 40 }, (_, index) => ({ email: emailOf(index) }));

	await n8n.webhook('killed', { people: list });
	await until('half of the lookups', async () =>
		outside.sandbox.seen.length >= 20 ? true : undefined,
	);
	const [execution] = await n8n.executionsOf(workflow);
	const busy = n8n.workers.find(({ log }) =>
		log.some((line) => line.includes(`started execution ${execution?.id} `)),
	);
	expect(busy).toBeDefined();
	await busy?.stop('SIGKILL');
	const [failed] = await n8n.ended(workflow, 1, 100_000);

	expect(failed?.status).toBe('error');
	const keys = () => outside.sandbox.ledger.map(({ key }) => key);
	expect(keys().length).toBeLessThan(list.length);
	expect(new Set(keys()).size).toBe(keys().length);

	outside.sandbox.latencyMs = 0;
	await n8n.webhook('killed', { people: [{ email: emailOf(100) }, { email: emailOf(101) }] });
	const [next] = await n8n.ended(workflow, 2);
	expect(next?.status).toBe('success');
	expect(keys().slice(-2).sort()).toEqual([emailOf(100), emailOf(101)]);
	expect(new Set(keys()).size).toBe(keys().length);
});
