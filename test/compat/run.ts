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

const LONGEST_RUN_MS = 15 * 60_000;

const FOLDER = path.resolve(__dirname, '../..');
const DOCUMENT = path.join(FOLDER, 'docs/compatibility.md');

interface Result {
	version: string;
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

function test(version: string, engine: string): Result {
	const results = mkdtempSync(path.join(tmpdir(), 'compat-'));
	const outputFile = path.join(results, 'results.json');
	const files = TESTS.map((name) => `test/engine/${name}.test.ts`);
	const config = ['--config', 'test/compat/jest.config.js', '--silent'];
	try {
		spawnSync('jest', [...config, '--json', '--outputFile', outputFile, ...files], {
			cwd: FOLDER,
			env: { ...process.env, COMPAT_ENGINE: engine },
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
		return { version, passed: numPassedTests, failed, names };
	} finally {
		rmSync(results, { recursive: true });
	}
}

const MARKS = /(<!-- engines -->)([\s\S]*)(<!-- \/engines -->)/;

/** Puts what was run into the table of the document; the other versions keep their rows. */
function writeRow({ version, passed, failed }: Result): void {
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
	rows.set(version, `| ${version} | ${engine} | ${run} | ${passed} of ${passed + failed} |`);
	const table = [
		'| n8n | Engine | Run on | Tests that pass |',
		'| --- | --- | --- | --- |',
		...Object.keys(engines).flatMap((one) => rows.get(one) ?? []),
	].join('\n');
	writeFileSync(DOCUMENT, document.replace(MARKS, `$1\n\n${table}\n\n$3`));
	spawnSync('prettier', ['--write', DOCUMENT], { stdio: 'ignore' });
}

const [only] = process.argv.slice(2);
for (const [version, packages] of Object.entries(engines)) {
	if (only !== undefined && version !== only) continue;
	const result = test(version, install(version, packages));
	process.stdout.write(`n8n ${version}: ${result.passed} passed, ${result.failed} failed\n`);
	for (const name of result.names) process.stdout.write(`  ✕ ${name}\n`);
	// After each, so that what was run stands there also if a later one is stopped.
	writeRow(result);
	if (result.failed > 0) process.exitCode = 1;
}
