import { sendRequest, type Repeatability } from '../../../nodes/EcoreLensmor/transport/request';
import { halt } from '../../../nodes/EcoreLensmor/transport/session';
import type { AttemptResult } from '../../../nodes/EcoreLensmor/transport/send';
import { unlockRecords } from '../../../nodes/EcoreLensmor/vendors/ecore';
import { inTime, useFakeClock } from '../fakeClock';
import { answer, LOST, scripted, UNREACHABLE } from '../scriptedSession';

useFakeClock();

const wire = { method: 'POST', path: '/x' } as const;
const unlocked = { unlocked: 1, credits_charged: 1, wallet_balance: 9 };
const delivered = answer(200, unlocked);
const safe: Repeatability = { isRepeatSafe: true, lostBefore: false, doubt: ', or not' };
const unsafe: Repeatability = { ...safe, isRepeatSafe: false };

/** What a request comes to that is answered so, and how often it was sent. */
async function sent(answers: AttemptResult[], how: Repeatability) {
	const { session, asked } = scripted(...answers);
	const result = await inTime(sendRequest(session, unlockRecords, wire, how));
	return { result, times: asked.length };
}

it('an answer is delivered, and what is missing is told apart', async () => {
	expect(await sent([delivered], unsafe)).toEqual({
		result: { kind: 'delivered', response: unlocked, lostBefore: false },
		times: 1,
	});
	expect(await sent([answer(404, { error: 'No matching records found.' })], unsafe)).toEqual({
		result: { kind: 'missing', lostBefore: false },
		times: 1,
	});
});

it('a refusal tells its status and the balance that came with it', async () => {
	const { result } = await sent([answer(402, { error: 'Low', balance: 3 })], unsafe);
	expect(result).toEqual({
		kind: 'refused',
		reason: 'The eCore wallet cannot pay for this (HTTP 402: Low; 3 left). Top it up',
		status: 402,
		balance: 3,
		lostBefore: false,
	});
});

it('what never left has no status', async () => {
	const { result, times } = await sent([UNREACHABLE, UNREACHABLE, UNREACHABLE], unsafe);
	expect(result).toEqual({
		kind: 'refused',
		reason:
			'eCore could not be reached: the connection was refused. Check eCore Base URL in the credential, and the network',
		balance: null,
		lostBefore: false,
	});
	expect(times).toBe(3);
});

it.each<[string, AttemptResult, 'lost' | 'unreadable', number | null, string]>([
	['a lost answer', LOST, 'lost', null, 'No answer from eCore: the connection was lost, or not'],
	[
		'a breakdown',
		answer(500, { error: 'Oh', balance: 7 }),
		'lost',
		7,
		'eCore answered HTTP 500: Oh; 7 left, or not',
	],
	[
		'an answer that cannot be read',
		answer(200, {}),
		'unreadable',
		null,
		'eCore answered HTTP 200 with a body that cannot be understood, or not',
	],
])(
	'nobody knows what %s means, and it is not sent again',
	async (_what, one, cause, balance, reason) => {
		expect(await sent([one], unsafe)).toEqual({
			result: { kind: 'unknown', reason, cause, balance, lostBefore: false },
			times: 1,
		});
	},
);

describe('where a repeat is safe', () => {
	it.each<[string, AttemptResult, boolean]>([
		['lost', LOST, true],
		['broken', answer(500), true],
		['busy', answer(409), false],
		['never sent', UNREACHABLE, false],
	])(
		'what was %s is sent again, and tells whether it may have taken effect',
		async (_what, one, lostBefore) => {
			expect(await sent([one, delivered], safe)).toEqual({
				result: { kind: 'delivered', response: unlocked, lostBefore },
				times: 2,
			});
		},
	);

	it('what may have taken effect stays so, whatever comes after it', async () => {
		for (const last of [answer(400, { error: 'No' }), answer(401), UNREACHABLE]) {
			const { result } = await sent([LOST, last, last, last], safe);
			expect(result).toMatchObject({ kind: 'unknown', cause: 'lost', lostBefore: true });
		}
		const earlier = { ...safe, lostBefore: true };
		expect((await sent([answer(400)], earlier)).result).toMatchObject({
			kind: 'unknown',
			lostBefore: true,
		});
		expect((await sent([delivered], earlier)).result).toMatchObject({ lostBefore: true });
	});

	it('it is sent three times at most, and waits longer each time', async () => {
		const { session, asked, sentAt } = scripted(LOST, LOST, LOST);
		const result = await inTime(sendRequest(session, unlockRecords, wire, safe));
		expect(result).toMatchObject({ kind: 'unknown', lostBefore: true });
		expect(asked).toHaveLength(3);
		const [first = 0, second = 0, third = 0] = sentAt;
		expect(second - first).toBeGreaterThanOrEqual(1000);
		expect(third - second).toBeGreaterThanOrEqual(2000);
	});
});

it.each([
	[400, false, false],
	[400, true, true],
	[401, false, true],
])(
	'after HTTP %i, ending with any problem being %p, the session ends: %p',
	async (status, haltOnProblem, ends) => {
		const { session, asked } = scripted(answer(status), delivered);
		session.haltOnProblem = haltOnProblem;
		await inTime(sendRequest(session, unlockRecords, wire, unsafe));
		const next = await inTime(sendRequest(session, unlockRecords, wire, unsafe));

		expect(next.kind).toBe(ends ? 'notSent' : 'delivered');
		expect(asked).toHaveLength(ends ? 1 : 2);
	},
);

it('a session that has ended sends nothing, and tells why; what was in doubt stays so', async () => {
	const { session, asked } = scripted();
	halt(session, 'this');
	halt(session, 'that');
	const how = { ...safe, lostBefore: true };
	expect(await inTime(sendRequest(session, unlockRecords, wire, how))).toEqual({
		kind: 'notSent',
		reason: 'Held back after an earlier answer: this',
		lostBefore: true,
	});
	expect(asked).toEqual([]);
});
