import { z } from 'zod';

import { callSourceIn, callSourceOption } from '../callSource';
import { eventField, eventIn } from '../event/eventField';
import { idsIn } from '../idList';
import type {
	BadInput,
	ItemParameters,
	PaidDescription,
	PaidOperation,
	RequestReceipt,
	Requests,
	Settled,
	Submissions,
} from '../operation';
import { OUTPUTS_OF_UNLOCKS, sentences, type Outcome, type Receipt } from '../outcome';
import { count, quote } from '../quote';
import { getBalance } from '../../vendors/lensmor';
import {
	getPersonProfile,
	getUnlockTask,
	MAX_PEOPLE_PER_REQUEST,
	personId,
	unlockPeople,
	type PeopleUnlockRequest,
	type PeopleUnlockResponse,
	type ProfileResponse,
	type TaskResponse,
} from '../../vendors/lensmorPeople';

const DEFAULT_WAIT_S = 300;
const LONGEST_WAIT_S = 24 * 60 * 60;
// One item's list is checked without a pause for n8n's other work, so it must not be longer.
const MAX_PEOPLE_PER_ITEM = MAX_PEOPLE_PER_REQUEST;

const contact = z.object({
	alreadyUnlocked: z.boolean().nullable(),
	email: z.string().nullable(),
	phone: z.string().nullable(),
	taskId: z.string().nullable(),
});

/** The output fields of Person → Unlock. If an item has several people, `contacts` has each of them. */
const output = z.object({
	personIds: z.array(z.string()),
	unlockType: z.enum(['email', 'phone']).nullable(),
	alreadyUnlocked: contact.shape.alreadyUnlocked,
	...contact.omit({ alreadyUnlocked: true }).partial().shape,
	contacts: z
		.array(
			z.object({
				personId: z.string(),
				outcome: z.string(),
				...contact.shape,
				creditsCharged: z.number().nullable(),
				reason: z.string(),
			}),
		)
		.optional(),
});

/** What the user sees of Person → Unlock. */
const description: PaidDescription<typeof output> = {
	name: 'Unlock',
	action: 'Unlock email or phone of event people (15 or 150 credits, 0 if already unlocked)',
	description:
		'Buy the email (15 credits) or phone (150 credits) of people at an event; what is already unlocked costs 0',
	price:
		'For each person 15 credits (email) or 150 credits (phone), 0 if already unlocked. The people of all items are sent together.',
	maximumCredits: 1500,
	outputs: OUTPUTS_OF_UNLOCKS,
	fields: [
		{
			displayName: 'Person IDs',
			name: 'personIds',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. 90311',
			description:
				'The ID that Person → Get Many shows: one, several separated by commas, spaces or new lines, or a list from an expression',
		},
		{
			displayName: 'Unlock',
			name: 'unlockType',
			type: 'options',
			default: 'email',
			options: [
				{
					name: 'Email',
					value: 'email',
					description: '15 credits per person, 0 if already unlocked',
				},
				{
					name: 'Phone',
					value: 'phone',
					description: '150 credits per person, 0 if already unlocked',
				},
			],
			description: 'What to buy of each person',
		},
		{
			...eventField,
			required: false,
			description: 'If set, Lensmor refuses people who are not at this event',
		},
	],
	options: [
		{
			displayName: 'Batch Size',
			name: 'batchSize',
			type: 'number',
			default: MAX_PEOPLE_PER_REQUEST,
			typeOptions: { minValue: 1, maxValue: MAX_PEOPLE_PER_REQUEST },
			description: 'How many people go into one request at most',
		},
		callSourceOption,
		{
			displayName: 'Wait Up To (Seconds)',
			name: 'waitUpTo',
			type: 'number',
			default: DEFAULT_WAIT_S,
			typeOptions: { minValue: 0, maxValue: LONGEST_WAIT_S },
			description:
				'How long to wait for Lensmor to find the contact data. What is not ready then comes out as processing, and asking for the same people again goes on with the same task.',
		},
	],
	output,
};

