import fc from 'fast-check';

import { hurry } from '../engine/haste';
import type { Sandbox } from '../sandbox/sandbox';
import { play } from './invariants';
import { scenarios } from './scenario';
import { useSandbox } from '../engine/useSandbox';

hurry();

const RUNS = Number(process.env.SEARCH_RUNS ?? 1000);
const SEED = Number(process.env.SEARCH_SEED ?? Date.now() % 2 ** 31);

let sandbox: Sandbox;
useSandbox((started) => (sandbox = started));

it(
	`${RUNS} random workflows, vendors and people break no promise (SEARCH_SEED=${SEED})`,
	async () => {
		await fc.assert(
			fc.asyncProperty(scenarios, async (scenario) => await play(scenario, sandbox)),
			{ numRuns: RUNS, seed: SEED, endOnFailure: false },
		);
	},
	Math.max(120_000, RUNS * 500),
);
