import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { PACKAGE_FOLDER } from '../engine/engine';
import host from './package.json';

// Another n8n than the one of package-lock.json, for npm run test:compat.
const OTHER_VERSION = process.env.E2E_N8N;

/** Where n8n is installed, on demand. */
export const HOST_FOLDER = path.join(
	PACKAGE_FOLDER,
	'.cache',
	OTHER_VERSION === undefined ? 'e2e' : `e2e-${OTHER_VERSION}`,
);

/** Whether it is an n8n 1, which does not run on Node 24. */
export const IS_N8N_1 = OTHER_VERSION?.startsWith('1.') === true;

// n8n 2.41 asks for it.
const NODE_MAJOR = 24;

/** Where Debian keeps PostgreSQL's programs, by version. */
export const POSTGRES = '/usr/lib/postgresql';

/** Debian's packages that the scenarios use, by what shows that they are there. */
export const DEBIAN = {
	chromium: 'chromium',
	'redis-server': 'redis-server',
	[POSTGRES]: 'postgresql',
};

/** What the scenarios run with. */
export interface Tools {
	/** A Node that n8n runs on. */
	node: string;
	/** n8n's own command. */
	n8n: string;
}

function say(text: string): void {
	process.stdout.write(`${text}\n`);
}

function run(command: string, args: string[], cwd: string, env: NodeJS.ProcessEnv): void {
	execFileSync(command, args, { cwd, env, stdio: ['ignore', 'inherit', 'inherit'] });
}

function nodeForN8n(): string {
	if (IS_N8N_1) return process.execPath;
	if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR) return process.execPath;
	say(`Looking for Node ${NODE_MAJOR} (npm fetches it once) ...`);
	const args = ['--yes', '--package', `node@${NODE_MAJOR}`, 'node', '--print', 'process.execPath'];
	const node = execFileSync('npx', args, {
		encoding: 'utf8',
		cwd: os.tmpdir(),
		env: plain(),
	}).trim();
	const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
	if (!version.startsWith(`v${NODE_MAJOR}.`)) {
		throw new Error(`n8n needs Node ${NODE_MAJOR}; npm fetched ${version}`);
	}
	return node;
}

// `npm run` hands this project's own settings on, which forbid install scripts.
function plain(): NodeJS.ProcessEnv {
	const entries = Object.entries(process.env);
	return Object.fromEntries(entries.filter(([name]) => !/^npm_/i.test(name)));
}

/** The environment in which a command finds that Node first. */
export function withNode(node: string): NodeJS.ProcessEnv {
	const env = plain();
	return { ...env, PATH: `${path.dirname(node)}${path.delimiter}${env.PATH}` };
}

/** Installs n8n where it is not installed yet: some 3 GB, in a few minutes. Throws where npm cannot. */
export function install(): Tools {
	const node = nodeForN8n();
	const tools = { node, n8n: path.join(HOST_FOLDER, 'node_modules/n8n/bin/n8n') };
	const wanted = createHash('sha256')
		.update(readFileSync(path.join(__dirname, 'package-lock.json')))
		.update(node)
		.update(OTHER_VERSION ?? '')
		.digest('hex');
	const stamp = path.join(HOST_FOLDER, 'installed');
	if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return tools;

	say(`Installing n8n ${OTHER_VERSION ?? '2.41.1'} (once, 3 to 6 minutes) ...`);
	mkdirSync(HOST_FOLDER, { recursive: true });
	if (OTHER_VERSION === undefined) {
		for (const file of ['package.json', 'package-lock.json']) {
			copyFileSync(path.join(__dirname, file), path.join(HOST_FOLDER, file));
		}
	} else {
		const { dependencies } = host;
		const others = {
			private: true,
			dependencies: { ...dependencies, n8n: OTHER_VERSION },
			// Older n8n takes it from a website of its own, which not every machine reaches; no scenario uses it.
			overrides: { xlsx: '0.18.5' },
		};
		writeFileSync(path.join(HOST_FOLDER, 'package.json'), JSON.stringify(others));
	}
	// Not `npm ci`: it insists on optional packages for other systems, which not every registry has.
	// Scripts would compile what is not needed here; the database's driver is.
	const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
	run('npm', ['install', '--ignore-scripts', ...quiet], HOST_FOLDER, withNode(node));
	say('Compiling the database driver ...');
	// On all cores.
	const env = { ...withNode(node), JOBS: 'max' };
	run('npm', ['rebuild', 'sqlite3', ...quiet], HOST_FOLDER, env);
	writeFileSync(stamp, wanted);
	return tools;
}

/** Installs Debian's packages whose commands (by name or path) are missing. Throws where that is not allowed. */
export function installFromDebian(packages: Record<string, string>): void {
	const missing = Object.entries(packages)
		.filter(([command]) => !isThere(command))
		.map(([, name]) => name);
	if (missing.length === 0) return;
	if (process.getuid?.() !== 0) {
		throw new Error(`As root: apt-get install ${missing.join(' ')}`);
	}
	say(`Installing ${missing.join(', ')} from Debian ...`);
	const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
	for (const args of [
		['update', '-qq'],
		['install', '-qq', '--yes', '--no-install-recommends', ...missing],
	]) {
		execFileSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
	}
}

function isThere(command: string): boolean {
	return (process.env.PATH ?? '')
		.split(path.delimiter)
		.some((folder) => existsSync(path.resolve(folder, command)));
}
