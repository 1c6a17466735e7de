import { enrichPhone, unlockRecords } from '../../../nodes/EcoreLensmor/vendors/ecore';
import { unlockEvent } from '../../../nodes/EcoreLensmor/vendors/lensmor';
import { classify, restAfter } from '../../../nodes/EcoreLensmor/transport/classify';
import { useFakeClock } from '../fakeClock';

function told(retryAfter: string | undefined, date?: string) {
	const reading = classify(enrichPhone, {
		kind: 'response',
		status: 429,
		headers: { 'retry-after': retryAfter, date },
		body: {},
	});
	return reading.kind === 'status' ? reading.retryAfterMs : reading.kind;
}

describe('Retry-After', () => {
	useFakeClock();

	it.each([
		['32', 32_000],
		['1', 1000],
		['1.5', 1500],
		['5;', 5000],
		[' 0 ', 1000],
		['0.9', 1000],
		['-5', 1000],
		['Sat, 21 Nov 2026 10:00:30 GMT', 30_000],
		['Sat, 21 Nov 2026 10:00:01 GMT', 1000],
		['Sat, 21 Nov 2026 09:00:00 GMT', 1000],
		['sat, 21 nov 2026 10:00:30 GMT', 30_000],
		['Sat, long ago', undefined],
		['', undefined],
		['soon', undefined],
		[' ', undefined],
		['1e3', 1_000_000],
		[';5', undefined],
		['5 seconds', 5000],
		['x 5', undefined],
		[' Sat, 21 Nov 2026 10:00:30 GMT ', 30_000],
		[undefined, undefined],
	])('%j is %p ms', (header, ms) => {
		expect(told(header)).toBe(ms);
	});

	it.each([
		['an hour ahead', 'Sat, 21 Nov 2026 11:00:00 GMT', 30_000],
		['an hour behind', 'Sat, 21 Nov 2026 09:00:00 GMT', 2 * 3_600_000 + 30_000],
		['nobody can read', 'now', 3_600_000 + 30_000],
		['nobody can read', '', 3_600_000 + 30_000],
		['it does not tell', undefined, 3_600_000 + 30_000],
	])('a date is one of the vendor’s clock: where that is %s', (_what, date, ms) => {
		expect(told('Sat, 21 Nov 2026 11:00:30 GMT', date)).toBe(ms);
		expect(told('30', date)).toBe(30_000);
	});
});

function said(body: unknown) {
	const reading = classify(unlockRecords, { kind: 'response', status: 400, headers: {}, body });
	return reading.kind === 'status' ? reading.vendorText : reading.kind;
}

it.each([
	[{ error: 'Insufficient credits.' }, 'Insufficient credits'],
	[{ detail: 'Invalid token.' }, 'Invalid token'],
	[{ message: 'Invalid request', errorKey: 'INVALID_REQUEST' }, 'Invalid request; INVALID_REQUEST'],
	[{ error: 'No.', required: 50, balance: 12 }, 'No; 50 credits needed, 12 left'],
	[{ error: ' No. ' }, 'No'],
	[{ message: 'No. Not now.', balance: 0 }, 'No. Not now; 0 left'],
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
		const reading = classify(unlockRecords, { kind: 'response', status: 200, headers: {}, body });
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
	const reading = classify(unlockEvent, { kind: 'response', status: 201, headers: {}, body });
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
	expect(classify(endpoint as typeof unlockRecords, answer)).toEqual({
		kind: 'unreadable',
		status: 200,
	});
});

it('an errorKey in a 2xx body is a refusal of Lensmor only', () => {
	const body = { code: 400, message: 'No', errorKey: 'USER_HAS_NO_FEATURE' };
	const answer = { kind: 'response', status: 200, headers: {}, body } as const;
	expect(classify(unlockEvent, answer)).toEqual({
		kind: 'refusedWithOk',
		vendorText: 'No; USER_HAS_NO_FEATURE',
	});
	expect(classify(unlockRecords, answer).kind).toBe('unreadable');
});

it.each(['', null, undefined])(
	'an errorKey of %j names no refusal: a paid receipt stays a receipt',
	(errorKey) => {
		const body = { success: true, alreadyUnlocked: false, creditsUsed: 2000, errorKey };
		const answer = { kind: 'response', status: 201, headers: {}, body } as const;
		expect(classify(unlockEvent, answer)).toMatchObject({
			kind: 'delivered',
			response: { creditsUsed: 2000 },
		});
	},
);

