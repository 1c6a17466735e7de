import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import type { IDataObject } from 'n8n-workflow';

import { PACKAGE_FOLDER } from '../engine/engine';
import { crowd, emailOf } from '../fixtures/crowd';
import { BASE_FOLDER } from './engineProcess';
import { idealMs } from './latency';
import { measure, type Measured } from './measure';
import { bars, type Bar } from './plot';

/** One line of the report: a figure, and what it must not pass. */
interface Figure {
	what: string;
	ours: string;
	theirs: string;
	figure: number;
	unit: string;
	/** The figure must be at most (or, with `exactly`, equal to) this. */
	bound: number;
	exactly?: boolean;
	/** Why it does not hold, where that is known. */
	whyNot?: string;
}

type Credential = { ecoreBaseUrl?: unknown };

function emails(size: number): IDataObject[] {
	return Array.from({ length: size }, (_, index) => ({ email: emailOf(index) }));
}

function ours(options: IDataObject): IDataObject {
	return { resource: 'phone', operation: 'enrich', email: '={{ $json.email }}', options };
}

// All at once, but for numbers that the machine has no ports for: those are started in batches.
const MAX_AT_ONCE = 10_000;
const BATCH = { batchSize: 2_000, batchInterval: 2_500 };

function httpRequest(credential: Credential, size = 0): IDataObject {
	return {
		method: 'POST',
		url: `${String(credential.ecoreBaseUrl)}/external/phone/enrichment/`,
		authentication: 'predefinedCredentialType',
		nodeCredentialType: 'ecoreLensmorApi',
		sendBody: true,
		specifyBody: 'json',
		jsonBody: '={{ JSON.stringify({ email: $json.email }) }}',
		options: size > MAX_AT_ONCE ? { batching: { batch: BATCH } } : {},
	};
}

interface Look {
	people: number;
	concurrency?: number;
}

async function lookUp(node: 'ours' | 'httpRequest', look: Look): Promise<Measured> {
	const { people, concurrency = 20 } = look;
	return await measure({ people, wallet: 1e9 }, (credential) => ({
		node,
		parameters: node === 'ours' ? ours({ concurrency }) : httpRequest(credential, people),
		items: emails(people),
		// Enough that V8 has compiled what is measured.
		warmUp: emails(10_000),
	}));
}

// All that a person can be looked up by, each field mapped by an expression of its own.
const IDENTIFIERS = [
	'linkedinUrl',
	'email',
	'firstName',
	'lastName',
	'companyName',
	'companyWebsite',
] as const;

function identified(size: number): IDataObject[] {
	return crowd(size).map((person) => ({
		linkedinUrl: person.linkedin_url,
		email: person.email,
		firstName: person.first_name,
		lastName: person.last_name,
		companyName: person.company_name,
		companyWebsite: person.company_website,
	}));
}

async function lookUpBySix(node: 'ours' | 'httpRequest', people: number): Promise<Measured> {
	const fields = IDENTIFIERS.map((name) => ({ name, value: `={{ $json.${name} }}` }));
	const mapped = Object.fromEntries(fields.map(({ name, value }) => [name, value]));
	const [linkedinUrl, ...others] = fields;
	const measured = await measure({ people, wallet: 1e9 }, (credential) => ({
		node,
		parameters:
			node === 'ours'
				? { ...ours({ concurrency: 100 }), ...mapped }
				: {
						...httpRequest(credential, people),
						// eCore takes one identifier. The sandbox does not look at the query.
						specifyBody: 'keypair',
						bodyParameters: { parameters: [{ ...linkedinUrl, name: 'linkedin_url' }] },
						sendQuery: true,
						queryParameters: { parameters: others },
					},
		items: identified(people),
		warmUp: identified(10_000),
		watchesPauses: true,
	}));
	if (measured.phones !== people) throw new Error(`${node} found ${measured.phones} phones`);
	return measured;
}

