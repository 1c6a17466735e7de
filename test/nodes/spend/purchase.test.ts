import { phoneEnrich } from '../../../nodes/EcoreLensmor/operations/phone/enrich';
import { purchase, type Spending } from '../../../nodes/EcoreLensmor/spend/purchase';
import { keyOf, Memory, type Run } from '../../../nodes/EcoreLensmor/spend/memory';
import type { AttemptResult, Headers } from '../../../nodes/EcoreLensmor/transport/send';
import { sharedStateOf } from '../../../nodes/EcoreLensmor/spend/sharedState';
import { answer, sessionOf, UNREACHABLE } from '../scriptedSession';
import { inTime, useFakeClock } from '../fakeClock';

useFakeClock();

const run: Run = { executionId: '1', runIndex: 0, mode: 'webhook' };

const nothing = { success: true, status: 'not_found', message: '', remaining_credits: 10 };
const response = (status: number, headers: Headers = {}) => answer(status, nothing, headers);

/** A run whose vendor answers from a script, and with nothing found after its end. */
function purchasing(...answers: AttemptResult[]) {
	const vendor = sessionOf(() => answers.shift() ?? response(200));
	const { session } = vendor;
	const context = {};
	const shared = sharedStateOf(context, run);
	const spending: Spending = {
		...session,
		throttle: shared.throttle,
		memory: new Memory(context, run, shared.underWay),
		maximumCredits: undefined,
		book: undefined,
		submissions: undefined,
		inTurn: async (send) => await send(),
		shared,
		isOutOfCredits: false,
		balance: null,
	};
	const ask = async (email: string) =>
		await purchase(spending, phoneEnrich, {
			key: keyOf('phone.enrich', email),
			request: { email },
		});
	return { ...vendor, ask, shared, spending };
}

it('one request that is told to wait holds back all requests of the run', async () => {
	const { ask, sentAt } = purchasing(response(429, { 'retry-after': '10' }));
	const first = ask('a@b.co');
	await jest.advanceTimersByTimeAsync(1000);
	const second = ask('b@b.co');
	await jest.advanceTimersByTimeAsync(20_000);

	expect((await first).outcome).toBe('not_found');
	expect((await second).outcome).toBe('not_found');
	expect(sentAt).toHaveLength(3);
	for (const at of sentAt.slice(1)) {
		expect(at).toBeGreaterThanOrEqual(10_000);
		expect(at).toBeLessThanOrEqual(12_600);
	}
});

const busy = response(429, { 'retry-after': '1' });

it('what a rate limit turns away is no attempt: others are made as often as ever', async () => {
	const { ask, sentAt } = purchasing(busy, UNREACHABLE, busy, UNREACHABLE, busy);
	const asked = ask('a@b.co');
	await jest.advanceTimersByTimeAsync(20_000);

	expect((await asked).outcome).toBe('not_found');
	expect(sentAt).toHaveLength(6);
});

it('three attempts are made beside what a rate limit turns away', async () => {
	const { ask, sentAt } = purchasing(UNREACHABLE, busy, UNREACHABLE, busy, UNREACHABLE);
	const asked = ask('a@b.co');
	await jest.advanceTimersByTimeAsync(20_000);

	expect((await asked).outcome).toBe('refused');
	expect(sentAt).toHaveLength(5);
});

it('a vendor that turns away five times in a row, and serves nobody, ends the run', async () => {
	const { ask, sentAt, shared } = purchasing(...Array<AttemptResult>(9).fill(busy));
	const [first, second] = [ask('a@b.co'), ask('b@b.co')];
	await jest.advanceTimersByTimeAsync(60_000);

	const receipts = [await first, await second];
	expect(receipts.map(({ outcome }) => outcome).sort()).toEqual(['not_sent', 'refused']);
	expect(receipts.map(({ reason }) => reason)).toContain(
		'eCore takes no more requests for now (HTTP 429)',
	);
	expect(shared.throttle.turnedAwayInARow).toBe(5);
	expect(sentAt.length).toBeLessThanOrEqual(6);
});

