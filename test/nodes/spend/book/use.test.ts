import { z } from 'zod';

import type { PaidOperation } from '../../../../nodes/EcoreLensmor/operations/operation';
import type { Receipt } from '../../../../nodes/EcoreLensmor/operations/outcome';
import type { Claim, Opening, Wanted } from '../../../../nodes/EcoreLensmor/spend/book/book';
import type { Row } from '../../../../nodes/EcoreLensmor/spend/book/rows';
import { boughtBefore, open, process, settle } from '../../../../nodes/EcoreLensmor/spend/book/use';
import type { Spending } from '../../../../nodes/EcoreLensmor/spend/purchase';

const AT = Date.UTC(2026, 10, 26, 9, 30);
const WANTED: Wanted = { key: 'k', about: 'ann@acme.com', worstCase: 5, despiteDoubt: false };

const operation = {
	description: { output: z.object({ phone: z.string().nullable() }) },
	fieldsWithoutAnswer: (outcome: string) => ({ phone: null, of: outcome }),
} as unknown as PaidOperation;

const rowOf = (more: Partial<Row> = {}): Row => ({
	id: 1,
	createdAt: AT,
	key: 'k',
	vendor: 'ecore',
	operation: 'phone.enrich',
	about: 'ann@acme.com',
	outcome: 'found',
	credits: 5,
	saved: 0,
	result: '{"phone":"1"}',
	execution: '7',
	workflow: 'Leads',
	attempt: 'a',
	validForMs: 0,
	...more,
});

/** A run whose book says this of the request. */
function spendingOf(
	opening: Opening | (() => never),
	more: { haltOnProblem?: boolean; haltReason?: string } = {},
) {
	const doubtsOfOthers: string[] = [];
	const spending = {
		haltOnProblem: false,
		haltReason: undefined as string | undefined,
		cancelled: () => false,
		balance: 40,
		memory: { noteDoubtOfOthers: (key: string) => doubtsOfOthers.push(key) },
		book: {
			settings: { name: 'Credit purchases' },
			open: async () => await Promise.resolve(typeof opening === 'function' ? opening() : opening),
			lookUp: () => ('row' in opening ? opening.row : undefined),
		},
		...more,
	};
	return { spending: spending as unknown as Spending, doubtsOfOthers };
}

/** A claim that says what was done with it. */
function claimOf() {
	const done: unknown[][] = [];
	const note =
		(what: string) =>
		(...args: unknown[]) =>
			void done.push([what, ...args]);
	const claim = {
		followsDoubt: false,
		mayStart: () => true,
		settle: note('settle'),
		process: note('process'),
		leaveUnknown: note('leaveUnknown'),
		takeBack: note('takeBack'),
	} as Claim;
	return { claim, done };
}

const receiptOf = (outcome: Receipt['outcome'], more: Partial<Receipt> = {}): Receipt => ({
	outcome,
	creditsCharged: 5,
	creditsRemaining: null,
	reason: '',
	fields: { phone: '1' },
	...more,
});

