const base = require('../../jest.config.js');

/**
 * The tests as Stryker runs them: the engine takes the node from its mutated source instead of the
 * build, and the tests of the package and the long search are left out.
 * @type {import('jest').Config}
 */
module.exports = {
	...base,
	rootDir: '../..',
	testPathIgnorePatterns: ['test/package/', 'test/search/'],
	setupFiles: ['<rootDir>/test/mutation/fromSource.ts'],
};
