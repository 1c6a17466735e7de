import { personUnlock } from '../../../nodes/EcoreLensmor/operations/person/unlock';
import type { Receipt } from '../../../nodes/EcoreLensmor/operations/outcome';
import {
	getPersonProfile,
	getUnlockTask,
	unlockPeople,
	type PeopleUnlockRequest,
} from '../../../nodes/EcoreLensmor/vendors/lensmorPeople';
import { itemWith } from './itemWith';

const email = (...personIds: string[]): PeopleUnlockRequest => ({
	personIds,
	unlockType: 'email',
	callSource: 'api',
});
const phone = (...personIds: string[]) => ({
	...email(...personIds),
	unlockType: 'phone' as const,
});
const FIELDS = { personIds: 'a', unlockType: 'email', eventId: '' };

function submissionsFor(options: Record<string, unknown> = {}) {
	const submissions = personUnlock.submissions?.(itemWith(FIELDS, options));
	if (submissions === undefined) throw new Error('it submits nothing');
	return submissions;
}
function submissions() {
	const all = submissionsFor();
	if ('bad' in all) throw new Error(all.bad);
	return all;
}
const answerOf = (body: object) => unlockPeople.response.parse(body);
const told = ({ outcome, creditsCharged, reason, fields }: Omit<Receipt, 'creditsRemaining'>) => [
	outcome,
	creditsCharged,
	reason,
	fields,
];

describe('an item', () => {
	it('asks for each of its people by itself, of its event, and says where the call comes from', () => {
		const fields = { personIds: 'b, a;b\n90311', unlockType: 'phone', eventId: '26855' };
		expect(personUnlock.parse(itemWith(fields))).toEqual({
			requests: ['b', 'a', '90311'].map((id) => ({ ...phone(id), eventId: '26855' })),
			areAllWanted: true,
		});
		const agent = personUnlock.parse(itemWith(FIELDS, { callSource: 'agent' }));
		expect(agent).toEqual({
			requests: [{ ...email('a'), callSource: 'agent' }],
			areAllWanted: true,
		});
	});

	it.each([
		[{ personIds: [1, 'x', 1] }, ['1', 'x']],
		[{ personIds: 90311 }, ['90311']],
	])('%j are these people', (fields, ids) => {
		expect(personUnlock.parse(itemWith({ ...FIELDS, ...fields }))).toMatchObject({
			requests: ids.map((id) => ({ personIds: [id] })),
		});
	});

	it.each([undefined, null, '', { __rl: true, mode: 'list', value: '' }, { value: null }])(
		'has no event if it is %j',
		(eventId) => {
			expect(personUnlock.parse(itemWith({ ...FIELDS, eventId }))).toEqual({
				requests: [email('a')],
				areAllWanted: true,
			});
		},
	);

	it.each([
		[{ unlockType: 'both' }, {}, 'Unlock must be "email" or "phone", not "both"'],
		[{ personIds: '' }, {}, 'Person IDs is empty'],
		[{ personIds: true }, {}, 'Person IDs must be text or a list, not the boolean true'],
		[
			{ personIds: [true] },
			{},
			'Person IDs holds the boolean true, which is not the ID of a person',
		],
		[{ personIds: [2.5] }, {}, 'Person IDs holds the number 2.5, which is not the ID of a person'],
		[{ personIds: 'a\ud800' }, {}, 'Person IDs holds "a\ud800", which is not the ID of a person'],
		[
			{ personIds: Array(2001).fill('x') },
			{},
			'Person IDs holds more than 2000 IDs, the most that an item takes: spread them over more items',
		],
		[{ eventId: '..' }, {}, 'Event must be the ID of an event, not ".."'],
		[{}, { callSource: 'x' }, 'Call Source must be "auto", "api" or "agent", not "x"'],
	])('%j %j: %s', (fields, options, bad) => {
		expect(personUnlock.parse(itemWith({ ...FIELDS, ...fields }, options))).toEqual({ bad });
	});

	it.each([0, 2001, 1.5, '5', NaN])('Batch Size cannot be %p', (batchSize) => {
		expect(submissionsFor({ batchSize })).toEqual({
			bad: expect.stringMatching(
				/^Batch Size must be a whole number from 1 to 2000, not /,
			) as string,
		});
	});

	it.each([-1, 86_401, '5', NaN])('Wait Up To cannot be %p', (waitUpTo) => {
		expect(submissionsFor({ waitUpTo })).toEqual({
			bad: expect.stringMatching(
				/^Wait Up To must be a number of seconds from 0 to 86400, not /,
			) as string,
		});
	});

	it('batches have 2000 people, and 300 seconds, unless it says otherwise', () => {
		expect(submissions()).toMatchObject({ batchSize: 2000, waitUpToMs: 300_000 });
		expect(submissionsFor({ batchSize: 1, waitUpTo: 86_400 })).toMatchObject({
			batchSize: 1,
			waitUpToMs: 86_400_000,
		});
		expect(submissionsFor({ batchSize: 2000, waitUpTo: 0 })).toMatchObject({ waitUpToMs: 0 });
	});
});