function median<Value>(values: Value[], of: (value: Value) => number): number {
	const sorted = values.map(of).sort((a, b) => a - b);
	return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** The same measurement of both nodes, in turn, several times. */
async function inTurn<What>(
	what: What,
	times: number,
	lookUpOnce: (node: 'ours' | 'httpRequest', what: What) => Promise<Measured>,
) {
	const ours: Measured[] = [];
	const theirs: Measured[] = [];
	for (let turn = 0; turn < times; turn += 1) {
		ours.push(await lookUpOnce('ours', what));
		theirs.push(await lookUpOnce('httpRequest', what));
	}
	return { ours, theirs };
}

const ms = (value: number) => `${Math.round(value)} ms`;
const perItem = (value: number, items: number) => `${(value / items).toFixed(3)} ms`;
const mb = (value: number) => `${Math.round(value / 1e6)} MB`;

// What users meet: a vendor on the internet, over TLS.
const LATENCY = { medianMs: 300, sigma: 0.35 };

// Each takes 23 to 25 s at best, so that a run's start and end weigh as little as they do in real use.
const LISTS = [
	{ people: 350, concurrency: 5 },
	{ people: 1_500, concurrency: 20 },
	{ people: 7_000, concurrency: 100 },
];

async function wallTime(figures: Figure[], plot: Bar[]): Promise<void> {
	for (const { people, concurrency } of LISTS) {
		const runs: Measured[] = [];
		for (let turn = 0; turn < 3; turn += 1) {
			const run = await measure({ people, latency: LATENCY, wallet: 1e9 }, () => ({
				node: 'ours',
				parameters: ours({ concurrency }),
				items: emails(people),
				warmUp: emails(2_000),
			}));
			if (run.phones !== people) throw new Error(`${run.phones} phones of ${people} were found`);
			runs.push(run);
		}
		const wall = median(runs, ({ wallMs }) => wallMs);
		const ideal = idealMs(LATENCY, people, concurrency);
		const lookups = `${people.toLocaleString('en')} lookups`;
		figures.push({
			what: `Wall time of ${lookups} at ${LATENCY.medianMs} ms, concurrency ${concurrency}, ÷ ideal`,
			ours: ms(wall),
			theirs: `ideal ${ms(ideal)}`,
			figure: wall / ideal,
			unit: '×',
			bound: 1.05,
		});
		plot.push(
			{ label: `${lookups}, ${concurrency} at once`, value: wall },
			{ label: 'ideal', value: ideal },
		);
	}
}

const WHY_SO_MUCH_CPU =
	'it was 0.68 before each answer got a deadline and a bound on its size: since then, each request has an abort signal and a stream of its own';

async function processor(figures: Figure[]): Promise<void> {
	const cost = new Map<number, number>();
	for (const [people, times] of [
		[1_000, 5],
		[10_000, 3],
		[50_000, 1],
	] as const) {
		const { ours, theirs } = await inTurn({ people }, times, lookUp);
		const own = median(ours, ({ cpuMs }) => cpuMs);
		const other = median(theirs, ({ cpuMs }) => cpuMs);
		cost.set(people, own / people);
		figures.push({
			what: `CPU per item at ${people.toLocaleString('en')} items, this node ÷ HTTP Request`,
			ours: perItem(own, people),
			theirs: perItem(other, people),
			figure: own / other,
			unit: '×',
			bound: 0.7,
			whyNot: WHY_SO_MUCH_CPU,
		});
		if (people !== 50_000) continue;
		const memory = median(ours, ({ peakBytes }) => peakBytes);
		const otherMemory = median(theirs, ({ peakBytes }) => peakBytes);
		figures.push({
			what: 'Peak memory at 50,000 items, this node ÷ HTTP Request',
			ours: mb(memory),
			theirs: mb(otherMemory),
			figure: memory / otherMemory,
			unit: '×',
			bound: 1,
		});
	}
	figures.push({
		what: 'CPU per item at 50,000 items ÷ at 1,000 (linear growth)',
		ours: perItem(cost.get(50_000) ?? 0, 1),
		theirs: perItem(cost.get(1_000) ?? 0, 1),
		figure: (cost.get(50_000) ?? 0) / (cost.get(1_000) ?? 1),
		unit: '×',
		bound: 1.2,
	});
}

async function combined(figures: Figure[]): Promise<void> {
	const people = 10_000;
	const { vendor } = await measure({ people, wallet: 1e9 }, () => ({
		node: 'ours',
		parameters: {
			resource: 'record',
			operation: 'unlock',
			uuids: '={{ $json.uuid }}',
			unlockType: 'email',
			requestMode: 'combined',
			returnContactDetails: false,
		},
		items: crowd(people).map(({ uuid }) => ({ uuid })),
	}));
	figures.push({
		what: 'Requests for 10,000 records, combined',
		ours: `${vendor.requests} requests`,
		theirs: `${vendor.credits} credits`,
		figure: vendor.requests,
		unit: '',
		bound: 100,
		exactly: true,
	});
}

// A CRM's list: 30 % of its rows repeat a person; 1 % of the answers are lost after the charge.
async function credits(figures: Figure[], plot: Bar[]): Promise<void> {
	const rows = 1000;
	const distinct = 700;
	const items = Array.from({ length: rows }, (_, row) => ({ email: emailOf(row % distinct) }));
	const faults = Array.from({ length: rows / 100 }, (_, index) => ({
		kind: 'lostAfter' as const,
		on: `"${emailOf(index * 70)}"`,
	}));
	const settings = { retryOnFail: true, maxTries: 5, waitBetweenTries: 1 };
	const run = async (node: 'ours' | 'httpRequest') =>
		await measure({ people: distinct, wallet: 1e9, faults }, (credential) => ({
			node,
			parameters: node === 'ours' ? ours({ concurrency: 20 }) : httpRequest(credential),
			items,
			// Ours goes on past a lost answer; HTTP Request is run again by n8n, as its users set it.
			settings: node === 'ours' ? { ...settings, onError: 'continueRegularOutput' } : settings,
		}));
	const own = await run('ours');
	const other = await run('httpRequest');
	figures.push(
		{
			what: 'Credits per distinct person found, 1,000 rows with repeats and lost answers',
			ours: `${own.vendor.credits} credits`,
			theirs: `${own.vendor.people} people`,
			figure: own.vendor.credits / own.vendor.people,
			unit: 'credits',
			bound: 5,
			exactly: true,
		},
		{
			what: 'Credits for those rows under Retry On Fail, this node ÷ HTTP Request',
			ours: `${own.vendor.credits} credits`,
			theirs: `${other.vendor.credits} credits`,
			figure: own.vendor.credits / other.vendor.credits,
			unit: '×',
			bound: 1,
		},
	);
	plot.push(
		{ label: 'this node', value: own.vendor.credits },
		{ label: 'HTTP Request', value: other.vendor.credits },
	);
}

async function walletRunsDry(figures: Figure[]): Promise<void> {
	const people = 200;
	const wallet = (people / 2) * 5;
	const kept = async (node: 'ours' | 'httpRequest') =>
		await measure({ people, wallet }, (credential) => ({
			node,
			parameters: node === 'ours' ? ours({ concurrency: 5 }) : httpRequest(credential),
			items: emails(people),
			settings: node === 'ours' ? { onError: 'continueRegularOutput' } : {},
		}));
	const own = await kept('ours');
	const other = await kept('httpRequest');
	figures.push({
		what: 'Paid results kept when the wallet becomes empty half-way (of 100 paid)',
		ours: `${own.phones}`,
		theirs: `HTTP Request ${other.phones}`,
		figure: own.phones,
		unit: 'results',
		bound: 100,
		exactly: true,
	});
}

async function pauses(figures: Figure[]): Promise<void> {
	for (const [people, times] of [
		[10_000, 3],
		[50_000, 1],
	] as const) {
		const { ours, theirs } = await inTurn(people, times, lookUpBySix);
		const middle = (runs: Measured[], name: 'longestMs' | 'longestOnProcessorMs' | 'p99Ms') =>
			median(runs, (run) => run.pauses?.[name] ?? NaN);
		const told = (runs: Measured[]) =>
			`${ms(middle(runs, 'longestMs'))}, ${ms(middle(runs, 'longestOnProcessorMs'))} of CPU time; 99th percentile ${middle(runs, 'p99Ms').toFixed(1)} ms`;
		figures.push({
			what: `Longest pause of n8n's process at ${people.toLocaleString('en')} items × 6 expressions, in CPU time`,
			ours: told(ours),
			theirs: `HTTP Request ${told(theirs)}`,
			figure: middle(ours, 'longestOnProcessorMs'),
			unit: 'ms',
			bound: 50,
		});
	}
}

async function storedBytes(figures: Figure[]): Promise<void> {
	const people = 10_000;
	const { stored: own } = await lookUp('ours', { people });
	const { stored: other } = await lookUp('httpRequest', { people });
	const each = (bytes: number) => `${Math.round(bytes / people)} B`;
	const formats = [
		['JSON', 'json'],
		['flatted', 'flatted'],
	] as const;
	const told = (tell: (format: 'json' | 'flatted') => string) =>
		formats.map(([name, format]) => `${name} ${tell(format)}`).join(', ');
	figures.push({
		what: 'Stored memory per lookup of 10,000 found ÷ output per item, the worse of both formats',
		ours: told((format) => `${each(own.memory[format])} ÷ ${each(own.output[format])}`),
		theirs: `output of HTTP Request: ${told((format) => each(other.output[format]))}`,
		figure: Math.max(...formats.map(([, format]) => own.memory[format] / own.output[format])),
		unit: '×',
		bound: 0.6,
	});
}

function holds({ figure, bound, exactly }: Figure): boolean {
	return exactly === true ? figure === bound : figure <= bound;
}

function table(figures: Figure[]): string {
	const lines = figures.map((figure) => {
		const { what, ours: own, theirs, unit, bound, exactly, whyNot } = figure;
		const not = whyNot === undefined ? '**no**' : `**no**: ${whyNot}`;
		const value = Number.isInteger(figure.figure) ? figure.figure : figure.figure.toFixed(2);
		const rule = `${exactly === true ? 'exactly' : 'at most'} ${bound}`;
		return `| ${what} | ${own} | ${theirs} | ${value} ${unit} | ${rule} | ${holds(figure) ? 'yes' : not} |`;
	});
	return [
		'| What | This node | Compared with | Figure | Must be | Holds |',
		'| --- | --- | --- | --- | --- | --- |',
		...lines,
	].join('\n');
}

function installBase(): void {
	if (existsSync(path.join(BASE_FOLDER, 'node_modules/n8n-nodes-base'))) return;
	process.stdout.write("Installing n8n's own nodes to compare with (once, a minute or two) ...\n");
	mkdirSync(BASE_FOLDER, { recursive: true });
	for (const file of ['package.json', 'package-lock.json']) {
		copyFileSync(path.join(__dirname, 'base', file), path.join(BASE_FOLDER, file));
	}
	execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
		cwd: BASE_FOLDER,
		stdio: ['ignore', 'ignore', 'inherit'],
	});
}

