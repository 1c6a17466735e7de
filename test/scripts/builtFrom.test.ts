import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { readSources, recordSources, refuseStaleBuild } from '../../scripts/builtFrom';

// A package in small: what a build reads, and its record.
let folder = '';
const write = (file: string, text: string) => {
	mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
	writeFileSync(path.join(folder, file), text);
};
const writeManifest = (more: object) =>
	write('package.json', JSON.stringify({ n8n: { nodes: ['dist/nodes/A.node.js'] }, ...more }));
const build = () => {
	mkdirSync(path.join(folder, 'dist'), { recursive: true });
	recordSources(folder, readSources(folder));
};
const use = () => refuseStaleBuild(folder);

beforeEach(() => {
	folder = mkdtempSync(path.join(tmpdir(), 'built-from-'));
	write('nodes/A.node.ts', 'one');
	write('nodes/a/price.ts', '1');
	write('nodes/a.svg', '<svg/>');
	write('credentials/A.credentials.ts', 'one');
	write('gulpfile.js', 'one');
	writeManifest({ version: '1.0.0' });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('a clone that was never built is refused, and says what to do', () => {
	expect(use).toThrow('dist is missing or not complete: run npm run build');
});

it('a build is accepted, and so is the next one', () => {
	build();
	expect(use).not.toThrow();
	write('nodes/a/price.ts', '5');
	build();
	expect(use).not.toThrow();
});

it.each([
	['a file changes', 'nodes/a/price.ts', () => write('nodes/a/price.ts', '5')],
	['a file is added', 'nodes/a/more.ts', () => write('nodes/a/more.ts', '')],
	['a file is removed', 'nodes/a.svg', () => rmSync(path.join(folder, 'nodes/a.svg'))],
	[
		'the credential changes',
		'credentials/A.credentials.ts',
		() => write('credentials/A.credentials.ts', 'two'),
	],
	['the build itself changes', 'gulpfile.js', () => write('gulpfile.js', 'two')],
	[
		'what is bundled changes',
		'package.json',
		() => writeManifest({ devDependencies: { zod: '4' } }),
	],
	[
		'an old copy is put in the place of a file',
		'nodes/a/price.ts',
		() => {
			write('nodes/a/price.ts', '0');
			utimesSync(path.join(folder, 'nodes/a/price.ts'), 0, 0);
		},
	],
])('a build is refused once %s', (_what, file, change) => {
	build();
	change();
	expect(use).toThrow(`dist is older than ${file}: run npm run build`);
});

it('several changes are counted', () => {
	build();
	write('nodes/A.node.ts', 'two');
	write('nodes/a/price.ts', '5');
	expect(use).toThrow('dist is older than nodes/A.node.ts and 1 more: run npm run build');
});

it.each([
	[
		'git writes the same file anew',
		() => utimesSync(path.join(folder, 'nodes/a/price.ts'), new Date(), new Date(2100, 1)),
	],
	['the version is raised', () => writeManifest({ version: '1.0.1' })],
	['an editor leaves files of its own', () => write('nodes/a/.price.ts.swp', '')],
])('there is no false alarm when %s', (_what, change) => {
	build();
	change();
	expect(use).not.toThrow();
});
