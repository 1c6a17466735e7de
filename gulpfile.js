const { cp, readdir, readFile, rm, writeFile } = require('node:fs/promises');
const path = require('node:path');
const { parseArgs } = require('node:util');

const esbuild = require('esbuild');
const { dest, series, src, watch } = require('gulp');

const manifest = require('./package.json');
const { readSources, recordSources } = require('./scripts/builtFrom');

async function clean() {
	await rm('dist', { recursive: true, force: true });
}

// zod travels inside the bundle: n8n installs a community node without its dependencies.
async function bundle() {
	const entryPoints = [...manifest.n8n.nodes, ...manifest.n8n.credentials].map((built) =>
		path.relative('dist', built).replace(/\.js$/, '.ts'),
	);
	const { metafile } = await esbuild.build({
		entryPoints,
		metafile: true,
		outdir: 'dist',
		outbase: '.',
		bundle: true,
		platform: 'node',
		format: 'cjs',
		target: 'node20',
		external: ['n8n-workflow'],
		legalComments: 'inline',
		logLevel: 'warning',
	});
	await writeFile('dist/third-party-licences.txt', await licencesOf(Object.keys(metafile.inputs)));
}

// What is bundled is published, and its licences want their notices to go with it.
async function licencesOf(bundled) {
	const folders = bundled.flatMap(
		(file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? [],
	);
	const notices = [...new Set(folders)].sort().map(async (folder) => {
		const { name, version } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
		const file = (await readdir(folder)).find((one) => /^licen[cs]e/i.test(one));
		if (file === undefined) throw new Error(`${name} is bundled, and has no licence to go with it`);
		return `${name} ${version}\n\n${await readFile(path.join(folder, file), 'utf8')}`;
	});
	return (await Promise.all(notices)).join(`\n${'-'.repeat(80)}\n\n`);
}

function iconsCodexAndSchemas() {
	return src(['nodes/**/*.{svg,node.json}', 'nodes/**/__schema__/**/*.json']).pipe(
		dest('dist/nodes'),
	);
}

// Read before the build and written after it: what changes meanwhile makes the build stale.
let sources;
async function remember() {
	sources = readSources(__dirname);
}
async function record() {
	recordSources(__dirname, sources);
}

const make = series(remember, bundle, iconsCodexAndSchemas, record);

// n8n has a copy of the package, and with N8N_DEV_RELOAD=true it loads the copy again when it changes.
async function copyToN8n() {
	const { values } = parseArgs({ options: { into: { type: 'string' } }, strict: false });
	if (values.into !== undefined) {
		await cp('dist', path.join(values.into, 'dist'), { recursive: true });
	}
	console.log(`Built at ${new Date().toLocaleTimeString()}`);
}

async function rebuildOnChange() {
	watch(['nodes/**', 'credentials/**'], series(make, copyToN8n)).on('error', ({ message }) => {
		// The next change may be the cure.
		console.error(`Not built: ${message.split('\n')[0]}`);
	});
}

exports.build = series(clean, make);
exports.watch = rebuildOnChange;