it.each([
	[{}, 'refusedWithOk'],
	[{ creditsUsed: 0, creditsSpent: '0', totalCreditsUsed: null }, 'refusedWithOk'],
	[{ creditsUsed: 2000 }, 'unreadable'],
	[{ creditsSpent: 1 }, 'unreadable'],
	[{ totalCreditsUsed: '5' }, 'unreadable'],
	[{ creditsUsed: 'many' }, 'unreadable'],
	[{ creditsCharged: 7 }, 'refusedWithOk'],
])('a 2xx with an errorKey that tells of %j is %s', (credits, kind) => {
	const body = { errorKey: 'NO', message: 'No', ...credits };
	const answer = { kind: 'response', status: 201, headers: {}, body } as const;
	expect(classify(unlockEvent, answer)).toEqual(
		kind === 'unreadable' ? { kind, status: 201 } : { kind, vendorText: 'No; NO' },
	);
});

const missingRecord = { error: 'No matching records found.' };
const missingEvent = { errorKey: 'NOT_FOUND', message: 'Resource not found' };
it.each<[string, unknown, number, unknown, string]>([
	['200', unlockRecords, 200, { unlocked: 1, credits_charged: 1 }, 'delivered'],
	['299', unlockRecords, 299, { unlocked: 1, credits_charged: 1 }, 'delivered'],
	['199', unlockRecords, 199, { unlocked: 1, credits_charged: 1 }, 'status'],
	['300', unlockRecords, 300, { unlocked: 1, credits_charged: 1 }, 'status'],
	['no such record', unlockRecords, 404, missingRecord, 'missing'],
	['no such event', unlockEvent, 404, missingEvent, 'missing'],
	['a 404 in other words', unlockRecords, 404, missingEvent, 'status'],
	['a 404 where none is documented', enrichPhone, 404, missingRecord, 'status'],
	['the words of a 404 with another status', unlockRecords, 400, missingRecord, 'status'],
])('%s is read as what it is', (_what, endpoint, status, body, kind) => {
	const answer = { kind: 'response', status, headers: {}, body } as const;
	expect(classify(endpoint as typeof unlockRecords, answer).kind).toBe(kind);
});

it('a refusal tells the balance where it has one', () => {
	const answer = (body: unknown) => ({ kind: 'response', status: 402, headers: {}, body }) as const;
	expect(classify(unlockRecords, answer({ balance: 0 }))).toMatchObject({ balance: 0 });
	expect(classify(unlockRecords, answer({ balance: 12 }))).toMatchObject({ balance: 12 });
	expect(classify(unlockRecords, answer({ balance: '12' }))).toMatchObject({ balance: null });
});

it('what never was an answer is read as it is', () => {
	expect(classify(unlockRecords, { kind: 'lost', cause: 'x' })).toEqual({
		kind: 'lost',
		cause: 'x',
	});
});

describe('the rest after an answer', () => {
	useFakeClock();
	const resetsIn = (seconds: number) => String(Date.now() / 1000 + seconds);

	it.each([
		['0', 20, 20_000],
		['0', -20, 0],
		['1', 20, 0],
		[undefined, 20, 0],
	])('with %p requests left and a new window in %i s it is %i ms', (remaining, seconds, ms) => {
		const headers = { 'x-ratelimit-remaining': remaining, 'x-ratelimit-reset': resetsIn(seconds) };
		expect(restAfter({ kind: 'response', status: 200, headers, body: '' })).toBe(ms);
	});

	it.each([
		['Sat, 21 Nov 2026 09:59:50 GMT', 30_000],
		['Sat, 21 Nov 2026 10:00:50 GMT', 0],
		['soon', 20_000],
	])('is measured on the vendor’s clock: where that says %s it is %i ms', (date, ms) => {
		const headers = { date, 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': resetsIn(20) };
		expect(restAfter({ kind: 'response', status: 200, headers, body: '' })).toBe(ms);
	});

	it('is none where nobody says when it ends, or nobody answered', () => {
		const headers = { 'x-ratelimit-remaining': '0' };
		expect(restAfter({ kind: 'response', status: 200, headers, body: '' })).toBe(0);
		expect(restAfter({ kind: 'lost', cause: '' })).toBe(0);
	});
});

it('a refusal that nobody can write down is a refusal all the same', () => {
	const toJSON = () => {
		throw new RangeError('Maximum call stack size exceeded');
	};
	const answer = {
		kind: 'response',
		status: 422,
		headers: {},
		body: { deep: { toJSON } },
	} as const;
	expect(classify(enrichPhone, answer)).toMatchObject({
		kind: 'status',
		status: 422,
		vendorText: '',
	});
});
