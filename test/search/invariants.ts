import { clearTimeout, setTimeout } from 'node:timers';

import type { INodeExecutionData } from 'n8n-workflow';

import { execute, type Execution, type Loaded } from '../engine/engine';
import { TokenBucket, type Sandbox } from '../sandbox/sandbox';
import type { Fault } from '../sandbox/faults';
import type { Charge } from '../sandbox/world';
import {
	askedBy,
	besideOf,
	faultsOf,
	itemsOf,
	parametersOf,
	priceOf,
	type Scenario,
} from './scenario';

const STOPPING = [401, 402, 403];

/** A promise that did not hold. */
export class Broken extends Error {}

function must(holds: boolean, promise: string, seen: unknown): void {
	if (!holds) throw new Broken(`${promise}: ${JSON.stringify(seen)}`);
}

/** Plays one scenario in n8n's engine and throws `Broken` where the node breaks a promise. */
export async function play(scenario: Scenario, sandbox: Sandbox, node?: Loaded): Promise<void> {
	const price = priceOf(scenario);
	sandbox.reset({ ecore: scenario.purchases * price, lensmor: scenario.purchases * price });
	sandbox.fault(...faultsOf(scenario));
	const { looks, readyPerLook } = scenario.task;
	Object.assign(sandbox.world.contacts, { looksUntilReady: looks, readyPerLook });
	const { rateLimit } = scenario;
	if (rateLimit !== undefined) {
		sandbox.tokenBucket = new TokenBucket(rateLimit.perSecond, rateLimit.burst);
	}
	const { retryOnFail, maxTries, onError, loopOf, stopAfterMs } = scenario;
	const start = {
		parameters: parametersOf(scenario),
		items: itemsOf(scenario),
		credential: sandbox.credential,
		settings: { retryOnFail, maxTries, waitBetweenTries: 1, onError },
		...(loopOf === undefined ? {} : { loopOf }),
		...(node === undefined ? {} : { node }),
	};

	const { credential } = sandbox;
	const beside =
		scenario.readBeside === 0 ? undefined : execute({ ...besideOf(scenario), credential });
	let seenAtStop: number | undefined;
	let timer: NodeJS.Timeout | undefined;
	let execution = await execute({
		...start,
		onStart: (stop) => {
			if (stopAfterMs === undefined) return;
			timer = setTimeout(() => {
				seenAtStop = sandbox.seen.length;
				stop();
			}, stopAfterMs);
		},
	});
	clearTimeout(timer);
	const planned = (await beside)?.output.filter(({ json }) => json.outcome === 'planned') ?? [];
	must(planned.length === scenario.readBeside, 'another execution is not disturbed', planned);
	check(scenario, sandbox, execution, { seenFrom: 0, chargedFrom: 0, seenAtStop });

	for (const { topUp, heal } of scenario.retries) {
		if (execution.run.status !== 'error') break;
		if (topUp) Object.assign(sandbox.world.wallet, { ecore: 100_000, lensmor: 100_000 });
		if (heal) sandbox.heal();
		const moment = {
			seenFrom: sandbox.seen.length,
			chargedFrom: sandbox.ledger.length,
			seenAtStop: undefined,
		};
		execution = await execute({ ...start, retryOf: execution });
		check(scenario, sandbox, execution, moment);
	}
}

interface Moment {
	/** How many requests earlier executions had sent. */
	seenFrom: number;
	/** How many charges they had led to. */
	chargedFrom: number;
	/** How many requests had come when Stop was pressed. */
	seenAtStop: number | undefined;
}

function check(scenario: Scenario, sandbox: Sandbox, execution: Execution, moment: Moment): void {
	nothingIsChargedTwice(sandbox, moment);
	theLimitHolds(scenario, sandbox);
	tokensStayAtHome(sandbox, execution);
	nothingIsSentAfterAStop(scenario, sandbox, moment);
	aVendorThatServesIsWaitedFor(scenario, execution);
	const { concurrency } = scenario;
	if (moment.seenAtStop !== undefined) {
		// A task is looked at beside the next submission.
		const { isOneAtATime } = askedBy(scenario).operation;
		const after = sandbox.seen.slice(moment.seenAtStop);
		const later = after.filter(({ couldCost }) => couldCost || !isOneAtATime).length;
		must(later <= concurrency, 'nothing starts after Stop is pressed', later);
	}
	if (scenario.onError !== 'stopWorkflow') {
		must(
			execution.error === undefined || execution.run.status === 'canceled',
			'with Continue nothing is thrown',
			execution.error,
		);
	}
	if (execution.error !== undefined) return;
	everyItemIsAccountedFor(scenario, execution);
	theCreditsAddUp(scenario, sandbox, execution);
}

function nothingIsChargedTwice(sandbox: Sandbox, { chargedFrom }: Moment): void {
	const name = ({ what, key }: Charge) => `${what} ${key}`;
	const now = sandbox.ledger.slice(chargedFrom).map(name);
	must(new Set(now).size === now.length, 'nothing is charged twice in one execution', now);
	// A person who retries is told what may be charged again: only what nobody got an answer for.
	const told = sandbox.ledger.slice(0, chargedFrom).filter(({ told }) => told);
	const again = told.map(name).filter((charge) => now.includes(charge));
	must(again.length === 0, 'nothing that was answered is charged again', again);
}

