import { enrichPhone, unlockRecords } from '../../../nodes/EcoreLensmor/contract/ecore';
import { unlockEvent } from '../../../nodes/EcoreLensmor/contract/lensmor';
import { readAnswer } from '../../../nodes/EcoreLensmor/spend/reading';

function told(retryAfter: string | undefined) {
	const reading = readAnswer(enrichPhone, {
		kind: 'response',
		status: 429,
		headers: { 'retry-after': retryAfter },
		body: {},
	});
	return reading.kind === 'status' ? reading.retryAfterMs : reading.kind;
}

describe('Retry-After', () => {
	beforeEach(() => jest.useFakeTimers({ now: Date.parse('2026-11-21T10:00:00Z') }));
	afterEach(() => jest.useRealTimers());

	it.each([
		['32', 32_000],
		[' 0 ', 0],
		['Sat, 21 Nov 2026 10:00:30 GMT', 30_000],
		['Sat, 21 Nov 2026 09:00:00 GMT', 0],
		['', undefined],
		['soon', undefined],
		[undefined, undefined],
	])('%j is %p ms', (header, ms) => {
		expect(told(header)).toBe(ms);
	});
});

function said(body: unknown) {
	const reading = readAnswer(unlockRecords, { kind: 'response', status: 400, headers: {}, body });
	return reading.kind === 'status' ? reading.said : reading.kind;
}

it.each([
	[{ error: 'Insufficient credits.' }, 'Insufficient credits'],
	[{ detail: 'Invalid token.' }, 'Invalid token'],
	[{ message: 'Invalid request', errorKey: 'INVALID_REQUEST' }, 'Invalid request; INVALID_REQUEST'],
	[{ error: 'No.', required: 50, balance: 12 }, 'No; 50 credits needed, 12 left'],
	[
		{ emails: { 3: ['Not a valid email address.'] } },
		'{"emails":{"3":["Not a valid email address."]}}',
	],
	[{ error: { nested: true }, detail: 'Bad' }, 'Bad'],
	['<html>Bad Gateway</html>', ''],
	[['a list'], ''],
	[null, ''],
	[{ error: 'x'.repeat(999) }, 'x'.repeat(300)],
])('of the refusal %j a person reads %j', (body, text) => {
	expect(said(body)).toBe(text);
});

it('an eCore receipt stays readable where the balance is missing or odd', () => {
	for (const wallet_balance of [undefined, null, '498']) {
		const body = { unlocked: 1, credits_charged: 1, wallet_balance };
		const reading = readAnswer(unlockRecords, { kind: 'response', status: 200, headers: {}, body });
		expect(reading).toEqual({
			kind: 'delivered',
			response: { unlocked: 1, credits_charged: 1, wallet_balance: null },
		});
	}
});

it('a Lensmor receipt stays readable where balance and event are odd', () => {
	const body = {
		success: true,
		alreadyUnlocked: false,
		creditsUsed: 2000,
		balanceAfter: 'x',
		event: 7,
	};
	const reading = readAnswer(unlockEvent, { kind: 'response', status: 201, headers: {}, body });
	expect(reading).toMatchObject({
		kind: 'delivered',
		response: { creditsUsed: 2000, balanceAfter: null, event: null },
	});
});

it.each([
	['not a hit and not a miss', enrichPhone, { success: true, status: 'pending' }],
	['a hit without a phone', enrichPhone, { status: 'success', results: { email: 'a@b.co' } }],
	['a hit with an empty phone', enrichPhone, { status: 'success', results: { phone: '' } }],
	['no success', enrichPhone, { success: false, status: 'not_found', remaining_credits: 1 }],
	['no credits', unlockRecords, { success: true, unlocked: 1 }],
	['negative credits', unlockRecords, { success: true, unlocked: 1, credits_charged: -1 }],
	['half a record', unlockRecords, { success: true, unlocked: 0.5, credits_charged: 1 }],
	['no flag', unlockEvent, { success: true, creditsUsed: 2000 }],
	['text', unlockEvent, 'OK'],
])('a 2xx body is not understood: %s', (_what, endpoint, body) => {
	const answer = { kind: 'response', status: 200, headers: {}, body } as const;
	expect(readAnswer(endpoint as typeof unlockRecords, answer)).toEqual({
		kind: 'unreadable',
		status: 200,
	});
});

it('an errorKey in a 2xx body is a refusal of Lensmor only', () => {
	const body = { code: 400, message: 'No', errorKey: 'USER_HAS_NO_FEATURE' };
	const answer = { kind: 'response', status: 200, headers: {}, body } as const;
	expect(readAnswer(unlockEvent, answer)).toEqual({
		kind: 'refusedWithOk',
		said: 'No; USER_HAS_NO_FEATURE',
	});
	expect(readAnswer(unlockRecords, answer).kind).toBe('unreadable');
});

it.each(['', null, undefined])(
	'an errorKey of %j names no refusal: a paid receipt stays a receipt',
	(errorKey) => {
		const body = { success: true, alreadyUnlocked: false, creditsUsed: 2000, errorKey };
		const answer = { kind: 'response', status: 201, headers: {}, body } as const;
		expect(readAnswer(unlockEvent, answer)).toMatchObject({
			kind: 'delivered',
			response: { creditsUsed: 2000 },
		});
	},
);
