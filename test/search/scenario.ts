import fc from 'fast-check';
import type { IDataObject, INode } from 'n8n-workflow';

import type { ScriptedFault, Fault } from '../sandbox/faults';
import { shipped } from '../sandbox/world';

/** Everything that chance decides about a workflow, its vendor and the people around it. */
export interface Scenario {
	kind: 'records' | 'recordLists' | 'combined' | 'emails' | 'phones' | 'events';
	/** Indices into the things that can be asked for; each may come up several times. */
	wants: number[][];
	onError: NonNullable<INode['onError']>;
	retryOnFail: boolean;
	maxTries: number;
	concurrency: number;
	tryNext: boolean;
	unlockType: 'email' | 'phone';
	batchSize: number;
	returnContactDetails: boolean;
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

/** Any scenario; small ones first, so that a counter-example is short. */
export const scenarios: fc.Arbitrary<Scenario> = fc.record({
	kind: fc.constantFrom(
		'records',
		'recordLists',
		'combined',
		'emails',
		'phones',
		'phones',
		'events',
	),
	wants: fc.array(fc.array(fc.nat({ max: 6 }), { minLength: 1, maxLength: 3 }), {
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

const NOBODY = 5;
const NONSENSE = 6;
const withPhone = shipped.people.filter(({ phone }) => phone !== null);
const withoutPhone = shipped.people.filter(({ phone }) => phone === null);
// Four who can be bought, one without a phone; the sixth is unknown, the seventh is bad input.
const people = [...withPhone.slice(0, 4), ...withoutPhone.slice(0, 1)];
const events = shipped.events.filter(({ contacts }) => contacts > 0);

function uuid(index: number): string {
	if (index === NONSENSE) return 'nonsense';
	return people[index]?.uuid ?? '00000000-0000-4000-8000-000000000000';
}

function eventId(index: number): unknown {
	if (index === NONSENSE) return { an: 'object' };
	return index === NOBODY ? 'unknown' : (events[index % events.length]?.eventId ?? '');
}

// The LinkedIn address leads nowhere, so that each person is bought by one identifier only.
function contact(index: number): IDataObject {
	if (index === NONSENSE) return { email: 'n/a' };
	const email = people[index]?.email ?? 'nobody@nowhere.example';
	return index % 2 === 0
		? { email }
		: { email, linkedin: `https://www.linkedin.com/in/nowhere-${index}` };
}

/** The items of a scenario. */
export function itemsOf({ kind, wants }: Scenario): IDataObject[] {
	return wants.map(([first = 0, ...others]): IDataObject => {
		switch (kind) {
			case 'records':
				return { uuids: uuid(first) };
			case 'recordLists':
			case 'combined':
				return { uuids: [first, ...others].map(uuid) };
			case 'emails':
			case 'phones':
				return contact(first);
			case 'events':
				return { event: eventId(first) as IDataObject };
		}
	});
}

/** The node's parameters in a scenario. */
export function parametersOf(scenario: Scenario): IDataObject {
	const { kind, concurrency, tryNext, unlockType, batchSize, returnContactDetails, maximum } =
		scenario;
	const options = {
		concurrency,
		timeout: 2000,
		...(maximum === undefined ? {} : { maximumCredits: maximum * priceOf(scenario) }),
	};
	switch (kind) {
		case 'emails':
		case 'phones':
			return {
				resource: kind === 'emails' ? 'email' : 'phone',
				operation: 'enrich',
				email: '={{ $json.email }}',
				linkedinUrl: '={{ $json.linkedin }}',
				options: { ...options, tryNext },
			};
		case 'events':
			return {
				resource: 'event',
				operation: 'unlock',
				eventId: { __rl: true, mode: 'id', value: '={{ $json.event }}' },
				options,
			};
		default:
			return {
				resource: 'record',
				operation: 'unlock',
				uuids: '={{ $json.uuids }}',
				unlockType,
				requestMode: kind === 'combined' ? 'combined' : 'perItem',
				options: { ...options, batchSize, returnContactDetails },
			};
	}
}

/** Credits of one purchase at most. */
export function priceOf({ kind, unlockType }: Scenario): number {
	if (kind === 'events') return 2000;
	if (kind === 'emails') return 1;
	return kind === 'phones' || unlockType === 'phone' ? 5 : 1;
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
