import fc from 'fast-check';
import type { IDataObject, INode } from 'n8n-workflow';

import { paidOperations } from '../fixtures/paidOperations';
import { NONSENSE, type Choices } from '../fixtures/paidOperations/fixture';
import type { Fault, ScriptedFault } from '../sandbox/faults';

const ways = paidOperations.flatMap((operation) =>
	operation.searched.map((way) => ({ operation, way })),
);

/** Everything that chance decides about a workflow, its vendor and the people around it. */
export interface Scenario extends Choices {
	/** The name of a way in which a paid operation is asked for. */
	kind: string;
	/** Things that can be asked for, each from 0 to `NONSENSE`; each may come up several times. */
	wants: Array<[number, ...number[]]>;
	onError: NonNullable<INode['onError']>;
	retryOnFail: boolean;
	maxTries: number;
	concurrency: number;
	/** Credits in the wallet, in the price of one purchase. */
	purchases: number;
	/** Credits, in the price of one purchase. */
	maximum: number | undefined;
	faults: Array<{ fault: Fault; skip: number; times: number }>;
	loopOf: number | undefined;
	/** When Stop is pressed, in milliseconds after the start. */
	stopAfterMs: number | undefined;
	/** How many requests the vendor serves a second, and at once after a pause; no limit where absent. */
	rateLimit: { perSecond: number; burst: number } | undefined;
	/** How many items another execution reads at the same time, in the same process. */
	readBeside: number;
	/** How many looks find a task of Lensmor's unfinished, and how many of its people are ready after each. */
	task: { looks: number; readyPerLook: number };
	/** What happens before each Retry that a person presses on a failed execution. */
	retries: Array<{ topUp: boolean; heal: boolean }>;
}

const faults: Fault[] = [
	{ kind: 'lostBefore' },
	{ kind: 'lostAfter' },
	{ kind: 'malformed' },
	{ kind: 'truncated' },
	{ kind: 'truncated', status: 401 },
	{ kind: 'falseGzip', status: 401 },
	{ kind: 'otherShape' },
	{ kind: 'unknownFields' },
	{ kind: 'errorKey' },
	{ kind: 'slow', ms: 15 },
	{ kind: 'redirect', status: 307 },
	{ kind: 'echoToken', status: 400 },
	{ kind: 'status', status: 500 },
	{ kind: 'status', status: 500, charged: true },
	{ kind: 'status', status: 503, charged: true },
	{ kind: 'status', status: 409 },
	{ kind: 'status', status: 422 },
	{ kind: 'status', status: 401 },
	{ kind: 'status', status: 402 },
	{ kind: 'status', status: 404, body: 'no such page' },
	{ kind: 'status', status: 429, headers: { 'retry-after': '1' } },
	{ kind: 'status', status: 429 },
];

const wantsOfOneItem = fc
	.tuple(fc.nat({ max: NONSENSE }), fc.array(fc.nat({ max: NONSENSE }), { maxLength: 2 }))
	.map(([first, others]): [number, ...number[]] => [first, ...others]);

/** Any scenario; small ones first, so that a counter-example is short. */
export const scenarios: fc.Arbitrary<Scenario> = fc.record({
	kind: fc.constantFrom(
		...ways.flatMap(({ way }) => Array<string>(way.weight ?? 1).fill(way.name)),
	),
	wants: fc.array(wantsOfOneItem, {
		minLength: 1,
		maxLength: 8,
	}),
	onError: fc.constantFrom('stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'),
	retryOnFail: fc.boolean(),
	maxTries: fc.integer({ min: 2, max: 4 }),
	concurrency: fc.integer({ min: 1, max: 10 }),
	tryNext: fc.boolean(),
	unlockType: fc.constantFrom('email', 'phone'),
	batchSize: fc.integer({ min: 1, max: 4 }),
	returnContactDetails: fc.boolean(),
	waitUpTo: fc.constantFrom(0, 5, 30),
	task: fc.record({ looks: fc.constantFrom(0, 1, 3, 999), readyPerLook: fc.nat({ max: 1 }) }),
	purchases: fc.nat({ max: 12 }),
	maximum: fc.option(fc.nat({ max: 8 }), { nil: undefined }),
	faults: fc.array(
		fc.record({
			fault: fc.constantFrom(...faults),
			skip: fc.nat({ max: 4 }),
			times: fc.integer({ min: 1, max: 4 }),
		}),
		{ maxLength: 4 },
	),
	loopOf: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
	stopAfterMs: fc.option(fc.nat({ max: 12 }), { nil: undefined, freq: 6 }),
	rateLimit: fc.option(
		fc.record({ perSecond: fc.integer({ min: 1, max: 5 }), burst: fc.integer({ min: 1, max: 5 }) }),
		{ nil: undefined, freq: 3 },
	),
	readBeside: fc.oneof(
		{ weight: 9, arbitrary: fc.constant(0) },
		{ weight: 1, arbitrary: fc.integer({ min: 100, max: 500 }) },
	),
	retries: fc.array(fc.record({ topUp: fc.boolean(), heal: fc.boolean() }), { maxLength: 2 }),
});

/** The operation of a scenario, and how it is asked for. */
export function askedBy({ kind }: Pick<Scenario, 'kind'>) {
	const asked = ways.find(({ way }) => way.name === kind);
	if (asked === undefined) throw new Error(`nothing is searched as ${kind}`);
	return asked;
}

/** The items of a scenario. */
export function itemsOf(scenario: Scenario): IDataObject[] {
	return scenario.wants.map((wants) => askedBy(scenario).way.item(...wants));
}

/** The node's parameters in a scenario. */
export function parametersOf(scenario: Scenario): IDataObject {
	const { operation, way } = askedBy(scenario);
	const { concurrency, maximum } = scenario;
	const { options, ...parameters } = way.parameters?.(scenario) ?? {};
	return {
		...operation.parameters,
		...parameters,
		options: {
			concurrency,
			timeout: 2000,
			...(maximum === undefined ? {} : { maximumCredits: maximum * priceOf(scenario) }),
			...(options as IDataObject | undefined),
		},
	};
}

/** Credits of one purchase at most. */
export function priceOf(scenario: Scenario): number {
	const { operation, way } = askedBy(scenario);
	return way.credits?.(scenario) ?? operation.credits;
}

/** The scenario's faults, as the sandbox takes them. */
export function faultsOf({ faults }: Scenario): ScriptedFault[] {
	return faults.map(({ fault, skip, times }) => ({ ...fault, skip, times }));
}

/** Another execution that reads items and buys nothing: six fields by expressions, and a dry run. */
export function besideOf({ readBeside }: Scenario) {
	const fields = ['linkedinUrl', 'email', 'firstName', 'lastName', 'companyName', 'companyWebsite'];
	return {
		parameters: {
			resource: 'phone',
			operation: 'enrich',
			...Object.fromEntries(fields.map((name) => [name, `={{ $json.${name} }}`])),
			options: { dryRun: true },
		},
		items: Array.from({ length: readBeside }, (_, index) => ({
			...Object.fromEntries(fields.map((name) => [name, name])),
			email: `person-${index}@acme.com`,
		})),
	};
}
