import { sleep, type IExecuteFunctions } from 'n8n-workflow';

import type { Settings } from '../../items/settings';
import type { PaidOperation } from '../../operations/operation';
import type { Run } from '../memory';
import { PurchaseBook, type Clock } from './book';
import { DataTable } from './dataTable';
import type { SpendingLimit } from './limits';
import type { NewRow } from './rows';

const DAY_MS = 24 * 60 * 60 * 1000;

// A request that has waited longer for its turn is written down anew before it is sent.
const START_WITHIN_MS = 20_000;
// Beside its timeout: what writing and reading the table may take.
const GRACE_MS = 20_000;

// What answers from a book have saved and is not written yet, by workflow and name. It is lost if n8n ends.
const unwritten = new Map<string, NewRow[]>();

const clock: Clock = {
	now: () => performance.now(),
	today: () => Date.now(),
	turn: async () => await sleep(0),
	pause: async (ms) => await sleep(ms),
};

/** The purchase book of a run; `undefined` if the user has named none. */
export function bookOf(
	context: IExecuteFunctions,
	operation: Pick<PaidOperation, 'resource' | 'operation' | 'endpoint'>,
	settings: Settings,
	{ executionId = '' }: Run,
): PurchaseBook | undefined {
	const { purchaseBook: name, rememberForDays, timeout } = settings;
	if (name === undefined) return undefined;
	const { vendor, repeat } = operation.endpoint;
	const { id, name: workflow = '' } = context.getWorkflow();
	const unwrittenKey = `${id} ${name}`;
	const rows = unwritten.get(unwrittenKey) ?? [];
	unwritten.set(unwrittenKey, rows);
	return new PurchaseBook(
		new DataTable(context, name),
		{
			name,
			vendor,
			operation: `${operation.resource}.${operation.operation}`,
			isRepeatFree: repeat === 'free',
			rememberForMs: rememberForDays * DAY_MS,
			limits: limitsOf(settings),
			startWithinMs: START_WITHIN_MS,
			validForMs: START_WITHIN_MS + timeout + GRACE_MS,
			execution: executionId,
			workflow,
		},
		clock,
		rows,
	);
}

function limitsOf({ maximumCreditsPerDay, maximumCreditsPerMonth }: Settings): SpendingLimit[] {
	const limits = [
		{ name: 'Maximum Credits per Day', periodMs: DAY_MS, credits: maximumCreditsPerDay },
		{ name: 'Maximum Credits per Month', periodMs: 30 * DAY_MS, credits: maximumCreditsPerMonth },
	];
	return limits.flatMap(({ credits, ...limit }) =>
		credits === undefined ? [] : [{ ...limit, credits }],
	);
}