describe('a request', () => {
	it('goes out as Lensmor documents it, email and phone on their own paths', () => {
		expect(unlockPeople.toWire({ ...email('a', 'b'), eventId: '1' })).toEqual({
			method: 'POST',
			path: '/external/contacts/unlock',
			headers: { 'x-call-source': 'api' },
			body: { personnel_ids: ['a', 'b'], event_id: '1' },
		});
		expect(unlockPeople.toWire(phone('a'))).toEqual({
			method: 'POST',
			path: '/external/contacts/unlock-phone',
			headers: { 'x-call-source': 'api' },
			body: { personnel_ids: ['a'] },
		});
		expect(getUnlockTask.toWire({ taskId: '3/1', request: phone('a') }).path).toBe(
			'/external/contacts/unlock-phone-tasks/3%2F1',
		);
		expect(getPersonProfile.toWire(email('a&b')).path).toBe(
			'/external/personnel/profile?personnel_id=a%26b',
		);
	});

	it('costs 15 or 150 credits for each person at most', () => {
		expect(unlockPeople.worstCase(email('a', 'b'))).toBe(30);
		expect(unlockPeople.worstCase(phone('a', 'b'))).toBe(300);
	});

	it.each([[], Array<string>(2001).fill('x'), ['a b'], ['']])('cannot be of %j', (...personIds) => {
		expect(unlockPeople.request.safeParse(email(...personIds)).success).toBe(false);
		expect(unlockPeople.request.safeParse(email('a')).success).toBe(true);
	});

	it('is another purchase for another person or type, and the same for another event', () => {
		const of = (request: PeopleUnlockRequest) => personUnlock.identity(request);
		expect(of({ ...email('a'), eventId: '1' })).toBe(of(email('a')));
		expect(new Set([of(email('a')), of(phone('a')), of(email('b'))]).size).toBe(3);
		expect(personUnlock.about(email('a'))).toBe('email of person a');
		expect(personUnlock.about(phone('a', 'b'))).toBe('phone of 2 persons');
		expect(personUnlock.isOneAtATime).toBe(true);
	});

	it('travels with others of the same type, event and source', () => {
		const all = submissions();
		const group = (request: PeopleUnlockRequest) => all.group(request);
		const same = group({ ...email('a'), eventId: '1' });
		expect(group({ ...email('b'), eventId: '1' })).toBe(same);
		for (const other of [email('a'), { ...phone('a'), eventId: '1' }]) {
			expect(group(other)).not.toBe(same);
		}
		expect(group({ ...email('a'), callSource: 'agent', eventId: '1' })).not.toBe(same);
		expect(all.join([{ ...phone('a'), eventId: '1' }, phone('b')])).toEqual({
			...phone('a', 'b'),
			eventId: '1',
		});
	});

	it('without a request the fields are empty', () => {
		expect(personUnlock.requestFields(undefined)).toEqual({ personIds: [], unlockType: null });
		expect(personUnlock.fieldsWithoutAnswer('refused').alreadyUnlocked).toBeNull();
		expect(personUnlock.fieldsWithoutAnswer('not_found').alreadyUnlocked).toBe(false);
	});
});

