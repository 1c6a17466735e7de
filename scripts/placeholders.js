// @ts-check
// What stands in for something that only the publisher knows, in the texts that are published.
// npm publish runs this first (see "prepack" in package.json) and is refused while there is any.
const { readdirSync, readFileSync } = require('node:fs');
const path = require('node:path');

// Domains that nobody can own (RFC 2606).
const NOBODYS = String.raw`(?:[\w-]+\.)*(?:example\.(?:com|net|org)|[\w-]+\.(?:example|invalid|test))\b`;

const ANYWHERE = [
	/\b(?:TODO|FIXME|TBD|XXX|CHANGEME|PLACEHOLDER|OWNER)\b/,
	new RegExp(`//${NOBODYS}`, 'i'),
	// True until it is published.
	/\bnot published\b/i,
];
// A document may show such an address as an example.
const OUTSIDE_OF_DOCUMENTS = [new RegExp(`@${NOBODYS}`, 'i')];

/**
 * Finds the lines of a text that hold a placeholder.
 * @param {string} file Its path, for the answer and for what kind of text it is.
 * @param {string} text
 */
function findPlaceholders(file, text) {
	const signs = file.endsWith('.md') ? ANYWHERE : [...ANYWHERE, ...OUTSIDE_OF_DOCUMENTS];
	return text.split('\n').flatMap((line, index) => {
		const found = signs.some((sign) => sign.test(line));
		return found ? [`${file}:${index + 1}: ${line.trim().slice(0, 120)}`] : [];
	});
}

/** @param {string} folder The package's. */
function publishedTexts(folder) {
	const codex = readdirSync(path.join(folder, 'nodes'), { recursive: true, encoding: 'utf8' })
		.filter((file) => file.endsWith('.node.json'))
		.map((file) => path.join('nodes', file));
	return ['package.json', 'README.md', 'LICENSE', ...codex];
}

if (require.main === module) {
	const folder = path.resolve(__dirname, '..');
	const found = publishedTexts(folder).flatMap((file) =>
		findPlaceholders(file, readFileSync(path.join(folder, file), 'utf8')),
	);
	if (found.length > 0) {
		console.error(`Not to be published before these are filled in:\n\n${found.join('\n')}\n`);
		process.exitCode = 1;
	}
}

module.exports = { findPlaceholders };
