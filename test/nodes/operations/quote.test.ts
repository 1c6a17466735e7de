import { quote } from '../../../nodes/EcoreLensmor/operations/quote';

it.each([
	[undefined, 'nothing'],
	[null, 'nothing'],
	[' \n', 'nothing'],
	['abc', '"abc"'],
	[' abc', '" abc"'],
	['x'.repeat(60), `"${'x'.repeat(60)}"`],
	['x'.repeat(61), `"${'x'.repeat(60)}…"`],
	[[], 'an empty list'],
	[['secret'], 'a list'],
	[{ a: 'secret' }, 'an object'],
	[7, 'the number 7'],
	[false, 'the boolean false'],
	[Symbol('secret'), 'a symbol'],
	[() => 'secret', 'a function'],
])('a sentence quotes %p as %s', (value, text) => {
	expect(quote(value)).toBe(text);
});
