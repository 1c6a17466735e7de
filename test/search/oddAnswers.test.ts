import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import { anew, asking, NAME, person, says, spent, without, type Body } from '../nodes/askingPeople';
import { inTime, useFakeClock } from '../nodes/fakeClock';
import { start, type Setup } from '../nodes/fakeExecution';
import { keyed } from '../nodes/runs';
import { FakeDataTables } from '../nodes/spend/book/fakeDataTables';

useFakeClock();

const RUNS = Number(process.env.SEARCH_RUNS ?? 300);
const SEED = Number(process.env.SEARCH_SEED ?? Date.now() % 2 ** 31);

const PRICE = 15;
const PEOPLE = 5;

const itemsOf = ({ items }: Body) => (Array.isArray(items) ? (items as unknown[]) : []);

// What a vendor may leave out or garble. It does not lie: nobody is said to be skipped who was charged.
const GARBLED: Record<string, (body: Body) => Body> = {
	'no task': (body) => without(body, 'task_id', 'job_id'),
	'only a job': (body) => without(body, 'task_id'),
	'no lists': (body) => without(body, 'skipped_personnel_ids', 'skipped_detail'),
	'lists of another kind': (body) => ({ ...body, skipped_personnel_ids: 7, skipped_detail: 'x' }),
	'another status': (body) => ({
		...body,
		...('status' in body ? { status: 'queued' } : {}),
		...('taskStatus' in body ? { taskStatus: 'halted' } : {}),
		...('contactUnlockStatus' in body ? { contactUnlockStatus: 'halted' } : {}),
	}),
	'no status': (body) => without(body, 'status', 'taskStatus', 'contactUnlockStatus'),
	'nobody in it': (body) => ({ ...body, items: [] }),
	'odd people in it': (body) => ({ ...body, items: [null, 7, ...itemsOf(body)] }),
	'one less in it': (body) => ({ ...body, items: itemsOf(body).slice(1) }),
	'no email': (body) => without(body, 'email'),
	'something else': () => ({ hello: 'world' }),
};

const scenario = fc.record({
	items: fc.array(fc.array(fc.nat(PEOPLE - 1), { minLength: 1, maxLength: 3 }), {
		minLength: 2,
		maxLength: 4,
	}),
	batchSize: fc.integer({ min: 1, max: 3 }),
	waitUpTo: fc.constantFrom(0, 5, 30),
	maximumCredits: fc.constantFrom(undefined, 15, 30, 45),
	book: fc.constantFrom('none', 'book', 'limit'),
	looksUntilReady: fc.nat(2),
	faults: fc.array(
		fc.record({
			kind: fc.constantFrom('lostBefore' as const, 'lostAfter' as const),
			on: fc.constantFrom('POST', 'profile', 'unlock-tasks'),
			times: fc.integer({ min: 1, max: 3 }),
		}),
		{ maxLength: 3 },
	),
	garbled: fc.array(
		fc.record({
			what: fc.constantFrom('unlock' as const, 'task' as const, 'profile' as const),
			nth: fc.nat(4),
			how: fc.constantFrom(...Object.keys(GARBLED)),
		}),
		{ maxLength: 3 },
	),
	// Another execution, or another tool call of an agent, at the same time as the first run.
	beside: fc.constantFrom('nothing', 'execution', 'toolCall'),
	then: fc.array(fc.constantFrom('nextRound', 'retry', 'otherExecution'), { maxLength: 2 }),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer One> ? One : never;

/** Garbles some of the answers, by what was asked and how often. */
function garble(setup: Setup, garbled: Scenario['garbled']): void {
	for (const what of ['unlock', 'task', 'profile'] as const) {
		says(setup, what, (body, nth) =>
			garbled
				.filter((one) => one.what === what && one.nth === nth)
				.reduce((changed, { how }) => GARBLED[how]?.(changed) ?? changed, body),
		);
	}
}

/** The most that a run's items say was paid, in credits. */
const toldAtMost = (json: IDataObject[]) =>
	json.reduce(
		(sum, { creditsCharged, personIds }) =>
			sum +
			(creditsCharged === null ? PRICE * (personIds as string[]).length : Number(creditsCharged)),
		0,
	);

/** Runs that are in progress at the same time: the most that they say was paid, in credits. */
async function toldBy(...setups: Setup[]): Promise<number> {
	const runs = await inTime(Promise.all(setups.map(start)));
	return runs.reduce((sum, { json, error }, index) => {
		if (error !== undefined) throw error;
		const lost = (setups[index]?.items.length ?? 0) - json.length;
		if (lost !== 0) throw new Error(`${lost} items are lost`);
		return sum + toldAtMost(json);
	}, 0);
}

it(
	`whatever Lensmor leaves out or garbles, credits are told and limits hold (${RUNS} times, SEARCH_SEED=${SEED})`,
	async () => {
		await fc.assert(
			fc.asyncProperty(scenario, async (one) => {
				const { items, batchSize, waitUpTo, maximumCredits, book } = one;
				const keys = items.map((people) => people.map(person));
				const options = {
					batchSize,
					waitUpTo,
					...(maximumCredits === undefined ? {} : { maximumCredits }),
					...(book === 'none' ? {} : { purchaseBook: NAME }),
					...(book === 'limit' ? { maximumCreditsPerDay: 30 } : {}),
				};
				const asTool = one.beside === 'toolCall';
				let setup = asking(keys, options, { dataTables: new FakeDataTables(), asTool });
				setup.vendor.world.contacts.looksUntilReady = one.looksUntilReady;
				setup.vendor.fault(...one.faults);
				garble(setup, one.garbled);

				const beside =
					one.beside === 'nothing' ? [] : [asTool ? { ...setup, round: 1 } : anew(setup)];
				const executions = one.beside === 'execution' ? 2 : 1;

				let paidBefore = 0;
				let toldBefore = 0;
				let told = await toldBy(setup, ...beside);
				const check = (when: string) => {
					const paid = spent(setup) - paidBefore;
					const all = toldBefore + told;
					if (paid > all) throw new Error(`${when}: ${paid} paid, ${all} told`);
					const limit = (maximumCredits ?? Infinity) * executions;
					if (paid > limit) throw new Error(`${when}: ${paid} paid, of at most ${limit}`);
					const inADay = spent(setup);
					if (book === 'limit' && inADay > 30) throw new Error(`${when}: ${inADay} in a day`);
				};
				check('at first');
				let isFirst = one.beside === 'nothing';
				for (const step of one.then) {
					await jest.advanceTimersByTimeAsync(200_000);
					if (step === 'otherExecution') {
						setup = anew(setup);
						paidBefore = spent(setup);
						toldBefore = 0;
						isFirst = true;
					} else if (step === 'nextRound') {
						setup = { ...setup, round: 2, items: keyed(...keys.slice(0, 2), [person(0)]) };
						toldBefore += told;
						isFirst = false;
					} else if (isFirst && !asTool) {
						// What the first run said is gone: n8n runs the node again, and keeps only what comes then.
						setup = { ...setup, mode: 'retry', executionId: `${setup.executionId}r` };
					} else continue;
					told = await toldBy(setup);
					check(step);
				}
			}),
			{ numRuns: RUNS, seed: SEED, endOnFailure: false },
		);
	},
	Math.max(60_000, RUNS * 200),
);
