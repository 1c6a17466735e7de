const Sequencer = require('@jest/test-sequencer').default;

/** Jest runs the slowest tests first; where the first failure is enough, the quickest should be. */
module.exports = class extends Sequencer {
	sort(tests) {
		return super.sort(tests).reverse();
	}
};
