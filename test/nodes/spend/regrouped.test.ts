import type { UnlockRequest } from '../../../nodes/EcoreLensmor/vendors/ecore';
import { recordUnlock } from '../../../nodes/EcoreLensmor/operations/record/unlock';
import type { Outcome, Receipt } from '../../../nodes/EcoreLensmor/operations/outcome';
import type { ReusableRequest } from '../../../nodes/EcoreLensmor/spend/memory';
import { Regrouped } from '../../../nodes/EcoreLensmor/spend/regrouped';

const email = (...uuids: string[]): UnlockRequest => ({ uuids, unlock_type: 'email' });
const phone = (...uuids: string[]): UnlockRequest => ({ uuids, unlock_type: 'phone' });

function receipt(outcome: Outcome, creditsCharged: number | null, reason = ''): Receipt {
	return { outcome, creditsCharged, creditsRemaining: 50, reason, fields: { a: 1 } };
}

const earlierRequest = (
	request: UnlockRequest,
	one: Receipt,
	isInDoubt = false,
): ReusableRequest => ({
	key: keyOf(request),
	request,
	receipt: one,
	isInDoubt,
});
const keyOf = ({ uuids, unlock_type }: UnlockRequest) => `${unlock_type} ${uuids.join('')}`;

/** What the items of a run are told, each asking for one of the requests, and what is handed over. */
async function told(
	earlier: ReusableRequest[],
	asked: UnlockRequest[],
	own = receipt('unlocked', 1),
	claim: (key: string) => boolean = () => true,
) {
	const wanted = asked.map((request, item) => ({ key: keyOf(request), request, item }));
	const regrouped = await Regrouped.from(recordUnlock, earlier, wanted, claim);
	const receipts = wanted.map((one) => {
		const answer = regrouped.answerFor(one);
		return { isAsked: answer === undefined, ...(answer ?? regrouped.withEarlier(one, own)) };
	});
	return {
		receipts,
		credits: receipts.map(({ creditsCharged }) => creditsCharged),
		asked: receipts.map(({ isAsked }) => isAsked),
		reasons: receipts.map(({ reason }) => reason),
		keys: regrouped.keys,
		shares: [...regrouped.shares],
	};
}

const paid = (credits: number, count: number, item: number) =>
	`An earlier run of this execution paid ${credits} credit${credits === 1 ? '' : 's'} for ${count} record${count === 1 ? '' : 's'} together: they are counted at item ${item}`;
const TOGETHER = 'Bought together with others by an earlier run of this execution';

it('without an earlier run nothing is said', async () => {
	const { receipts, keys } = await told([], [email('a'), email('b')]);
	expect(receipts).toEqual([
		{ isAsked: true, ...receipt('unlocked', 1) },
		{ isAsked: true, ...receipt('unlocked', 1) },
	]);
	expect(keys).toEqual([]);
});

it('what is asked for as it was is the memory to answer, be it in doubt', async () => {
	const list = email('a', 'b');
	for (const one of [
		earlierRequest(list, receipt('partly_unlocked', 1)),
		earlierRequest(list, receipt('uncertain', null), true),
	]) {
		const { asked, credits, keys } = await told([one], [list], receipt('already_unlocked', 3));
		expect([asked, credits, keys]).toEqual([[true], [3], []]);
	}
});

it('all of one price: each tells its own, and nothing is asked for', async () => {
	const { receipts, keys } = await told(
		[earlierRequest(email('a', 'b', 'c'), receipt('unlocked', 3, 'Earlier'))],
		[email('a', 'c'), email('b')],
	);
	expect(receipts).toEqual([
		{
			isAsked: false,
			...receipt('unlocked', 2, TOGETHER),
			fields: { alreadyUnlocked: false, unlocked: 2 },
		},
		{
			isAsked: false,
			...receipt('unlocked', 1, TOGETHER),
			fields: { alreadyUnlocked: false, unlocked: 1 },
		},
	]);
	expect(keys).toEqual(['email abc']);
});

