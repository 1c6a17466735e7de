import { performance } from 'node:perf_hooks';

import type { IDataObject } from 'n8n-workflow';

import { crowd, emailOf } from '../fixtures/crowd';
import { install } from '../e2e/install';
import { N8n, type DataTable } from '../e2e/n8n';
import { connect, findPhones, node, OURS, people } from '../e2e/workflows';
import { Sandbox } from '../sandbox/sandbox';

// What a purchase book costs in a whole n8n with SQLite: the same runs without one and with one, in tables of
// 1,000 and of 100,000 rows. Times are those that n8n states for the node, in milliseconds. Once as n8n is, and once
// with the setting that spares an execution without expressions the isolate for them: each visit to a table is one.

const PEOPLE = 9_000;
const LIST = 1_000;
const LATENCY_MS = 50;
// n8n users who set nothing have 5.
const CONCURRENCIES = [5, 20];
const SINGLES = 9;
const ROWS_AT_ONCE = 2_000;

interface Bench {
	n8n: N8n;
	sandbox: Sandbox;
	credentials: Record<string, string>;
}

let nextPerson = 0;
/** People who were not asked for before. */
function newPeople(count: number): IDataObject[] {
	nextPerson += count;
	return Array.from({ length: count }, (_, index) => ({
		email: emailOf(nextPerson - count + index),
	}));
}

let webhooks = 0;
/** Whose webhook answers when the execution is over: asking n8n whether it is would take its time. */
function posted(name: string): ReturnType<typeof people> {
	return people(name).map((one) =>
		one.name === 'Posted'
			? { ...one, parameters: { ...one.parameters, responseMode: 'lastNode' } }
			: one,
	);
}

/** Publishes a workflow with these options, and returns what runs it: how long the node took. */
async function workflowOf({ n8n, credentials }: Bench, options: IDataObject) {
	webhooks += 1;
	const name = `bench-${webhooks}`;
	const id = await n8n.addWorkflow(
		{
			name,
			nodes: [...posted(name), findPhones(options)],
			connections: connect({ Posted: [['Each']], Each: [[OURS]] }),
		},
		credentials,
	);
	let runs = 0;
	return async (list: IDataObject[]): Promise<number> => {
		runs += 1;
		await n8n.webhook(name, { people: list });
		const [last] = await n8n.ended(id, runs, 300_000);
		const { data } = await n8n.execution(last?.id ?? '');
		const [run] = data.resultData.runData[OURS] ?? [];
		const items = run?.data?.main?.[0] ?? [];
		const good = items.filter(({ json }) => json.outcome === 'found').length;
		if (run === undefined || good !== list.length) {
			throw new Error(`${good} of ${list.length} found: ${JSON.stringify(items[0]?.json)}`);
		}
		return run.executionTime;
	};
}

