import type { IDataObject } from 'n8n-workflow';

import type { Receipt } from '../../../nodes/EcoreLensmor/outcome';
import {
	keyOf,
	Memo,
	MOST_ENTRIES,
	type Note,
	type Run,
} from '../../../nodes/EcoreLensmor/spend/memo';

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

it('answers from what was stored, with the credits of the one charge, until an output carried them', () => {
	const context: IDataObject = {};
	new Memo(context, run).record('a', note(receipt()));

	const rerun = new Memo(stored(context), run);
	expect(rerun.recall('a', 'paid')).toEqual({ kind: 'answered', receipt: receipt() });
	expect(rerun.recall('b', 'paid')).toEqual({
		kind: 'open',
		lostBefore: false,
		counted: 0,
	});
	rerun.handOver(['a', 'b']);
	expect(rerun.recall('a', 'paid')).toEqual({ kind: 'answered', receipt: receipt() });
});

it('a later round is answered at 0 credits, and an earlier hand-over stays the first', () => {
	const context: IDataObject = {};
	const first = new Memo(context, run);
	first.record('a', note(receipt()));
	first.handOver(['a']);
	const second = new Memo(context, { ...run, round: 1 });
	second.handOver(['a']);

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

it('stays bounded: what an output carries goes first, what guards money never', () => {
	const context: IDataObject = {};
	const memo = new Memo(context, run);
	const doubtful = ['doubt-1', 'doubt-2'];
	for (const key of doubtful) memo.record(key, note(uncertain, 0, 'lost'));
	for (let index = 0; index < MOST_ENTRIES; index += 1) memo.record(`k${index}`, note(receipt()));
	memo.record('k0', note(receipt(), 5));
	memo.handOver(doubtful);
	for (const key of [...doubtful, 'k0', 'k1', 'k2']) {
		expect(memo.recall(key, 'paid').kind).toBe('answered');
	}

	memo.handOver(['k0', 'k1', 'k2']);
	expect(['k0', 'k1', 'k2', 'k3', ...doubtful].map((key) => memo.recall(key, 'paid').kind)).toEqual(
		['open', 'open', 'answered', 'answered', 'answered', 'answered'],
	);
	const { entries } = context.memo as { entries: object };
	expect(Object.keys(entries)).toHaveLength(MOST_ENTRIES);
});

it('keys are short, differ by operation and identity, and name nobody', () => {
	const keys = [
		keyOf('phone.enrich', 'email ann@acme.com'),
		keyOf('email.enrich', 'email ann@acme.com'),
		keyOf('phone.enrich', 'email bob@acme.com'),
	];
	expect(new Set(keys).size).toBe(3);
	for (const key of keys) expect(key).toMatch(/^[\w-]{24}$/);
});

it('keeps no more of a request than it needs', () => {
	const context: IDataObject = {};
	const memo = new Memo(context, run);
	memo.record('a', note(receipt()));
	memo.record('b', { ...note(uncertain, 0, 'lost'), request: { uuids: ['x'] } });

	expect((context.memo as { entries: object }).entries).toStrictEqual({
		a: { receipt: receipt(), round: 0, counted: 5 },
		b: {
			receipt: uncertain,
			round: 0,
			counted: 5,
			doubt: 'lost',
			leftBy: '1',
			request: { uuids: ['x'] },
		},
	});
});

it('what stands are requests that were kept, and that no other round tells of', () => {
	const context: IDataObject = {};
	const at = (round: number, ...underWay: number[]) =>
		new Memo(context, { ...run, round }, new Set(underWay));
	at(0).record('other', note(receipt()));
	at(0).record('failed', { ...note(receipt()), request: 'failed' });
	at(1).record('under way', { ...note(receipt()), request: 'under way' });
	at(2).record('told', { ...note(receipt()), request: 'told' });
	at(2).handOver(['told']);

	expect(at(3, 1).standing()).toEqual(['failed']);
	expect(at(2).standing()).toEqual(['failed', 'under way', 'told']);
});
