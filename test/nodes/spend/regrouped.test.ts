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
) {
	const wanted = asked.map((request, item) => ({ key: keyOf(request), request, item }));
	const regrouped = await Regrouped.from(recordUnlock, earlier, wanted);
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
