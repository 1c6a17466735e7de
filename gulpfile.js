const { cp, rm } = require('node:fs/promises');
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
	await esbuild.build({
		entryPoints,
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
