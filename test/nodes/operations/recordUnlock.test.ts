import type { UnlockRequest } from '../../../nodes/EcoreLensmor/vendors/ecore';
import { recordUnlock } from '../../../nodes/EcoreLensmor/operations/record/unlock';
import type { Outcome, Receipt } from '../../../nodes/EcoreLensmor/operations/outcome';
import { itemWith } from './itemWith';

const uuid = (last: string) => `a1b2c3d4-e5f6-7a8b-9c0d-1e2f3a4b5c6${last}`;
const [A, B, C, D, E] = ['a', 'b', 'c', 'd', 'e'].map(uuid) as [
	string,
	string,
	string,
	string,
	string,
];
const email = (...uuids: string[]): UnlockRequest => ({ uuids, unlock_type: 'email' });
const phone = (...uuids: string[]): UnlockRequest => ({ uuids, unlock_type: 'phone' });
const read = (uuids: unknown, unlockType: unknown = 'email') =>
	recordUnlock.parse(itemWith({ uuids, unlockType }));

it.each([
	[A, [A]],
	[`${A}, ${B};${C}\r\n\t${D} `, [A, B, C, D]],
	[` ,${A}`, [A]],
	[
		[A, `${B} ${C}`],
		[A, B, C],
	],
	[
		[A, A.toUpperCase(), B, A],
		[A, B],
	],
	[A.toUpperCase(), [A.toUpperCase()]],
])('%j are the records %j', (given, uuids) => {
	expect(read(given)).toEqual({ requests: [email(...uuids)] });
	expect(read(given, 'phone')).toEqual({ requests: [phone(...uuids)] });
});

it.each([
	[undefined, 'Record UUIDs is empty'],
	[null, 'Record UUIDs is empty'],
	['', 'Record UUIDs is empty'],
	[[], 'Record UUIDs is empty'],
	[[' , '], 'Record UUIDs is empty'],
	[7, 'Record UUIDs must be text or a list, not the number 7'],
	[{}, 'Record UUIDs must be text or a list, not an object'],
	[[A, 5], 'Record UUIDs holds the number 5, which is not a UUID'],
	[[A, null], 'Record UUIDs holds nothing, which is not a UUID'],
	[`${A} x`, 'Record UUIDs holds "x", which is not a UUID'],
	[`${A}${B}`, `Record UUIDs holds "${A}${B.slice(0, 24)}…", which is not a UUID`],
])('%j are no records, and the sentence says why', (given, bad) => {
	expect(read(given)).toEqual({ bad });
});

it.each([
	[
		'perItem',
		1000,
		'the most that one request takes: spread them over more items, or choose Combined',
	],
	[
		undefined,
		1000,
		'the most that one request takes: spread them over more items, or choose Combined',
	],
	['combined', 10_000, 'the most that an item takes: spread them over more items'],
])('with %j an item has at most %i UUIDs', (requestMode, most, more) => {
	const given = (count: number, one: string) =>
		recordUnlock.parse(
			itemWith({ uuids: Array<string>(count).fill(one), unlockType: 'email', requestMode }),
		);
	expect(given(most, A)).toEqual({ requests: [email(A)] });
	// Whatever they are: nobody looks at them.
	expect(given(most + 1, 'x')).toEqual({
		bad: `Record UUIDs holds more than ${most} UUIDs, ${more}`,
	});
	expect(given(most, 'x')).toEqual({ bad: 'Record UUIDs holds "x", which is not a UUID' });
});

it('what to unlock is an email or a phone', () => {
	expect(read(A, 'both')).toEqual({ bad: 'Unlock must be "email" or "phone", not "both"' });
	expect(recordUnlock.parse(itemWith({ uuids: A }))).toEqual({
		bad: 'Unlock must be "email" or "phone", not nothing',
	});
});

