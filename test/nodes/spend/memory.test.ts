import type { IDataObject } from 'n8n-workflow';

import type { Receipt } from '../../../nodes/EcoreLensmor/operations/outcome';
import {
	ENTRIES_LEFT,
	keyOf,
	Memory,
	MAX_ENTRIES,
	type Note,
	type Run,
	receiptForEarlier,
} from '../../../nodes/EcoreLensmor/spend/memory';

const run: Run = { executionId: '1', runIndex: 0, mode: 'webhook' };

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

function note(receipt: Receipt, doubt?: Note['doubt']): Note {
	return { receipt, worstCase: 5, doubt };
}

const uncertain = receipt({ outcome: 'uncertain', creditsCharged: null });

// As n8n keeps it: the context is stored as text with the execution.
function stored(context: IDataObject): IDataObject {
	return JSON.parse(JSON.stringify(context)) as IDataObject;
}

it('answers from what was stored, with the credits of the one charge, until an output carried them', async () => {
	const context: IDataObject = {};
	new Memory(context, run).record('a', 'paid', note(receipt()));

	const rerun = new Memory(stored(context), run);
	expect(rerun.recall('a', 'paid')).toEqual({ kind: 'answered', receipt: receipt() });
	expect(rerun.recall('b', 'paid')).toEqual({
		kind: 'open',
		lostBefore: false,
		reserved: 0,
	});
	await rerun.handOver(['a', 'b']);
	expect(rerun.recall('a', 'paid')).toEqual({ kind: 'answered', receipt: receipt() });
});

it('a later run is answered at 0 credits, and an earlier hand-over stays the first', async () => {
	const context: IDataObject = {};
	const first = new Memory(context, run);
	first.record('a', 'paid', note(receipt()));
	await first.handOver(['a']);
	const second = new Memory(context, { ...run, runIndex: 1 });
	await second.handOver(['a']);

	for (const round of [1, 2]) {
		const later = new Memory(context, { ...run, runIndex: round });
		expect(later.recall('a', 'paid')).toEqual({
			kind: 'answered',
			receipt: receipt({ creditsCharged: 0 }),
		});
	}
});

it('what it hands out is a copy', () => {
	const memory = new Memory({}, run);
	const given = receipt();
	memory.record('a', 'paid', note(given));
	given.fields.phone = 'changed';
	const first = memory.recall('a', 'paid');
	if (first.kind === 'answered') first.receipt.fields.phone = 'changed';

	expect(memory.recall('a', 'paid')).toEqual({ kind: 'answered', receipt: receipt() });
});

describe('an uncertain request', () => {
	const context = (doubt: 'lost' | 'unreadable') => {
		const data: IDataObject = {};
		new Memory(data, run).record('a', 'paid', note(uncertain, doubt));
		return data;
	};
	const again = { ...run, executionId: '2' };

	it.each(['lost', 'unreadable'] as const)(
		'that may cost twice is not sent again by a machine (%s)',
		(doubt) => {
			for (const mode of ['webhook', 'retry']) {
				const memory = new Memory(context(doubt), { ...run, mode });
				expect(memory.recall('a', 'paid')).toEqual({ kind: 'answered', receipt: uncertain });
			}
			const another = new Memory(context(doubt), { ...again, mode: 'webhook' });
			expect(another.recall('a', 'paid')).toEqual({ kind: 'answered', receipt: uncertain });
		},
	);

	it('that may cost twice is sent again once when a person retries', () => {
		const memory = new Memory(context('lost'), { ...again, mode: 'retry' });
		expect(memory.recall('a', 'paid')).toEqual({
			kind: 'open',
			lostBefore: false,
			reserved: 0,
			earlier: { receipt: uncertain, worstCase: 5 },
		});

		const told = memory.record('a', 'paid', note(uncertain, 'lost'));
		const reason = 'An earlier attempt was left uncertain and may have cost up to 5 credits';
		expect(told).toEqual({ ...uncertain, reason });
		expect(memory.recall('a', 'paid')).toEqual({ kind: 'answered', receipt: told });
		expect(memory.spent).toBe(10);
	});

	it('that is free to repeat is sent again, and counts once whatever comes of it', () => {
		const memory = new Memory(context('lost'), run);
		expect(memory.recall('a', 'free')).toEqual({
			kind: 'open',
			lostBefore: true,
			reserved: 5,
		});

		memory.record('a', 'free', note(receipt({ creditsCharged: 1 })));
		expect(memory.spent).toBe(1);
	});

	it('whose answer could not be read is sent again only when a person retries', () => {
		expect(new Memory(context('unreadable'), run).recall('a', 'free').kind).toBe('answered');
		const retried = new Memory(context('unreadable'), { ...again, mode: 'retry' });
		expect(retried.recall('a', 'free')).toEqual({
			kind: 'open',
			lostBefore: true,
			reserved: 5,
		});
	});

	it('whose credits are told counts with these', () => {
		const data: IDataObject = {};
		new Memory(data, run).record('a', 'paid', note(receipt(), 'lost'));
		expect(new Memory(data, run).recall('a', 'free')).toMatchObject({ kind: 'open', reserved: 5 });
	});

	it('is what a person can ask again: what is certain is answered', () => {
		const data: IDataObject = {};
		new Memory(data, run).record('a', 'paid', note(receipt()));
		for (const repeat of ['paid', 'free'] as const) {
			const retried = new Memory(data, { ...again, mode: 'retry' });
			expect(retried.recall('a', repeat)).toEqual({ kind: 'answered', receipt: receipt() });
		}
	});

	it('is told apart by execution also where n8n gives none', () => {
		const data: IDataObject = {};
		const unnamed = { ...run, executionId: undefined, mode: 'retry' };
		new Memory(data, unnamed).record('a', 'paid', note(uncertain, 'lost'));

		expect(new Memory(data, unnamed).recall('a', 'paid').kind).toBe('answered');
	});
});

