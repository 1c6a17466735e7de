const base = require('../../jest.config.js');

/**
 * The tests as Stryker runs them, some thousand times: only those that need neither n8n's engine nor
 * a network.
 * @type {import('jest').Config}
 */
module.exports = { ...base, rootDir: '../..', testMatch: ['<rootDir>/test/nodes/**/*.test.ts'] };
