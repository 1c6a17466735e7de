import { defect, tryOperation } from '../../../nodes/EcoreLensmor/operations/defect';
import { sentences, withoutAnswer } from '../../../nodes/EcoreLensmor/operations/outcome';

const told = (what: string) =>
	`This is a defect of the node, not of your data or the vendor (${what}). Please report it at https://github.com/n8n-nodes-ecore-lensmor/n8n-nodes-ecore-lensmor/issues`;

it.each([
	[new TypeError('x is no function'), 'x is no function'],
	['a text', 'a text'],
	[undefined, 'undefined'],
])('whatever is thrown is told, with where to report it: %p', (thrown, what) => {
	expect(defect(thrown)).toBe(told(what));
	const run = () => {
		throw thrown as Error;
	};
	expect(tryOperation(run)).toEqual({ defect: told(what) });
});

it('what code gives is given on', () => {
	expect(tryOperation(() => 5)).toEqual({ result: 5 });
	expect(tryOperation(() => undefined)).toEqual({ result: undefined });
});

it.each([
	[['a', 'b'], 'a. b'],
	[['a', ''], 'a'],
	[['', 'a'], 'a'],
	[['', '', ''], ''],
	[['a', 'b', 'a'], 'a. b'],
	[['a. b', 'b'], 'a. b'],
	[['a'], 'a'],
])('sentences %p are told as "%s"', (parts, text) => {
	expect(sentences(...parts)).toBe(text);
});

it.each([
	['refused', 0],
	['not_sent', 0],
	['not_found', 0],
	['planned', 0],
	['uncertain', null],
] as const)(
	'without an answer, %s costs %p, and a defect of the fields is told',
	(outcome, credits) => {
		const good = { fieldsWithoutAnswer: (one: string) => ({ is: one }) };
		const bad = {
			fieldsWithoutAnswer: () => {
				throw new Error('it broke');
			},
		};
		const receipt = { outcome, creditsCharged: credits, creditsRemaining: null };
		expect(withoutAnswer(good, outcome, 'Why')).toEqual({
			...receipt,
			reason: 'Why',
			fields: { is: outcome },
		});
		expect(withoutAnswer(bad, outcome, 'Why')).toEqual({
			...receipt,
			reason: `Why. ${told('it broke')}`,
			fields: {},
		});
		expect(withoutAnswer(bad, outcome, told('it broke')).reason).toBe(told('it broke'));
	},
);