describe('the answer to a submission', () => {
	const none = { alreadyUnlocked: null, email: null, phone: null, taskId: null };
	const skipped = (list: string) =>
		answerOf({ status: 'accepted', task_id: 7, skipped_detail: { [list]: ['a', 3] } });

	it.each([
		['invalid_personnel_ids', 'refused', 'Lensmor says that this is no ID of a person', null],
		[
			'unlinked_personnel_ids',
			'refused',
			'Lensmor says that this person is not at the event',
			null,
		],
		['missing_personnel_ids', 'not_found', '', false],
		['already_unlocked_personnel_ids', 'processing', /^Unlocked before/, true],
		['unlocking_personnel_ids', 'processing', /^Unlocked before/, true],
	])(
		'%s: %s, at 0 credits; also an ID as a number, and nobody else',
		(list, outcome, says, already) => {
			for (const id of ['a', '3']) {
				const settled = personUnlock.settle(skipped(list), email(id));
				expect(settled).toMatchObject({
					outcome,
					creditsCharged: 0,
					fields: { ...none, alreadyUnlocked: already },
				});
				if (typeof says === 'string') expect(settled.reason).toBe(says);
				else expect(settled.reason).toMatch(says);
			}
			const other = personUnlock.settle(skipped(list), phone('b'));
			expect(told(other)).toEqual([
				'processing',
				150,
				'Lensmor is still working on it (task 7). Ask for the same person again to get it: that costs nothing more',
				{ ...none, alreadyUnlocked: false, taskId: '7' },
			]);
		},
	);

	it('skipped without a reason, or no task at all: nothing is charged', () => {
		const others = answerOf({ status: 'accepted', job_id: '8', skipped_personnel_ids: ['a'] });
		expect(personUnlock.settle(others, email('a'))).toMatchObject({
			outcome: 'processing',
			creditsCharged: 0,
		});
		expect(personUnlock.settle(others, email('b')).fields.taskId).toBe('8');
		expect(personUnlock.settle(answerOf({ status: 'success' }), email('a'))).toMatchObject({
			outcome: 'processing',
			creditsCharged: 0,
			fields: { alreadyUnlocked: true, taskId: null },
		});
		// With a task, it works on those whom it does not skip.
		expect(
			personUnlock.settle(answerOf({ status: 'success', task_id: '9' }), email('a')),
		).toMatchObject({ outcome: 'processing', creditsCharged: null, fields: { taskId: '9' } });
	});

	it.each([
		{ skipped_personnel_ids: 'a' },
		{ skipped_detail: 1 },
		{ skipped_personnel_ids: ['b', null] },
		{ skipped_detail: { unlocking_personnel_ids: [{}] } },
	])('with %j nobody knows who was charged', (lists) => {
		const odd = answerOf({ status: 'accepted', task_id: 'x', ...lists });
		expect(personUnlock.settle(odd, email('a'))).toMatchObject({
			outcome: 'processing',
			creditsCharged: null,
			reason:
				'Lensmor is still working on it (task x). Ask for the same person again to get it: whether it charged for it is not known',
			fields: { alreadyUnlocked: null, taskId: 'x' },
		});
	});

	it('accepted without a task may have charged; another status cannot be understood', () => {
		for (const task_id of [undefined, null, '', 2 ** 60]) {
			const settled = personUnlock.settle(answerOf({ status: 'accepted', task_id }), email('a'));
			expect(settled).toMatchObject({
				outcome: 'processing',
				creditsCharged: null,
				reason:
					'Lensmor is still working on it and does not say in which task. Ask for the same person again to get it: whether it charged for it is not known',
				fields: { alreadyUnlocked: null, taskId: null },
			});
		}
		expect(unlockPeople.response.safeParse({ status: 'queued' }).success).toBe(false);
	});
});