it.each([
	['already_unlocked', true],
	['not_found', false],
] as const)('what was %s cost nothing, and is not asked for', async (outcome, alreadyUnlocked) => {
	const { receipts } = await told(
		[earlierRequest(email('a', 'b'), receipt(outcome, 0))],
		[email('a'), email('b')],
	);
	for (const one of receipts) {
		expect(one).toMatchObject({
			isAsked: false,
			outcome,
			creditsCharged: 0,
			fields: { alreadyUnlocked, unlocked: 0 },
		});
	}
});

const carried: Array<
	[string, ReusableRequest, UnlockRequest[], Array<number | null>, boolean[], number]
> = [
	[
		'records of different prices',
		earlierRequest(phone('a', 'b', 'c'), receipt('unlocked', 7)),
		[phone('a'), phone('b'), phone('c')],
		[7, 0, 0],
		[false, false, false],
		3,
	],
	[
		'some that were owned before',
		earlierRequest(email('a', 'b'), receipt('partly_unlocked', 1)),
		[email('a'), email('b')],
		[2, 1],
		[true, true],
		2,
	],
	[
		'a list that is cut',
		earlierRequest(email('a', 'b'), receipt('unlocked', 2)),
		[email('a'), email('b', 'x')],
		[2, 1],
		[false, true],
		2,
	],
	[
		'lists that overlap',
		earlierRequest(email('a', 'b', 'c'), receipt('unlocked', 3)),
		[email('a', 'b'), email('b', 'c')],
		[3, 0],
		[false, false],
		3,
	],
	[
		'one that nobody asks for any more',
		earlierRequest(email('a', 'b'), receipt('unlocked', 2)),
		[email('b')],
		[2],
		[false],
		2,
	],
	[
		'a single record among others',
		earlierRequest(email('a'), receipt('unlocked', 1)),
		[email('a', 'x')],
		[2],
		[true],
		1,
	],
];
it.each(carried)('the first item carries the credits of %s', async (...row) => {
	const [, one, asked, credits, isAsked, count] = row;
	const all = await told([one], asked);
	expect(all.credits).toEqual(credits);
	expect(all.asked).toEqual(isAsked);
	expect(all.keys).toEqual([one.key]);
	for (const reason of all.reasons) {
		expect(reason).toBe(paid(one.receipt.creditsCharged ?? 0, count, 0));
	}
});

it('a refusal carries them too: with Continue nobody asks again', async () => {
	const { credits, reasons } = await told(
		[earlierRequest(email('a', 'b'), receipt('partly_unlocked', 1))],
		[email('a'), email('b')],
		receipt('refused', 0, 'No'),
	);
	expect(credits).toEqual([1, 0]);
	expect(reasons[1]).toBe(`No. ${paid(1, 2, 0)}`);
});

it('what nobody knows stays unknown, and says what was paid beside it', async () => {
	const { credits, reasons } = await told(
		[earlierRequest(email('a', 'b'), receipt('partly_unlocked', 1))],
		[email('a')],
		receipt('uncertain', null, 'Lost'),
	);
	expect(credits).toEqual([null]);
	expect(reasons).toEqual([`Lost. ${paid(1, 2, 0)}`]);
});

it('two earlier requests for the same record are told once each', async () => {
	const { credits, keys } = await told(
		[
			earlierRequest(email('a', 'b'), receipt('unlocked', 2)),
			earlierRequest(email('b', 'c'), receipt('partly_unlocked', 1)),
		],
		[email('a'), email('b'), email('c')],
		receipt('already_unlocked', 0),
	);
	expect(credits).toEqual([2, 1, 0]);
	expect(keys).toEqual(['email ab', 'email bc']);
});

it('email and phone of a record are two things', async () => {
	const { asked, credits, keys } = await told(
		[earlierRequest(email('a', 'b'), receipt('unlocked', 2))],
		[phone('a'), phone('b')],
	);
	expect([asked, credits, keys]).toEqual([[true, true], [1, 1], []]);
});

