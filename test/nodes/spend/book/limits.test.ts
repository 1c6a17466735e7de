import {
	PeriodLimits,
	type OwnRow,
	type SpendingLimit,
} from '../../../../nodes/EcoreLensmor/spend/book/limits';
import type { Row } from '../../../../nodes/EcoreLensmor/spend/book/rows';

const HOUR = 3_600_000;
const PERIOD = 24 * HOUR;
const NOW = 1_000 * HOUR;

let ids = 0;
const rowOf = (attempt: string, more: Partial<Row> = {}): Row => ({
	id: (ids += 1),
	createdAt: NOW - HOUR,
	key: attempt,
	vendor: 'ecore',
	operation: 'phone.enrich',
	about: '',
	outcome: 'found',
	credits: 5,
	saved: 0,
	result: '',
	execution: '7',
	workflow: 'Leads',
	attempt,
	validForMs: 0,
	...more,
});

/** A table of others' rows, the limits over it, and the times from which it was read. */
function limitsOf(credits: number, rows: Row[] = [], others: SpendingLimit[] = []) {
	const from: number[] = [];
	const time: { now: number | undefined } = { now: NOW };
	const table = {
		visit: async () => await Promise.resolve([]),
		since: async (_: string, since: number) => {
			from.push(since);
			return await Promise.resolve(rows.filter(({ createdAt }) => createdAt >= since));
		},
	};
	const limit = { name: 'Maximum Credits per Day', periodMs: PERIOD, credits };
	const isOwn = (attempt: string) => attempt.startsWith('own');
	const limits = new PeriodLimits(table, 'ecore', [limit, ...others], () => time.now, isOwn);
	let own = 0;
	const write = (): OwnRow => {
		own += 1;
		const row = rowOf(`own ${own}`, { outcome: 'asked', createdAt: NOW, validForMs: HOUR });
		return { row, writtenAt: 0, checkFrom: limits.nextMoment() };
	};
	const admit = async () => await limits.admit(write());
	return { limits, limit, write, admit, from, rows, time };
}

it('what others spent and what this run spends fit together, to the last credit', async () => {
	const { admit, limit } = limitsOf(20, [rowOf('a'), rowOf('b')]);
	expect(await admit()).toEqual({ kind: 'admitted' });
	expect(await admit()).toEqual({ kind: 'admitted' });
	// Both of this run may still cost nothing.
	expect(await admit()).toEqual({ kind: 'wait', others: [] });
	expect(await limitsOf(14, [rowOf('a'), rowOf('b')]).admit()).toEqual({
		kind: 'overLimit',
		limit: { ...limit, credits: 14 },
		spent: 10,
	});
});

it('what cost less than its worst case gives the rest back', async () => {
	const { admit, limits, limit } = limitsOf(10);
	await admit();
	await admit();
	limits.settle(5, 5);
	limits.settle(5, 0);
	expect(await admit()).toEqual({ kind: 'admitted' });
	limits.settle(5, 5);
	expect(await admit()).toEqual({ kind: 'overLimit', limit, spent: 10 });
});

it('what others have under way is waited for, and what they left unknown counts at its worst', async () => {
	const asked = { outcome: 'asked' as const };
	const underWay = rowOf('a', { ...asked, createdAt: NOW - 1000, validForMs: HOUR });
	const unknown = rowOf('b', { ...asked, validForMs: 1000 });
	expect(await limitsOf(5, [underWay]).admit()).toEqual({ kind: 'wait', others: [underWay] });
	expect(await limitsOf(5, [unknown]).admit()).toMatchObject({ kind: 'overLimit', spent: 5 });
});

it('an attempt with two rows counts once, with its answer', async () => {
	const asked = rowOf('a', { outcome: 'asked', credits: 5, validForMs: HOUR });
	const rows = [asked, rowOf('a', { outcome: 'not_found', credits: 0 })];
	for (const both of [rows, [...rows].reverse()]) {
		expect(await limitsOf(5, both).admit()).toEqual({ kind: 'admitted' });
	}
});

it('what a task works on is charged already, also if n8n was killed while the task was written down', async () => {
	const asked = rowOf('a', {
		outcome: 'asked',
		credits: 5,
		createdAt: NOW - 1000,
		validForMs: HOUR,
	});
	const worked = { ...asked, result: '{"taskId":"t"}' };
	for (const rows of [[worked], [asked, worked], [worked, asked]]) {
		expect(await limitsOf(5, rows).admit()).toMatchObject({ kind: 'overLimit', spent: 5 });
	}
});

it('only what may have changed is read again: a large table takes seconds', async () => {
	const old = rowOf('old', { createdAt: NOW - 20 * HOUR });
	const underWay = rowOf('a', {
		outcome: 'asked',
		createdAt: NOW - HOUR,
		validForMs: 2 * HOUR,
	});
	const { admit, from, rows, time } = limitsOf(100, [old, underWay]);
	await admit();
	await admit();
	expect(from).toEqual([NOW - PERIOD, NOW - HOUR]);

	rows.splice(1, 1, rowOf('a', { createdAt: NOW, credits: 0 }));
	time.now = NOW + 1000;
	await admit();
	await admit();
	// A minute back, because a row may become visible later than the time in it.
	expect(from.slice(2)).toEqual([NOW - HOUR, NOW + 1000 - 60_000]);
});

it('what was read before still counts, until its period is over', async () => {
	const old = rowOf('old', { createdAt: NOW - 20 * HOUR });
	const { admit, limit, limits, time } = limitsOf(10, [old]);
	await admit();
	limits.settle(5, 5);
	expect(await admit()).toEqual({ kind: 'overLimit', limit, spent: 10 });
	time.now = NOW + 4 * HOUR;
	expect(await admit()).toEqual({ kind: 'admitted' });
});

