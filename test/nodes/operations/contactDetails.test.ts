import type { IDataObject } from 'n8n-workflow';
import type { FoundThing } from '../../../nodes/EcoreLensmor/operations/operation';

import type { UnlockRequest } from '../../../nodes/EcoreLensmor/vendors/ecore';
import { recordUnlock } from '../../../nodes/EcoreLensmor/operations/record/unlock';
import { contactDetails } from '../../../nodes/EcoreLensmor/operations/record/unlock/contactDetails';
import { itemWith } from './itemWith';

const email = (...uuids: string[]): UnlockRequest => ({ uuids, unlock_type: 'email' });
const phone = (...uuids: string[]): UnlockRequest => ({ uuids, unlock_type: 'phone' });
const chosen = (returnContactDetails?: unknown) =>
	recordUnlock.purchasedDetails?.(itemWith({ returnContactDetails }));

it.each([
	[false, undefined],
	[true, contactDetails],
	['true', { bad: 'Return Contact Details must be true or false, not "true"' }],
	[undefined, { bad: 'Return Contact Details must be true or false, not nothing' }],
	[1, { bad: 'Return Contact Details must be true or false, not the number 1' }],
])('Return Contact Details %p is off, on or refused', (option, expected) => {
	expect(chosen(option)).toEqual(expected);
});

it('a record is the same in any case of its UUID', () => {
	expect(contactDetails.keys(email('A', 'b'))).toEqual(['a', 'b']);
});

const acme = { companyName: 'Acme', jobTitle: 'CEO' };
const filters: Array<[string, IDataObject, object]> = [
	['one that tells nothing', {}, {}],
	['one of Record → Get Many', acme, { company_name: 'Acme', job_title: 'CEO' }],
	[
		'a raw one',
		{ company_name: 'Acme', job_title: 'CEO' },
		{ company_name: 'Acme', job_title: 'CEO' },
	],
	['a company alone', { companyName: ' Acme ' }, { company_name: 'Acme' }],
	['a job title alone', { jobTitle: 'CEO\n' }, { job_title: 'CEO' }],
	['what is no text', { companyName: 7, jobTitle: ' ' }, {}],
	['what is a filler, not a value', { companyName: ' n/a ', jobTitle: '-' }, {}],
	[
		'what is no longer than 200 characters',
		{ companyName: ` ${'x'.repeat(200)} `, jobTitle: 'y'.repeat(201) },
		{ company_name: 'x'.repeat(200) },
	],
	[
		'the simplified before the raw',
		{ ...acme, company_name: 'x', job_title: 'y' },
		{ company_name: 'Acme', job_title: 'CEO' },
	],
];
it.each(filters)('a record is looked for by what its item says: %s', (_what, item, expected) => {
	expect(contactDetails.firstSearch(item)).toEqual({
		filters: expected,
		limit: 100,
		offset: 0,
	});
});

it.each([
	['U-1', true],
	['u-1', true],
	['u-2', false],
	[7, false],
	[undefined, false],
])('an item whose uuid is %p is about the record u-1: %p', (uuid, isAbout) => {
	expect(contactDetails.isAbout('u-1', uuid === undefined ? {} : { uuid })).toBe(isAbout);
});

const NOTHING = { email: null, directPhone: null, mobilePhone: null };
const shown = {
	email: 'ann@acme.com',
	directPhone: '+1',
	mobilePhone: '+2',
	isEmailUnlocked: true,
	isPhoneUnlocked: true,
};
const details = { email: 'ann@acme.com', directPhone: '+1', mobilePhone: '+2' };
const missing: FoundThing = { reason: 'Gone' };
const MISSING = 'Contact details are missing: Gone';
const found = (of: Record<string, FoundThing>) => (key: string) => of[key] ?? missing;
// As eCore sends it.
const record = (more: IDataObject = {}): FoundThing => {
	const one: IDataObject = { ...shown, ...more };
	return {
		json: {
			uuid: 'u',
			contact_email: one.email,
			contact_direct_phone: one.directPhone,
			contact_mobile_phone: one.mobilePhone,
			is_email_unlocked: one.isEmailUnlocked,
			is_phone_unlocked: one.isPhoneUnlocked,
		},
	};
};

it.each<[string, UnlockRequest, FoundThing, object, string]>([
	['that was found', email('U'), record(), details, ''],
	['that was not found', email('U'), missing, NOTHING, MISSING],
	[
		'whose email is not shown yet',
		email('U'),
		record({ isEmailUnlocked: false, email: null }),
		{ ...details, email: null },
		'eCore does not show its email as unlocked yet',
	],
	[
		'whose phone is not shown yet',
		phone('U'),
		record({
			isPhoneUnlocked: false,
			directPhone: null,
			mobilePhone: null,
		}),
		{ ...details, directPhone: null, mobilePhone: null },
		'eCore does not show its phone as unlocked yet',
	],
	['whose email is there after all', email('U'), record({ isEmailUnlocked: false }), details, ''],
	[
		'that has one phone only',
		phone('U'),
		record({ directPhone: '' }),
		{ ...details, directPhone: null },
		'',
	],
	[
		'whose email is empty',
		email('U'),
		record({ email: '' }),
		{ ...details, email: null },
		'eCore holds no email for it',
	],
	['of which only the other is shown', email('U'), record({ isPhoneUnlocked: false }), details, ''],
	['of which only the other is shown', phone('U'), record({ isEmailUnlocked: false }), details, ''],
	['of which eCore does not say', email('U'), record({ isEmailUnlocked: null }), details, ''],
	[
		'that has no phone',
		phone('U'),
		record({ directPhone: null, mobilePhone: null }),
		{ ...details, directPhone: null, mobilePhone: null },
		'eCore holds no phone for it',
	],
])('one record %s comes out in fields of its own', (_what, request, one, fields, reason) => {
	expect(contactDetails.describe(request, found({ u: one }))).toEqual({ fields, reason });
});

it('several records come out as a list, and a sentence counts those without', () => {
	const all = found({ a: record(), b: record({ isEmailUnlocked: false, email: '' }) });
	expect(contactDetails.describe(email('A', 'b', 'c'), all)).toEqual({
		fields: {
			contacts: [
				{ uuid: 'A', ...details, reason: '' },
				{
					uuid: 'b',
					...details,
					email: null,
					reason: 'eCore does not show its email as unlocked yet',
				},
				{ uuid: 'c', ...NOTHING, reason: MISSING },
			],
		},
		reason: 'No details of 2 of 3: see contacts',
	});
	expect(contactDetails.describe(email('A', 'a'), all).reason).toBe('');
});

it('the same fields are there where nothing was bought', () => {
	expect(contactDetails.emptyFields(undefined)).toEqual(NOTHING);
	expect(contactDetails.emptyFields(email('a'))).toEqual(NOTHING);
	expect(contactDetails.emptyFields(email('a', 'b'))).toEqual({ contacts: [] });
});