/**
 * Person → Unlock: buys the email or phone of people at an event. A task at Lensmor finds them. Who is unlocked
 * already costs 0 credits (docs/vendor-apis.md B.15, B.16).
 */
export const personUnlock: PaidOperation<
	PeopleUnlockRequest,
	PeopleUnlockResponse,
	typeof output,
	'personIds' | 'unlockType'
> = {
	kind: 'paid',
	resource: 'person',
	operation: 'unlock',
	description,
	endpoint: unlockPeople,
	parse,
	// Not the event: it decides who is skipped, but what is bought is the same.
	identity: ({ unlockType, personIds }) => `${unlockType} ${personIds.join(' ')}`,
	about: ({ unlockType, personIds }) =>
		`${unlockType} of ${personIds.length === 1 ? `person ${personIds[0]}` : count(personIds.length, 'person')}`,
	// One at a time: Lensmor answers 409 to a second credit operation of the same caller (docs/vendor-apis.md B.9).
	isOneAtATime: true,
	requestFields: (request) => ({
		personIds: request?.personIds ?? [],
		unlockType: request?.unlockType ?? null,
	}),
	settle,
	fieldsWithoutAnswer: (outcome) => ({
		alreadyUnlocked: outcome === 'not_found' ? false : null,
		email: null,
		phone: null,
		taskId: null,
	}),
	submissions,
};

function parse(item: ItemParameters): Requests<PeopleUnlockRequest> | BadInput {
	const unlockType = item.field('unlockType');
	if (unlockType !== 'email' && unlockType !== 'phone') {
		return { bad: `Unlock must be "email" or "phone", not ${quote(unlockType)}` };
	}
	const given = idsIn(item, {
		name: 'personIds',
		displayName: 'Person IDs',
		what: 'the ID of a person',
		schema: personId,
		acceptsNumbers: true,
		most: MAX_PEOPLE_PER_ITEM,
		tooMany: `Person IDs holds more than ${MAX_PEOPLE_PER_ITEM} IDs, the most that an item takes: spread them over more items`,
		folded: (id) => id,
	});
	if ('bad' in given) return given;
	const event: { eventId?: string } | BadInput = isEmpty(item.field('eventId'))
		? {}
		: eventIn(item);
	if ('bad' in event) return { bad: event.bad };
	const source = callSourceIn(item);
	if ('bad' in source) return source;
	const [first = '', ...others] = given.ids;
	const requestFor = (id: string): PeopleUnlockRequest => ({
		personIds: [id],
		unlockType,
		...event,
		...source,
	});
	return { requests: [requestFor(first), ...others.map(requestFor)], areAllWanted: true };
}

// A resource locator in which nothing is chosen is an object.
function isEmpty(event: unknown): boolean {
	const value =
		typeof event === 'object' && event !== null && 'value' in event ? event.value : event;
	return value === null || value === undefined || value === '';
}

// Each person is a purchase, so a request that is not joined with others has one.
function idOf({ personIds: [id = ''] }: PeopleUnlockRequest): string {
	return id;
}

function settle(response: PeopleUnlockResponse, request: PeopleUnlockRequest) {
	const id = idOf(request);
	const { isAccepted, taskId = null, isEverySkipTold } = response;
	const { invalid, missing, unlinked, alreadyUnlocked, unlocking, others } = response;
	const fields = { alreadyUnlocked: null, email: null, phone: null, taskId: null };
	if (invalid.has(id)) return { ...refusal('Lensmor says that this is no ID of a person'), fields };
	if (unlinked.has(id))
		return { ...refusal('Lensmor says that this person is not at the event'), fields };
	if (missing.has(id)) {
		return { ...unpaid('not_found', ''), fields: { ...fields, alreadyUnlocked: false } };
	}
	const isSkipped = alreadyUnlocked.has(id) || unlocking.has(id) || others.has(id);
	if (isSkipped || (!isAccepted && taskId === null)) {
		return { ...unpaid('processing', OWNED), fields: { ...fields, alreadyUnlocked: true } };
	}
	const isCharged = taskId !== null && isEverySkipTold;
	const task = taskId === null ? 'and does not say in which task' : `(task ${taskId})`;
	const cost = isCharged ? 'that costs nothing more' : 'whether it charged for it is not known';
	return {
		outcome: 'processing' as const,
		creditsCharged: isCharged ? unlockPeople.worstCase(request) : null,
		creditsRemaining: null,
		reason: `Lensmor is still working on it ${task}. Ask for the same person again to get it: ${cost}`,
		fields: { ...fields, alreadyUnlocked: isCharged ? false : null, taskId },
	};
}

