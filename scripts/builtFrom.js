// @ts-check
// What a build was made from, written down beside it. Contents are compared, not times: git gives
// files new times with old contents, and copies keep old times.
const { createHash } = require('node:crypto');
const { existsSync, readdirSync, readFileSync, writeFileSync } = require('node:fs');
const path = require('node:path');

// Not part of the package: see "files" in package.json.
const RECORD = 'dist/.built-from.json';
const SOURCE_FOLDERS = ['nodes', 'credentials'];
const SOURCE_FILE = /^[^.].*\.(ts|json|svg)$/;

/** @typedef {Record<string, string>} Sources Hashes by path, from the package's folder. */

/** @param {string | Buffer} content */
function hashOf(content) {
	return createHash('sha256').update(content).digest('hex').slice(0, 16);
}

/**
 * Everything that the build reads, as it stands.
 * @param {string} folder The package's.
 * @returns {Sources}
 */
function readSources(folder) {
	const files = SOURCE_FOLDERS.flatMap((source) =>
		readdirSync(path.join(folder, source), { recursive: true, withFileTypes: true })
			.filter((entry) => entry.isFile() && SOURCE_FILE.test(entry.name))
			.map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name))),
	);
	const sources = Object.fromEntries(
		[...files, 'gulpfile.js']
			.sort()
			.map((file) => [file, hashOf(readFileSync(path.join(folder, file)))]),
	);
	// A new version or script changes nothing that is built.
	const { n8n, devDependencies } = JSON.parse(
		readFileSync(path.join(folder, 'package.json'), 'utf8'),
	);
	return { ...sources, 'package.json': hashOf(JSON.stringify({ n8n, devDependencies })) };
}

/**
 * Writes beside the build what it was made from.
 * @param {string} folder The package's.
 * @param {Sources} sources As they were before the build began.
 */
function recordSources(folder, sources) {
	writeFileSync(path.join(folder, RECORD), JSON.stringify(sources, null, '\t'));
}

/**
 * Throws where the build is missing, or is not what the sources would give now.
 * @param {string} folder The package's.
 */
function refuseStaleBuild(folder) {
	const record = path.join(folder, RECORD);
	if (!existsSync(record)) throw new Error('dist is missing or not complete: run npm run build');
	/** @type {Sources} */
	const before = JSON.parse(readFileSync(record, 'utf8'));
	const now = readSources(folder);
	const changed = Object.keys({ ...before, ...now }).filter((file) => before[file] !== now[file]);
	if (changed.length === 0) return;
	const others = changed.length === 1 ? '' : ` and ${changed.length - 1} more`;
	throw new Error(`dist is older than ${changed[0]}${others}: run npm run build`);
}

module.exports = { readSources, recordSources, refuseStaleBuild };
