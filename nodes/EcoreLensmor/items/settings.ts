import type { IDataObject } from 'n8n-workflow';
import { z } from 'zod';

import { quote } from '../operations/quote';

/** How many requests may be under way at once, unless the user sets another number. */
export const DEFAULT_CONCURRENCY = 5;
/** The largest number that the user can set. */
export const MAX_CONCURRENCY = 100;
/** How long one request may take, in milliseconds, unless the user sets another time. */
export const DEFAULT_TIMEOUT_MS = 60_000;
/** How old a purchase may be to be answered from the purchase book, in days, unless the user sets another number. */
export const DEFAULT_REMEMBER_DAYS = 90;
// The longest name of a data table (docs/n8n-behaviour.md).
const MAX_BOOK_NAME = 128;
// The longest delay of a Node.js timer.
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** Field names by which n8n takes an item for failed: it then runs the node again, or replaces the item. */
export const FAILED_TO_N8N: readonly string[] = ['error', '$error', '$json'];
// n8n also takes an item for failed if it has `error` (from the input item) and otherwise only these.
const TAKEN_BY_N8N = [...FAILED_TO_N8N, 'message', 'details'];

const credits = z.number().finite().nonnegative();

const settings = z.object({
	concurrency: z.number().int().min(1).max(MAX_CONCURRENCY).default(DEFAULT_CONCURRENCY),
	dryRun: z.boolean().default(false),
	maximumCredits: credits.optional(),
	maximumCreditsPerDay: credits.optional(),
	maximumCreditsPerMonth: credits.optional(),
	outputField: z
		.string()
		.trim()
		.refine((name) => !TAKEN_BY_N8N.includes(name))
		.default(''),
	purchaseBook: z.string().trim().min(1).max(MAX_BOOK_NAME).optional(),
	rememberForDays: z.number().finite().nonnegative().default(DEFAULT_REMEMBER_DAYS),
	timeout: z.number().int().min(1).max(LONGEST_TIMEOUT_MS).default(DEFAULT_TIMEOUT_MS),
});

/** The options that apply to the whole node. `maximumCredits` is in credits, `timeout` in milliseconds. */
export type Settings = z.infer<typeof settings>;

const RULES: Record<keyof Settings, string> = {
	concurrency: `Concurrency must be a whole number from 1 to ${MAX_CONCURRENCY}`,
	dryRun: 'Dry Run must be true or false',
	maximumCredits: 'Maximum Credits must be a number of credits, 0 or more',
	maximumCreditsPerDay: 'Maximum Credits per Day must be a number of credits, 0 or more',
	maximumCreditsPerMonth: 'Maximum Credits per Month must be a number of credits, 0 or more',
	outputField: `Put Result in Field must be text, and any name but ${TAKEN_BY_N8N.join(', ')}`,
	purchaseBook: `Purchase Book must be the name of a data table, of 1 to ${MAX_BOOK_NAME} characters`,
	rememberForDays: 'Remember For (Days) must be a number of days, 0 or more',
	timeout: 'Timeout must be a whole number of milliseconds, 1 or more',
};

const LIMIT_WITHOUT_BOOK =
	'Maximum Credits per Day and per Month count what stands in the purchase book: add the option Purchase Book';

/** Reads one item's options that apply to the whole node, or says what is wrong with them. */
export function readSettings(options: IDataObject): { settings: Settings } | { bad: string } {
	// An option that is set but came out empty is an error. If it counted as not set, a limit or a dry run
	// would be off without notice.
	const given = Object.fromEntries(
		Object.entries(options).map(([name, value]) => [name, value ?? null]),
	);
	const parsed = settings.safeParse(given);
	if (parsed.success) {
		const { purchaseBook, maximumCreditsPerDay, maximumCreditsPerMonth } = parsed.data;
		const limit = maximumCreditsPerDay ?? maximumCreditsPerMonth;
		return limit === undefined || purchaseBook !== undefined
			? { settings: parsed.data }
			: { bad: LIMIT_WITHOUT_BOOK };
	}
	const name = parsed.error.issues[0]?.path[0] as keyof Settings;
	return { bad: `${RULES[name]}, not ${quote(given[name])}` };
}