const OWNED =
	'Unlocked before, or being unlocked by another request, but Lensmor does not show it yet. Ask for the same person again to get it';

function unpaid<Unpaid extends Outcome>(outcome: Unpaid, reason: string) {
	return { outcome, creditsCharged: 0, creditsRemaining: null, reason };
}

function refusal(reason: string) {
	return unpaid('refused', reason);
}

function submissions(
	item: ItemParameters,
): Submissions<PeopleUnlockRequest, TaskResponse, ProfileResponse> | BadInput {
	const batchSize = item.option('batchSize') ?? MAX_PEOPLE_PER_REQUEST;
	if (!isWholeNumber(batchSize, 1, MAX_PEOPLE_PER_REQUEST)) {
		return {
			bad: `Batch Size must be a whole number from 1 to ${MAX_PEOPLE_PER_REQUEST}, not ${quote(batchSize)}`,
		};
	}
	const waitUpTo = item.option('waitUpTo') ?? DEFAULT_WAIT_S;
	if (typeof waitUpTo !== 'number' || !(waitUpTo >= 0 && waitUpTo <= LONGEST_WAIT_S)) {
		return {
			bad: `Wait Up To must be a number of seconds from 0 to ${LONGEST_WAIT_S}, not ${quote(waitUpTo)}`,
		};
	}
	return {
		batchSize,
		waitUpToMs: waitUpTo * 1000,
		group: ({ unlockType, eventId, callSource }) =>
			JSON.stringify([unlockType, eventId, callSource]),
		join: (requests) => {
			const personIds = requests.flatMap((request) => request.personIds);
			return { ...(requests[0] as PeopleUnlockRequest), personIds };
		},
		together,
		task: {
			endpoint: getUnlockTask,
			settle: ({ people }, request) => {
				const person = people.get(idOf(request));
				const isThere = Boolean(request.unlockType === 'email' ? person?.email : person?.phone);
				// Without its email or phone, the status is asked for it.
				if (person?.status === 'unlocked' && isThere) {
					const credits = unlockPeople.worstCase(request);
					return bought(person, request, credits);
				}
				return person?.status === 'failed'
					? failedToFind(request, person.errorCode ?? '', null)
					: undefined;
			},
			settleWithoutStatus: ({ taskStatus }, request) =>
				taskStatus === 'failed' ? failedToFind(request, '', null) : undefined,
			names: ({ people }, request) => people.has(idOf(request)),
			describe: ({ taskStatus, people }) => {
				const done = [...people.values()].filter(({ status }) => DONE.includes(status)).length;
				return `Lensmor's task is ${taskStatus}: ${done} of ${people.size} people are done`;
			},
			isOver: ({ taskStatus }) => taskStatus === 'completed' || taskStatus === 'failed',
			isWorking: ({ taskStatus }) => taskStatus === 'pending' || taskStatus === 'processing',
		},
		status: { endpoint: getPersonProfile, read: readStatus },
		balance: getBalance,
	};
}

function isWholeNumber(value: unknown, least: number, most: number): value is number {
	return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}

