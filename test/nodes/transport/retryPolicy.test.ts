import {
	decide,
	MAX_WAIT_MS,
	mayHaveTakenEffect,
	MAX_TURNED_AWAY_IN_A_ROW,
	MAX_ATTEMPTS,
	type Situation,
} from '../../../nodes/EcoreLensmor/transport/retryPolicy';
import type { Classification } from '../../../nodes/EcoreLensmor/transport/classify';

const status = (code: number, retryAfterMs?: number): Classification<string> => ({
	kind: 'status',
	status: code,
	vendorText: '',
	retryAfterMs,
	balance: null,
});

function decided(answer: Classification<string>, situation: Partial<Situation> = {}): string {
	const first = { isRepeatSafe: true, attempt: 1, lostBefore: false, turnedAwayInARow: 0 } as const;
	const decision = decide(answer, { ...first, ...situation });
	switch (decision.kind) {
		case 'sendAgain':
			return `again in ${decision.afterMs} ms${decision.holdAll ? ', all' : ''}`;
		case 'refuse':
		case 'uncertain':
			return decision.stop ? `${decision.kind} + stop` : decision.kind;
		default:
			return decision.kind;
	}
}

const rows: Array<[string, Classification<string>, string, string]> = [
	['a documented body', { kind: 'delivered', response: 'x' }, 'accept', 'accept'],
	['a missing record or event', { kind: 'missing' }, 'notFound', 'notFound'],
	['2xx with an errorKey', { kind: 'refusedWithOk', vendorText: '' }, 'refuse', 'refuse'],
	['2xx not understood', { kind: 'unreadable', status: 200 }, 'uncertain', 'uncertain'],
	['never left', { kind: 'unsent', cause: '' }, 'again in 1000 ms', 'again in 1000 ms'],
	['a lost answer', { kind: 'lost', cause: '' }, 'again in 1000 ms', 'uncertain'],
	['another 404', status(404), 'refuse + stop', 'refuse + stop'],
	['429 with 0 s', status(429, 0), 'again in 0 ms, all', 'again in 0 ms, all'],
	['429 with 60 s', status(429, MAX_WAIT_MS), 'again in 60000 ms, all', 'again in 60000 ms, all'],
	['429 with more', status(429, MAX_WAIT_MS + 1), 'refuse + stop', 'refuse + stop'],
	['429 without', status(429), 'refuse + stop', 'refuse + stop'],
	['409', status(409), 'again in 1000 ms', 'refuse'],
	['401', status(401), 'refuse + stop', 'refuse + stop'],
	['402', status(402), 'refuse + stop', 'refuse + stop'],
	['403', status(403), 'refuse + stop', 'refuse + stop'],
	['400', status(400), 'refuse', 'refuse'],
	['499', status(499), 'refuse', 'refuse'],
	['300', status(300), 'again in 1000 ms', 'uncertain'],
	['399', status(399), 'again in 1000 ms', 'uncertain'],
	['500', status(500), 'again in 1000 ms', 'uncertain'],
	['599', status(599), 'again in 1000 ms', 'uncertain'],
];

it.each(rows)('%s', (_what, answer, whereFree, wherePaid) => {
	expect(decided(answer)).toBe(whereFree);
	expect(decided(answer, { isRepeatSafe: false })).toBe(wherePaid);
});

it('waits twice as long before each further send, and then no more', () => {
	const lost: Classification<string> = { kind: 'lost', cause: '' };
	expect([1, 2, 3].map((attempt) => decided(lost, { attempt }))).toEqual([
		'again in 1000 ms',
		'again in 2000 ms',
		'uncertain',
	]);
	expect(MAX_ATTEMPTS).toBe(3);
});

it.each<[string, Classification<string>, string]>([
	['never left', { kind: 'unsent', cause: '' }, 'refuse + stop'],
	['409', status(409), 'refuse'],
	['500', status(500), 'uncertain'],
])('the last attempt that met %s ends in %s', (_what, answer, end) => {
	expect(decided(answer, { attempt: MAX_ATTEMPTS })).toBe(end);
});

it.each([
	[0, 'again in 1000 ms, all'],
	[4, 'again in 1000 ms, all'],
	[5, 'refuse + stop'],
	[6, 'refuse + stop'],
])('a vendor that served nobody for %i waits in a row: %s', (turnedAwayInARow, decision) => {
	expect(decided(status(429, 1000), { turnedAwayInARow })).toBe(decision);
	expect(MAX_TURNED_AWAY_IN_A_ROW).toBe(5);
});

it('a vendor that says when to come back is asked however often it was asked', () => {
	for (const attempt of [MAX_ATTEMPTS, 1000]) {
		expect(decided(status(429, 1000), { attempt })).toBe('again in 1000 ms, all');
		expect(decided(status(429, 1000), { attempt, isRepeatSafe: false })).toBe(
			'again in 1000 ms, all',
		);
	}
});

it('no refusal is believed of a request whose earlier answer was lost', () => {
	const lostBefore = true;
	expect(decided(status(400), { lostBefore })).toBe('uncertain');
	expect(decided(status(402), { lostBefore })).toBe('uncertain + stop');
	expect(decided({ kind: 'refusedWithOk', vendorText: '' }, { lostBefore })).toBe('uncertain');
	expect(decided({ kind: 'delivered', response: '' }, { lostBefore })).toBe('accept');
	expect(decided({ kind: 'missing' }, { lostBefore })).toBe('notFound');
});

it.each<[string, Classification<string>, boolean]>([
	['399', status(399), true],
	['400', status(400), false],
	['499', status(499), false],
	['500', status(500), true],
	['a lost answer', { kind: 'lost', cause: '' }, true],
	['2xx not understood', { kind: 'unreadable', status: 200 }, true],
	['never left', { kind: 'unsent', cause: '' }, false],
	['2xx with an errorKey', { kind: 'refusedWithOk', vendorText: '' }, false],
])('an attempt may have been charged after %s: %p', (_what, answer, mayHave) => {
	expect(mayHaveTakenEffect(answer)).toBe(mayHave);
});
