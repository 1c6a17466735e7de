import type { IDataObject } from 'n8n-workflow';

import type { UnlockRequest } from '../../../nodes/EcoreLensmor/contract/ecore';
import type { FoundAgain } from '../../../nodes/EcoreLensmor/operations/readBack';
import { recordUnlock } from '../../../nodes/EcoreLensmor/operations/recordUnlock';
import { contactDetails } from '../../../nodes/EcoreLensmor/operations/recordUnlock/contactDetails';
import { itemWith } from './itemWith';

const email = (...uuids: string[]): UnlockRequest => ({ uuids, unlock_type: 'email' });
const phone = (...uuids: string[]): UnlockRequest => ({ uuids, unlock_type: 'phone' });
const chosen = (returnContactDetails?: unknown) =>
	recordUnlock.readBack?.(itemWith({}, { returnContactDetails }));

it.each([
	[undefined, undefined],
	[false, undefined],
	[true, contactDetails],
	['true', { bad: 'Return Contact Details must be true or false, not "true"' }],
	[1, { bad: 'Return Contact Details must be true or false, not the number 1' }],
])('Return Contact Details %p is off, on or refused', (option, expected) => {
	expect(chosen(option)).toEqual(expected);
});

it('a record is the same in any case of its UUID', () => {
	expect(contactDetails.keys(email('A', 'b'))).toEqual(['a', 'b']);
});

const acme = { companyName: 'Acme', jobTitle: 'CEO' };
const filters: Array<[string, IDataObject[], object]> = [
	['no item', [], {}],
	['an item that tells nothing', [{}], {}],
	['an item of Record → Get Many', [acme], { company_name: 'Acme', job_title: 'CEO' }],
	[
		'a raw one',
		[{ company_name: 'Acme', job_title: 'CEO' }],
		{ company_name: 'Acme', job_title: 'CEO' },
	],
	['a company alone', [{ companyName: ' Acme ' }], { company_name: 'Acme' }],
	['a job title alone', [{ jobTitle: 'CEO\n' }], { job_title: 'CEO' }],
	['what is no text', [{ companyName: 7, jobTitle: ' ' }], {}],
	['what stands for nothing', [{ companyName: ' n/a ', jobTitle: '-' }], {}],
	[
		'what is no longer than 200 characters',
		[{ companyName: ` ${'x'.repeat(200)} `, jobTitle: 'y'.repeat(201) }],
		{ company_name: 'x'.repeat(200) },
	],
	[
		'the simplified before the raw',
		[{ ...acme, company_name: 'x', job_title: 'y' }],
		{ company_name: 'Acme', job_title: 'CEO' },
	],
	[
		'the first of several',
		[acme, { companyName: 'Other' }],
		{ company_name: 'Acme', job_title: 'CEO' },
	],
	[
		'the one that is the record, of several',
		[acme, { uuid: 'other', jobTitle: 'x' }, { uuid: 'U-1', companyName: 'Own' }, { uuid: 'u-1' }],
		{ company_name: 'Own' },
	],
	[
		'the first, where no UUID is one',
		[acme, { uuid: 7 }],
		{ company_name: 'Acme', job_title: 'CEO' },
	],
];
it.each(filters)('a record is looked for by what the items say: %s', (_what, items, expected) => {
	expect(contactDetails.lookFor('u-1', items)).toEqual({
		filters: expected,
		limit: 100,
		offset: 0,
	});
});

const NOTHING = { email: null, directPhone: null, mobilePhone: null };
const shown = {
	contact_email: 'ann@acme.com',
	contact_direct_phone: '+1',
	contact_mobile_phone: '+2',
	is_email_unlocked: true,
	is_phone_unlocked: true,
};
const details = { email: 'ann@acme.com', directPhone: '+1', mobilePhone: '+2' };
const missing: FoundAgain = { reason: 'Gone' };
const MISSING = 'Contact details are missing: Gone';
const found = (of: Record<string, FoundAgain>) => (key: string) => of[key] ?? missing;
const record = (more: IDataObject = {}): FoundAgain => ({ json: { uuid: 'u', ...shown, ...more } });

it.each<[string, UnlockRequest, FoundAgain, object, string]>([
	['that was found', email('U'), record(), details, ''],
	['that was not found', email('U'), missing, NOTHING, MISSING],
	[
		'whose email is not shown yet',
		email('U'),
		record({ is_email_unlocked: false, contact_email: null }),
		{ ...details, email: null },
		'eCore does not show its email as unlocked yet',
	],
	[
		'whose phone is not shown yet',
		phone('U'),
		record({
			is_phone_unlocked: false,
			contact_direct_phone: null,
			contact_mobile_phone: null,
		}),
		{ ...details, directPhone: null, mobilePhone: null },
		'eCore does not show its phone as unlocked yet',
	],
	['whose email is there after all', email('U'), record({ is_email_unlocked: false }), details, ''],
	[
		'that has one phone only',
		phone('U'),
		record({ contact_direct_phone: '' }),
		{ ...details, directPhone: null },
		'',
	],
	[
		'whose email is no text',
		email('U'),
		record({ contact_email: ['ann@acme.com'] }),
		{ ...details, email: null },
		'eCore holds no email for it',
	],
	[
		'whose email is empty',
		email('U'),
		record({ contact_email: '' }),
		{ ...details, email: null },
		'eCore holds no email for it',
	],
	[
		'of which only the other is shown',
		email('U'),
		record({ is_phone_unlocked: false }),
		details,
		'',
	],
	[
		'of which only the other is shown',
		phone('U'),
		record({ is_email_unlocked: false }),
		details,
		'',
	],
	['of which eCore does not say', email('U'), record({ is_email_unlocked: null }), details, ''],
	[
		'that has no phone',
		phone('U'),
		record({ contact_direct_phone: null, contact_mobile_phone: null }),
		{ ...details, directPhone: null, mobilePhone: null },
		'eCore holds no phone for it',
	],
])('one record %s comes out in fields of its own', (_what, request, one, fields, reason) => {
	expect(contactDetails.tell(request, found({ u: one }))).toEqual({ fields, reason });
});

it('several records come out as a list, and a sentence counts those without', () => {
	const all = found({ a: record(), b: record({ is_email_unlocked: false, contact_email: '' }) });
	expect(contactDetails.tell(email('A', 'b', 'c'), all)).toEqual({
		fields: {
			...NOTHING,
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
	expect(contactDetails.tell(email('A', 'a'), all).reason).toBe('');
});

it('the same fields are there where nothing was bought', () => {
	expect(contactDetails.nothing).toEqual(NOTHING);
});