function readStatus(
	{ contactUnlockStatus, phoneUnlockStatus, ...person }: ProfileResponse,
	request: PeopleUnlockRequest,
	credits: number | null,
): 'notBought' | 'inProgress' | 'unclear' | Settled {
	const isEmail = request.unlockType === 'email';
	const status = isEmail ? contactUnlockStatus : phoneUnlockStatus;
	switch (status) {
		case 'locked':
			return 'notBought';
		case null:
			// Only the phone of a person has no status before somebody asks for it.
			return !isEmail && CONTACT_STATUSES.includes(contactUnlockStatus ?? '')
				? 'notBought'
				: 'unclear';
		case 'unlocked':
		case 'ready':
			return bought(person, request, credits);
		case 'unlocking':
		case 'processing':
			return 'inProgress';
		case 'failed':
			return failedToFind(request, '', credits === 0 ? 0 : null);
		default:
			return 'unclear';
	}
}

// As documented (docs/vendor-apis.md B.14).
const CONTACT_STATUSES = ['locked', 'unlocking', 'unlocked', 'failed'];

/** The receipt of a person whose email or phone is unlocked; `credits` as in `Submissions.status`. */
function bought(
	{ email = null, phone = null }: Pick<ProfileResponse, 'email' | 'phone'>,
	{ unlockType }: PeopleUnlockRequest,
	credits: number | null,
) {
	const isThere = Boolean(unlockType === 'email' ? email : phone);
	return {
		outcome: credits === 0 ? ('already_unlocked' as const) : ('unlocked' as const),
		creditsCharged: credits,
		creditsRemaining: null,
		reason: sentences(
			credits === null ? 'An earlier answer was lost, and that request may have paid for it' : '',
			isThere ? '' : `Lensmor shows no ${unlockType} for this person`,
		),
		fields: {
			alreadyUnlocked: credits === null ? null : credits === 0,
			email: email || null,
			phone: phone || null,
			taskId: null,
		},
	};
}

/** Whether failures are charged is not documented (docs/vendor-apis.md B.15). */
function failedToFind(
	{ unlockType }: PeopleUnlockRequest,
	errorCode: string,
	creditsCharged: 0 | null,
) {
	const code = errorCode === '' ? '' : ` (${errorCode})`;
	const cost =
		creditsCharged === 0
			? ''
			: ', and does not say whether it charges for that: compare the balance';
	return {
		outcome: 'not_found' as const,
		creditsCharged,
		creditsRemaining: null,
		reason: `Lensmor could not find the ${unlockType} of this person${code}${cost}`,
		fields: { alreadyUnlocked: false, email: null, phone: null, taskId: null },
	};
}

function together(
	receipts: Array<RequestReceipt<PeopleUnlockRequest>>,
): Pick<Receipt, 'outcome' | 'reason' | 'fields'> {
	const contacts = receipts.map(({ request, receipt }) => ({
		personId: idOf(request),
		outcome: receipt.outcome,
		...receipt.fields,
		creditsCharged: receipt.creditsCharged,
		reason: receipt.reason,
	}));
	const outcomes = new Set(receipts.map(({ receipt }) => receipt.outcome));
	const [only = 'not_sent'] = outcomes;
	const outcome = outcomes.size === 1 ? only : outcomeOfMixture(outcomes);
	const alreadyUnlocked = new Set(receipts.map(({ receipt }) => receipt.fields.alreadyUnlocked));
	const [same = null] = alreadyUnlocked;
	return {
		outcome,
		reason: sentences(...new Set(receipts.map(({ receipt }) => receipt.reason))),
		fields: { alreadyUnlocked: alreadyUnlocked.size === 1 ? same : null, contacts },
	};
}

const DONE = ['unlocked', 'failed'];

// What needs attention must not hide behind what went well.
const MOST_URGENT: Outcome[] = ['uncertain', 'refused', 'not_sent', 'processing'];

function outcomeOfMixture(outcomes: Set<Outcome>): Outcome {
	const urgent = MOST_URGENT.find((outcome) => outcomes.has(outcome));
	if (urgent !== undefined) return urgent;
	return outcomes.has('unlocked') ? 'partly_unlocked' : 'already_unlocked';
}
