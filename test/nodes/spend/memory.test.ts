import type { IDataObject } from 'n8n-workflow';

import type { Receipt } from '../../../nodes/EcoreLensmor/operations/outcome';
import {
	ENTRIES_LEFT,
	keyOf,
	Memo,
	MOST_ENTRIES,
	type Note,
	type Run,
} from '../../../nodes/EcoreLensmor/spend/memory';

const run: Run = { executionId: '1', round: 0, mode: 'webhook' };

function receipt(more: Partial<Receipt> = {}): Receipt {
	return {
		outcome: 'found',
		creditsCharged: 5,
		creditsRemaining: 95,
		reason: '',
		fields: { phone: '1' },
		...more,
	};
}

// `replaces` in credits.
function note(receipt: Receipt, replaces = 0, doubt?: Note['doubt']): Note {
	return { receipt, counted: receipt.creditsCharged ?? 5, replaces, doubt };
}

const uncertain = receipt({ outcome: 'uncertain', creditsCharged: null });

// As n8n keeps it: the context is stored as text with the execution.
function stored(context: IDataObject): IDataObject {
	return JSON.parse(JSON.stringify(context)) as IDataObject;
}

it('answers from what was stored, with the credits of the one charge, until an output carried them', async () => {
	const context: IDataObject = {};
	new Memo(context, run).record('a', note(receipt()));

	const rerun = new Memo(stored(context), run);
	expect(rerun.recall('a', 'paid')).toEqual({ kind: 'answered', receipt: receipt() });
	expect(rerun.recall('b', 'paid')).toEqual({
		kind: 'open',
		lostBefore: false,
		counted: 0,
	});
	await rerun.handOver(['a', 'b']);
	expect(rerun.recall('a', 'paid')).toEqual({ kind: 'answered', receipt: receipt() });
});

it('a later round is answered at 0 credits, and an earlier hand-over stays the first', async () => {
	const context: IDataObject = {};
	const first = new Memo(context, run);
	first.record('a', note(receipt()));
	await first.handOver(['a']);
	const second = new Memo(context, { ...run, round: 1 });
	await second.handOver(['a']);

	for (const round of [1, 2]) {
		const later = new Memo(context, { ...run, round });
		expect(later.recall('a', 'paid')).toEqual({
			kind: 'answered',
			receipt: receipt({ creditsCharged: 0 }),
		});
	}
});

it('what it hands out is a copy', () => {
	const memo = new Memo({}, run);
	const given = receipt();
	memo.record('a', note(given));
	given.fields.phone = 'changed';
	const first = memo.recall('a', 'paid');
	if (first.kind === 'answered') first.receipt.fields.phone = 'changed';

	expect(memo.recall('a', 'paid')).toEqual({ kind: 'answered', receipt: receipt() });
});

describe('an uncertain request', () => {
	const context = (doubt: 'lost' | 'unreadable') => {
		const data: IDataObject = {};
		new Memo(data, run).record('a', note(uncertain, 0, doubt));
		return data;
	};
	const again = { ...run, executionId: '2' };

	it.each(['lost', 'unreadable'] as const)(
		'that may cost twice is not sent again by a machine (%s)',
		(doubt) => {
			for (const mode of ['webhook', 'retry']) {
				const memo = new Memo(context(doubt), { ...run, mode });
				expect(memo.recall('a', 'paid')).toEqual({ kind: 'answered', receipt: uncertain });
			}
			const another = new Memo(context(doubt), { ...again, mode: 'webhook' });
			expect(another.recall('a', 'paid')).toEqual({ kind: 'answered', receipt: uncertain });
		},
	);

	it('that may cost twice is sent again once when a person retries', () => {
		const memo = new Memo(context('lost'), { ...again, mode: 'retry' });
		expect(memo.recall('a', 'paid')).toEqual({
			kind: 'open',
			lostBefore: false,
			counted: 0,
			beside: { receipt: uncertain, worstCase: 5 },
		});

		memo.record('a', note(uncertain, 0, 'lost'));
		expect(memo.recall('a', 'paid')).toEqual({ kind: 'answered', receipt: uncertain });
		expect(memo.spent).toBe(10);
	});

	it('that is free to repeat is sent again, and counts once whatever comes of it', () => {
		const memo = new Memo(context('lost'), run);
		expect(memo.recall('a', 'free')).toEqual({
			kind: 'open',
			lostBefore: true,
			counted: 5,
		});

		memo.record('a', note(receipt({ creditsCharged: 1 }), 5));
		expect(memo.spent).toBe(1);
	});

	it('whose answer could not be read is sent again only when a person retries', () => {
		expect(new Memo(context('unreadable'), run).recall('a', 'free').kind).toBe('answered');
		const retried = new Memo(context('unreadable'), { ...again, mode: 'retry' });
		expect(retried.recall('a', 'free')).toEqual({
			kind: 'open',
			lostBefore: true,
			counted: 5,
		});
	});

	it('whose credits are told counts with these', () => {
		const data: IDataObject = {};
		new Memo(data, run).record('a', note(receipt(), 0, 'lost'));
		expect(new Memo(data, run).recall('a', 'free')).toMatchObject({ kind: 'open', counted: 5 });
	});

	it('is what a person can ask again: what is certain is answered', () => {
		const data: IDataObject = {};
		new Memo(data, run).record('a', note(receipt()));
		for (const repeat of ['paid', 'free'] as const) {
			const retried = new Memo(data, { ...again, mode: 'retry' });
			expect(retried.recall('a', repeat)).toEqual({ kind: 'answered', receipt: receipt() });
		}
	});

	it('is told apart by execution also where n8n gives none', () => {
		const data: IDataObject = {};
		const unnamed = { ...run, executionId: undefined, mode: 'retry' };
		new Memo(data, unnamed).record('a', note(uncertain, 0, 'lost'));

		expect(new Memo(data, unnamed).recall('a', 'paid').kind).toBe('answered');
	});
});

