import {
	afterALostAnswer,
	isProblem,
	sentences,
	type Outcome,
	type Receipt,
} from '../../../nodes/EcoreLensmor/operations/outcome';

const receipt = (outcome: Outcome, more: Partial<Receipt> = {}): Receipt => ({
	outcome,
	creditsCharged: 3,
	creditsRemaining: 50,
	reason: 'Own',
	fields: { alreadyUnlocked: true, unlocked: 3 },
	...more,
});

it.each(['already_unlocked', 'partly_unlocked'] as const)(
	'%s after a lost answer: nobody knows what both cost, and all else is told',
	(outcome) => {
		const LOST =
			'An earlier answer to this request was lost, and that attempt may have paid for it';
		expect(afterALostAnswer(receipt(outcome))).toEqual(
			receipt(outcome, {
				creditsCharged: null,
				reason: `3 credits for this answer. ${LOST}`,
				fields: { alreadyUnlocked: null, unlocked: 3 },
			}),
		);
		expect(afterALostAnswer(receipt(outcome, { creditsCharged: 0 })).reason).toBe(LOST);
	},
);

it.each(['unlocked', 'found', 'not_found'] as const)(
	'%s after a lost answer is as certain as before',
	(outcome) => {
		expect(afterALostAnswer(receipt(outcome))).toEqual(receipt(outcome));
	},
);

it.each<[Partial<Receipt>, boolean]>([
	[{ outcome: 'refused' }, true],
	[{ outcome: 'uncertain' }, true],
	[{ outcome: 'not_sent' }, true],
	[{ outcome: 'not_sent', limitReached: true }, false],
	[{ outcome: 'not_found' }, false],
	[{ outcome: 'planned' }, false],
])('%j is a problem: %s', (more, expected) => {
	expect(isProblem(receipt('found', more))).toBe(expected);
});

it('sentences are joined, each of them once, and nothing adds nothing', () => {
	expect(sentences('One', 'Two', '', 'One')).toBe('One. Two');
	expect(sentences('', 'Two')).toBe('Two');
	expect(sentences('')).toBe('');
});
