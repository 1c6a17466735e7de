import { listEvents } from '../../../nodes/EcoreLensmor/vendors/lensmor';

const read = (entry: object) => {
	const { data } = listEvents.response.safeParse({ items: [{ id: 'a' }, entry] });
	return data?.items[1];
};

it.each([
	['7', '7'],
	[7, '7'],
	[0, '0'],
	[Number.MAX_SAFE_INTEGER, '9007199254740991'],
])('the id %p of an entry is %j', (id, text) => {
	expect(read({ id, eventId: id })).toEqual({ id: text, eventId: text });
});

it.each([Number.MAX_SAFE_INTEGER + 1, 1.5, '', null, undefined, true])(
	'an entry with the id %p makes the list unreadable: it would be another thing’s',
	(id) => {
		expect(read({ id })).toBeUndefined();
	},
);

it.each([Number.MAX_SAFE_INTEGER + 1, 1.5, '', null, true])(
	'an eventId of %p is none, and the entry stays',
	(eventId) => {
		expect(read({ id: '7', eventId, name: 'Fair' })).toEqual({
			id: '7',
			eventId: null,
			name: 'Fair',
		});
	},
);

it('an entry without an eventId stays without one', () => {
	expect(read({ id: '7' })).toEqual({ id: '7' });
});