function median(times: number[]): number {
	return [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
}

/** Publishes a workflow in which n8n itself visits a table: one row is written, and a key is looked up. */
async function visitOf({ n8n, credentials }: Bench, table: DataTable) {
	const dataTableId = { __rl: true, mode: 'id', value: table.page.split('/').at(-1) };
	const inner = {
		nodes: [
			node('Start', 'n8n-nodes-base.executeWorkflowTrigger', 1.1, { inputSource: 'passthrough' }),
			node('Write', 'n8n-nodes-base.dataTable', 1.1, {
				resource: 'row',
				operation: 'insert',
				dataTableId,
				columns: { mappingMode: 'autoMapInputData', value: {}, matchingColumns: [], schema: [] },
			}),
			node(
				'Read',
				'n8n-nodes-base.dataTable',
				1.1,
				{
					resource: 'row',
					operation: 'get',
					dataTableId,
					filters: { conditions: [{ keyName: 'key', condition: 'eq', keyValue: 'nobody' }] },
				},
				{ alwaysOutputData: true },
			),
		],
		connections: connect({ Start: [['Write']], Write: [['Read']] }),
		settings: { saveDataSuccessExecution: 'none', saveDataErrorExecution: 'none' },
	};
	webhooks += 1;
	const name = `bench-${webhooks}`;
	const id = await n8n.addWorkflow(
		{
			name,
			nodes: [
				...posted(name),
				node('Visit', 'n8n-nodes-base.executeWorkflow', 1.2, {
					source: 'parameter',
					workflowJson: JSON.stringify(inner),
					options: {},
				}),
			],
			connections: connect({ Posted: [['Each']], Each: [['Visit']] }),
		},
		credentials,
	);
	let runs = 0;
	return async (): Promise<number> => {
		runs += 1;
		await n8n.webhook(name, { people: [{ key: `visit ${runs}` }] });
		const [last] = await n8n.ended(id, runs, 300_000);
		const { data } = await n8n.execution(last?.id ?? '');
		const [run] = data.resultData.runData.Visit ?? [];
		if (last?.status !== 'success' || run === undefined) {
			throw new Error(JSON.stringify(data.resultData.error));
		}
		return run.executionTime;
	};
}

/** Fills the table up to that many rows, with purchases of others. */
async function fill({ n8n }: Bench, name: string, size: number): Promise<void> {
	const table = (await n8n.dataTables()).get(name);
	if (table === undefined) throw new Error(`no data table ${name}`);
	for (let from = await table.count(); from < size; from += ROWS_AT_ONCE) {
		const rows = Array.from({ length: Math.min(ROWS_AT_ONCE, size - from) }, (_, index) => ({
			key: `other-${from + index}`,
			vendor: 'ecore',
			operation: 'phone.enrich',
			about: `other-${from + index}@crowd.example`,
			outcome: 'found',
			credits: 5,
			result: '{"found":true,"phone":"+1 555 0","email":null,"matchedBy":"email"}',
			execution: '1',
			workflow: 'Others',
			attempt: `attempt-${from + index}`,
			validForMs: 0,
		}));
		await table.insert(rows);
	}
}

function report(what: string, figure: number, bound: number, unit: string, detail: string): void {
	const state = figure <= bound ? 'ok' : 'ABOVE ITS BOUND';
	console.log(`${what}: ${figure.toFixed(2)} ${unit} (at most ${bound}) ${state}. ${detail}`);
}

async function measure(bench: Bench, size: number): Promise<void> {
	const { sandbox } = bench;
	const name = `Book of ${size}`;
	const without = await workflowOf(bench, {});
	const withBook = await workflowOf(bench, { purchaseBook: name });
	sandbox.latencyMs = 0;
	await withBook(newPeople(1));
	await without(newPeople(1));
	await fill(bench, name, size);

	const table = (await bench.n8n.dataTables()).get(name);
	if (table === undefined) throw new Error(`no data table ${name}`);
	const visit = await visitOf(bench, table);
	await visit();
	const singles: Record<'visit' | 'without' | 'bought' | 'answered', number[]> = {
		visit: [],
		without: [],
		bought: [],
		answered: [],
	};
	for (let time = 0; time < SINGLES; time += 1) {
		singles.visit.push(await visit());
		const [one = {}] = newPeople(1);
		singles.without.push(await without(newPeople(1)));
		singles.bought.push(await withBook([one]));
		singles.answered.push(await withBook([one]));
	}
	const base = median(singles.without);
	const rows = `${size} rows`;
	const visitMs = median(singles.visit);
	console.log(`A visit of n8n's own to a table of ${rows}, for one row and one key: ${visitMs} ms`);
	const inVisits = (ms: number) => `${(ms / visitMs).toFixed(2)} such visits`;
	const detail = `${median(singles.bought)} ms bought, ${median(singles.answered)} ms answered, ${base} ms without a book`;
	report(
		`One contact that must be bought, ${rows}`,
		median(singles.bought) - base,
		150,
		'ms more',
		`${inVisits(median(singles.bought) - base)}; ${detail}`,
	);
	const answered = median(singles.answered);
	report(`One contact from the book, ${rows}`, answered, 60, 'ms', inVisits(answered));

	sandbox.latencyMs = LATENCY_MS;
	for (const concurrency of CONCURRENCIES) {
		const plain = await workflowOf(bench, { concurrency });
		const booked = await workflowOf(bench, { concurrency, purchaseBook: name });
		const list = newPeople(LIST);
		const plainMs = await plain(newPeople(LIST));
		const bookedMs = await booked(list);
		report(
			`${LIST} lookups, Concurrency ${concurrency}, ${rows}`,
			bookedMs / plainMs,
			1.5,
			'times as long as without a book',
			`${bookedMs} ms with, ${plainMs} ms without`,
		);
		report(`${LIST} answers from the book, ${rows}`, (await booked(list)) / 1000, 5, 's', '');
	}
}

async function measureWith(env: Record<string, string>): Promise<void> {
	nextPerson = 0;
	const sandbox = await Sandbox.start({ people: crowd(PEOPLE), wallet: { ecore: 1_000_000 } });
	const n8n = await N8n.start(install(), { N8N_PAYLOAD_SIZE_MAX: '64', ...env });
	try {
		const credentials = {
			ecoreLensmorApi: await n8n.addCredential('ecoreLensmorApi', sandbox.credential),
		};
		const bench = { n8n, sandbox, credentials };
		for (const size of [1_000, 100_000]) await measure(bench, size);
	} finally {
		await n8n.stop();
		await sandbox.stop();
	}
}

async function main(): Promise<void> {
	const start = performance.now();
	console.log('n8n as it is');
	await measureWith({});
	const lazy = { N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'true' };
	console.log(`\nn8n with ${JSON.stringify(lazy)}`);
	await measureWith(lazy);
	console.log(`${Math.round((performance.now() - start) / 1000)} seconds`);
}

void main();
