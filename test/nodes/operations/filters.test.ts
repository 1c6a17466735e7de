import type { INodeProperties } from 'n8n-workflow';

import { filtersIn } from '../../../nodes/EcoreLensmor/operations/lists/filters';
import { itemWith } from './itemWith';

const field = (displayName: string, name: string, type: INodeProperties['type']) =>
	({ displayName, name, type, default: '' }) satisfies INodeProperties;
const options = [
	field('City', 'city', 'string'),
	{ ...field('Job Titles', 'jobTitle', 'string'), typeOptions: { multipleValues: true } },
	field('Sources', 'sources', 'multiOptions'),
	field('Most People', 'most', 'number'),
	field('Has Visitors', 'hasVisitors', 'boolean'),
	field('Starts By', 'startsBy', 'dateTime'),
];
const onTheWire = { hasVisitors: 'has_visitors' };
const read = (filters: unknown) => filtersIn(itemWith({ filters }), options, onTheWire);

it.each([
	['no filters at all', undefined, {}],
	['filters that came out as text', '', {}],
	['none of them', {}, {}],
	['a filter of another list', { country: 'Peru' }, {}],
	['a text', { city: ' Las Vegas ' }, { city: 'Las Vegas' }],
	['a number', { city: 0 }, { city: '0' }],
	['a list', { jobTitle: ['Buyer', ' CEO'] }, { jobTitle: ['Buyer', 'CEO'] }],
	['a list of one', { jobTitle: ['Buyer'] }, { jobTitle: ['Buyer'] }],
	['a list that holds nothings', { jobTitle: [' ', 'CEO', null] }, { jobTitle: ['CEO'] }],
	['a choice of several', { sources: ['social', 'visitors'] }, { sources: ['social', 'visitors'] }],
	['an amount', { most: 3 }, { most: '3' }],
	['none, which is an amount', { most: 0 }, { most: '0' }],
	['two at once', { city: 'Rome', jobTitle: 'CEO' }, { city: 'Rome', jobTitle: 'CEO' }],
	['yes, under its name on the wire', { hasVisitors: true }, { has_visitors: '1' }],
	['no, which is not nothing', { hasVisitors: false }, { has_visitors: '0' }],
	['a date', { startsBy: '2026-01-31' }, { startsBy: '2026-01-31' }],
	['a time of a day', { startsBy: '2026-01-31T23:00:00.000+01:00' }, { startsBy: '2026-01-31' }],
	['a date as an object', { startsBy: new Date('2026-01-31') }, { startsBy: '2026-01-31' }],
])('%s travels as it should', (_what, given, filters) => {
	expect(read(given)).toEqual({ filters });
});

it.each([
	['city', [undefined, null, '', ' ']],
	['jobTitle', [undefined, null, '', ' ', [], ['']]],
	['hasVisitors', [undefined, null]],
	['startsBy', [undefined, null, '']],
	['most', [undefined, null, '']],
])('%s that is empty counts as not set', (name, values) => {
	for (const value of values) expect(read({ [name]: value })).toEqual({ filters: {} });
});

it('names are the form’s where nothing else is said', () => {
	expect(filtersIn(itemWith({ filters: { hasVisitors: true, city: 'Rome' } }), options)).toEqual({
		filters: { hasVisitors: '1', city: 'Rome' },
	});
});

it.each([
	[{ city: true }, 'City must be text, not the boolean true'],
	[{ city: {} }, 'City must be text, not an object'],
	[{ jobTitle: ['CEO', { a: 1 }, 7n] }, 'Job Titles must be text, not an object'],
	[{ hasVisitors: 'yes' }, 'Has Visitors must be true or false, not "yes"'],
	[{ hasVisitors: '' }, 'Has Visitors must be true or false, not nothing'],
	[{ hasVisitors: 1 }, 'Has Visitors must be true or false, not the number 1'],
	[{ startsBy: 'soon' }, 'Starts By must be a date, not "soon"'],
	[{ startsBy: 'by 2026-01-31' }, 'Starts By must be a date, not "by 2026-01-31"'],
	[{ startsBy: '31.01.2026' }, 'Starts By must be a date, not "31.01.2026"'],
	[{ startsBy: { day: '2026-01-31' } }, 'Starts By must be a date, not an object'],
	[{ startsBy: 2026 }, 'Starts By must be a date, not the number 2026'],
	[{ city: 7n, startsBy: 'soon' }, 'City must be text, not a bigint'],
	[{ city: ['Rome'] }, 'City must be one value, not a list'],
	[{ most: -1 }, 'Most People must be a number, 0 or more, not the number -1'],
	[{ most: Infinity }, 'Most People must be a number, 0 or more, not the number Infinity'],
	[{ most: NaN }, 'Most People must be a number, 0 or more, not the number NaN'],
	[{ most: '3' }, 'Most People must be a number, 0 or more, not "3"'],
])('%p is no such filter, and the sentence says why', (given, bad) => {
	expect(read(given)).toEqual({ bad });
});