it('rests until the window resets once nothing remains of a rate limit', async () => {
	const resetsIn20 = String(Date.parse('2026-11-21T10:00:20Z') / 1000);
	const { ask, sentAt } = purchasing(
		response(200, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': resetsIn20 }),
		response(200, { 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': resetsIn20 }),
	);
	for (const email of ['a@b.co', 'b@b.co', 'c@b.co']) {
		const asked = ask(email);
		await jest.advanceTimersByTimeAsync(26_000);
		await asked;
	}

	expect(sentAt[0]).toBe(0);
	expect(sentAt[1]).toBeLessThanOrEqual(26_000);
	expect(sentAt[1]).toBeGreaterThanOrEqual(20_000);
	expect(sentAt[2]).toBe(52_000);
});

it.each([
	['a reset far away', '1900000000', 60_000],
	['a reset in the past', '1000', 0],
	['a reset that is no number', 'soon', 0],
])('rests no longer than a minute and a quarter: %s', async (_what, reset, least) => {
	const { ask, sentAt } = purchasing(
		response(200, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset }),
	);
	await ask('a@b.co');
	const asked = ask('b@b.co');
	await jest.advanceTimersByTimeAsync(80_000);
	await asked;

	expect(sentAt[1]).toBeGreaterThanOrEqual(least);
	expect(sentAt[1]).toBeLessThanOrEqual(least * 1.25 + 200);
});

it('a wait ends when Stop is pressed, and what waited is not sent', async () => {
	const { ask, sentAt, stop } = purchasing(response(429, { 'retry-after': '60' }));
	const first = ask('a@b.co');
	await jest.advanceTimersByTimeAsync(1000);
	stop();
	await jest.advanceTimersByTimeAsync(200);

	expect(await first).toMatchObject({ outcome: 'not_sent', reason: 'The execution was stopped' });
	expect(sentAt).toHaveLength(1);
	expect(jest.getTimerCount()).toBe(0);
});

it('the same request twice at the same time is sent once', async () => {
	const { ask, sentAt } = purchasing();
	const [first, second] = await Promise.all([ask('a@b.co'), ask('a@b.co')]);

	expect(first).toEqual(second);
	expect(sentAt).toHaveLength(1);
});

it('the balance of an answer that leaves doubt is told, and stays until another one tells it', async () => {
	const { ask } = purchasing(
		answer(500, { error: 'Oh', balance: 7 }),
		{ kind: 'lost', cause: 'it broke' },
		response(200),
	);
	const balances = [];
	for (const email of ['a@b.co', 'b@b.co', 'c@b.co']) {
		balances.push((await inTime(ask(email))).creditsRemaining);
	}
	expect(balances).toEqual([7, 7, 10]);
});

it.each([
	[400, false],
	[402, true],
	[500, false],
])('after HTTP %i the wallet is known to be empty: %p', async (status, isOutOfCredits) => {
	const { ask, spending } = purchasing(answer(status, { error: 'No' }));
	await inTime(ask('a@b.co'));
	expect(spending.isOutOfCredits).toBe(isOutOfCredits);
});

it('a sender that throws, against its word: what may be charged is uncertain, written down, and not sent again', async () => {
	const { ask, spending, sent } = purchasing();
	const { send } = spending;
	spending.maximumCredits = 10;
	spending.send = async (wire) => {
		await send(wire);
		throw new Error('it broke');
	};
	const receipts = [];
	for (const email of ['a@b.co', 'a@b.co', 'b@b.co', 'c@b.co']) {
		receipts.push(await inTime(ask(email)));
	}

	expect(receipts.map(({ outcome }) => outcome)).toEqual([
		'uncertain',
		'uncertain',
		'uncertain',
		'not_sent',
	]);
	expect(receipts[0]?.reason).toContain('This is a defect of the node');
	expect(sent).toHaveLength(2);
	expect(spending.memory.spent).toBe(10);
});
