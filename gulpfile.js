const { rm } = require('node:fs/promises');
const path = require('node:path');

const esbuild = require('esbuild');
const { dest, series, src } = require('gulp');

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

exports.build = series(clean, make);
