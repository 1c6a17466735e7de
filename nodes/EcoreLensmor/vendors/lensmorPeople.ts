import { z } from 'zod';

import { withQuery, type Endpoint, type FreeEndpoint } from './endpoint';
import { eventId } from './lensmor';

/** Credits for a person's email that is not unlocked yet (docs/vendor-apis.md B.15). */
export const CREDITS_PER_PERSON_EMAIL = 15;
/** Credits for a person's phone that is not unlocked yet (docs/vendor-apis.md B.16). */
export const CREDITS_PER_PERSON_PHONE = 150;
/** The most people in one request (docs/vendor-apis.md B.15). */
export const MAX_PEOPLE_PER_REQUEST = 2000;

/** A person's ID at Lensmor: text without spaces and separators of lists (docs/vendor-apis.md B.13). */
export const personId = z
	.string()
	.max(100)
	.regex(/^[^\s,;\p{Surrogate}]+$/u);

const unlockRequest = z.object({
	personIds: z.array(personId).min(1).max(MAX_PEOPLE_PER_REQUEST),
	unlockType: z.enum(['email', 'phone']),
	eventId: eventId.optional(),
	callSource: z.enum(['api', 'agent']),
});

/**
 * What to unlock of people; with `eventId`, Lensmor skips who is not at the event. `callSource` goes into a header
 * (docs/vendor-apis.md B.15, B.16).
 */
export type PeopleUnlockRequest = z.infer<typeof unlockRequest>;

// A longer number has lost its last digits, and could be another task's.
const identifier = z.union([z.string().min(1), z.number().int().safe()]).transform(String);
// What cannot be read is left out, and `isComplete` says so.
const skipped = z
	.array(identifier.nullable().catch(null))
	.default([])
	.catch([null])
	.transform((given) => {
		const ids = given.filter((id) => id !== null);
		return { ids: new Set(ids), isComplete: ids.length === given.length };
	});

const skippedDetail = z.object({
	invalid_personnel_ids: skipped,
	missing_personnel_ids: skipped,
	unlinked_personnel_ids: skipped,
	already_unlocked_personnel_ids: skipped,
	unlocking_personnel_ids: skipped,
});

const unlockResponse = z
	.object({
		status: z.enum(['accepted', 'success']),
		task_id: identifier.nullish().catch(null),
		job_id: identifier.nullish().catch(null),
		skipped_personnel_ids: skipped,
		skipped_detail: skippedDetail
			.default(() => skippedDetail.parse({}))
			.catch(() => skippedDetail.parse({ invalid_personnel_ids: 'unreadable' })),
	})
	.transform(
		({ status, task_id, job_id, skipped_personnel_ids: others, skipped_detail: detail }) => ({
			isAccepted: status === 'accepted',
			taskId: task_id ?? job_id ?? undefined,
			invalid: detail.invalid_personnel_ids.ids,
			missing: detail.missing_personnel_ids.ids,
			unlinked: detail.unlinked_personnel_ids.ids,
			alreadyUnlocked: detail.already_unlocked_personnel_ids.ids,
			unlocking: detail.unlocking_personnel_ids.ids,
			others: others.ids,
			isEverySkipTold: [others, ...Object.values(detail)].every(({ isComplete }) => isComplete),
		}),
	);

/**
 * 201 body of a submission: the task of all people whose unlock it started, and who was skipped and why (`others`:
 * without a reason). Only if it is not accepted, surely nothing is charged (docs/vendor-apis.md B.15).
 */
export type PeopleUnlockResponse = z.infer<typeof unlockResponse>;

const PATHS = {
	email: { unlock: 'unlock', task: 'unlock-tasks' },
	phone: { unlock: 'unlock-phone', task: 'unlock-phone-tasks' },
};

/**
 * Unlock contact emails or phones (docs/vendor-apis.md B.15, B.16): 15 or 150 credits for each person who is not
 * unlocked yet. Who is unlocked, or being unlocked, is skipped, so a repeat is free.
 */
export const unlockPeople: Endpoint<PeopleUnlockRequest, PeopleUnlockResponse> = {
	vendor: 'lensmor',
	repeat: 'free',
	request: unlockRequest,
	response: unlockResponse,
	toWire: ({ personIds, unlockType, eventId: event, callSource }) => ({
		method: 'POST',
		path: `/external/contacts/${PATHS[unlockType].unlock}`,
		headers: { 'x-call-source': callSource },
		body: { personnel_ids: personIds, ...(event === undefined ? {} : { event_id: event }) },
	}),
	worstCase: ({ personIds, unlockType }) =>
		personIds.length *
		(unlockType === 'email' ? CREDITS_PER_PERSON_EMAIL : CREDITS_PER_PERSON_PHONE),
};

const optionalText = z.string().nullish().catch(null);

const personOfTask = z.object({
	personnelId: identifier,
	status: z.string(),
	email: optionalText,
	phone: optionalText,
	errorCode: optionalText,
});

const taskResponse = z
	.object({
		taskStatus: z.string(),
		// One person who cannot be read must not hide the others, who are paid for.
		items: z.array(personOfTask.nullable().catch(null)).default([]),
	})
	.transform(({ taskStatus, items }) => ({
		taskStatus,
		// Looked up once for each person of the task.
		people: new Map(items.flatMap((item) => (item === null ? [] : [[item.personnelId, item]]))),
	}));

/** How far a task is, and each of its people by ID (docs/vendor-apis.md B.15). */
export type TaskResponse = z.infer<typeof taskResponse>;

const missing = z.object({ errorKey: z.literal('NOT_FOUND') });

/** The task that a submission started (docs/vendor-apis.md B.15, B.16): free. */
export const getUnlockTask: FreeEndpoint<
	{ taskId: string; request: Pick<PeopleUnlockRequest, 'unlockType'> },
	TaskResponse
> = {
	vendor: 'lensmor',
	response: taskResponse,
	missing,
	toWire: ({ taskId, request }) => ({
		method: 'GET',
		path: `/external/contacts/${PATHS[request.unlockType].task}/${encodeURIComponent(taskId)}`,
	}),
};

// `null` means something, and what cannot be read must not become it.
const unlockStatus = z.string().nullish().catch(undefined);

const profileResponse = z.object({
	contactUnlockStatus: unlockStatus,
	phoneUnlockStatus: unlockStatus,
	email: optionalText,
	phone: optionalText,
});

/** What an account sees of a person: `email` and `phone` once they are unlocked (docs/vendor-apis.md B.14). */
export type ProfileResponse = z.infer<typeof profileResponse>;

/** A person's profile (docs/vendor-apis.md B.14): free. The request is about its first person. */
export const getPersonProfile: FreeEndpoint<
	Pick<PeopleUnlockRequest, 'personIds'>,
	ProfileResponse
> = {
	vendor: 'lensmor',
	response: profileResponse,
	missing,
	toWire: ({ personIds: [personnel_id = ''] }) => ({
		method: 'GET',
		path: withQuery('/external/personnel/profile', { personnel_id }),
	}),
};
