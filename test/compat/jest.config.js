// The tests on n8n's engine, on another n8n: COMPAT_ENGINE is the folder in which its packages are installed.
const path = require('node:path');

const base = require('../../jest.config');

// What some engines have as ES modules only.
const esModules = '(p-limit|p-map|p-retry|is-network-error|yocto-queue)';

const engine = path.join(process.env.COMPAT_ENGINE ?? '', 'node_modules');

/** @type {import('jest').Config} */
module.exports = {
	...base,
	// Some engines keep something open that would keep jest waiting.
	forceExit: true,
	transform: {
		...base.transform,
		[`/node_modules/${esModules}/.+\\.js$`]: '<rootDir>/test/esModules.js',
	},
	transformIgnorePatterns: [`/node_modules/(?!${esModules}/)`],
	rootDir: path.resolve(__dirname, '../..'),
	moduleNameMapper: {
		'^n8n-workflow$': '<rootDir>/test/compat/workflow.js',
		'^@n8n/backend-common$': '<rootDir>/test/compat/logger.js',
		'^n8n-core$': path.join(engine, 'n8n-core'),
		'^@n8n/di$': path.join(engine, '@n8n/di'),
	},
};
