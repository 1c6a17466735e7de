import type { EventUnlockResponse } from '../../../nodes/EcoreLensmor/vendors/lensmor';
import { eventUnlock } from '../../../nodes/EcoreLensmor/operations/event/unlock';
import { itemWith } from './itemWith';

const located = (value: unknown) => ({ __rl: true, mode: 'id', value });
const long = 'x'.repeat(101);

it.each([
	['26855', '26855'],
	[located('26855'), '26855'],
	[located(26855), '26855'],
	[Number.MAX_SAFE_INTEGER, '9007199254740991'],
	['9007199254740993', '9007199254740993'],
	[' 26 855\n', '26 855'],
	['x'.repeat(100), 'x'.repeat(100)],
])('%j is the event %j', (given, eventId) => {
	const request = { eventId, callSource: 'api' };
	expect(eventUnlock.parse(itemWith({ eventId: given }))).toEqual({ requests: [request] });
});

it.each([
	[undefined, 'Event is empty'],
	[null, 'Event is empty'],
	[located(null), 'Event is empty'],
	[located(' '), 'Event is empty'],
	[{ __rl: true }, 'Event must be the ID of an event, not an object'],
	[{ value: '1' }, 'Event must be the ID of an event, not an object'],
	[located({}), 'Event must be the ID of an event, not an object'],
	[true, 'Event must be the ID of an event, not the boolean true'],
	['..', 'Event must be the ID of an event, not ".."'],
	[
		Number.MAX_SAFE_INTEGER + 1,
		'Event must be the ID of an event, not the number 9007199254740992: give a long ID as text',
	],
	[1.5, 'Event must be the ID of an event, not the number 1.5: give a long ID as text'],
	[
		located(Number.NaN),
		'Event must be the ID of an event, not the number NaN: give a long ID as text',
	],
	[long, `Event has 101 characters, and an ID has at most 100: "${'x'.repeat(60)}…"`],
])('%j is no event, and the sentence says why', (given, bad) => {
	expect(eventUnlock.parse(itemWith({ eventId: given }))).toEqual({ bad });
});

it.each([
	[undefined, false, 'api'],
	['auto', false, 'api'],
	['auto', true, 'agent'],
	['api', true, 'api'],
	['agent', false, 'agent'],
])('Call Source %j, called by an agent: %p, is sent as %s', (callSource, byAgent, sent) => {
	const item = itemWith({ eventId: '1' }, { callSource }, byAgent);
	expect(eventUnlock.parse(item)).toEqual({ requests: [{ eventId: '1', callSource: sent }] });
});

it('another Call Source is refused', () => {
	expect(eventUnlock.parse(itemWith({ eventId: '1' }, { callSource: 'bot' }))).toEqual({
		bad: 'Call Source must be "auto", "api" or "agent", not "bot"',
	});
});

it.each([
	[undefined, {}],
	['contacts', {}],
	['visitors', { access: 'visitors' }],
	['full', { access: 'full' }],
])('Access %j asks for %j', (access, asked) => {
	expect(eventUnlock.parse(itemWith({ eventId: '1', access }))).toEqual({
		requests: [{ eventId: '1', callSource: 'api', ...asked }],
	});
});

it('another Access is refused', () => {
	expect(eventUnlock.parse(itemWith({ eventId: '1', access: 'all' }))).toEqual({
		bad: 'Access must be "contacts", "visitors" or "full", not "all"',
	});
});

it('each access is a purchase of its own, at its own price and address', () => {
	const requests = ([{}, { access: 'visitors' }, { access: 'full' }] as const).map(
		(access) => ({ eventId: '1', callSource: 'api', ...access }) as const,
	);
	expect(new Set(requests.map((request) => eventUnlock.identity(request))).size).toBe(3);
	const { endpoint } = eventUnlock;
	expect(requests.map((request) => endpoint.worstCase(request))).toEqual([2000, 3000, 5000]);
	expect(requests.map((request) => endpoint.toWire(request).path)).toEqual([
		'/external/events/1/unlock',
		'/external/events/1/visitors/unlock',
		'/external/events/1/full-access/unlock',
	]);
	expect(requests.map((request) => eventUnlock.about(request))).toEqual([
		'event 1',
		'visitors of event 1',
		'full access to event 1',
	]);
});