it('what several attempts may have cost follows from what is stored of each of them', () => {
	const context: IDataObject = {};
	const attempt = (executionId: string, one: Note) =>
		new Memory(context, { ...run, executionId, mode: 'retry' }).record('a', 'paid', one);
	attempt('1', note(uncertain, 'lost'));
	attempt('2', { ...note(uncertain, 'lost'), worstCase: 3 });
	const known = new Memory(context, { ...run, executionId: '3', mode: 'retry' });
	const upTo = (credits: number) =>
		`An earlier attempt was left uncertain and may have cost up to ${credits} credits`;

	expect(known.recall('a', 'paid')).toEqual({
		kind: 'open',
		lostBefore: false,
		reserved: 0,
		earlier: { receipt: { ...uncertain, reason: upTo(5) }, worstCase: 8 },
	});
	expect(attempt('3', note(receipt({ reason: 'Why', creditsCharged: 1 })))).toEqual({
		...receipt(),
		creditsCharged: null,
		reason: `Why. This answer cost 1 credit. ${upTo(8)}`,
	});
	expect(known.spent).toBe(9);
	expect(receiptForEarlier({ receipt: uncertain, worstCase: 8 }, 'No')).toEqual({
		...uncertain,
		reason: `No. ${upTo(8)}`,
	});
});

it('counts what was spent, the unknown at its worst', () => {
	const memory = new Memory({}, run);
	memory.record('a', 'paid', note(receipt()));
	memory.record('b', 'paid', note(receipt({ creditsCharged: 0 })));
	memory.record('c', 'paid', note(uncertain, 'lost'));
	expect(memory.spent).toBe(10);
});