describe('a task', () => {
	const progress = (taskStatus: string, ...items: object[]) =>
		getUnlockTask.response.parse({ taskId: '7', taskStatus, items });
	const settle = (of: ReturnType<typeof progress>, request: PeopleUnlockRequest) =>
		submissions().task.settle(of, request);

	it('tells the email or the phone of each of its people', () => {
		const of = progress(
			'processing',
			{ personnelId: 'a', status: 'unlocked', email: 'a@a.example' },
			{ personnelId: 2, status: 'unlocked', phone: '+1' },
			{ personnelId: 'c', status: 'pending', email: 'of last year' },
			{ personnelId: 'e', status: 'failed' },
		);
		expect(settle(of, email('a'))).toEqual({
			outcome: 'unlocked',
			creditsCharged: 15,
			creditsRemaining: null,
			reason: '',
			fields: { alreadyUnlocked: false, email: 'a@a.example', phone: null, taskId: null },
		});
		expect(settle(of, phone('2'))).toMatchObject({
			outcome: 'unlocked',
			creditsCharged: 150,
			fields: { email: null, phone: '+1' },
		});
		// Pending, of another task, and without what was asked for: not yet.
		for (const request of [email('c'), email('d'), phone('a'), email('2')]) {
			expect(settle(of, request)).toBeUndefined();
		}
		expect(submissions().task.describe(of)).toBe(
			"Lensmor's task is processing: 3 of 4 people are done",
		);
	});

	it.each([
		[
			progress('completed', { personnelId: 'a', status: 'failed', errorCode: 'NO_EMAIL' }),
			' (NO_EMAIL)',
		],
		[progress('completed', { personnelId: 'a', status: 'failed' }), ''],
		[progress('failed', { personnelId: 'a', status: 'pending' }), ''],
		[progress('failed'), ''],
	])('whom it could not find is not_found, at a cost that nobody knows', (of, code) => {
		const settled = settle(of, email('a'));
		const { task } = submissions();
		if (of.taskStatus === 'failed') expect(settled).toBeUndefined();
		else expect(task.settleWithoutStatus(of, email('a'))).toBeUndefined();
		expect(settled ?? task.settleWithoutStatus(of, email('a'))).toEqual({
			outcome: 'not_found',
			creditsCharged: null,
			creditsRemaining: null,
			reason: `Lensmor could not find the email of this person${code}, and does not say whether it charges for that: compare the balance`,
			fields: { alreadyUnlocked: false, email: null, phone: null, taskId: null },
		});
	});

	it.each([
		['pending', false, true],
		['processing', false, true],
		['completed', true, false],
		['failed', true, false],
		['finished', false, false],
	])('%s: over is %p, surely going on is %p', (taskStatus, isOver, isWorking) => {
		expect(submissions().task.isOver(progress(taskStatus))).toBe(isOver);
		expect(submissions().task.isWorking(progress(taskStatus))).toBe(isWorking);
	});

	it('names whom it works on', () => {
		const of = progress('processing', { personnelId: 2, status: 'x' }, { personnelId: null }, {});
		expect(submissions().task.names(of, email('2'))).toBe(true);
		expect(submissions().task.names(of, email('a'))).toBe(false);
	});
});

