import { unlockRecords } from '../../../nodes/EcoreLensmor/vendors/ecore';
import { attemptOnce } from '../../../nodes/EcoreLensmor/transport/attempt';
import type { Session } from '../../../nodes/EcoreLensmor/transport/session';
import type { AttemptResult, Headers } from '../../../nodes/EcoreLensmor/transport/send';
import { answer, LOST, sessionOf, UNREACHABLE } from '../scriptedSession';
import { useFakeClock } from '../fakeClock';

useFakeClock();

const response = (status: number, headers: Headers = {}) =>
	answer(status, { unlocked: 1, credits_charged: 1 }, headers);
const wire = { method: 'POST', path: '/x' } as const;

/** One attempt that is answered so, and what the throttle was told of it. */
async function attempted(result: AttemptResult, more: Partial<Session> = {}) {
	const { session, sent } = sessionOf(() => result);
	const { throttle } = session;
	const told: unknown[] = [];
	let ticket: unknown;
	const ready = throttle.ready.bind(throttle);
	throttle.ready = async (isOver) => {
		const given = await ready(isOver);
		ticket = given;
		told.push(isOver() ? 'over' : 'ready');
		return given;
	};
	throttle.hold = (ms) => void told.push(['hold', ms]);
	throttle.served = (given) => void told.push(['served', given === ticket]);
	throttle.turnedAway = (given, ms) => void told.push(['turned away', given === ticket, ms]);
	throttle.ended = () => void told.push('ended');
	const reading = await attemptOnce({ ...session, ...more }, unlockRecords, wire);
	return { reading, told, sent };
}

const resets = (inSeconds: number): Headers => ({
	'x-ratelimit-remaining': '0',
	'x-ratelimit-reset': String(Date.parse('2026-11-21T10:00:00Z') / 1000 + inSeconds),
});
const wait = (seconds: number): Headers => ({ 'retry-after': String(seconds) });

it.each<[string, AttemptResult, string, unknown[]]>([
	[
		'delivered',
		response(200),
		'delivered',
		[
			['hold', 0],
			['served', true],
		],
	],
	[
		'refused',
		response(400),
		'status',
		[
			['hold', 0],
			['served', true],
		],
	],
	[
		'broken',
		response(500, wait(5)),
		'status',
		[
			['hold', 0],
			['served', true],
		],
	],
	['lost', LOST, 'lost', [['hold', 0]]],
	['never sent', UNREACHABLE, 'unsent', [['hold', 0]]],
	[
		'told to wait',
		response(429, wait(7)),
		'status',
		[
			['hold', 0],
			['turned away', true, 7000],
		],
	],
	[
		'told to wait a minute',
		response(429, wait(60)),
		'status',
		[
			['hold', 0],
			['turned away', true, 60_000],
		],
	],
	['told to wait longer', response(429, wait(60.001)), 'status', [['hold', 0]]],
	['out of its quota', response(429), 'status', [['hold', 0]]],
	[
		'the last of its window',
		response(200, resets(20)),
		'delivered',
		[
			['hold', 20_000],
			['served', true],
		],
	],
	[
		'the last of a long window',
		response(200, resets(61)),
		'delivered',
		[
			['hold', 60_000],
			['served', true],
		],
	],
])('the pace of all is told of an attempt that was %s', async (_what, result, kind, told) => {
	const one = await attempted(result);
	expect(one.reading.kind).toBe(kind);
	expect(one.told).toEqual(['ready', 'ended', ...told]);
	expect(one.sent).toEqual([wire]);
});

it.each<[string, Partial<Session>, string]>([
	['Stop was pressed', { cancelled: () => true }, 'The execution was stopped'],
	['the run has ended', { haltReason: 'Enough' }, 'Enough'],
	['both', { cancelled: () => true, haltReason: 'Enough' }, 'The execution was stopped'],
])('nothing is sent where %s, and no place in the queue is taken', async (_what, more, reason) => {
	const { reading, told, sent } = await attempted(response(200), more);
	expect(reading).toEqual({ kind: 'heldBack', reason });
	expect(told).toEqual(['over']);
	expect(sent).toEqual([]);
});

it('a run that is stopped once it is a request’s turn gives its place back', async () => {
	let looks = 0;
	const cancelled = () => (looks += 1) > 2;
	const { reading, told, sent } = await attempted(response(200), { cancelled });
	expect(reading).toEqual({ kind: 'heldBack', reason: 'The execution was stopped' });
	expect(told).toEqual(['ready', 'ended']);
	expect(sent).toEqual([]);
});

it('a request that may not start any more is held back, and says why', async () => {
	const { session, sent } = sessionOf(() => response(200));
	expect(await attemptOnce(session, unlockRecords, wire, () => false)).toEqual({
		kind: 'heldBack',
		reason: 'It had waited too long',
	});
	expect(sent).toEqual([]);
});