describe('stays bounded', () => {
	const doubtful = ['doubt-1', 'doubt-2'];
	const keys = (count: number) => Array.from({ length: count }, (_, index) => `k${index}`);
	const kinds = (memory: Memory, asked: string[]) =>
		new Set(asked.map((key) => memory.recall(key, 'paid').kind));
	/** A memory with two entries in doubt, and so many of which nothing is uncertain. */
	function holding(count: number) {
		const context: IDataObject = {};
		const memory = new Memory(context, run);
		for (const key of doubtful) memory.record(key, 'paid', note(uncertain, 'lost'));
		for (const key of keys(count)) memory.record(key, 'paid', note(receipt()));
		// The same once more is no further entry.
		memory.record('k0', 'free', note(receipt()));
		const left = () => Object.keys((context.memory as { entries: object }).entries).length;
		return { context, memory, left };
	}

	it('what fits is kept, also where an output carries all of it', async () => {
		const { memory, left } = holding(MAX_ENTRIES - doubtful.length);
		await memory.handOver([...doubtful, ...keys(MAX_ENTRIES)]);

		expect(left()).toBe(MAX_ENTRIES);
	});

	it('one more, and the oldest that an output carries go, but nothing that is in doubt', async () => {
		const { memory, left } = holding(MAX_ENTRIES - doubtful.length + 1);
		await memory.handOver([...doubtful, ...keys(MAX_ENTRIES)]);

		const gone = MAX_ENTRIES + 1 - ENTRIES_LEFT;
		expect([MAX_ENTRIES, ENTRIES_LEFT]).toEqual([50_000, 45_000]);
		expect(left()).toBe(ENTRIES_LEFT);
		expect(kinds(memory, keys(gone))).toEqual(new Set(['open']));
		expect(kinds(memory, [...doubtful, ...keys(MAX_ENTRIES - 1).slice(gone)])).toEqual(
			new Set(['answered']),
		);
	});

	it('what the vendor still works on stays, although an output carries its charge', async () => {
		const memory = new Memory({}, run);
		const working = ['working-1', 'working-2'];
		for (const key of working) memory.record(key, 'free', note(receipt({ outcome: 'processing' })));
		for (const key of keys(MAX_ENTRIES)) memory.record(key, 'paid', note(receipt()));
		await memory.handOver([...working, ...keys(MAX_ENTRIES)]);
		for (const key of working) expect(memory.has(key)).toBe(true);
	});

	it('what no output carries yet stays, however much it is', async () => {
		const { context, memory, left } = holding(MAX_ENTRIES);
		await memory.handOver(doubtful);
		expect(left()).toBe(MAX_ENTRIES + 2);

		await new Memory(stored(context), run).handOver([]);
		await memory.handOver(['k1', 'k3', 'no such key']);
		expect(left()).toBe(MAX_ENTRIES);
		expect(kinds(memory, ['k1', 'k3'])).toEqual(new Set(['open']));
		expect(kinds(memory, [...doubtful, 'k0', 'k2', 'k4'])).toEqual(new Set(['answered']));

		// Those that went are no longer counted.
		await memory.handOver(['k5']);
		expect(left()).toBe(MAX_ENTRIES);
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
	const memory = new Memory(context, run);
	memory.record('a', 'paid', note(receipt()));
	memory.record('b', 'paid', { ...note(uncertain, 'lost'), request: { uuids: ['x'] } });
	memory.record(
		'c',
		'paid',
		note(receipt({ fields: { email: 'e', found: null }, creditsRemaining: null })),
	);
	memory.record('d', 'paid', note(receipt({ reason: 'Why', fields: {} })));
	memory.record(
		'e',
		'paid',
		note(receipt({ creditsCharged: 0, fields: { email: 'f', found: true } })),
	);
	memory.record('f', 'paid', note(uncertain, 'unreadable'));
	new Memory(context, { ...run, executionId: undefined, runIndex: 3 }).record('g', 'paid', {
		...note(receipt({ creditsCharged: null }), 'lost'),
		worstCase: 0,
	});
	memory.record('h', 'paid', note(uncertain, 'lost'));
	memory.record('h', 'paid', note(receipt()));
	await memory.handOver(['c']);

	expect(context.memory).toStrictEqual({
		entries: {
			a: [0, 'found', 5, 95, '', 0, null, 0, '1'],
			b: [0, 'uncertain', null, 95, '', 0, null, { credits: 5, doubt: 'lost', leftBy: '1' }, '1'],
			c: [1, 'found', 5, null, '', 0, 0, 0, 'e', null],
			d: [2, 'found', 5, 95, 'Why', 0, null, 0],
			e: [1, 'found', 0, 95, '', 0, null, 0, 'f', true],
			f: [
				0,
				'uncertain',
				null,
				95,
				'',
				0,
				null,
				{ credits: 5, doubt: 'unreadable', leftBy: '1' },
				'1',
			],
			g: [0, 'found', null, 95, '', 3, null, { doubt: 'lost' }, '1'],
			h: [0, 'found', 5, 95, '', 0, null, { earlier: [5] }, '1'],
		},
		count: 8,
		spent: 35,
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
	const memory = new Memory(context, run);
	memory.record('other', 'paid', note(receipt({ fields: { email: 'e', found: true } })));
	memory.record('a', 'paid', note(receipt(more)));
	const answered = { kind: 'answered', receipt: receipt(more) };

	expect(memory.recall('a', 'paid')).toStrictEqual(answered);
	expect(new Memory(stored(context), run).recall('a', 'paid')).toStrictEqual(answered);
});

it('what stands are requests that were kept, and that no other run tells of', async () => {
	const context: IDataObject = {};
	const at = (round: number, ...underWay: number[]) =>
		new Memory(context, { ...run, runIndex: round }, new Set(underWay));
	at(0).record('other', 'paid', note(receipt()));
	at(0).record('failed', 'paid', { ...note(receipt()), request: 'failed 1' });
	at(0).record('lost', 'paid', { ...note(uncertain, 'lost'), request: 'lost 1' });
	at(1).record('under way', 'paid', { ...note(receipt()), request: 'under way 1' });
	at(2).record('told', 'paid', { ...note(receipt()), request: 'told 1' });
	await at(2).handOver(['told']);
	const failed = { key: 'failed', request: 'failed 1', receipt: receipt(), isInDoubt: false };
	const lost = { key: 'lost', request: 'lost 1', receipt: uncertain, isInDoubt: true };
	const underWay = { ...failed, key: 'under way', request: 'under way 1' };

	expect(await at(3, 1).reusableRequests()).toStrictEqual([failed, lost]);
	expect(await at(2).reusableRequests()).toStrictEqual([failed, lost, underWay]);
	expect(
		await new Memory(stored(context), { ...run, runIndex: 1 }, new Set([1])).reusableRequests(),
	).toStrictEqual([failed, lost, underWay]);
});

it('what an output carries no longer stands, in whichever run it is asked', async () => {
	const context: IDataObject = {};
	const memory = new Memory(context, run);
	memory.record('a', 'paid', { ...note(receipt()), request: 'asked' });
	expect(await memory.reusableRequests()).toHaveLength(1);
	await memory.handOver(['a']);

	expect(await memory.reusableRequests()).toStrictEqual([]);
	expect(await new Memory(context, { ...run, runIndex: 1 }).reusableRequests()).toStrictEqual([]);
});

it('a request without an entry does not stand', async () => {
	const context: IDataObject = {};
	const memory = new Memory(context, run);
	memory.record('a', 'paid', { ...note(receipt()), request: 'asked' });
	(context.memory as { entries: IDataObject }).entries = {};

	expect(await memory.reusableRequests()).toStrictEqual([]);
});

it('each tool call has a run index of its own, which is none of n8n’s', () => {
	const context: IDataObject = {};
	const rounds = [1, 2, 3].map(() => Memory.runIndexOfToolCall(context));
	rounds.push(Memory.runIndexOfToolCall(stored(context)));

	expect(rounds).toEqual([-1, -2, -3, -4]);
	expect(Memory.runIndexOfToolCall({})).toBe(-1);
});

it('a receipt that another run, under way, is about to hand out is not told twice', () => {
	const context: IDataObject = {};
	new Memory(context, run).record('a', 'paid', note(receipt()));
	const seenBy = (round: number, underWay: number[]) => {
		const known = new Memory(context, { ...run, runIndex: round }, new Set(underWay)).recall(
			'a',
			'paid',
		);
		return known.kind === 'answered' && known.receipt.creditsCharged;
	};

	expect([seenBy(1, [0]), seenBy(1, [1, 2]), seenBy(0, [0])]).toEqual([0, 5, 5]);
});

it('of several runs at the same time, one tells of a charge that no output carries yet', () => {
	const context: IDataObject = {};
	new Memory(context, run).record('a', 'paid', note(receipt()));
	const underWay = new Set([1, 2]);
	const creditsFor = (runIndex: number) => {
		const known = new Memory(context, { ...run, runIndex }, underWay).recall('a', 'paid');
		return known.kind === 'answered' && known.receipt.creditsCharged;
	};

	expect([creditsFor(1), creditsFor(2), creditsFor(1)]).toEqual([5, 0, 5]);
	// The one that was to tell of it failed: another one does.
	underWay.delete(1);
	expect(creditsFor(2)).toBe(5);
});

it('a charge is claimed by one run, and none is where an output carries it or nothing is known', async () => {
	const context: IDataObject = {};
	const underWay = new Set([1, 2]);
	const at = (runIndex: number) => new Memory(context, { ...run, runIndex }, underWay);
	at(0).record('a', 'paid', note(receipt()));
	at(0).record('told', 'paid', note(receipt()));
	await at(0).handOver(['told']);

	expect([at(1).claim('a'), at(2).claim('a'), at(1).claim('a')]).toEqual([true, false, true]);
	expect([at(1).claim('told'), at(0).claim('told')]).toEqual([false, true]);
	expect(at(1).claim('unknown')).toBe(false);
	expect([at(1).has('a'), at(1).has('unknown')]).toEqual([true, false]);
});

it('a share of a charge is told again, and stands in what was spent only once', () => {
	const context: IDataObject = {};
	const memory = new Memory(context, run);
	memory.record('group', 'free', note(receipt({ creditsCharged: 2 })));
	memory.recordShare('part', receipt({ creditsCharged: 1 }));
	memory.recordShare('other part', receipt({ creditsCharged: 1 }));
	memory.record('own', 'free', note(receipt({ creditsCharged: 1 })));
	memory.recordShare('own', receipt({ creditsCharged: 3 }));

	expect(memory.recall('part', 'free')).toEqual({
		kind: 'answered',
		receipt: receipt({ creditsCharged: 1 }),
	});
	expect(memory.recall('own', 'free')).toEqual({
		kind: 'answered',
		receipt: receipt({ creditsCharged: 3 }),
	});
	expect(memory.spent).toBe(3);
	expect(context.memory).toMatchObject({ count: 4 });
});

describe('a purchase that others left in doubt', () => {
	const told = (by: Run) => {
		const context: IDataObject = {};
		new Memory(context, by).noteDoubtOfOthers('a');
		return context;
	};
	const may = (context: IDataObject, now: Run, key = 'a') =>
		new Memory(stored(context), now).mayAskDespiteDoubt(key);

	it('may be sent again by the Retry of the execution that was told of it, and by nothing else', () => {
		const context = told(run);
		expect(may(context, { ...run, mode: 'retry', executionId: '2' })).toBe(true);
		expect(may(context, { ...run, mode: 'retry', executionId: '2' }, 'b')).toBe(false);
		// Retry On Fail within the Retry that was told of it.
		expect(may(context, { ...run, mode: 'retry' })).toBe(false);
		expect(may(context, { ...run, executionId: '2' })).toBe(false);
		expect(may(context, run)).toBe(false);
	});

	it('the same where n8n gives no execution id', () => {
		const nameless: Run = { runIndex: 0, mode: 'webhook' } as Run;
		const context = told(nameless);
		expect(may(context, { ...nameless, mode: 'retry' })).toBe(true);
		expect(may(context, { ...nameless, mode: 'retry', executionId: '' })).toBe(false);
	});
});

describe('a purchase that the vendor works on', () => {
	const working = receipt({ outcome: 'processing', fields: { phone: null } });

	it('is open, with what it cost and its receipt, and reserves nothing anew', () => {
		const memory = new Memory({}, run);
		for (const key of ['a', 'b']) memory.record(key, 'free', note(working));
		for (const key of ['a', 'b']) {
			expect(memory.recall(key, 'free')).toEqual({
				kind: 'open',
				lostBefore: false,
				reserved: 5,
				processing: { receipt: working, paid: 5 },
			});
		}
	});

	it('counts with what came of it, and the run that told its charge stays the one', async () => {
		const context: IDataObject = {};
		const first = new Memory(context, run);
		for (const key of ['a', 'b', 'c']) first.record(key, 'free', note(working));
		await first.handOver(['a']);
		expect(first.spent).toBe(15);

		const second = new Memory(context, { ...run, runIndex: 1 });
		expect(second.recordProcessed('a', note(receipt()))).toEqual(receipt({ creditsCharged: 0 }));
		const third = new Memory(context, { ...run, runIndex: 2 });
		expect(third.recall('a', 'paid')).toMatchObject({ receipt: { creditsCharged: 0 } });
		expect(second.recordProcessed('b', note(receipt({ creditsCharged: 3 })))).toEqual(
			receipt({ creditsCharged: 3 }),
		);
		expect(second.spent).toBe(13);
		expect(second.recordProcessed('c', note(uncertain, 'unreadable'))).toEqual(uncertain);
		expect(second.spent).toBe(13);
	});

	it('is in doubt from then on if nobody knows what came of it, until a person presses Retry', () => {
		const context: IDataObject = {};
		const memory = new Memory(context, run);
		for (const key of ['a', 'b']) memory.record(key, 'paid', note(working));
		memory.recordProcessed('a', note(uncertain, 'unreadable'));
		memory.recordProcessed('b', note(receipt()));
		for (const again of [run, { ...run, mode: 'retry' }]) {
			expect(new Memory(context, again).recall('a', 'paid').kind).toBe('answered');
		}
		const retried = new Memory(context, { ...run, executionId: '2', mode: 'retry' });
		expect(retried.recall('a', 'paid')).toMatchObject({ kind: 'open', reserved: 0 });
		expect(retried.recall('b', 'paid').kind).toBe('answered');
	});

	it('of which nothing is written down comes out as it is', () => {
		const memory = new Memory({}, run);
		for (const key of ['a', 'b']) {
			expect(memory.recordProcessed(key, note(receipt()))).toEqual(receipt());
		}
		expect(memory.spent).toBe(0);
	});
});

it('forgets what cost nothing, once, and makes room for others', () => {
	const context: IDataObject = {};
	const memory = new Memory(context, run);
	for (const key of ['a', 'b']) memory.record(key, 'free', note(receipt({ creditsCharged: 0 })));
	for (const key of ['a', 'a', 'unknown']) memory.forget(key);
	expect(memory.recall('a', 'free')).toEqual({ kind: 'open', lostBefore: false, reserved: 0 });
	expect(memory.recall('b', 'free').kind).toBe('answered');
	expect(context.memory).toMatchObject({ count: 1 });
});
