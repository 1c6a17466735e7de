import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import engines from './engines.json';

// What holds money together, on n8n's engine.
const TESTS = [
	'badInput',
	'decisionTable',
	'hostileAnswers',
	'itemLinking',
	'options',
	'outputs',
	'records',
	'spendsOnce',
];

// Whole servers as well: the oldest that is supported, and one of version 2.
const SERVERS = ['1.85.4', '2.8.4'];

const LONGEST_RUN_MS = 15 * 60_000;

const FOLDER = path.resolve(__dirname, '../..');
const DOCUMENT = path.join(FOLDER, 'docs/compatibility.md');

interface Result {
	passed: number;
	failed: number;
	names: string[];
}

/** Installs the engine of one n8n in a folder of its own, once. */
function install(version: string, packages: Record<string, string>): string {
	const folder = path.join(FOLDER, '.cache/compat', version);
	const done = path.join(folder, 'installed');
	if (existsSync(done)) return folder;
	process.stdout.write(`Installing the engine of n8n ${version} ...\n`);
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	writeFileSync(path.join(folder, 'package.json'), '{ "private": true }');
	const wanted = Object.entries(packages).map(([name, exact]) => `${name}@${exact}`);
	const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--omit=optional', '--silent'];
	execFileSync('npm', ['install', ...quiet, ...wanted], { cwd: folder, stdio: 'inherit' });
	writeFileSync(done, '');
	return folder;
}

/** Runs tests with jest, with more in its environment. */
function test(config: string, files: string[], more: Record<string, string>): Result {
	const results = mkdtempSync(path.join(tmpdir(), 'compat-'));
	const outputFile = path.join(results, 'results.json');
	const options = ['--config', config, '--silent', '--json', '--outputFile', outputFile];
	try {
		spawnSync('jest', [...options, ...files], {
			cwd: FOLDER,
			env: { ...process.env, ...more },
			stdio: 'ignore',
			timeout: LONGEST_RUN_MS,
		});
		const { numPassedTests, numFailedTests, numFailedTestSuites, testResults } = JSON.parse(
			readFileSync(outputFile, 'utf8'),
		) as {
			numPassedTests: number;
			numFailedTests: number;
			numFailedTestSuites: number;
			testResults: Array<{
				message: string;
				assertionResults: Array<{ status: string; fullName: string }>;
			}>;
		};
		const names = testResults.flatMap(({ message, assertionResults }) =>
			assertionResults.length === 0
				? [message.trim().slice(0, 300)]
				: assertionResults.flatMap(({ status, fullName }) =>
						status === 'failed' ? [fullName] : [],
					),
		);
		const failed = Math.max(numFailedTests, numFailedTestSuites);
		return { passed: numPassedTests, failed, names };
	} finally {
		rmSync(results, { recursive: true });
	}
}

/** The tests about money on the engine of an n8n. */
function testEngine(version: string, packages: Record<string, string>): Result {
	return test(
		'test/compat/jest.config.js',
		TESTS.map((name) => `test/engine/${name}.test.ts`),
		{ COMPAT_ENGINE: install(version, packages) },
	);
}

/** The scenarios about money on a whole server of an n8n, which is installed once. */
function testServer(version: string): Result {
	const env = { E2E_N8N: version };
	execFileSync('tsx', ['test/e2e/prepare.ts'], {
		cwd: FOLDER,
		env: { ...process.env, ...env },
		stdio: 'inherit',
	});
	return test('test/e2e/jest.config.js', ['test/e2e/money.e2e.ts'], env);
}

const MARKS = /(<!-- engines -->)([\s\S]*)(<!-- \/engines -->)/;

/** Puts what was run into the table of the document; the other versions keep their rows. */
function writeRow(version: string, ofEngine: Result, ofServer: Result | undefined): void {
	const document = readFileSync(DOCUMENT, 'utf8');
	const rows = new Map(
		[...(MARKS.exec(document)?.[2] ?? '').matchAll(/^\| (\d\S*) .*$/gm)].map(
			([row, ofVersion]) => [ofVersion, row] as const,
		),
	);
	const engine = Object.entries(engines[version as keyof typeof engines])
		.map(([name, exact]) => `${name} ${exact}`)
		.slice(0, 2)
		.join(', ');
	const run = `${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}`;
	const [onEngine, onServer] = [ofEngine, ofServer].map((result) =>
		result === undefined ? '' : `${result.passed} of ${result.passed + result.failed}`,
	);
	rows.set(version, `| ${version} | ${engine} | ${run} | ${onEngine} | ${onServer} |`);
	const table = [
		'| n8n | Engine | Run on | Tests that pass | On a whole server |',
		'| --- | --- | --- | --- | --- |',
		...Object.keys(engines).flatMap((one) => rows.get(one) ?? []),
	].join('\n');
	writeFileSync(DOCUMENT, document.replace(MARKS, `$1\n\n${table}\n\n$3`));
	spawnSync('prettier', ['--write', DOCUMENT], { stdio: 'ignore' });
}

const [only] = process.argv.slice(2);
for (const [version, packages] of Object.entries(engines)) {
	if (only !== undefined && version !== only) continue;
	const results = [testEngine(version, packages)];
	// After each, so that what was run stands there also if a later one is stopped.
	for (const ofServer of SERVERS.includes(version) ? [undefined, version] : [undefined]) {
		if (ofServer !== undefined) results.push(testServer(ofServer));
		const [onEngine, onServer] = results;
		if (onEngine !== undefined) writeRow(version, onEngine, onServer);
	}
	for (const [index, { passed, failed, names }] of results.entries()) {
		const what = index === 0 ? 'engine' : 'whole server';
		process.stdout.write(`n8n ${version}, ${what}: ${passed} passed, ${failed} failed\n`);
		for (const name of names) process.stdout.write(`  ✕ ${name}\n`);
		if (failed > 0) process.exitCode = 1;
	}
}