it('what another run took back does not count any more', async () => {
	const underWay = rowOf('a', { outcome: 'asked', createdAt: NOW - 10, validForMs: HOUR });
	const { admit, rows } = limitsOf(5, [underWay]);
	expect(await admit()).toMatchObject({ kind: 'wait' });
	rows.length = 0;
	expect(await admit()).toEqual({ kind: 'admitted' });
});

it('what is written before the others are read needs no look of its own', async () => {
	const { limits, write, from } = limitsOf(100, [rowOf('a')]);
	const both = [write(), write()];
	expect(await Promise.all(both.map(async (own) => await limits.admit(own)))).toEqual([
		{ kind: 'admitted' },
		{ kind: 'admitted' },
	]);
	expect(from).toHaveLength(1);
	// What was looked for in vain must look again: others may have written meanwhile.
	await limits.admit(both[0] ?? write());
	expect(from).toHaveLength(2);
});

it('several limits are read at once, from the longest period, and each counts its own', async () => {
	const month = { name: 'Maximum Credits per Month', periodMs: 30 * PERIOD, credits: 10 };
	const old = rowOf('old', { createdAt: NOW - 20 * PERIOD });
	const { admit, from, limits } = limitsOf(10, [old], [month]);
	expect(await admit()).toEqual({ kind: 'admitted' });
	expect(from).toEqual([NOW - 30 * PERIOD]);
	limits.settle(5, 5);
	expect(await admit()).toEqual({ kind: 'overLimit', limit: month, spent: 10 });
});

describe('what is not written down yet', () => {
	it('has room kept for it, until it is admitted or forgotten', async () => {
		const { limits, write } = limitsOf(12);
		expect(await limits.expect('own 1', 5)).toEqual({ kind: 'admitted' });
		expect(await limits.expect('own 2', 5)).toEqual({ kind: 'admitted' });
		expect(await limits.expect('own 3', 5)).toEqual({ kind: 'wait', others: [] });
		limits.forget('own 2');
		expect(await limits.expect('own 3', 5)).toEqual({ kind: 'admitted' });
		// What is admitted counts once.
		expect(await limits.admit(write())).toEqual({ kind: 'admitted' });
		limits.forget('own 3');
		expect(await limits.expect('own 2', 5)).toEqual({ kind: 'admitted' });
		expect(await limits.expect('own 4', 5)).toEqual({ kind: 'wait', others: [] });
	});

	it('is judged by what was read last, and by a new look only if it does not fit that', async () => {
		const underWay = rowOf('a', { outcome: 'asked', createdAt: NOW - 10, validForMs: HOUR });
		const { limits, write, from, rows, limit } = limitsOf(10, [underWay]);
		expect(await limits.expect('own 9', 5)).toEqual({ kind: 'admitted' });
		expect(from).toHaveLength(0);
		await limits.admit(write());
		limits.settle(5, 5);
		limits.forget('own 9');
		expect(await limits.expect('own 9', 5)).toEqual({ kind: 'wait', others: [underWay] });
		expect(from).toHaveLength(2);
		// Two that ask at the same time share a look.
		await Promise.all([limits.expect('own 8', 5), limits.expect('own 9', 5)]);
		expect(from).toHaveLength(3);
		rows.length = 0;
		expect(await limits.expect('own 9', 5)).toEqual({ kind: 'admitted' });
		rows.push(rowOf('b', { createdAt: NOW }));
		expect(await limits.expect('own 8', 5)).toEqual({ kind: 'overLimit', limit, spent: 10 });
	});

	it('is written down while nobody knows the time: only that tells what others have spent', async () => {
		const { limits, time, from } = limitsOf(4);
		time.now = undefined;
		expect(await limits.expect('own 1', 5)).toEqual({ kind: 'admitted' });
		expect(from).toHaveLength(0);
	});
});

it('who waits for room of this run goes on as soon as there is some', async () => {
	const { limits } = limitsOf(10);
	const never = new Promise<void>(() => undefined);
	const woken: string[] = [];
	const wait = async (name: string, pause: Promise<void>) => {
		await limits.roomOr(pause);
		woken.push(name);
	};
	const both = [wait('a', never), wait('b', Promise.resolve())];
	await both[1];
	expect(woken).toEqual(['b']);
	limits.forget('own 1');
	await both[0];
	const last = wait('c', never);
	limits.settle(5, 5);
	await last;
	expect(woken).toEqual(['b', 'a', 'c']);
});

it('what may fit one limit and not another is not waited for', async () => {
	const month = { name: 'Maximum Credits per Month', periodMs: 30 * PERIOD, credits: 4 };
	const underWay = rowOf('a', { outcome: 'asked', createdAt: NOW - 10, validForMs: HOUR });
	const { admit } = limitsOf(5, [underWay], [month]);
	expect(await admit()).toEqual({ kind: 'overLimit', limit: month, spent: 0 });
});

it('without limits nothing is read', async () => {
	const since = async () => await Promise.reject(new Error('out of reach'));
	const table = { visit: async () => await Promise.resolve([]), since };
	const limits = new PeriodLimits(
		table,
		'ecore',
		[],
		() => NOW,
		() => false,
	);
	const own = { row: rowOf('own'), writtenAt: 0, checkFrom: limits.nextMoment() };
	expect(await limits.admit(own)).toEqual({ kind: 'admitted' });
});