it.each([
	[{ creditsUsed: 2000 }, 2000],
	[{ creditsSpent: 3000 }, 3000],
	[{ totalCreditsUsed: 5000, eventUnlocked: true, visitorUnlocked: true }, 5000],
])('the credits are read by each of their names: %j', (named, credits) => {
	const parsed = eventUnlock.endpoint.response.safeParse({ alreadyUnlocked: false, ...named });
	expect(parsed.data?.creditsUsed).toBe(credits);
});

it('an answer that does not say what it cost is not understood', () => {
	expect(eventUnlock.endpoint.response.safeParse({ alreadyUnlocked: false }).success).toBe(false);
});

it('visitors that Lensmor does not hold are told', () => {
	const asked = { eventId: '7', callSource: 'api', access: 'full' } as const;
	expect(eventUnlock.settle({ ...answer(), visitorSkipped: true }, asked).reason).toBe(
		'Lensmor holds no visitors of this event to unlock',
	);
});

it('the same event is the same purchase, whoever asks', () => {
	const ids = (['api', 'agent'] as const).map((callSource) =>
		eventUnlock.identity({ eventId: '1', callSource }),
	);
	expect(new Set(ids).size).toBe(1);
	// As purchase books have it that were written before there was a choice of access.
	expect(ids[0]).toBe('1');
	expect(eventUnlock.identity({ eventId: '2', callSource: 'api' })).not.toBe(ids[0]);
});

it('event unlocks go one at a time, whatever Concurrency is', () => {
	expect(eventUnlock.isOneAtATime).toBe(true);
});

it('any two event unlocks stand in each other’s way', () => {
	const [one, other] = ['1', '2'].map((eventId) =>
		eventUnlock.locks?.({ eventId, callSource: 'api' }),
	);
	expect(one).toEqual(other);
	expect(one).toHaveLength(1);
});

it('without an answer only a missing event is known not to be unlocked', () => {
	const nothing = { event: null, balance: null };
	expect(eventUnlock.fieldsWithoutAnswer('not_found')).toEqual({
		alreadyUnlocked: false,
		...nothing,
	});
	expect(eventUnlock.fieldsWithoutAnswer('uncertain')).toEqual({
		alreadyUnlocked: null,
		...nothing,
	});
	expect(eventUnlock.requestFields(undefined)).toEqual({ eventId: null });
	expect(eventUnlock.requestFields({ eventId: '1', callSource: 'api' })).toEqual({ eventId: '1' });
});

const asked = { eventId: '7', callSource: 'api' } as const;
const answer = (more: Partial<EventUnlockResponse> = {}): EventUnlockResponse => ({
	alreadyUnlocked: false,
	creditsUsed: 2000,
	balanceAfter: null,
	event: null,
	...more,
});

it('a receipt carries the credits, the balance and the event as the vendor tells them', () => {
	const balance = { totalBalance: 48_000 };
	const event = { id: '1', eventId: '7', name: 'CES' };
	expect(eventUnlock.settle(answer({ balanceAfter: balance, event }), asked)).toEqual({
		outcome: 'unlocked',
		creditsCharged: 2000,
		creditsRemaining: 48_000,
		reason: '',
		fields: { alreadyUnlocked: false, event, balance },
	});
	expect(eventUnlock.settle(answer({ alreadyUnlocked: true, creditsUsed: 0 }), asked)).toEqual({
		outcome: 'already_unlocked',
		creditsCharged: 0,
		creditsRemaining: null,
		reason: '',
		fields: { alreadyUnlocked: true, event: null, balance: null },
	});
});

const CHECK = 'not with the ID that was asked for: check that it is the event you mean';
it.each([
	['by its id', { id: '7', eventId: '8' }, ''],
	['by its eventId', { id: '8', eventId: '7' }, ''],
	['that is not named', { name: 'CES' }, ''],
	['of another ID', { id: '8', eventId: '9' }, `Lensmor answered with event 9, ${CHECK}`],
	['of another id alone', { id: '8' }, `Lensmor answered with event 8, ${CHECK}`],
	['of another eventId alone', { eventId: '9' }, `Lensmor answered with event 9, ${CHECK}`],
	[
		'of another ID and a name',
		{ eventId: '9', name: 'CES' },
		`Lensmor answered with event 9 (CES), ${CHECK}`,
	],
])('an answer about an event %s', (_what, event, reason) => {
	expect(eventUnlock.settle(answer({ event }), asked).reason).toBe(reason);
});
