import { execFileSync } from 'node:child_process';
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	symlinkSync,
} from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { PACKAGE_FOLDER } from '../engine/engine';
import { schemaFiles } from '../schema/files';

// The packed tarball, unpacked in an empty folder.
let folder = '';
let unpacked = '';
let files: string[] = [];

beforeAll(() => {
	folder = mkdtempSync(path.join(tmpdir(), 'packed-'));
	// Also within npm publish --dry-run, whose settings reach what runs in it.
	const pack = ['pack', '--silent', '--ignore-scripts', '--no-dry-run'];
	const [tarball = ''] = execFileSync('npm', [...pack, '--pack-destination', folder], {
		cwd: PACKAGE_FOLDER,
		encoding: 'utf8',
	})
		.trim()
		.split('\n')
		.slice(-1);
	execFileSync('tar', ['-xzf', path.join(folder, tarball), '-C', folder]);
	unpacked = path.join(folder, 'package');
	files = readdirSync(unpacked, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => path.relative(unpacked, path.join(entry.parentPath, entry.name)))
		.sort();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('ships what n8n loads and little else', () => {
	expect(files).toEqual([
		'LICENSE',
		'README.md',
		'dist/credentials/EcoreLensmorApi.credentials.js',
		'dist/nodes/EcoreLensmor/EcoreLensmor.node.js',
		'dist/nodes/EcoreLensmor/EcoreLensmor.node.json',
		...schemaFiles().map(({ file }) => `dist/nodes/EcoreLensmor/__schema__/v1.0.0/${file}`),
		'dist/nodes/EcoreLensmor/ecoreLensmor.dark.svg',
		'dist/nodes/EcoreLensmor/ecoreLensmor.svg',
		'dist/third-party-licences.txt',
		'index.js',
		'package.json',
	]);
});

it('requires nothing from outside but n8n-workflow', () => {
	const required = files
		.filter((file) => file.startsWith('dist') && file.endsWith('.js'))
		.flatMap((file) => [
			...readFileSync(path.join(unpacked, file), 'utf8').matchAll(/\brequire\("([^"]+)"\)/g),
		])
		.map((match) => match[1] ?? '')
		.filter((name) => !builtinModules.includes(name.replace('node:', '')));

	expect([...new Set(required)]).toEqual(['n8n-workflow']);
	const { dependencies, peerDependencies } = JSON.parse(
		readFileSync(path.join(unpacked, 'package.json'), 'utf8'),
	) as Record<string, unknown>;
	expect(dependencies).toBeUndefined();
	expect(peerDependencies).toEqual({ 'n8n-workflow': '*' });
});

it('loads in an empty folder, with both icons and its codex', () => {
	expect(existsSync(path.join(unpacked, 'node_modules'))).toBe(false);
	// The only module that can be found from outside is n8n's own.
	const outside = path.join(folder, 'outside');
	mkdirSync(outside);
	symlinkSync(
		path.join(PACKAGE_FOLDER, 'node_modules/n8n-workflow'),
		path.join(outside, 'n8n-workflow'),
	);
	const { node, credential } = inProcess(
		`
		const { PackageDirectoryLoader } = createRequire(process.argv[1])('n8n-core');
		const loader = new PackageDirectoryLoader(process.argv[2]);
		await loader.loadAll();
		const [node] = loader.types.nodes;
		const [credential] = loader.types.credentials;
		console.log(JSON.stringify({ node, credential }));
		`,
		[unpacked],
		{ NODE_PATH: outside },
	) as Record<'node' | 'credential', { iconUrl: { light: string; dark: string } }>;

	expect(node).toMatchObject({
		name: 'ecoreLensmor',
		displayName: 'eCore & Lensmor',
		version: 1,
		codex: { categories: ['Sales', 'Marketing'], resources: expect.any(Object) as unknown },
	});
	const icons = [node, credential].flatMap(({ iconUrl }) => [iconUrl.light, iconUrl.dark]);
	for (const icon of icons) {
		const file = icon.replace('icons/n8n-nodes-ecore-lensmor/', '');
		expect(files).toContain(path.normalize(file));
	}
});

// The scanner and its ESLint are ES modules, and its rules change with jest's environment.
function inProcess(script: string, args: string[], env: NodeJS.ProcessEnv = {}): unknown {
	const output = execFileSync(
		process.execPath,
		[
			'--input-type=module',
			'-e',
			`import { createRequire } from 'node:module';${script}`,
			path.join(PACKAGE_FOLDER, 'package.json'),
			...args,
		],
		{
			encoding: 'utf8',
			// The scanner leaves a temporary folder behind: it goes with ours.
			env: { ...process.env, NODE_ENV: 'production', JEST_WORKER_ID: '', TMPDIR: folder, ...env },
		},
	);
	return JSON.parse(output);
}

const SCAN = `
	import { pathToFileURL } from 'node:url';
	const [, projectFile, cwd, leg] = process.argv;
	const scanner = createRequire(projectFile).resolve('@n8n/scan-community-package/scanner/scanner.mjs');
	const { analyzePackage, buildScanConfig, SOURCE_FILE_PATTERNS } = await import(pathToFileURL(scanner));
	const { ESLint } = createRequire(scanner)('eslint');
	const files = leg === 'source' ? SOURCE_FILE_PATTERNS : ['**/*.js', 'package.json'];
	const { passed, details } = await analyzePackage(cwd, files);
	const overrideConfig = await buildScanConfig();
	const eslint = new ESLint({ cwd, allowInlineConfig: false, overrideConfigFile: true, overrideConfig });
	const results = await eslint.lintFiles(files);
	const found = results.flatMap(({ messages }) => messages.map(({ ruleId }) => ruleId));
	console.log(JSON.stringify({ passed, details, found, files: results.length }));
`;

it.each([
	['source', 30],
	['tarball', 4],
])("n8n's scanner finds nothing to say about the %s, not even a warning", (leg, atLeast) => {
	const cwd = leg === 'source' ? PACKAGE_FOLDER : unpacked;
	const result = inProcess(SCAN, [cwd, leg]) as { files: number };

	expect(result).toEqual({ passed: true, found: [], files: expect.any(Number) as unknown });
	expect(result.files).toBeGreaterThanOrEqual(atLeast);
});