function versionOf(name: string, folder = PACKAGE_FOLDER): string {
	const file = path.join(folder, 'node_modules', name, 'package.json');
	return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

/** Measures all, or with a word on the command line the parts with that word in their names. */
async function main(word = process.argv[2]): Promise<void> {
	const figures: Figure[] = [];
	const wall: Bar[] = [];
	const spent: Bar[] = [];
	const parts = [
		['wall time', async () => await wallTime(figures, wall)],
		['processor and memory', async () => await processor(figures)],
		['combined', async () => await combined(figures)],
		['credits', async () => await credits(figures, spent)],
		['running dry', async () => await walletRunsDry(figures)],
		['pauses', async () => await pauses(figures)],
		['stored bytes', async () => await storedBytes(figures)],
	] as const;
	const chosen = parts.filter(([name]) => name.includes(word ?? ''));
	if (chosen.length === 0) {
		throw new Error(`No part is named "${word}": ${parts.map(([name]) => name).join(', ')}`);
	}
	installBase();
	for (const [name, part] of chosen) {
		process.stdout.write(`Measuring ${name} ...\n`);
		await part();
	}
	if (!figures.every(holds)) process.exitCode = 1;
	if (word !== undefined) {
		process.stdout.write(`\n${table(figures)}\n`);
		return;
	}
	const report = `# Benchmarks

Written by \`npm run bench\`. It measures this node and n8n's HTTP Request node in one run: the same work, in the same engine,
against the same sandbox, which runs in its own process. Only the ratios say something about the nodes: the other figures
depend on the machine.

- Date: ${new Date().toISOString().slice(0, 10)}
- Machine: ${os.cpus().length} × ${os.cpus()[0]?.model.trim() ?? 'unknown'}, ${Math.round(os.totalmem() / 2 ** 30)} GiB, ${os.type()}
- Versions: Node ${process.versions.node}, n8n-core ${versionOf('n8n-core')}, n8n-nodes-base ${versionOf('n8n-nodes-base', BASE_FOLDER)} (HTTP Request)
- Wall times are measured with a simulated vendor that behaves like a real one: it uses TLS, and its latencies follow a
  log-normal distribution (median ${LATENCY.medianMs} ms, sigma ${LATENCY.sigma}). They are the same in every run.
- The ideal is the time of a perfect client: it keeps as many requests under way as Concurrency permits, starts them in
  order, and only the latency takes time.
- The lists are so long that the ideal is 23 to 25 s. The node reads all items before the first request, and returns them
  after the last answer. In a run of one or two seconds, this would be a large part of the time; in real use it is small.
- n8n's HTTP helper opens a new connection for each request, with a complete TLS handshake. The node's wall time includes
  this, and the ideal does not. Here it costs only CPU time, because loopback has no network delay.
- HTTP Request has no wall time here: it sends all requests at once, or in batches at fixed times. It cannot keep a fixed
  number of requests under way, so there is nothing to compare.

${table(figures)}

![Wall time of lookups](images/benchmark-wall-time.svg)

![Credits for 1,000 rows](images/benchmark-credits.svg)
`;
	const docs = path.join(PACKAGE_FOLDER, 'docs');
	mkdirSync(path.join(docs, 'images'), { recursive: true });
	writeFileSync(path.join(docs, 'benchmarks.md'), report);
	writeFileSync(
		path.join(docs, 'images/benchmark-wall-time.svg'),
		bars(`Wall time of lookups at ${LATENCY.medianMs} ms, in ms`, wall),
	);
	writeFileSync(
		path.join(docs, 'images/benchmark-credits.svg'),
		bars('Credits for 1,000 rows, 700 people, 10 lost answers', spent),
	);
	process.stdout.write(`\n${table(figures)}\n\nWritten to docs/benchmarks.md\n`);
}

void main();
