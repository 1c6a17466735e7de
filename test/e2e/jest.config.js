const { transform } = require('../../jest.config.js');

/** @type {import('jest').Config} */
module.exports = {
	rootDir: '../..',
	roots: ['<rootDir>/test/e2e'],
	testMatch: ['**/*.e2e.ts'],
	transform,
	// One n8n at a time: two cores are soon busy.
	maxWorkers: 1,
	testTimeout: 120_000,
};
