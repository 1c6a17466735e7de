import { emailEnrich } from '../../../nodes/EcoreLensmor/operations/email/enrich';
import { eventUnlock } from '../../../nodes/EcoreLensmor/operations/event/unlock';
import { phoneEnrich } from '../../../nodes/EcoreLensmor/operations/phone/enrich';
import { recordUnlock } from '../../../nodes/EcoreLensmor/operations/record/unlock';

const name = { first_name: 'Ann', last_name: 'Lee' };

it.each([emailEnrich, phoneEnrich])(
	'the purchase book names a person as asked for',
	(operation) => {
		expect(operation.about({ linkedin_url: 'https://linkedin.com/in/ann' })).toBe(
			'https://linkedin.com/in/ann',
		);
		expect(operation.about({ email: 'ann@acme.com' })).toBe('ann@acme.com');
		expect(operation.about({ ...name, company_website: 'acme.com' })).toBe('Ann Lee, acme.com');
		expect(operation.about({ ...name, company_name: 'Acme' })).toBe('Ann Lee, Acme');
	},
);

it('it names one record by its UUID, several by their number, and an event by its ID', () => {
	expect(recordUnlock.about({ uuids: ['u-1'], unlock_type: 'email' })).toBe('email of record u-1');
	expect(recordUnlock.about({ uuids: ['u-1', 'u-2'], unlock_type: 'phone' })).toBe(
		'phone of 2 records',
	);
	expect(eventUnlock.about({ eventId: '26855', callSource: 'api' })).toBe('event 26855');
});