describe('a profile', () => {
	const read = (profile: object, request = email('a'), credits: number | null = 0) =>
		submissions().status.read(getPersonProfile.response.parse(profile), request, credits);

	it.each([
		[{ contactUnlockStatus: 'locked' }, email('a'), 'notBought'],
		[{}, email('a'), 'unclear'],
		[{ contactUnlockStatus: null }, email('a'), 'unclear'],
		[{ contactUnlockStatus: 'queued' }, email('a'), 'unclear'],
		[{ contactUnlockStatus: {} }, email('a'), 'unclear'],
		[{ phoneUnlockStatus: 'locked' }, phone('a'), 'notBought'],
		[{ phoneUnlockStatus: null }, phone('a'), 'unclear'],
		[{ contactUnlockStatus: 'x', phoneUnlockStatus: null }, phone('a'), 'unclear'],
		[{ contactUnlockStatus: 'locked', phoneUnlockStatus: null }, phone('a'), 'notBought'],
		[{ contactUnlockStatus: 'unlocking', phoneUnlockStatus: null }, phone('a'), 'notBought'],
		[{ contactUnlockStatus: 'failed', phoneUnlockStatus: null }, phone('a'), 'notBought'],
		[{ contactUnlockStatus: 'locked' }, phone('a'), 'unclear'],
		[{ contactUnlockStatus: 'locked', phoneUnlockStatus: {} }, phone('a'), 'unclear'],
		[{ contactUnlockStatus: 'unlocking' }, email('a'), 'inProgress'],
		[{ contactUnlockStatus: 'unlocked', phoneUnlockStatus: null }, phone('a'), 'notBought'],
		[{ phoneUnlockStatus: 'processing' }, phone('a'), 'inProgress'],
	])('%j', (profile, request, says) => {
		expect(read(profile, request)).toBe(says);
	});

	it.each([
		[0, 'already_unlocked', true, ''],
		[15, 'unlocked', false, ''],
		[null, 'unlocked', null, 'An earlier answer was lost, and that request may have paid for it'],
	])('shows what was bought: %p credits', (credits, outcome, alreadyUnlocked, reason) => {
		const profile = { contactUnlockStatus: 'unlocked', email: 'a@a.example', phone: '' };
		expect(read(profile, email('a'), credits)).toEqual({
			outcome,
			creditsCharged: credits,
			creditsRemaining: null,
			reason,
			fields: { alreadyUnlocked, email: 'a@a.example', phone: null, taskId: null },
		});
		expect(read({ phoneUnlockStatus: 'ready', phone: '+1' }, phone('a'), credits)).toMatchObject({
			outcome,
			fields: { phone: '+1' },
		});
	});

	it('says what it does not show, and whom Lensmor could not find', () => {
		expect(read({ contactUnlockStatus: 'unlocked', phone: '+1' })).toMatchObject({
			reason: 'Lensmor shows no email for this person',
		});
		expect(read({ phoneUnlockStatus: 'ready', email: 'e' }, phone('a'))).toMatchObject({
			reason: 'Lensmor shows no phone for this person',
		});
		expect(read({ phoneUnlockStatus: 'failed' }, phone('a'))).toMatchObject({
			outcome: 'not_found',
			creditsCharged: 0,
			reason: 'Lensmor could not find the phone of this person',
		});
		expect(read({ contactUnlockStatus: 'failed' }, email('a'), null)).toMatchObject({
			creditsCharged: null,
		});
	});
});

describe('several people of one item', () => {
	const receipt = (
		outcome: Receipt['outcome'],
		alreadyUnlocked: boolean | null = null,
		reason = '',
	) => ({
		outcome,
		creditsCharged: 0,
		creditsRemaining: null,
		reason,
		fields: { alreadyUnlocked, email: null, phone: null, taskId: null },
	});
	const together = (...receipts: Receipt[]) =>
		submissions().together(
			receipts.map((one, index) => ({ request: email(`p${index}`), receipt: one })),
		);

	it.each<[Array<Receipt['outcome']>, Receipt['outcome']]>([
		[['unlocked', 'unlocked'], 'unlocked'],
		[['unlocked', 'already_unlocked'], 'partly_unlocked'],
		[['unlocked', 'not_found'], 'partly_unlocked'],
		[['already_unlocked', 'not_found'], 'already_unlocked'],
		[['unlocked', 'processing'], 'processing'],
		[['not_sent', 'processing', 'unlocked'], 'not_sent'],
		[['unlocked', 'not_sent', 'refused'], 'refused'],
		[['refused', 'uncertain'], 'uncertain'],
	])('%j come to %s: what needs most attention first', (outcomes, outcome) => {
		expect(together(...outcomes.map((one) => receipt(one))).outcome).toBe(outcome);
	});

	it('each stands in contacts, and each reason once', () => {
		const all = together(
			receipt('unlocked', false, 'A'),
			receipt('refused', null, 'B'),
			receipt('refused', null, 'A'),
		);
		expect(all.reason).toBe('A. B');
		expect(all.fields.alreadyUnlocked).toBeNull();
		expect(all.fields.contacts).toEqual(
			['unlocked', 'refused', 'refused'].map((outcome, index) => ({
				personId: `p${index}`,
				outcome,
				alreadyUnlocked: index === 0 ? false : null,
				email: null,
				phone: null,
				taskId: null,
				creditsCharged: 0,
				reason: index === 1 ? 'B' : 'A',
			})),
		);
		expect(
			together(receipt('unlocked', false), receipt('unlocked', false)).fields.alreadyUnlocked,
		).toBe(false);
	});
});