it('a lost answer is asked for again, and leaves the credits unknown', async () => {
	const { asked, credits, keys } = await told(
		[earlierRequest(email('a', 'b'), receipt('uncertain', null), true)],
		[email('a'), email('b')],
		receipt('already_unlocked', 0),
	);
	expect([asked, credits, keys]).toEqual([[true, true], [null, null], []]);
});

describe('what nobody knows of an earlier answer', () => {
	const LOST = 'An earlier answer about this was lost, so it may or may not have been charged';
	const unknown = earlierRequest(email('a', 'b'), receipt('already_unlocked', null, 'Lost'));

	it('stays unknown for each part, and is handed over with them', async () => {
		const all = await told([unknown], [email('a'), email('b')]);
		expect([all.credits, all.asked, all.keys]).toEqual([
			[null, null],
			[false, false],
			['email ab'],
		]);
		expect(all.reasons).toEqual(['Lost', 'Lost']);
	});

	it('makes uncertain what is asked for with more, and what is refused or held back', async () => {
		for (const outcome of ['refused', 'not_sent'] as const) {
			const { receipts, shares } = await told(
				[unknown],
				[email('a', 'c')],
				receipt(outcome, 0, 'No'),
			);
			expect(receipts[0]).toMatchObject({
				outcome: 'uncertain',
				creditsCharged: null,
				reason: `No. ${LOST}`,
				fields: { unlocked: null },
			});
			expect(shares).toEqual([]);
		}
		const { credits } = await told([unknown], [email('a', 'c')], receipt('already_unlocked', 1));
		expect(credits).toEqual([null]);
	});
});

it('what another run at the same time tells of is told by nobody else', async () => {
	const groups = [
		earlierRequest(email('a', 'b'), receipt('unlocked', 2)),
		earlierRequest(email('b', 'c', 'd'), receipt('partly_unlocked', 1)),
	];
	const { credits, asked, keys, shares } = await told(
		groups,
		[email('a'), email('b'), email('c')],
		receipt('already_unlocked', 0),
		(key) => key !== 'email ab',
	);
	expect(asked).toEqual([true, true, true]);
	expect(credits).toEqual([0, 1, 0]);
	expect(keys).toEqual(['email bcd']);
	expect(shares.map(([key]) => key)).toEqual(['email b', 'email c']);
});

it('only what is accepted is told again later', async () => {
	const group = earlierRequest(email('a', 'b', 'c'), receipt('partly_unlocked', 1));
	for (const own of [receipt('refused', 0), receipt('not_sent', 0), receipt('uncertain', null)]) {
		expect((await told([group], [email('a')], own)).shares).toEqual([]);
	}
	expect((await told([group], [email('a')])).shares).toHaveLength(1);
});

it('what is unknown already is not told to be unknown twice', async () => {
	const lost = earlierRequest(email('a', 'b'), receipt('uncertain', null), true);
	const { reasons } = await told(
		[lost, { ...lost, key: 'other' }],
		[email('a'), email('b')],
		receipt('already_unlocked', null, 'Unknown'),
	);
	expect(reasons).toEqual(['Unknown', 'Unknown']);
});

it('an earlier request that cost nothing adds no sentence', async () => {
	const group = earlierRequest(email('a', 'b'), receipt('partly_unlocked', 0));
	const { reasons } = await told([group], [email('a', 'x')], receipt('unlocked', 2, 'Own'));
	expect(reasons).toEqual(['Own']);
});

it('of items that ask for the same, the first one is named', async () => {
	const group = earlierRequest(email('a', 'b'), receipt('partly_unlocked', 1));
	const { reasons } = await told([group], [email('x'), email('a'), email('a')]);
	expect(reasons).toEqual(['', paid(1, 2, 1), paid(1, 2, 1)]);
});

it('what nobody asks for is left to another run to tell', async () => {
	const claimed: string[] = [];
	const groups = [
		earlierRequest(email('a', 'b'), receipt('unlocked', 2)),
		earlierRequest(email('c', 'd'), receipt('unlocked', 2)),
	];
	await told(groups, [email('a')], undefined, (key) => claimed.push(key) > 0);
	expect(claimed).toEqual(['email ab']);
});

