/** @type {import('jest').Config} */
module.exports = {
	roots: ['<rootDir>/test'],
	testMatch: ['**/*.test.ts'],
	// Types are checked by npm run typecheck; tests need only be run.
	transform: {
		'^.+\\.ts$': ['ts-jest', { diagnostics: false }],
		'/node_modules/(p-limit|p-map|yocto-queue)/.+\\.js$': '<rootDir>/test/esModules.js',
	},
	transformIgnorePatterns: ['/node_modules/(?!(p-limit|p-map|yocto-queue)/)'],
	testTimeout: 30_000,
};
