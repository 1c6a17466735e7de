import { unlockRecords } from '../../../nodes/EcoreLensmor/vendors/ecore';
import { unlockEvent } from '../../../nodes/EcoreLensmor/vendors/lensmor';

const accepts = (credits: unknown) => [
	unlockRecords.response.safeParse({ unlocked: 1, credits_charged: credits }).success,
	unlockEvent.response.safeParse({ alreadyUnlocked: false, creditsUsed: credits }).success,
];

it.each([0, 1, 0.5, 1_000_000_000])('a price of %p is one', (credits) => {
	expect(accepts(credits)).toEqual([true, true]);
});

it.each([-1, 1_000_000_001, 1e308, Infinity, Number.NaN, '1', null])(
	'a price of %p is none: it would make every sum meaningless',
	(credits) => {
		expect(accepts(credits)).toEqual([false, false]);
	},
);
