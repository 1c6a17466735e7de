// n8n-workflow of another n8n, with what the tests need and an older one does not have.
const path = require('node:path');

const workflow = require(path.join(process.env.COMPAT_ENGINE ?? '', 'node_modules/n8n-workflow'));

// As n8n's server does.
workflow.ExpressionEvaluatorProxy?.setEvaluator?.('tournament');

module.exports = {
	...workflow,
	createRunExecutionData:
		workflow.createRunExecutionData ??
		(({ executionData }) => ({
			startData: {},
			resultData: { runData: {} },
			executionData: {
				contextData: {},
				metadata: {},
				waitingExecution: {},
				waitingExecutionSource: {},
				...executionData,
			},
		})),
};