it('counts what was spent, the unknown at its worst', () => {
	const memo = new Memo({}, run);
	memo.record('a', note(receipt()));
	memo.record('b', note(receipt({ creditsCharged: 0 })));
	memo.record('c', note(uncertain, 0, 'lost'));
	expect(memo.spent).toBe(10);
});

describe('stays bounded', () => {
	const doubtful = ['doubt-1', 'doubt-2'];
	const keys = (count: number) => Array.from({ length: count }, (_, index) => `k${index}`);
	const kinds = (memo: Memo, asked: string[]) =>
		new Set(asked.map((key) => memo.recall(key, 'paid').kind));
	/** A memory with two entries in doubt, and so many of which nothing is uncertain. */
	function holding(count: number) {
		const context: IDataObject = {};
		const memo = new Memo(context, run);
		for (const key of doubtful) memo.record(key, note(uncertain, 0, 'lost'));
		for (const key of keys(count)) memo.record(key, note(receipt()));
		// The same once more is no further entry.
		memo.record('k0', note(receipt(), 5));
		const left = () => Object.keys((context.memo as { entries: object }).entries).length;
		return { context, memo, left };
	}

	it('what fits is kept, also where an output carries all of it', async () => {
		const { memo, left } = holding(MOST_ENTRIES - doubtful.length);
		await memo.handOver([...doubtful, ...keys(MOST_ENTRIES)]);

		expect(left()).toBe(MOST_ENTRIES);
	});

	it('one more, and the oldest that an output carries go, but nothing that is in doubt', async () => {
		const { memo, left } = holding(MOST_ENTRIES - doubtful.length + 1);
		await memo.handOver([...doubtful, ...keys(MOST_ENTRIES)]);

		const gone = MOST_ENTRIES + 1 - ENTRIES_LEFT;
		expect([MOST_ENTRIES, ENTRIES_LEFT]).toEqual([50_000, 45_000]);
		expect(left()).toBe(ENTRIES_LEFT);
		expect(kinds(memo, keys(gone))).toEqual(new Set(['open']));
		expect(kinds(memo, [...doubtful, ...keys(MOST_ENTRIES - 1).slice(gone)])).toEqual(
			new Set(['answered']),
		);
	});

	it('what no output carries yet stays, however much it is', async () => {
		const { context, memo, left } = holding(MOST_ENTRIES);
		await memo.handOver(doubtful);
		expect(left()).toBe(MOST_ENTRIES + 2);

		await new Memo(stored(context), run).handOver([]);
		await memo.handOver(['k1', 'k3', 'no such key']);
		expect(left()).toBe(MOST_ENTRIES);
		expect(kinds(memo, ['k1', 'k3'])).toEqual(new Set(['open']));
		expect(kinds(memo, [...doubtful, 'k0', 'k2', 'k4'])).toEqual(new Set(['answered']));

		// Those that went are no longer counted.
		await memo.handOver(['k5']);
		expect(left()).toBe(MOST_ENTRIES);
	});
});

it('keys are short, differ by operation and identity, and name nobody', () => {
	const keys = [
		keyOf('phone.enrich', 'email ann@acme.com'),
		keyOf('email.enrich', 'email ann@acme.com'),
		keyOf('phone.enrich', 'email bob@acme.com'),
	];
	expect(new Set(keys).size).toBe(3);
	for (const key of keys) expect(key).toMatch(/^[\w-]{16}$/);
});

