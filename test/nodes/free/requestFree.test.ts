import { requestFree } from '../../../nodes/EcoreLensmor/free/requestFree';
import { halt } from '../../../nodes/EcoreLensmor/transport/session';
import type { AttemptResult } from '../../../nodes/EcoreLensmor/transport/send';
import { inTime, useFakeClock } from '../fakeClock';
import { answer, LOST, scripted, UNREACHABLE } from '../scriptedSession';
import { GONE, holding, shelves } from './shelves';

useFakeClock();

const where = (shelf: string) => ({ shelf, page: 1 });
const busy = (seconds: number) => answer(429, undefined, { 'retry-after': String(seconds) });
const got = { kind: 'delivered', response: { things: ['book'], more: false } };
const refused = (reason: string) => ({ kind: 'failed', outcome: 'refused', reason });

it('what is there is answered, what is missing is told apart', async () => {
	const { session, asked } = scripted(holding(['book']), GONE);
	expect(await inTime(requestFree(session, shelves.endpoint, where('a')))).toEqual(got);
	expect(await inTime(requestFree(session, shelves.endpoint, where('b')))).toEqual({
		kind: 'missing',
	});
	expect(asked).toEqual(['/a/1', '/b/1']);
});

it.each<[string, AttemptResult, number]>([
	['a lost connection', LOST, 2],
	['a vendor that cannot be reached', UNREACHABLE, 2],
	['a breakdown', answer(500), 2],
	['a redirect', answer(302), 2],
	['"busy"', answer(409), 2],
	['a wait that the vendor asks for', busy(1), 4],
])('after %s it is asked again: there is nothing to lose', async (_what, failure, times) => {
	const failures = Array.from({ length: times }, () => failure);
	const { session, asked } = scripted(...failures, holding(['book']));
	expect(await inTime(requestFree(session, shelves.endpoint, where('a')))).toEqual(got);
	expect(asked).toHaveLength(times + 1);
});

it.each<[string, AttemptResult, number, string, boolean]>([
	['lost answers', LOST, 3, 'No answer from eCore: the connection was lost', false],
	[
		'a vendor that cannot be reached',
		UNREACHABLE,
		3,
		'eCore could not be reached: the connection was refused. Check eCore Base URL in the credential, and the network',
		true,
	],
	['breakdowns', answer(500), 3, 'eCore answered HTTP 500', false],
	[
		'redirects',
		answer(302),
		3,
		'eCore answered with a redirect (HTTP 302), which is never followed. Check eCore Base URL in the credential',
		false,
	],
	[
		'a body that cannot be understood',
		answer(200, {}),
		1,
		'eCore answered HTTP 200 with a body that cannot be understood',
		false,
	],
	[
		'a refusal',
		answer(400, { error: 'No.' }),
		1,
		'eCore refused the request (HTTP 400: No)',
		false,
	],
	[
		'a refusal that all would meet',
		answer(401),
		1,
		'eCore refused the token (HTTP 401). Check eCore Token in the credential',
		true,
	],
	['waits for ever', busy(1), 5, 'eCore takes no more requests for now (HTTP 429)', true],
	['a wait too long', busy(61), 1, 'eCore takes no more requests for now (HTTP 429)', true],
])(
	'%s: why, without a word of charges, and nothing further only where all would meet it',
	async (_what, failure, times, reason, stops) => {
		const failures = Array.from({ length: times }, () => failure);
		const { session, asked } = scripted(...failures, holding(['book']));
		const first = await inTime(requestFree(session, shelves.endpoint, where('a')));
		const second = await inTime(requestFree(session, shelves.endpoint, where('b')));

		expect(first).toEqual(refused(reason));
		const heldBack = `Held back after an earlier answer: ${reason}`;
		const held = { kind: 'failed', outcome: 'not_sent', reason: heldBack };
		expect(second).toEqual(stops ? held : got);
		expect(asked).toHaveLength(stops ? times : times + 1);
	},
);

it('the first reason to hold back is the one that is told', async () => {
	const { session, asked } = scripted();
	halt(session, 'this');
	halt(session, 'that');
	expect(await requestFree(session, shelves.endpoint, where('a'))).toEqual({
		kind: 'failed',
		outcome: 'not_sent',
		reason: 'Held back after an earlier answer: this',
	});
	expect(asked).toEqual([]);
});

it('one request that is told to wait holds back all of the run', async () => {
	const { session, sentAt } = scripted(busy(10), holding(['book']), holding(['book']));
	const both = [requestFree(session, shelves.endpoint, where('a'))];
	await jest.advanceTimersByTimeAsync(1000);
	both.push(requestFree(session, shelves.endpoint, where('b')));

	expect(await inTime(Promise.all(both))).toEqual([got, got]);
	expect(sentAt).toHaveLength(3);
	for (const at of sentAt.slice(1)) expect(at).toBeGreaterThanOrEqual(10_000);
});

it('one request that waits of its own accord holds back nobody', async () => {
	const { session, asked, sentAt } = scripted(LOST, holding(['book']), holding(['book']));
	const first = requestFree(session, shelves.endpoint, where('a'));
	await jest.advanceTimersByTimeAsync(100);
	const second = requestFree(session, shelves.endpoint, where('b'));

	expect(await inTime(Promise.all([first, second]))).toEqual([got, got]);
	expect(asked).toEqual(['/a/1', '/b/1', '/a/1']);
	expect(sentAt[1]).toBe(100);
	expect(sentAt[2]).toBeGreaterThanOrEqual(1000);
});

it.each([
	['that is near', 20, 20_000, 26_000],
	['that is far away', 3600, 60_000, 76_000],
])(
	'rests until a window resets once nothing remains of it, one %s',
	async (_what, inSeconds, least, most) => {
		const resetsAt = String(Date.now() / 1000 + inSeconds);
		const spent = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': resetsAt };
		const { session, sentAt } = scripted(
			answer(200, { things: [] }, spent),
			holding(['book']),
			holding(['book']),
		);
		await requestFree(session, shelves.endpoint, where('a'));
		const asked = requestFree(session, shelves.endpoint, where('b'));
		await jest.advanceTimersByTimeAsync(80_000);
		await asked;

		expect(sentAt[1]).toBeGreaterThanOrEqual(least);
		expect(sentAt[1]).toBeLessThanOrEqual(most);
	},
);

it.each([
	['holds back all', busy(60)],
	['is its own', LOST],
])('Stop ends a wait that %s, and what waited is not sent', async (_what, failure) => {
	const { session, asked, stop } = scripted(failure);
	const asking = requestFree(session, shelves.endpoint, where('a'));
	await jest.advanceTimersByTimeAsync(500);
	stop();
	halt(session, 'something else');
	await jest.advanceTimersByTimeAsync(200);

	expect(await asking).toEqual({
		kind: 'failed',
		outcome: 'not_sent',
		reason: 'The execution was stopped',
	});
	expect(asked).toHaveLength(1);
	expect(jest.getTimerCount()).toBe(0);
});
