import type { IDataObject } from 'n8n-workflow';
import { z } from 'zod';

import { quote } from '../operations/quote';

/** How many requests may be under way at once, unless the user sets another number. */
export const DEFAULT_CONCURRENCY = 5;
/** The largest number that the user can set. */
export const MAX_CONCURRENCY = 100;
/** How long one request may take, in milliseconds, unless the user sets another time. */
export const DEFAULT_TIMEOUT_MS = 60_000;
// The longest delay of a Node.js timer.
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** Field names by which n8n takes an item for failed: it then runs the node again, or replaces the item. */
export const FAILED_TO_N8N: readonly string[] = ['error', '$error', '$json'];
// n8n also takes an item for failed if it has `error` (from the input item) and otherwise only these.
const TAKEN_BY_N8N = [...FAILED_TO_N8N, 'message', 'details'];

const settings = z.object({
	concurrency: z.number().int().min(1).max(MAX_CONCURRENCY).default(DEFAULT_CONCURRENCY),
	dryRun: z.boolean().default(false),
	maximumCredits: z.number().finite().nonnegative().optional(),
	outputField: z
		.string()
		.trim()
		.refine((name) => !TAKEN_BY_N8N.includes(name))
		.default(''),
	timeout: z.number().int().min(1).max(LONGEST_TIMEOUT_MS).default(DEFAULT_TIMEOUT_MS),
});

/** The options that apply to the whole node. `maximumCredits` is in credits, `timeout` in milliseconds. */
export type Settings = z.infer<typeof settings>;

const RULES: Record<keyof Settings, string> = {
	concurrency: `Concurrency must be a whole number from 1 to ${MAX_CONCURRENCY}`,
	dryRun: 'Dry Run must be true or false',
	maximumCredits: 'Maximum Credits must be a number of credits, 0 or more',
	outputField: `Put Result in Field must be text, and any name but ${TAKEN_BY_N8N.join(', ')}`,
	timeout: 'Timeout must be a whole number of milliseconds, 1 or more',
};

/** Reads one item's options that apply to the whole node, or says what is wrong with them. */
export function readSettings(options: IDataObject): { settings: Settings } | { bad: string } {
	// An option that is set but came out empty is an error. If it counted as not set, a limit or a dry run
	// would be off without notice.
	const given = Object.fromEntries(
		Object.entries(options).map(([name, value]) => [name, value ?? null]),
	);
	const parsed = settings.safeParse(given);
	if (parsed.success) return { settings: parsed.data };
	const name = parsed.error.issues[0]?.path[0] as keyof Settings;
	return { bad: `${RULES[name]}, not ${quote(given[name])}` };
}
