import type { IDataObject } from 'n8n-workflow';
import { z } from 'zod';

import { quote } from '../operations/quote';

/** How many requests are under way at once unless the user says otherwise. */
export const DEFAULT_CONCURRENCY = 5;
/** The most requests that can be under way at once. */
export const MAX_CONCURRENCY = 100;
/** How long one request may take unless the user says otherwise, in milliseconds. */
export const DEFAULT_TIMEOUT_MS = 60_000;
// The longest that a timer of Node.js can wait.
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** An item with a field of these names has failed, to n8n: it runs the node again, or writes over the item. */
export const FAILED_TO_N8N: readonly string[] = ['error', '$error', '$json'];
// Beside an input item's `error`, one of these would make it such an item as well.
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

/** The options that apply to the node as a whole: credits for `maximumCredits`, milliseconds for `timeout`. */
export type Settings = z.infer<typeof settings>;

const RULES: Record<keyof Settings, string> = {
	concurrency: `Concurrency must be a whole number from 1 to ${MAX_CONCURRENCY}`,
	dryRun: 'Dry Run must be true or false',
	maximumCredits: 'Maximum Credits must be a number of credits, 0 or more',
	outputField: `Put Result in Field must be text, and any name but ${TAKEN_BY_N8N.join(', ')}`,
	timeout: 'Timeout must be a whole number of milliseconds, 1 or more',
};

/** Reads the node-wide options of one item, or says what is wrong with them. */
export function readSettings(options: IDataObject): { settings: Settings } | { bad: string } {
	// An option that is there but came out empty must not pass for one that was never set:
	// a limit or a dry run would silently be off.
	const given = Object.fromEntries(
		Object.entries(options).map(([name, value]) => [name, value ?? null]),
	);
	const parsed = settings.safeParse(given);
	if (parsed.success) return { settings: parsed.data };
	const name = parsed.error.issues[0]?.path[0] as keyof Settings;
	return { bad: `${RULES[name]}, not ${quote(given[name])}` };
}
