const fs = require('node:fs');
const path = require('node:path');

const { createEmptyTestResult } = require('@jest/test-result');
const circus = require('jest-circus/runner');

// The runs of Jest in which a test has failed.
const failed = new WeakSet();

/**
 * Runs a test file as usual, unless it has no test that is to run, or a test of another file has failed already.
 * Stryker names the tests that reach a mutant, but gives Jest all files that import the changed one, and goes on
 * after a failure: both take most of the time. Which tests a file has is noted in Stryker's first run, which runs
 * all of them.
 */
module.exports = async (globalConfig, config, environment, runtime, testPath, sendMessage) => {
	const file = path.join(config.rootDir, '.tests', path.relative(config.rootDir, testPath));
	const { testNamePattern } = globalConfig;
	if (testNamePattern && fs.existsSync(file)) {
		const pattern = new RegExp(testNamePattern, 'i');
		const names = JSON.parse(fs.readFileSync(file, 'utf8'));
		if (failed.has(globalConfig) || !names.some((name) => pattern.test(name))) {
			return skipped(testPath, names);
		}
	}
	const result = await circus(globalConfig, config, environment, runtime, testPath, sendMessage);
	if (!testNamePattern) {
		fs.mkdirSync(path.dirname(file), { recursive: true });
		fs.writeFileSync(file, JSON.stringify(result.testResults.map(({ fullName }) => fullName)));
	}
	if (result.numFailingTests > 0 || result.testExecError) failed.add(globalConfig);
	return result;
};

// As Jest's own runner says that it skipped all tests of a file.
function skipped(testFilePath, names) {
	const testResults = names.map((fullName) => ({
		ancestorTitles: [],
		failureDetails: [],
		failureMessages: [],
		fullName,
		numPassingAsserts: 0,
		status: 'pending',
		title: fullName,
	}));
	const numPendingTests = names.length;
	return { ...createEmptyTestResult(), numPendingTests, testFilePath, testResults };
}