it('the same records in any order and case are one purchase; email and phone are two', () => {
	const identity = recordUnlock.identity(email(A, B));
	expect(recordUnlock.identity(email(B.toUpperCase(), A))).toBe(identity);
	expect(recordUnlock.identity(phone(A, B))).not.toBe(identity);
	expect(recordUnlock.identity(email(A, C))).not.toBe(identity);
});

it('each record stands in its own way, in any case, for email and phone apart', () => {
	const locks = (request: UnlockRequest) => recordUnlock.locks?.(request) ?? [];
	expect(locks(email(A, B.toUpperCase()))).toEqual([...locks(email(A)), ...locks(email(B))]);
	expect(new Set([...locks(email(A, B)), ...locks(phone(A, B))]).size).toBe(4);
});

it('what was asked is repeated, and nothing is made up where it could not be read', () => {
	expect(recordUnlock.requestFields(phone(A, B))).toEqual({
		uuids: [A, B],
		unlockType: 'phone',
		requested: 2,
	});
	expect(recordUnlock.requestFields(undefined)).toEqual({
		uuids: [],
		unlockType: null,
		requested: 0,
	});
});

it.each([
	['not_found', false, 0],
	['refused', null, 0],
	['uncertain', null, null],
] as const)(
	'without an answer (%s) nothing more is said than is known',
	(outcome, already, count) => {
		expect(recordUnlock.fieldsWithoutAnswer(outcome)).toEqual({
			alreadyUnlocked: already,
			unlocked: count,
		});
	},
);

const settle = (request: UnlockRequest, unlocked: number, credits_charged: number) =>
	recordUnlock.settle({ unlocked, credits_charged, wallet_balance: 90 }, request);

it.each([
	[email(A), 0, 0, 'already_unlocked', true, ''],
	[email(A, B), 0, 0, 'already_unlocked', true, 'Nothing new: owned before, or unknown to eCore'],
	[
		email(A, B, C),
		2,
		2,
		'partly_unlocked',
		null,
		'2 of 3 newly unlocked; the others were owned before, or are unknown to eCore',
	],
	[
		phone(A, B, C),
		2,
		6,
		'partly_unlocked',
		null,
		'2 of 3 newly unlocked; the others were owned before, or are unknown to eCore; eCore holds no phone for 1 of the 2 newly unlocked',
	],
	[email(A, B), 2, 2, 'unlocked', false, ''],
	[phone(A, B), 2, 10, 'unlocked', false, ''],
	[phone(A), 1, 1, 'unlocked', false, 'eCore holds no phone for it'],
	[phone(A, B), 2, 2, 'unlocked', false, 'eCore holds no phone for 2 of the 2 newly unlocked'],
	// No price list explains these: then nothing is said.
	[phone(A, B), 2, 7, 'unlocked', false, ''],
	[phone(A, B), 2, 14, 'unlocked', false, ''],
	[phone(A), 1, -3, 'unlocked', false, ''],
] as const)('of %j %i unlocked for %i credits is %s', (request, unlocked, credits, ...expected) => {
	const [outcome, alreadyUnlocked, reason] = expected;
	expect(settle(request, unlocked, credits)).toEqual({
		outcome,
		creditsCharged: credits,
		creditsRemaining: 90,
		reason,
		fields: { alreadyUnlocked, unlocked },
	});
});

