import fc from 'fast-check';

import { settled, type VendorDoes } from './model';
import { Play } from './play';

const RUNS = Number(process.env.SEARCH_RUNS ?? 400);
const MOST_STEPS = 3000;
const CREDITS = 5;

const PEOPLE = ['ann@acme.com', 'bob@acme.com', 'cid@acme.com'];
const does = fc.constantFrom<VendorDoes>(
	'finds',
	'finds, answer lost',
	'answer lost',
	'refuses',
	'finds nothing',
);
const people = fc.shuffledSubarray(PEOPLE, { minLength: 1 });

// Each number chooses what happens next; when they are used up, what is first happens.
const scenario = fc.record({
	vendorDoes: fc.array(does, { minLength: 1, maxLength: 6 }),
	lists: fc.tuple(people, people, people, people),
	names: fc.shuffledSubarray(['a', 'b', 'c', 'd'], { minLength: 4 }),
	readsFirst: fc.boolean(),
	limit: fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined }),
	bounds: fc.record({
		crashes: fc.nat({ max: 2 }),
		ticks: fc.nat({ max: 5 }),
		deletions: fc.oneof(fc.constant(0), fc.nat({ max: 2 })),
		failures: fc.oneof(fc.constant(0), fc.nat({ max: 2 })),
	}),
	choices: fc.array(fc.nat(), { minLength: 50, maxLength: 400 }),
});

it('executions at random, several people, a limit, a table that fails, rows that are deleted: no promise is broken', async () => {
	await fc.assert(
		fc.asyncProperty(scenario, async (chosen) => {
			const { vendorDoes, readsFirst, lists, names, limit, bounds, choices } = chosen;
			const limits =
				limit === undefined
					? []
					: [{ name: 'Maximum Credits per Day', periodMs: 1_000_000, credits: limit * CREDITS }];
			const executions = names.map((name, index) => ({ name, people: lists[index] ?? [] }));
			const play = new Play({ vendorDoes, readsFirst, limits }, executions, bounds);
			const { world } = play;
			await settled();
			for (let step = 0; !play.isOver; step += 1) {
				if (step > MOST_STEPS) throw new Error('somebody waits for ever');
				const { actions } = play;
				const choice = choices[step] ?? step;
				// In turn, so that all come to theirs; and time passes, though seldom.
				if (step > choices.length && step % 50 === 0 && world.mayTick) world.tick();
				const action = actions[choice % actions.length];
				if (action === undefined) throw new Error('nothing can happen');
				action.act();
				await settled();
			}

			const deleted = bounds.deletions > 0;
			if (!deleted) expect(new Set(world.charged).size).toBe(world.charged.length);
			if (!deleted && limit !== undefined) {
				expect(world.charged.length).toBeLessThanOrEqual(limit);
			}
			for (const { isDone, couldNotRead, receipts, name } of world.processes) {
				const asked = executions.find((one) => one.name === name)?.people.length;
				if (isDone) expect(receipts).toHaveLength(couldNotRead ? 0 : (asked ?? 0));
			}
			// What is said to be charged was charged, and what was charged is in the book, the unknown at its worst.
			const told = world.processes.flatMap(({ receipts }) => receipts);
			const sum = told.reduce((total, { creditsCharged }) => total + (creditsCharged ?? 0), 0);
			expect(sum).toBeLessThanOrEqual(world.charged.length * CREDITS);
			const attempts = new Map(world.rows.map((row) => [row.attempt, row]));
			for (const row of world.rows) if (row.outcome !== 'asked') attempts.set(row.attempt, row);
			const inBook = [...attempts.values()].reduce((total, { credits }) => total + credits, 0);
			if (!deleted) expect(inBook).toBeGreaterThanOrEqual(world.charged.length * CREDITS);
		}),
		{ numRuns: RUNS },
	);
}, 600_000);
