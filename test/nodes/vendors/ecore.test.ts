import { unlockRecords } from '../../../nodes/EcoreLensmor/vendors/ecore';

const answer = (credits_charged: unknown) => ({ unlocked: 1, credits_charged, wallet_balance: 5 });

it.each([0, 1, 0.5, 1_000_000_000])('a price of %p is one', (credits) => {
	expect(unlockRecords.response.safeParse(answer(credits)).success).toBe(true);
});

it.each([-1, 1_000_000_001, 1e308, Infinity, Number.NaN, '1', null])(
	'a price of %p is none: it would make every sum meaningless',
	(credits) => {
		expect(unlockRecords.response.safeParse(answer(credits)).success).toBe(false);
	},
);
