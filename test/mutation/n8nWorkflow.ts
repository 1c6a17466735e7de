// All that the mutated code takes of n8n-workflow, without the rest, which takes longer to load than
// the tests to run.
export { NodeOperationError } from 'n8n-workflow/dist/cjs/errors/node-operation.error.js';
export { NodeConnectionTypes } from 'n8n-workflow/dist/cjs/interfaces.js';
export { sleep } from 'n8n-workflow/dist/cjs/utils.js';
