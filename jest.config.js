/** @type {import('jest').Config} */
module.exports = {
	roots: ['<rootDir>/test'],
	testMatch: ['**/*.test.ts'],
	// Types are checked by npm run typecheck; tests need only be run.
	transform: {
		'^.+\\.ts$': ['ts-jest', { diagnostics: false }],
		'/node_modules/p-map/.+\\.js$': '<rootDir>/test/esModules.js',
	},
	transformIgnorePatterns: ['/node_modules/(?!p-map/)'],
	testTimeout: 30_000,
};