function theLimitHolds(scenario: Scenario, sandbox: Sandbox): void {
	if (scenario.maximum === undefined) return;
	const spent = sandbox.world.spent();
	must(spent <= scenario.maximum * priceOf(scenario), 'Maximum Credits is never passed', spent);
}

function tokensStayAtHome(sandbox: Sandbox, execution: Execution): void {
	const { ecore, lensmor } = sandbox.tokens;
	const told = JSON.stringify([execution.run, execution.log]);
	must(!told.includes(ecore) && !told.includes(lensmor), 'no token is told', told.length);
	for (const { vendor, headers, body, path } of sandbox.seen) {
		const foreign = vendor === 'ecore' ? lensmor : ecore;
		must(!JSON.stringify([headers, body, path]).includes(foreign), 'tokens go home only', path);
	}
	must(sandbox.strayed.length === 0, 'no redirect is followed', sandbox.strayed.length);
}

function nothingIsSentAfterAStop(scenario: Scenario, sandbox: Sandbox, { seenFrom }: Moment): void {
	// Each automatic re-run and each round starts anew.
	if (scenario.retryOnFail || scenario.loopOf !== undefined) return;
	const answeredAt = sandbox.seen
		.slice(seenFrom)
		.filter(({ couldCost, status }) => couldCost && STOPPING.includes(status ?? 0))
		.map(({ seenByThen }) => seenByThen ?? 0);
	if (answeredAt.length === 0) return;
	// While that answer was on its way, each other lane may have sent once, and been answered and sent again.
	const { isOneAtATime } = askedBy(scenario).operation;
	const underWay = isOneAtATime ? 0 : 2 * (scenario.concurrency - 1);
	// What was bought before may still be read.
	const later = sandbox.seen.slice(Math.min(...answeredAt)).filter((one) => one.couldCost).length;
	must(later <= underWay, 'nothing is sent after a refusal that all would meet', later);
}

function aVendorThatServesIsWaitedFor(
	{ faults }: Scenario,
	{ output, errorOutput, error }: Execution,
): void {
	if (faults.some(({ fault }) => fault.kind === 'status' && fault.status === 429)) return;
	const told = JSON.stringify([output, errorOutput, error?.message]);
	must(!told.includes('HTTP 429'), 'a vendor that serves somebody is waited for', told);
}

function itemsBehind({ pairedItem }: INodeExecutionData): number[] {
	const pairs = Array.isArray(pairedItem) ? pairedItem : [pairedItem];
	return pairs.map((pair) => (typeof pair === 'object' ? pair.item : (pair ?? -1)));
}

function everyItemIsAccountedFor(
	scenario: Scenario,
	{ output, errorOutput, run }: Execution,
): void {
	if (run.status === 'canceled' && scenario.loopOf !== undefined) return;
	const found = [...output, ...errorOutput].flatMap(itemsBehind).sort((a, b) => a - b);
	const rounds = scenario.loopOf ?? scenario.wants.length;
	const expected = scenario.wants.map((_, index) => index % rounds).sort((a, b) => a - b);
	const once = JSON.stringify(found) === JSON.stringify(expected);
	const all = expected.every((item) => found.includes(item));
	// A list of UUIDs may be spread over several joined requests.
	const { isCombined = false } = askedBy(scenario).way;
	must(isCombined ? all : once, 'every item is accounted for', found);
	if (scenario.loopOf === undefined && !isCombined && errorOutput.length === 0) {
		const order = output.flatMap(itemsBehind);
		must(
			order.every((item, index) => item === index),
			'output is in input order',
			order,
		);
	}
}

function theCreditsAddUp(
	scenario: Scenario,
	sandbox: Sandbox,
	{ output, errorOutput }: Execution,
): void {
	const credits = [...output, ...errorOutput].map(({ json }) => json.creditsCharged);
	must(
		credits.every((value) => value === null || typeof value === 'number'),
		'every item says what it cost',
		credits,
	);
	const said = credits.reduce<number>((sum, value) => sum + Number(value), 0);
	const spent = sandbox.world.spent();
	const unknown = credits.includes(null);
	must(unknown ? said <= spent : said === spent, 'the credits add up to the ledger', {
		said,
		spent,
	});
	const untold = sandbox.ledger.filter(({ told }) => !told).length;
	must(untold === 0 || unknown, 'a charge that nobody was told of is shown as unknown', untold);
	// Whether a person whom Lensmor could not find was charged is nowhere documented.
	const isFailed = [...output, ...errorOutput].some(({ json }) =>
		JSON.stringify(json).includes('compare the balance'),
	);
	must(
		!unknown ||
			isFailed ||
			scenario.faults.some(({ fault }) => leavesDoubt(fault, askedBy(scenario).operation.vendor)),
		'nothing is unknown without a doubtful answer',
		credits,
	);
}

function leavesDoubt(fault: Fault, vendor: Charge['vendor']): boolean {
	if (fault.kind === 'status') return fault.status >= 500;
	// Only Lensmor's error envelope is known to be one.
	if (fault.kind === 'errorKey') return vendor !== 'lensmor';
	return !['slow', 'unknownFields', 'echoToken'].includes(fault.kind);
}