it('keeps no more than it needs: no names of fields, and nothing that is as usual', async () => {
	const context: IDataObject = {};
	const memo = new Memo(context, run);
	memo.record('a', note(receipt()));
	memo.record('b', { ...note(uncertain, 0, 'lost'), request: { uuids: ['x'] } });
	memo.record('c', note(receipt({ fields: { email: 'e', found: null }, creditsRemaining: null })));
	memo.record('d', { ...note(receipt({ reason: 'Why', fields: {} })), counted: 7 });
	memo.record('e', note(receipt({ creditsCharged: 0, fields: { email: 'f', found: true } })));
	memo.record('f', note(uncertain, 0, 'unreadable'));
	new Memo(context, { ...run, executionId: undefined, round: 3 }).record('g', {
		...note(receipt({ creditsCharged: null }), 0, 'lost'),
		counted: 0,
	});
	await memo.handOver(['c']);

	expect(context.memo).toStrictEqual({
		entries: {
			a: [0, 'found', 5, 95, '', 0, null, 0, '1'],
			b: [0, 'uncertain', null, 95, '', 0, null, { counted: 5, doubt: 'lost', leftBy: '1' }, '1'],
			c: [1, 'found', 5, null, '', 0, 0, 0, 'e', null],
			d: [2, 'found', 5, 95, 'Why', 0, null, { counted: 7 }],
			e: [1, 'found', 0, 95, '', 0, null, 0, 'f', true],
			f: [
				0,
				'uncertain',
				null,
				95,
				'',
				0,
				null,
				{ counted: 5, doubt: 'unreadable', leftBy: '1' },
				'1',
			],
			g: [0, 'found', null, 95, '', 3, null, { doubt: 'lost' }, '1'],
		},
		count: 7,
		spent: 27,
		names: [['phone'], ['email', 'found'], []],
		requests: { b: { uuids: ['x'] } },
		toolCalls: 0,
	});
});

it.each<[string, Partial<Receipt>]>([
	['no fields', { fields: {} }],
	['several fields', { fields: { unlocked: 2, alreadyUnlocked: null, deep: { a: [1] } } }],
	['a reason', { reason: 'Cheap' }],
	['no balance', { creditsRemaining: null }],
	['a balance of 0', { creditsRemaining: 0 }],
	['no charge', { creditsCharged: 0 }],
	['a charge that nobody knows', { creditsCharged: null }],
])('what comes out of store is what was written down: %s', (_what, more) => {
	const context: IDataObject = {};
	const memo = new Memo(context, run);
	memo.record('other', note(receipt({ fields: { email: 'e', found: true } })));
	memo.record('a', note(receipt(more)));
	const answered = { kind: 'answered', receipt: receipt(more) };

	expect(memo.recall('a', 'paid')).toStrictEqual(answered);
	expect(new Memo(stored(context), run).recall('a', 'paid')).toStrictEqual(answered);
});

it('what stands are requests that were kept, and that no other round tells of', async () => {
	const context: IDataObject = {};
	const at = (round: number, ...underWay: number[]) =>
		new Memo(context, { ...run, round }, new Set(underWay));
	at(0).record('other', note(receipt()));
	at(0).record('failed', { ...note(receipt()), request: 'failed 1' });
	at(0).record('lost', { ...note(uncertain, 0, 'lost'), request: 'lost 1' });
	at(1).record('under way', { ...note(receipt()), request: 'under way 1' });
	at(2).record('told', { ...note(receipt()), request: 'told 1' });
	await at(2).handOver(['told']);
	const failed = { key: 'failed', request: 'failed 1', receipt: receipt(), isInDoubt: false };
	const lost = { key: 'lost', request: 'lost 1', receipt: uncertain, isInDoubt: true };
	const underWay = { ...failed, key: 'under way', request: 'under way 1' };

	expect(await at(3, 1).standing()).toEqual([failed, lost]);
	expect(await at(2).standing()).toEqual([failed, lost, underWay]);
	expect(await new Memo(stored(context), { ...run, round: 1 }, new Set([1])).standing()).toEqual([
		failed,
		lost,
		underWay,
	]);
});

it('what an output carries no longer stands, in whichever round it is asked', async () => {
	const context: IDataObject = {};
	const memo = new Memo(context, run);
	memo.record('a', { ...note(receipt()), request: 'asked' });
	expect(await memo.standing()).toHaveLength(1);
	await memo.handOver(['a']);

	expect(await memo.standing()).toEqual([]);
	expect(await new Memo(context, { ...run, round: 1 }).standing()).toEqual([]);
});

it('a request without an entry does not stand', async () => {
	const context: IDataObject = {};
	const memo = new Memo(context, run);
	memo.record('a', { ...note(receipt()), request: 'asked' });
	(context.memo as { entries: IDataObject }).entries = {};

	expect(await memo.standing()).toEqual([]);
});

it('each tool call has a round of its own, which is none of the run indices of n8n', () => {
	const context: IDataObject = {};
	const rounds = [1, 2, 3].map(() => Memo.roundOfToolCall(context));
	rounds.push(Memo.roundOfToolCall(stored(context)));

	expect(rounds).toEqual([-1, -2, -3, -4]);
	expect(Memo.roundOfToolCall({})).toBe(-1);
});

it('a receipt that another round, under way, is about to hand out is not told twice', () => {
	const context: IDataObject = {};
	new Memo(context, run).record('a', note(receipt()));
	const seenBy = (round: number, underWay: number[]) => {
		const known = new Memo(context, { ...run, round }, new Set(underWay)).recall('a', 'paid');
		return known.kind === 'answered' && known.receipt.creditsCharged;
	};

	expect([seenBy(1, [0]), seenBy(1, [1, 2]), seenBy(0, [0])]).toEqual([0, 5, 5]);
});
