// @ts-check
// Runs ESLint and Prettier: both, also where the first one finds something. `--fix` reaches both.
const { spawnSync } = require('node:child_process');

const fix = process.argv.includes('--fix');
const checks = [
	fix ? 'eslint --fix .' : 'eslint .',
	fix ? 'prettier --write --list-different .' : 'prettier --check .',
];
const failed = checks.filter(
	(command) => spawnSync(command, { shell: true, stdio: 'inherit' }).status !== 0,
);
if (failed.length > 0) process.exitCode = 1;
