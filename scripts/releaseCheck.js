// @ts-check
// What must hold before a release and needs no registry. `.ci/run` is the gate, with n8n's scanner on the packed
// archive among its tests; the rest is checked here. `--no-gate` leaves the gate out.
const { execFileSync, spawnSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const { mkdtempSync, readFileSync, readdirSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');

/**
 * What is wrong between the version and the changelog.
 * @param {string} version The package's.
 * @param {string} changelog In the form of Keep a Changelog.
 */
function changelogProblems(version, changelog) {
	const [, unreleased = '', released = ''] =
		/^## \[Unreleased\]\n([\s\S]*?)(?=^## \[(.+?)\])/m.exec(changelog) ?? [];
	const heading = new RegExp(
		`^## \\[${version.replaceAll('.', '\\.')}\\] - \\d{4}-\\d\\d-\\d\\d$`,
		'm',
	);
	return [
		...(heading.test(changelog) ? [] : [`CHANGELOG.md has no section "## [${version}] - <date>"`]),
		...(released === '' || released === version
			? []
			: [`CHANGELOG.md's newest version is ${released}, package.json's is ${version}`]),
		...(unreleased.trim() === '' ? [] : ['CHANGELOG.md has changes under [Unreleased]']),
	];
}

/**
 * What is wrong with the licences that go with the build.
 * @param {string} build What is bundled, as JavaScript: esbuild names the file of each part in a comment.
 * @param {string} notices
 */
function licenceProblems(build, notices) {
	const bundled = [...build.matchAll(/^\s*\/\/ node_modules\/((?:@[^/\n]+\/)?[^/\n]+)\//gm)];
	return [...new Set(bundled.map(([, name = '']) => name))].flatMap((name) =>
		new RegExp(`^${name} \\d`, 'm').test(notices) ? [] : [`${name} is bundled without its licence`],
	);
}

/** @param {string} folder The package's. */
function packedTwice(folder) {
	return [1, 2].map(() => {
		execFileSync('npm', ['run', '--silent', 'build'], { cwd: folder });
		const into = mkdtempSync(path.join(tmpdir(), 'release-'));
		try {
			execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', into], {
				cwd: folder,
			});
			const [file = ''] = readdirSync(into);
			return createHash('sha256')
				.update(readFileSync(path.join(into, file)))
				.digest('hex');
		} finally {
			rmSync(into, { recursive: true });
		}
	});
}

function check() {
	const folder = path.resolve(__dirname, '..');
	/** @param {string} file */
	const read = (file) => readFileSync(path.join(folder, file), 'utf8');
	const placeholders = spawnSync('node', ['scripts/placeholders.js'], {
		cwd: folder,
		encoding: 'utf8',
	});
	const [one, two] = packedTwice(folder);
	const { version, n8n } = JSON.parse(read('package.json'));
	const problems = [
		...(placeholders.status === 0 ? [] : [placeholders.stderr.trim()]),
		...changelogProblems(version, read('CHANGELOG.md')),
		...[...n8n.nodes, ...n8n.credentials].flatMap((file) =>
			licenceProblems(read(file), read('dist/third-party-licences.txt')),
		),
		...(one === two ? [] : ['Two builds of the same sources give different archives']),
	];
	for (const problem of problems) console.error(`✗ ${problem}`);
	const gate =
		process.argv.includes('--no-gate') ||
		spawnSync('bash', ['.ci/run'], { cwd: folder, stdio: 'inherit' }).status === 0;
	if (!gate) console.error('✗ The gate (.ci/run) is red');
	if (problems.length > 0 || !gate) process.exitCode = 1;
	else console.log(`${version} can be released: ${one}`);
}

if (require.main === module) check();

module.exports = { changelogProblems, licenceProblems };
