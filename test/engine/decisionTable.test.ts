import type { Sandbox } from '../sandbox/sandbox';
import type { Fault } from '../sandbox/faults';
import {
	inRequest,
	paidOperations,
	personUnlock,
	withOptions,
	type PaidFixture,
} from '../fixtures/paidOperations';
import { execute } from './engine';
import { hurry } from './haste';
import { useSandbox } from './useSandbox';

hurry();

let sandbox: Sandbox;
useSandbox((started) => (sandbox = started));

/** What is expected of the three items, the second of which meets the fault. */
interface Expected {
	outcomes: [string, string, string];
	/** How often the second item's request reached the vendor; as often as after a lost answer. */
	sent: number | 'afterLost';
	/** How often the second item was charged. */
	charged: number;
	/** The second item's `creditsCharged`: as bought, 0, or unknown. */
	credits: 'bought' | 0 | null;
}

async function meet(operation: PaidFixture, fault: Fault, times: number) {
	const [first = '', second = '', third = ''] = operation.keys;
	sandbox.fault({ ...fault, on: inRequest(operation, second), times });
	const timeout = fault.kind === 'slow' ? 150 : 5000;
	const execution = await execute({
		parameters: withOptions(operation, { concurrency: 1, timeout }),
		items: [{ key: first }, { key: second }, { key: third }],
		credential: sandbox.credential,
		settings: { onError: 'continueRegularOutput' },
	});
	const outcomes = execution.output.map(({ json }) => json.outcome);
	const mentions = (text: unknown) => JSON.stringify(text).includes(second);
	return {
		outcomes,
		sent: sandbox.paidRequests.filter(({ path, body }) => mentions([path, body])).length,
		charged: sandbox.ledger.filter(({ key }) => key === second).length,
		credits: execution.output[1]?.json.creditsCharged,
		execution,
	};
}

const bought = 'bought' as const;
const afterLost = 'afterLost' as const;

function expectedOf(operation: PaidFixture, { outcomes, sent, charged, credits }: Expected) {
	return {
		outcomes: outcomes.map((outcome) => {
			if (outcome === bought) return operation.bought;
			return outcome === afterLost ? operation.afterLost.outcome : outcome;
		}),
		sent: sent === afterLost ? operation.afterLost.sent : sent,
		charged,
		credits: credits === bought ? operation.credits : credits,
	};
}

const fine: Expected = { outcomes: [bought, bought, bought], sent: 1, charged: 1, credits: bought };
const again = (sent: number): Expected => ({ ...fine, sent });
const refused: Expected = {
	outcomes: [bought, 'refused', bought],
	sent: 1,
	charged: 0,
	credits: 0,
};
const refusedAndStopped: Expected = {
	outcomes: [bought, 'refused', 'not_sent'],
	sent: 1,
	charged: 0,
	credits: 0,
};
const uncertain = (sent: number, charged: number): Expected => ({
	outcomes: [bought, 'uncertain', bought],
	sent,
	charged,
	credits: null,
});
const paidBefore: Expected = {
	outcomes: [bought, afterLost, bought],
	sent: afterLost,
	charged: 1,
	credits: null,
};

interface Row {
	what: string;
	fault: Fault;
	times?: number;
	/** Where a repeat is free. */
	free: Expected;
	/** Where a repeat may be charged. */
	paid: Expected;
	only?: 'ecore' | 'lensmor';
	/** Where the status of what was asked for says after all that it was bought. */
	isToldByStatus?: true;
}

const status = (code: number, more: Partial<Extract<Fault, { kind: 'status' }>> = {}): Fault => ({
	kind: 'status',
	status: code,
	...more,
});
const told = (seconds: string) => status(429, { headers: { 'retry-after': seconds } });