describe('a part of what an earlier request asked for', () => {
	const receipt = (outcome: Outcome, creditsCharged: number | null): Receipt => ({
		outcome,
		creditsCharged,
		creditsRemaining: 90,
		reason: 'Why',
		fields: { alreadyUnlocked: null, unlocked: 3 },
	});
	const bought = (unlocked: number) => ({ alreadyUnlocked: false, unlocked });

	it.each<[string, number, UnlockRequest, number | undefined]>([
		['3 emails', 3, email(A, B, C), 2],
		['3 phones', 15, phone(A, B, C), 10],
		['3 records without a phone', 3, phone(A, B, C), 2],
		['a phone and 2 records without one', 7, phone(A, B, C), undefined],
		['emails at another price', 15, email(A, B, C), undefined],
	])(
		'%s for %i credits: of two of them that is what they cost',
		(_what, charged, whole, credits) => {
			const part = { ...whole, uuids: [A, C] };
			expect(recordUnlock.part?.(receipt('unlocked', charged), whole, part)).toStrictEqual({
				outcome: 'unlocked',
				fields: bought(2),
				...(credits === undefined ? {} : { creditsCharged: credits }),
			});
		},
	);

	it.each([
		['already_unlocked', true],
		['not_found', false],
	] as const)('what is %s costs nothing', (outcome, alreadyUnlocked) => {
		expect(recordUnlock.part?.(receipt(outcome, 0), email(A, B), email(B))).toStrictEqual({
			outcome,
			fields: { alreadyUnlocked, unlocked: 0 },
			creditsCharged: 0,
		});
	});

	it.each(['partly_unlocked', 'refused', 'uncertain', 'not_sent'] as const)(
		'of what is %s nobody knows',
		(outcome) => {
			expect(recordUnlock.part?.(receipt(outcome, 2), email(A, B), email(B))).toBeUndefined();
		},
	);
});

describe('Combined', () => {
	const joint = (batchSize?: unknown) =>
		recordUnlock.combiner?.(
			itemWith({ requestMode: 'combined' }, batchSize === undefined ? {} : { batchSize }),
		);
	async function into(batchSize: unknown, asked: UnlockRequest[], standing: UnlockRequest[] = []) {
		const combiner = joint(batchSize);
		if (combiner === undefined || 'bad' in combiner) throw new Error(combiner?.bad);
		const joined = await combiner.combine(
			asked.map((request, item) => ({ item, request })),
			standing,
		);
		return joined.map(({ items, request }): [number[], UnlockRequest] => [items, request]);
	}

	it('is off unless it is chosen', () => {
		expect(recordUnlock.combiner?.(itemWith({ requestMode: 'perItem' }))).toBeUndefined();
	});

	it.each([0, -1, 1.5, 1001, Number.NaN])('a batch size of %p is none', (batchSize) => {
		expect(joint(batchSize)).toEqual({
			bad: `Batch Size must be a whole number from 1 to 1000, not the number ${batchSize}`,
		});
	});

	it('a batch size must be a number', () => {
		expect(joint('2')).toEqual({
			bad: 'Batch Size must be a whole number from 1 to 1000, not "2"',
		});
	});

	it('goes up to 100 records a request unless told otherwise, 1 to 1000', async () => {
		const many = Array.from({ length: 1001 }, (_, index) => `${1000 + index}`);
		const sizes = async (batchSize?: number) =>
			(await into(batchSize, [email(...many)])).map(([, { uuids }]) => uuids.length);
		expect(await sizes(1000)).toEqual([1000, 1]);
		expect(new Set(await sizes(1))).toEqual(new Set([1]));
		expect((await sizes()).slice(0, 2)).toEqual([100, 100]);
	});

	it('asks for each record once, email and phone apart, and says whom each request speaks for', async () => {
		const asked = [
			phone(E),
			email(C, A),
			email(A.toUpperCase(), B),
			email(D, C),
			phone(A, E.toUpperCase()),
		];
		expect(await into(2, asked)).toEqual([
			[[1, 2, 3], email(C, A)],
			[[2, 3], email(B, D)],
			[[0, 4], phone(E, A)],
		]);
	});

	it('keeps the groups that an earlier run was answered for, where all of it is still asked for', async () => {
		const asked = [email(A), email(B), email(C), email(D), phone(A)];
		const standing = [phone(A, B), email(B, D.toUpperCase()), email(C, E), email(D)];
		expect(await into(9, asked, standing)).toEqual([
			[[1, 3], email(B, D.toUpperCase())],
			[[0, 2], email(A, C)],
			[[4], phone(A)],
		]);
	});
});
