import type { UnlockRequest, UnlockResponse } from '../../../nodes/EcoreLensmor/contract/ecore';
import type { Operation } from '../../../nodes/EcoreLensmor/operations/operation';
import { phoneEnrich } from '../../../nodes/EcoreLensmor/operations/phoneEnrich';
import { recordUnlock } from '../../../nodes/EcoreLensmor/operations/recordUnlock';
import type { Outcome, Receipt } from '../../../nodes/EcoreLensmor/outcome';
import type { Standing } from '../../../nodes/EcoreLensmor/spend/memo';
import { Regrouped } from '../../../nodes/EcoreLensmor/spend/regrouped';

const email = (...uuids: string[]): UnlockRequest => ({ uuids, unlock_type: 'email' });
const phone = (...uuids: string[]): UnlockRequest => ({ uuids, unlock_type: 'phone' });

function receipt(outcome: Outcome, creditsCharged: number | null, reason = ''): Receipt {
	const fields = { alreadyUnlocked: outcome === 'already_unlocked', unlocked: 3 };
	return { outcome, creditsCharged, creditsRemaining: 90, reason, fields };
}

/** What an earlier run was answered; a receipt of `null` credits is one that is in doubt. */
function standing(key: string, request: UnlockRequest, given: Receipt): Standing {
	return { key, request, receipt: given, isInDoubt: given.outcome === 'uncertain' };
}

const after = (...all: Standing[]) => new Regrouped(recordUnlock, all);
const used = (regrouped: Regrouped) => [...regrouped.keys];
const TOGETHER = 'Bought together with others by an earlier run of this execution';
const paid = (credits: number, count: number, where: string) =>
	`An earlier run of this execution paid ${credits} credits for ${count} records together, which ${where} carries`;

describe('where all cost the same', () => {
	it('each item tells its own price, and the answer is used', () => {
		const regrouped = after(standing('abc', email('a', 'b', 'c'), receipt('unlocked', 3)));
		const told = (request: UnlockRequest, item: number) => regrouped.answerFor(request, item);

		expect(used(regrouped)).toEqual([]);
		expect(told(email('A'), 0)).toEqual({
			outcome: 'unlocked',
			creditsCharged: 1,
			creditsRemaining: 90,
			reason: TOGETHER,
			fields: { alreadyUnlocked: false, unlocked: 1 },
		});
		expect(told(email('c', 'b'), 1)).toMatchObject({
			creditsCharged: 2,
			reason: TOGETHER,
			fields: { unlocked: 2 },
		});
		expect(used(regrouped)).toEqual(['abc']);
	});

	it('nothing of it is told again beside an answer to more than that', () => {
		const regrouped = after(standing('ab', email('a', 'b'), receipt('unlocked', 2)));
		regrouped.answerFor(email('a'), 0);
		const own = receipt('partly_unlocked', 1, 'Own');

		expect(regrouped.withEarlier(email('b', 'x'), own, 1)).toEqual(own);
	});

	it.each([
		['already_unlocked', true],
		['not_found', false],
	] as const)('what was %s cost nothing, and is not asked again', (outcome, alreadyUnlocked) => {
		const regrouped = after(standing('ab', email('a', 'b'), receipt(outcome, 0)));
		expect(regrouped.answerFor(email('b'), 4)).toMatchObject({
			outcome,
			creditsCharged: 0,
			reason: TOGETHER,
			fields: { alreadyUnlocked, unlocked: 0 },
		});
		expect(used(regrouped)).toEqual(['ab']);
	});
});

describe('where nobody knows what each cost', () => {
	it('the first item that is answered tells the credits of all, and the others name it', () => {
		const bought = receipt('unlocked', 7, 'eCore holds no phone for 2 of them');
		const regrouped = after(standing('abc', phone('a', 'b', 'c'), bought));
		const told = [3, 5, 8].map((item, index) =>
			regrouped.answerFor(phone(['b', 'a', 'c'][index] ?? ''), item),
		);

		expect(told.map((one) => [one?.creditsCharged, one?.reason])).toEqual([
			[7, `eCore holds no phone for 2 of them. ${paid(7, 3, 'item 3')}`],
			[0, `eCore holds no phone for 2 of them. ${paid(7, 3, 'item 3')}`],
			[0, `eCore holds no phone for 2 of them. ${paid(7, 3, 'item 3')}`],
		]);
		expect(told[1]?.fields).toEqual({ alreadyUnlocked: false, unlocked: 1 });
		expect(used(regrouped)).toEqual(['abc']);
	});

	it('item 0 can be the one', () => {
		const regrouped = after(standing('ab', phone('a', 'b'), receipt('unlocked', 6)));
		const told = [0, 1].map((item) => regrouped.answerFor(phone(item === 0 ? 'a' : 'b'), item));
		expect(told.map((one) => [one?.creditsCharged, one?.reason])).toEqual([
			[6, paid(6, 2, 'item 0')],
			[0, paid(6, 2, 'item 0')],
		]);
	});

	it('of what was bought in part each is asked again, and the first answer carries the credits', () => {
		const regrouped = after(standing('abc', email('a', 'b', 'c'), receipt('partly_unlocked', 2)));
		const own = receipt('already_unlocked', 0, 'Own');
		const tell = (one: string, item: number) =>
			regrouped.withEarlier(email(one), item === 1 ? { ...own, creditsCharged: 1 } : own, item);

		expect(regrouped.answerFor(email('a'), 0)).toBeUndefined();
		expect(used(regrouped)).toEqual([]);
		expect([tell('a', 1), tell('b', 2)]).toEqual([
			{ ...own, creditsCharged: 3, reason: `Own. ${paid(2, 3, 'item 1')}` },
			{ ...own, creditsCharged: 0, reason: `Own. ${paid(2, 3, 'item 1')}` },
		]);
		expect(used(regrouped)).toEqual(['abc']);
	});

	it('nor what the item itself cost: it stays unknown, and says what was paid', () => {
		const regrouped = after(standing('ab', email('a', 'b'), receipt('partly_unlocked', 1)));
		const own = receipt('already_unlocked', null, 'Own');
		expect(regrouped.withEarlier(email('a'), own, 0)).toEqual({
			...own,
			reason: `Own. ${paid(1, 2, 'item 0')}`,
		});
	});

	it.each(['refused', 'not_sent', 'uncertain'] as const)(
		'a problem (%s) carries nothing: it may be asked again, and others tell',
		(outcome) => {
			const regrouped = after(standing('ab', email('a', 'b'), receipt('partly_unlocked', 1)));
			const own = receipt(outcome, outcome === 'uncertain' ? null : 0, 'Own');

			expect(regrouped.withEarlier(email('a'), own, 0)).toEqual(own);
			expect(used(regrouped)).toEqual([]);
			const other = receipt('unlocked', 1);
			expect(regrouped.withEarlier(email('b'), other, 1)).toMatchObject({ creditsCharged: 2 });
			expect(used(regrouped)).toEqual(['ab']);
		},
	);

	it.each([0, null])('an earlier answer of %p credits has none to tell', (credits) => {
		const regrouped = after(standing('ab', email('a', 'b'), receipt('partly_unlocked', credits)));
		const own = receipt('already_unlocked', 0);
		expect(regrouped.withEarlier(email('a'), own, 0)).toEqual(own);
		expect(used(regrouped)).toEqual([]);
	});
});