it('where one price is unknown, the first item carries all credits', async () => {
	const operation = {
		...recordUnlock,
		part: (_receipt: Receipt, _whole: UnlockRequest, { uuids }: UnlockRequest) => ({
			outcome: 'unlocked' as const,
			fields: {},
			...(uuids.includes('a') ? { creditsCharged: 2 } : {}),
		}),
	};
	const wanted = [email('a'), email('b')].map((request, item) => ({
		key: keyOf(request),
		request,
		item,
	}));
	const group = earlierRequest(email('a', 'b'), receipt('unlocked', 3));
	const regrouped = await Regrouped.from(operation, [group], wanted, () => true);
	expect(wanted.map((one) => regrouped.answerFor(one)?.creditsCharged)).toEqual([3, 0]);
});

it("an operation's code that throws while requests are compared leaves them as they are", async () => {
	const operation = {
		...recordUnlock,
		locks: (): string[] => {
			throw new Error('it broke');
		},
	};
	const one = { key: 'email a', request: email('a'), item: 0 };
	const group = earlierRequest(email('a', 'b'), receipt('unlocked', 2));
	const regrouped = await Regrouped.from(operation, [group], [one], () => true);
	expect(regrouped.answerFor(one)).toBeUndefined();
	expect(regrouped.withEarlier(one, receipt('unlocked', 1))).toEqual(receipt('unlocked', 1));
	expect(regrouped.keys).toEqual([]);
});

it('what is in doubt is asked for again, also where another answer covers it', async () => {
	const groups = [
		earlierRequest(email('a', 'b'), receipt('unlocked', 2)),
		earlierRequest(email('a', 'c'), receipt('uncertain', null), true),
	];
	const { asked, credits } = await told(groups, [email('a'), email('b'), email('c')]);
	expect(asked).toEqual([true, false, true]);
	expect(credits[0]).toBe(3);
	expect(credits[1]).toBe(0);
});

it.each<[string, UnlockRequest[]]>([
	['one of them is not asked for', [email('a')]],
	['one of them is asked for twice', [email('a'), email('b'), email('a', 'b', 'x')]],
	['one of them is asked for with something else', [email('a'), email('b', 'x')]],
])('shares of a group are not told where %s: the first item carries all', async (_what, wanted) => {
	const group = earlierRequest(email('a', 'b'), receipt('unlocked', 2));
	const { credits } = await told([group], wanted, receipt('already_unlocked', 0));
	expect(credits[0]).toBe(2);
	expect(credits.slice(1).every((one) => one === 0)).toBe(true);
});

it('shares are not told where as many are asked for, but one of them twice', async () => {
	const group = earlierRequest(email('a', 'b', 'c'), receipt('unlocked', 3));
	const { credits } = await told([group], [email('a'), email('a', 'b')]);
	expect(credits).toEqual([3, 0]);
});

it('shares are not told where a request asks for a part of each of two groups', async () => {
	const groups = [
		earlierRequest(email('a', 'b'), receipt('unlocked', 2)),
		earlierRequest(email('c', 'd'), receipt('unlocked', 2)),
	];
	const own = receipt('already_unlocked', 0);
	const { credits, asked } = await told(groups, [email('a', 'c')], own);
	expect([credits, asked]).toEqual([[4], [true]]);
});

it('an operation that knows no parts is asked for everything again, and nothing is told twice', async () => {
	const without = (...names: Array<'locks' | 'part'>) => {
		const operation = { ...recordUnlock };
		for (const name of names) delete operation[name];
		return operation;
	};
	const group = earlierRequest(email('a', 'b'), receipt('unlocked', 2));
	const wanted = [{ key: 'a', request: email('a'), item: 0 }];
	for (const operation of [without('locks', 'part'), without('locks'), without('part')]) {
		const regrouped = await Regrouped.from(operation, [group], wanted, () => true);
		expect(regrouped.answerFor({ key: 'a', request: email('a') })).toBeUndefined();
	}
});