describe('what the book says before a request is sent', () => {
	it('without a book, and with a claim, it may be sent', async () => {
		const { spending } = spendingOf({ kind: 'stopped' });
		expect(await open({ ...spending, book: undefined }, operation, WANTED)).toEqual({
			kind: 'open',
		});
		const { claim } = claimOf();
		const claimed = spendingOf({ kind: 'claimed', claim });
		expect(await open(claimed.spending, operation, WANTED)).toEqual({ kind: 'open', claim });
	});

	it('what was bought comes out at no cost, with its date and what it saved', async () => {
		const { spending } = spendingOf({ kind: 'bought', row: rowOf() });
		const receipt = {
			outcome: 'found',
			creditsCharged: 0,
			creditsRemaining: 40,
			reason: '',
			fields: { phone: '1' },
			fromBook: { boughtAt: '2026-11-26T09:30:00.000Z', credits: 5 },
		};
		expect(await open(spending, operation, WANTED)).toEqual({ kind: 'known', receipt });
		expect(boughtBefore(spending, operation, 'k')).toEqual(receipt);
		expect(boughtBefore({ ...spending, book: undefined }, operation, 'k')).toBeUndefined();
	});

	it.each([
		['a field that is not text', { result: '{"phone":7}' }],
		['a result that is not JSON', { result: 'nonsense' }],
		['the outcome of no purchase', { outcome: 'answered' as const }],
	])('a row with %s is uncertain, and says how to have it bought again', async (_, more) => {
		const { spending } = spendingOf({ kind: 'bought', row: rowOf(more) });
		expect(await open(spending, operation, WANTED)).toEqual({
			kind: 'known',
			receipt: {
				outcome: 'uncertain',
				creditsCharged: 0,
				creditsRemaining: null,
				reason:
					'This was bought on 2026-11-26T09:30:00.000Z, but its row in the data table "Credit purchases" cannot be read. Delete the row to have it bought again',
				fields: { phone: null, of: 'uncertain' },
			},
		});
		expect(spending.haltReason).toBeUndefined();
	});

	it('what the vendor works on names its task, who asked, and what was paid for it', async () => {
		const row = rowOf({ outcome: 'asked', credits: 15 });
		const { spending } = spendingOf({ kind: 'processing', row, taskId: 't' });
		expect(await open(spending, operation, WANTED)).toEqual({
			kind: 'processing',
			paid: 15,
			receipt: {
				outcome: 'processing',
				creditsCharged: 0,
				creditsRemaining: 40,
				reason:
					'Execution 7 of workflow Leads asked for this on 2026-11-26T09:30:00.000Z, and it is not ready yet. Ask for it again later',
				fields: { phone: null, of: 'processing', taskId: 't' },
			},
		});
	});

	it('what nobody knows is uncertain at no cost, is remembered as a doubt of others, and ends a run that stops on problems', async () => {
		for (const haltOnProblem of [false, true]) {
			const row = rowOf({ outcome: 'asked' });
			const { spending, doubtsOfOthers } = spendingOf({ kind: 'unknown', row }, { haltOnProblem });
			const opened = await open(spending, operation, WANTED);
			expect(opened).toMatchObject({
				kind: 'known',
				receipt: { outcome: 'uncertain', creditsCharged: 0 },
			});
			expect(doubtsOfOthers).toEqual(['k']);
			expect(spending.haltReason?.includes('nobody knows what came of it') === true).toBe(
				haltOnProblem,
			);
		}
	});

	it('past a limit, or after Stop, it is not sent; only the limit is no problem', async () => {
		const limit = { name: 'Maximum Credits per Day', credits: 10, periodMs: 1 };
		const over = spendingOf({ kind: 'overLimit', limit, spent: 8 });
		expect(await open(over.spending, operation, WANTED)).toEqual({
			kind: 'heldBack',
			outcome: 'not_sent',
			reason: expect.stringContaining('Maximum Credits per Day') as string,
			isLimit: true,
		});
		for (const [haltReason, reason] of [
			[undefined, 'The execution was stopped'],
			['Held back', 'Held back'],
		]) {
			const more = haltReason === undefined ? {} : { haltReason };
			const stopped = spendingOf({ kind: 'stopped' }, more);
			expect(await open(stopped.spending, operation, WANTED)).toEqual({
				kind: 'heldBack',
				outcome: 'not_sent',
				reason,
				isLimit: false,
			});
		}
	});

	it('a table out of reach holds back the rest of the run, and is a problem', async () => {
		const { spending } = spendingOf(() => {
			throw new Error('the module is disabled');
		});
		const reason =
			'The purchase book "Credit purchases" is out of reach, so nothing was sent: the module is disabled';
		expect(await open(spending, operation, WANTED)).toEqual({
			kind: 'heldBack',
			outcome: 'refused',
			reason,
			isLimit: false,
		});
		expect(spending.haltReason).toContain(reason);
	});
});

describe('what the book writes down of an answer', () => {
	it('only what a lookup found is kept, to be given again', () => {
		const { claim, done } = claimOf();
		settle(claim, receiptOf('found'));
		settle(claim, receiptOf('unlocked', { creditsCharged: null }));
		settle(claim, receiptOf('not_found', { creditsCharged: 0 }));
		expect(done).toEqual([
			['settle', { outcome: 'found', credits: 5, result: '{"phone":"1"}' }],
			['settle', { outcome: 'unlocked', credits: undefined, result: '' }],
			['settle', { outcome: 'not_found', credits: 0, result: '' }],
		]);
	});

	it('what nobody knows stays so', () => {
		const { claim, done } = claimOf();
		settle(claim, receiptOf('uncertain', { creditsCharged: null }));
		expect(done).toEqual([['leaveUnknown']]);
	});

	it('what the vendor works on names its task; without one it is unknown, or was not charged', () => {
		const { claim, done } = claimOf();
		const named = receiptOf('processing', { fields: { taskId: 't' } });
		process(claim, named, 300_000);
		settle(claim, named);
		expect(done).toEqual([['process', 't', 320_000]]);

		done.length = 0;
		const unnamed = receiptOf('processing', { fields: { taskId: null } });
		process(claim, unnamed, 300_000);
		settle(claim, unnamed);
		settle(claim, { ...unnamed, creditsCharged: 0 });
		expect(done).toEqual([['leaveUnknown'], ['takeBack']]);
	});

	it('without a claim nothing is written', () => {
		const unnamed = receiptOf('processing', { fields: {} });
		for (const receipt of [
			receiptOf('found'),
			receiptOf('uncertain'),
			unnamed,
			{ ...unnamed, creditsCharged: 0 },
			receiptOf('processing', { fields: { taskId: 't' } }),
		]) {
			expect(() => settle(undefined, receipt)).not.toThrow();
			expect(() => process(undefined, receipt, 1)).not.toThrow();
		}
	});
});