describe('where an earlier answer is in doubt', () => {
	const inDoubt = () => after(standing('ab', email('a', 'b'), receipt('uncertain', null)));

	it('it answers for nothing', () => {
		expect(inDoubt().answerFor(email('a'), 0)).toBeUndefined();
	});

	it.each(['already_unlocked', 'partly_unlocked'] as const)(
		'that attempt may have paid for what now is %s: nobody knows what it cost',
		(outcome) => {
			const regrouped = inDoubt();
			expect(regrouped.withEarlier(email('a'), receipt(outcome, 0), 0)).toMatchObject({
				outcome,
				creditsCharged: null,
				reason: 'An earlier answer to this request was lost, and that attempt may have paid for it',
				fields: { alreadyUnlocked: null },
			});
			expect(used(regrouped)).toEqual([]);
		},
	);

	it('what is newly bought stands as it is', () => {
		const own = receipt('unlocked', 1, 'Own');
		expect(inDoubt().withEarlier(email('a'), own, 0)).toEqual(own);
	});
});

describe('an answer speaks', () => {
	const own = receipt('already_unlocked', 0, 'Own');

	it('only for what it asked for', () => {
		const regrouped = after(standing('ab', email('a', 'b'), receipt('unlocked', 2)));
		for (const request of [email('x'), phone('a'), email()]) {
			expect(regrouped.answerFor(request, 0)).toBeUndefined();
			expect(regrouped.withEarlier(request, own, 0)).toEqual(own);
		}
		expect(regrouped.answerFor(email('a', 'x'), 0)).toBeUndefined();
		expect(used(regrouped)).toEqual([]);
	});

	it('not where another one speaks as well: then both tell their credits', () => {
		const regrouped = after(
			standing('ab', email('a', 'b'), receipt('unlocked', 2)),
			standing('cd', email('c', 'd'), receipt('partly_unlocked', 1)),
		);
		expect(regrouped.answerFor(email('a', 'c'), 0)).toBeUndefined();
		expect(regrouped.withEarlier(email('a', 'c'), own, 6)).toEqual({
			...own,
			creditsCharged: 3,
			reason: `Own. ${paid(2, 2, 'item 6')}. ${paid(1, 2, 'item 6')}`,
		});
		expect(used(regrouped)).toEqual(['ab', 'cd']);
	});

	it('not where two of them asked for the same thing', () => {
		const regrouped = after(
			standing('ab', email('a', 'b'), receipt('unlocked', 2)),
			standing('ac', email('a', 'c'), receipt('partly_unlocked', 1)),
		);
		expect(regrouped.answerFor(email('b', 'a'), 0)).toBeUndefined();
		expect(regrouped.answerFor(email('a', 'b'), 0)).toBeUndefined();
	});

	it('not for one thing alone: that is found by its key', () => {
		const regrouped = after(standing('a', email('a'), receipt('unlocked', 1)));
		expect(regrouped.answerFor(email('a'), 0)).toBeUndefined();
		expect(regrouped.withEarlier(email('a'), own, 0)).toEqual(own);
	});

	it('not where the same thing was named twice', () => {
		const regrouped = after(standing('a', email('a', 'A'), receipt('unlocked', 1)));
		expect(regrouped.answerFor(email('a'), 0)).toBeUndefined();
	});

	it('not where an operation knows no parts or no things', () => {
		const whole: Operation<UnlockRequest, UnlockResponse> = { ...recordUnlock };
		delete whole.part;
		const all = [standing('ab', email('a', 'b'), receipt('unlocked', 2))];
		const withoutParts = new Regrouped(whole, all);
		const withoutThings = new Regrouped(phoneEnrich, all);

		expect(withoutParts.answerFor(email('a'), 0)).toBeUndefined();
		expect(used(withoutParts)).toEqual([]);
		expect(withoutThings.answerFor(email('a'), 0)).toBeUndefined();
		expect(withoutThings.withEarlier(email('a'), own, 0)).toBe(own);
	});
});
