import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { findPlaceholders } from '../../scripts/placeholders';

it.each([
	['package.json', '"email": "maintainers@example.com"'],
	['package.json', '"author": "Jane <jane@mail.nobody.example>"'],
	['package.json', '"url": "git+https://github.com/OWNER/n8n-nodes-ecore-lensmor.git"'],
	['package.json', '"homepage": "https://docs.example.org/node"'],
	['LICENSE', 'Copyright (c) 2026 TODO'],
	['README.md', 'See [the documents](https://example.com/docs).'],
	['README.md', 'TBD: how to get support'],
	['README.md', 'The package is not published on npm yet.'],
	['nodes/A.node.json', '{ "url": "https://a.invalid/docs" }'],
])('a placeholder in %s is found: %s', (file, line) => {
	expect(findPlaceholders(file, `first line\n${line}\nlast line`)).toEqual([`${file}:2: ${line}`]);
});

it.each([
	['package.json', '"name": "n8n-nodes-ecore-lensmor maintainers"'],
	['package.json', '"url": "https://github.com/someone/n8n-nodes-ecore-lensmor"'],
	['package.json', '"test": "jest", "files": ["a.test.ts", "!dist/example.json"]'],
	['README.md', 'An address such as `jane@example.com` is looked up once.'],
	['README.md', 'For example, the owner of the wallet has to do it: http://127.0.0.1:8123'],
	['README.md', 'Once it is published, install it.'],
])('what is none is left alone in %s: %s', (file, line) => {
	expect(findPlaceholders(file, line)).toEqual([]);
});

it('npm publish is refused while there is one, although this project switches scripts off', () => {
	const project = path.resolve(__dirname, '../..');
	const folder = mkdtempSync(path.join(tmpdir(), 'publish-'));
	try {
		for (const file of ['.npmrc', 'README.md', 'LICENSE', 'nodes', 'scripts']) {
			cpSync(path.join(project, file), path.join(folder, file), { recursive: true });
		}
		const manifest = JSON.parse(readFileSync(path.join(project, 'package.json'), 'utf8')) as object;
		const author = { name: 'Somebody', email: 'somebody@example.com' };
		writeFileSync(
			path.join(folder, 'package.json'),
			JSON.stringify({ ...manifest, author }, null, 1),
		);

		const { status, stderr } = spawnSync(
			'npm',
			['publish', '--dry-run', '--registry=http://127.0.0.1:9'],
			{ cwd: folder, encoding: 'utf8' },
		);
		expect(stderr).toContain('Not to be published before these are filled in:');
		expect(stderr).toContain('somebody@example.com');
		expect(status).not.toBe(0);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
});
