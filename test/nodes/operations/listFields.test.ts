import { limitOf } from '../../../nodes/EcoreLensmor/operations/lists/listFields';
import { itemWith } from './itemWith';

const read = (returnAll: unknown, limit?: unknown) => limitOf(itemWith({ returnAll, limit }));

it.each([
	[true, undefined, Infinity],
	[true, 'not looked at', Infinity],
	[false, 1, 1],
	[false, 50, 50],
])('Return All %p and Limit %p come to %p entries', (returnAll, limit, most) => {
	expect(read(returnAll, limit)).toEqual({ limit: most });
});

it.each([
	[undefined, 5, 'Return All must be true or false, not nothing'],
	['yes', 5, 'Return All must be true or false, not "yes"'],
	[false, undefined, 'Limit must be a whole number, 1 or more, not nothing'],
	[false, '5', 'Limit must be a whole number, 1 or more, not "5"'],
	[false, 0, 'Limit must be a whole number, 1 or more, not the number 0'],
	[false, -1, 'Limit must be a whole number, 1 or more, not the number -1'],
	[false, 1.5, 'Limit must be a whole number, 1 or more, not the number 1.5'],
	[false, Infinity, 'Limit must be a whole number, 1 or more, not the number Infinity'],
])('Return All %p and Limit %p are refused, and the sentence says why', (returnAll, limit, bad) => {
	expect(read(returnAll, limit)).toEqual({ bad });
});
