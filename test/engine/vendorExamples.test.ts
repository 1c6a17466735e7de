import type { Sandbox } from '../sandbox/sandbox';
import { eventUnlock, paidOperations, withOptions } from '../fixtures/paidOperations';
import { execute } from './engine';
import { hurry } from './haste';
import { useSandbox } from './useSandbox';

hurry();

let sandbox: Sandbox;
useSandbox((started) => (sandbox = started));

const examples = paidOperations.flatMap(({ vendor, examples: own }) =>
	own.map((example) => ({
		...example,
		authorization:
			vendor === 'ecore' ? 'Token sandbox-ecore-token-4f7a' : 'Bearer sk_sandbox_lensmor_91c2',
	})),
);

it.each(examples)('$what: this goes out, and this comes out', async (example) => {
	const { answer } = example;
	sandbox.fault({ kind: 'status', ...answer });

	const { output } = await execute({
		parameters: example.parameters,
		items: [{}],
		credential: sandbox.credential,
		settings: { onError: 'continueRegularOutput' },
	});

	expect(sandbox.seen).toHaveLength(1);
	const [seen] = sandbox.seen;
	expect({ method: seen?.method, path: seen?.path, body: seen?.body }).toEqual(example.wire);
	expect(seen?.headers.authorization).toBe(example.authorization);
	expect(seen?.headers.accept).toBe('application/json');
	if (example.wire.body !== undefined) {
		expect(seen?.headers['content-type']).toMatch(/^application\/json/);
	} else {
		expect(seen?.headers['content-length']).toBe('0');
		expect(seen?.headers['x-call-source']).toBe('api');
	}
	expect(output).toEqual([{ json: example.item, pairedItem: { item: 0 } }]);
});

it.each([
	['auto', 'api'],
	['api', 'api'],
	['agent', 'agent'],
])('Call Source %s is sent as %s in a workflow', async (callSource, sent) => {
	await execute({
		parameters: withOptions(eventUnlock, { callSource }),
		items: [{ key: '139574' }],
		credential: sandbox.credential,
	});

	expect(sandbox.seen.map(({ headers }) => headers['x-call-source'])).toEqual([sent]);
});

it.each([
	['an ID with a slash and a space', 'a/b c', '/external/events/a%2Fb%20c/unlock'],
	['a number from an expression', 26855, '/external/events/26855/unlock'],
	['spaces around it', ' 26855 ', '/external/events/26855/unlock'],
])('an event ID goes into the path encoded: %s', async (_what, value, path) => {
	await execute({
		parameters: withOptions(eventUnlock, { callSource: 'api' }),
		items: [{ key: value }],
		credential: sandbox.credential,
	});

	expect(sandbox.seen.map((seen) => seen.path)).toEqual([path]);
});