const rows: Row[] = [
	{
		what: '2xx with fields that no document names is accepted',
		fault: { kind: 'unknownFields' },
		free: fine,
		paid: fine,
	},
	{
		what: '2xx with an errorKey is a refusal',
		fault: { kind: 'errorKey' },
		only: 'lensmor',
		free: refused,
		paid: refused,
	},
	{
		what: '2xx with a body that is no JSON is uncertain and never sent again',
		fault: { kind: 'malformed' },
		times: 9,
		free: uncertain(1, 1),
		paid: uncertain(1, 1),
	},
	{
		what: '2xx with a body of another shape is uncertain and never sent again',
		fault: { kind: 'otherShape' },
		times: 9,
		free: uncertain(1, 1),
		paid: uncertain(1, 1),
	},
	{
		what: '2xx with an empty body is uncertain and never sent again',
		fault: status(204, { charged: true }),
		times: 9,
		free: uncertain(1, 1),
		paid: uncertain(1, 1),
	},
	{
		what: 'a 404 that is not about a record or event stops the run',
		fault: status(404, { body: { detail: 'Not found.' } }),
		free: refusedAndStopped,
		paid: refusedAndStopped,
	},
	{
		what: 'a 404 page of some web server stops the run',
		fault: status(404, { body: '<html>Not Found</html>' }),
		free: refusedAndStopped,
		paid: refusedAndStopped,
	},
	{
		what: '429 with a short Retry-After is sent again after it',
		fault: told('2'),
		times: 2,
		free: again(3),
		paid: again(3),
	},
	{
		what: '429 with a short Retry-After for ever stops the run',
		fault: told('1'),
		times: 99,
		free: { ...refusedAndStopped, sent: 5 },
		paid: { ...refusedAndStopped, sent: 5 },
	},
	{
		what: '429 without Retry-After stops the run',
		fault: status(429),
		free: refusedAndStopped,
		paid: refusedAndStopped,
	},
	{
		what: '429 with a Retry-After of more than a minute stops the run',
		fault: told('61'),
		free: refusedAndStopped,
		paid: refusedAndStopped,
	},
	{
		what: '409 is sent again where that is free',
		fault: status(409),
		times: 2,
		free: again(3),
		paid: refused,
	},
	{
		what: '409 for ever is a refusal',
		fault: status(409),
		times: 99,
		free: { ...refused, sent: 3 },
		paid: refused,
	},
	...[401, 402, 403].map((code) => ({
		what: `${code} stops the run`,
		fault: status(code),
		free: refusedAndStopped,
		paid: refusedAndStopped,
	})),
	...[400, 405, 422].map((code) => ({
		what: `${code} is a refusal of that item alone`,
		fault: status(code),
		free: refused,
		paid: refused,
	})),
	...([301, 302, 303, 307, 308] as const).map((code) => ({
		what: `${code} is not followed, and is sent again only where that is free`,
		fault: { kind: 'redirect' as const, status: code },
		free: again(2),
		paid: uncertain(1, 0),
	})),
	...[500, 502, 503].map((code) => ({
		what: `${code} before a charge is sent again only where that is free`,
		fault: status(code),
		times: 2,
		free: again(3),
		paid: uncertain(1, 0),
	})),
	{
		what: '500 after a charge is sent again only where that is free',
		fault: status(500, { charged: true }),
		free: paidBefore,
		paid: uncertain(1, 1),
	},
	{
		what: '500 for ever is uncertain',
		fault: status(500),
		times: 99,
		free: uncertain(3, 0),
		paid: uncertain(1, 0),
	},
	{
		what: 'a connection lost before a charge is sent again only where that is free',
		fault: { kind: 'lostBefore' },
		free: again(2),
		paid: uncertain(1, 0),
	},
	{
		what: 'a connection lost after a charge is sent again only where that is free, and the credits stay unknown',
		fault: { kind: 'lostAfter' },
		free: paidBefore,
		paid: uncertain(1, 1),
	},
	{
		what: 'a body that ends too early is sent again only where that is free',
		fault: { kind: 'truncated' },
		free: paidBefore,
		paid: uncertain(1, 1),
	},
	{
		what: 'a timeout after a charge is sent again only where that is free',
		// Longer than the timeout and what it is put off where waits are hurried.
		fault: { kind: 'slow', ms: 1500 },
		free: paidBefore,
		paid: uncertain(1, 1),
	},
	{
		what: 'connections lost for ever are uncertain',
		fault: { kind: 'lostAfter' },
		times: 99,
		free: uncertain(3, 1),
		paid: uncertain(1, 1),
		isToldByStatus: true,
	},
];

