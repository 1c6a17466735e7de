import type { PrecheckResponse } from '../../../nodes/EcoreLensmor/vendors/lensmor';
import {
	eventCheckUnlock,
	unlockPrice,
} from '../../../nodes/EcoreLensmor/operations/event/checkUnlock';
import { itemWith } from './itemWith';

it('asks for the event that the item names, or says what is wrong with it', () => {
	expect(eventCheckUnlock.parse(itemWith({ eventId: ' 7 ' }))).toEqual({
		request: { eventId: '7' },
	});
	expect(eventCheckUnlock.parse(itemWith({ eventId: '7', access: 'full' }))).toEqual({
		request: { eventId: '7', access: 'full' },
	});
	expect(eventCheckUnlock.parse(itemWith({ eventId: '7', access: 'all' }))).toEqual({
		bad: 'Access must be "contacts", "visitors" or "full", not "all"',
	});
	expect(eventCheckUnlock.parse(itemWith({ eventId: '' }))).toEqual({ bad: 'Event is empty' });
});

const answer = (more: Partial<PrecheckResponse>): PrecheckResponse => ({
	allowed: false,
	credits: null,
	reason_code: '',
	...more,
});
const told = (more: Partial<PrecheckResponse>) =>
	eventCheckUnlock.page(answer(more), { eventId: '7' }).entries.map(({ json }) => json);

it.each([
	['ok', '', false],
	['already_unlocked', 'The event is already unlocked', true],
	['unlock_in_progress', 'An unlock of this event is under way', null],
	['state_conflict', 'Another operation on this account is in the way: check again later', null],
	['insufficient_balance', 'The Lensmor wallet cannot pay for it', false],
	['no_contacts_available', 'The event has no contacts to unlock', false],
	['not_found', 'Lensmor knows no such event', false],
	['forbidden', 'Lensmor does not allow this account to unlock it', null],
	['system_error', 'Lensmor could not check it: try again later', null],
	['a_new_code', 'Lensmor says a_new_code', null],
	['constructor', 'Lensmor says constructor', null],
	['', 'Lensmor gave no reason', null],
])('the code %p says "%s", and is unlocked: %p', (code, reason, alreadyUnlocked) => {
	expect(told({ reason_code: code })).toEqual([
		{
			eventId: '7',
			allowed: false,
			alreadyUnlocked,
			credits: null,
			reason,
			reasonCode: code,
			availableBalance: null,
			chargeableContacts: null,
		},
	]);
});

it('amounts are as Lensmor tells them, each where it tells it', () => {
	const detail = { available_balance: 2500, chargeable_count: 40 };
	const good = { allowed: true, credits: 2000, reason_code: 'ok' };
	expect(told({ ...good, detail })).toMatchObject([
		{ allowed: true, credits: 2000, availableBalance: 2500, chargeableContacts: 40 },
	]);
	expect(told({ ...good, detail: {} })).toMatchObject([
		{ availableBalance: null, chargeableContacts: null },
	]);
});

it.each([
	[{ allowed: true, credits: 2000, reason_code: 'ok' }, 2000, ''],
	[{ credits: 2000, reason_code: 'already_unlocked' }, 0, 'The event is already unlocked'],
	[{ credits: 2000, reason_code: 'not_found' }, 0, 'Lensmor knows no such event'],
	[
		{ credits: 2000, reason_code: 'insufficient_balance' },
		2000,
		'The Lensmor wallet cannot pay for it',
	],
	[{ allowed: true, credits: null, reason_code: 'ok' }, undefined, ''],
])('of %j a dry run tells %p credits and "%s"', (more, credits, reason) => {
	const detail = { available_balance: 7 };
	expect(unlockPrice.read(answer({ ...more, detail }))).toEqual({ credits, balance: 7, reason });
	expect(unlockPrice.read(answer(more)).balance).toBeUndefined();
});
