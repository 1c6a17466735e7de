import type { IDataObject } from 'n8n-workflow';

import type { Sandbox } from '../sandbox/sandbox';
import { paidOperations, phoneEnrich, recordUnlock, withOptions } from '../fixtures/paidOperations';
import { execute } from './engine';
import { useSandbox } from './useSandbox';

let sandbox: Sandbox;
useSandbox((started) => (sandbox = started));

const record = recordUnlock.badInput;
const cases = paidOperations.flatMap(({ parameters, badInput }) =>
	badInput.bad.map(([what, bad, says]) => ({
		...badInput,
		what: `${parameters.resource as string}: ${what}`,
		bad,
		says,
	})),
);

describe.each(cases)('$what', ({ parameters, good, bad, says }) => {
	it('stops the run before anything is sent, with a sentence that names item and field', async () => {
		const { error, output } = await execute({
			parameters,
			items: [good, bad, good],
			credential: sandbox.credential,
		});

		expect(error?.message).toMatch(/^For item 1: /);
		expect(error?.message).toMatch(says);
		expect(error?.message).not.toMatch(/more bad/);
		expect(output).toEqual([]);
		expect(sandbox.seen).toEqual([]);
	});

	it('with Continue is refused alone', async () => {
		const { output } = await execute({
			parameters,
			items: [bad, good],
			credential: sandbox.credential,
			settings: { onError: 'continueRegularOutput' },
		});

		expect(output[0]?.json).toMatchObject({ outcome: 'refused', creditsCharged: 0 });
		expect(output[0]?.json.reason).toMatch(says);
		expect(output[1]?.json.outcome).not.toBe('refused');
		expect(sandbox.paidRequests).toHaveLength(1);
	});
});

it('the error of several bad items names the first and how many there are', async () => {
	const { error } = await execute({
		parameters: record.parameters,
		items: [record.good, { uuids: 'x' }, { uuids: 'y' }, { uuids: null }],
		credential: sandbox.credential,
	});

	expect(error?.message).toBe(
		'For item 1: Record UUIDs holds "x", which is not a UUID (and 2 more bad items)',
	);
});

it('the error keeps its words where the input holds the name of a system error', async () => {
	const { error } = await execute({
		parameters: phoneEnrich.badInput.parameters,
		items: [{ email: 'ENOTFOUND' }, { email: 'eperm@' }],
		credential: sandbox.credential,
	});

	expect(error?.message).toMatch(/^For item 0: Email "ENOTFOUND" is not an email address/);
});

const settings: Array<[IDataObject, RegExp]> = [
	[{ concurrency: 0 }, /Concurrency must be a whole number from 1 to 100, not the number 0/],
	[{ concurrency: 101 }, /Concurrency must be a whole number from 1 to 100/],
	[{ concurrency: 2.5 }, /Concurrency must be a whole number from 1 to 100/],
	[{ concurrency: '5' }, /Concurrency must be a whole number from 1 to 100, not "5"/],
	[{ timeout: 0 }, /Timeout must be a whole number of milliseconds, 1 or more/],
	[{ maximumCredits: -1 }, /Maximum Credits must be a number of credits, 0 or more/],
	[{ maximumCredits: '={{ undefined }}' }, /Maximum Credits must be a number of credits/],
	[{ dryRun: '={{ null }}' }, /Dry Run must be true or false/],
	...['error', ' $error', '$json'].map((outputField): [IDataObject, RegExp] => [
		{ outputField },
		/Put Result in Field must be text, and any name but error, \$error, \$json, message, details/,
	]),
	[{ dryRun: '={{ $itemIndex === 0 }}' }, /apply to the whole node: they must come out the same/],
];

describe.each(paidOperations)('$name: options', (operation) => {
	const items = operation.keys.slice(0, 2).map((key) => ({ key }));
	// n8n drops an option that the operation does not have.
	const known = settings.filter(
		([option]) => !operation.isOneAtATime || !('concurrency' in option),
	);

	it.each(known)('%j stop the run before anything is sent', async (options, says) => {
		const { error } = await execute({
			parameters: withOptions(operation, options),
			items,
			credential: sandbox.credential,
		});

		expect(error?.message).toMatch(says);
		expect(sandbox.seen).toEqual([]);
	});

	it.each(known)('%j send nothing with Continue either', async (options, says) => {
		const { output } = await execute({
			parameters: withOptions(operation, options),
			items,
			credential: sandbox.credential,
			settings: { onError: 'continueRegularOutput' },
		});

		expect(output.at(-1)?.json).toMatchObject({ outcome: 'refused', creditsCharged: 0 });
		expect(output.at(-1)?.json.reason).toMatch(says);
		expect(sandbox.paidRequests).toEqual([]);
	});

	const label = operation.vendor === 'ecore' ? 'eCore Token' : 'Lensmor API Key';
	it(`without a token it says to fill in ${label}`, async () => {
		const credential = { ...sandbox.credential, ecoreToken: '', lensmorApiKey: '' };
		const stopped = await execute({ parameters: operation.parameters, items, credential });
		const continued = await execute({
			parameters: operation.parameters,
			items,
			credential,
			settings: { onError: 'continueRegularOutput' },
		});

		expect(stopped.error?.message).toBe(`${label} is empty: fill it in in the credential`);
		expect(continued.output.map(({ json }) => [json.outcome, json.reason])).toEqual(
			items.map(() => ['refused', stopped.error?.message]),
		);
		expect(sandbox.seen).toEqual([]);
	});

	it('the other vendor may be left empty', async () => {
		const other = operation.vendor === 'ecore' ? 'lensmorApiKey' : 'ecoreToken';
		const { output } = await execute({
			parameters: operation.parameters,
			items,
			credential: { ...sandbox.credential, [other]: '' },
		});

		expect(output.map(({ json }) => json.outcome)).toEqual(items.map(() => operation.bought));
	});
});

it.each([
	['stopWorkflow', undefined],
	['continueRegularOutput', 'refused'],
] as const)(
	'an operation that does not exist is told before anything is sent (%s)',
	async (onError, outcome) => {
		const { output, error } = await execute({
			parameters: { ...record.parameters, operation: 'nope' },
			items: [record.good, record.good],
			credential: sandbox.credential,
			settings: { onError },
		});

		if (outcome === undefined) expect(error?.message).toMatch(/There is no such operation/);
		else expect(output.map(({ json }) => json.outcome)).toEqual([outcome, outcome]);
		expect(sandbox.seen).toEqual([]);
	},
);