describe.each(paidOperations)('$name', (operation) => {
	const own = rows.filter(({ only }) => only === undefined || only === operation.vendor);

	it.each(own)('$what', async ({ fault, times = 1, free, paid, isToldByStatus }) => {
		const { execution, ...met } = await meet(operation, fault, times);

		const ofRepeat = operation.repeat === 'free' ? free : paid;
		const expected = isToldByStatus && operation === personUnlock ? paidBefore : ofRepeat;
		expect(met).toEqual(expectedOf(operation, expected));
		expect(execution.run.status).toBe('success');
		expect(sandbox.strayed).toEqual([]);
		const reason = execution.output[1]?.json.reason;
		if (met.credits !== operation.credits) expect(reason).toMatch(/\w+ \w+/);
		else expect(reason).toBe('');
	});

	it.each([
		[
			'refuses the connection',
			'http://127.0.0.1:9',
			/could not be reached: the connection was refused/,
		],
		['has no address', 'https://nowhere.invalid', /could not be reached: its host name/],
	])('a vendor that %s stops the run: nobody was charged', async (_what, nowhere, says) => {
		const { output } = await execute({
			parameters: withOptions(operation, { concurrency: 1 }),
			items: operation.keys.slice(0, 2).map((key) => ({ key })),
			credential: { ...sandbox.credential, ecoreBaseUrl: nowhere, lensmorBaseUrl: `${nowhere}/l` },
			settings: { onError: 'continueRegularOutput' },
		});

		expect(output.map(({ json }) => [json.outcome, json.creditsCharged])).toEqual([
			['refused', 0],
			['not_sent', 0],
		]);
		expect(output[0]?.json.reason).toMatch(says);
	});

	it('a refusal after a lost answer is uncertain: the lost one may have been charged', async () => {
		const [first = '', second = '', third = ''] = operation.keys;
		sandbox.fault(
			{ kind: 'lostAfter', on: inRequest(operation, second) },
			{ kind: 'status', status: 402, on: inRequest(operation, second), times: 9 },
		);
		const { output } = await execute({
			parameters: withOptions(operation, { concurrency: 1 }),
			items: [{ key: first }, { key: second }, { key: third }],
			credential: sandbox.credential,
			settings: { onError: 'continueRegularOutput' },
		});

		expect(output.map(({ json }) => json.outcome)).toEqual([
			operation.bought,
			// The status of a person tells, so that nothing is sent that could be refused.
			operation === personUnlock ? operation.bought : 'uncertain',
			operation.repeat === 'free' && operation !== personUnlock ? 'not_sent' : operation.bought,
		]);
		expect(output[1]?.json.creditsCharged).toBeNull();
	});
});

describe.each(paidOperations.filter(({ repeat }) => repeat === 'free'))('$name', (operation) => {
	it('a 404 in the words for a missing record or event is not_found, and no problem', async () => {
		const [first = '', second = ''] = operation.keys;
		const { output, error } = await execute({
			parameters: operation.parameters,
			items: [{ key: first }, { key: operation.unknownKey }, { key: second }],
			credential: sandbox.credential,
		});

		expect(error).toBeUndefined();
		expect(
			output.map(({ json }) => [json.outcome, json.alreadyUnlocked, json.creditsCharged]),
		).toEqual([
			['unlocked', false, operation.credits],
			['not_found', false, 0],
			['unlocked', false, operation.credits],
		]);
	});
});
