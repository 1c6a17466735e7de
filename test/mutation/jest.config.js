const base = require('../../jest.config.js');

/**
 * The tests as Stryker runs them, some thousand times: only those that need neither n8n's engine nor
 * a network, and no more of n8n than they use.
 * @type {import('jest').Config}
 */
module.exports = {
	...base,
	rootDir: '../..',
	// With the source among them, so that jest finds the tests that reach a changed file.
	roots: ['<rootDir>/nodes', '<rootDir>/test'],
	testMatch: ['<rootDir>/test/nodes/**/*.test.ts'],
	// Too slow to be run for each mutant; search.test.ts beside it plays the same at random.
	testPathIgnorePatterns: ['interleavings'],
	testSequencer: '<rootDir>/test/mutation/quickestFirst.js',
	// Stryker takes only a runner with jest-circus in its path.
	testRunner: '<rootDir>/test/mutation/jest-circus/coveringTestsOnly.js',
	moduleNameMapper: { '^n8n-workflow$': '<rootDir>/test/mutation/n8nWorkflow.ts' },
};
