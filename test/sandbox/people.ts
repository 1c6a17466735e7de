import { contactDataOf, personIdOf, personOf, type Contact } from './lists';
import { lensmorRefusal, type Charge, type Person, type Reply, type TradeShow } from './world';

type What = keyof Contact;

interface Task {
	id: string;
	what: What;
	ids: string[];
	/** How many more looks at it find it unfinished. */
	looks: number;
}

/** What the people need of the world around them. */
interface Surroundings {
	people: readonly Person[];
	events: readonly TradeShow[];
	wallet: { lensmor: number };
	charge(charge: Omit<Charge, 'told'>): void;
}

const PRICE = { email: 15, phone: 150 };
const MAX_PEOPLE = 2000;
const LOCKED: Contact = { email: 'locked', phone: 'locked' };

/**
 * Lensmor's people at events, whose emails and phones tasks unlock. Readings: everybody is charged when the request is
 * accepted, also who turns out to have no email or phone; a task gets on whenever somebody looks at it, or at one of
 * its people; who is being unlocked, or is unlocked, or has failed, is skipped.
 */
export class People {
	/** How many looks find a new task unfinished. */
	looksUntilReady = 1;
	/** How many of a task's people are ready after each look that finds it unfinished. */
	readyPerLook = 0;
	private readonly status = new Map<string, Contact>();
	private readonly tasks = new Map<string, Task>();

	constructor(private readonly world: Surroundings) {}

	/** How far the unlock of a person is. */
	statusOf(id: string): Contact {
		return this.status.get(id) ?? LOCKED;
	}

	/** POST /external/contacts/unlock and unlock-phone. */
	unlock(what: What, body: unknown): Reply {
		const { personnel_ids: given, event_id: eventId } = (body ?? {}) as {
			personnel_ids?: unknown;
			event_id?: string;
		};
		if (!Array.isArray(given) || given.length === 0 || given.length > MAX_PEOPLE) {
			return lensmorRefusal(400, 'INVALID_REQUEST', 'personnel_ids must have 1 to 2000 IDs');
		}
		const ids = [...new Set(given.map(String))];
		const isOfEvent = (id: string) => eventId === undefined || id.startsWith(`${eventId}-`);
		const skipped = {
			invalid_personnel_ids: ids.filter((id) => !/^[\w-]+$/.test(id)),
			missing_personnel_ids: ids.filter((id) => /^[\w-]+$/.test(id) && !this.knows(id)),
			unlinked_personnel_ids: ids.filter((id) => this.knows(id) && !isOfEvent(id)),
			already_unlocked_personnel_ids: ids.filter((id) =>
				['unlocked', 'failed'].includes(this.statusOf(id)[what]),
			),
			unlocking_personnel_ids: ids.filter((id) => this.statusOf(id)[what] === 'unlocking'),
		};
		const skippedIds = [...new Set(Object.values(skipped).flat())];
		const left = ids.filter((id) => !skippedIds.includes(id));
		if (left.length * PRICE[what] > this.world.wallet.lensmor) {
			return lensmorRefusal(402, 'INSUFFICIENT_CREDITS', 'Insufficient credits');
		}
		const more = { skipped_personnel_ids: skippedIds, skipped_detail: skipped };
		if (left.length === 0) return { status: 201, body: { status: 'success', ...more } };
		for (const id of left) {
			this.set(id, what, 'unlocking');
			this.world.charge({
				vendor: 'lensmor',
				what: `contact ${what}`,
				key: id,
				credits: PRICE[what],
			});
		}
		const task = {
			id: String(321 + this.tasks.size),
			what,
			ids: left,
			looks: this.looksUntilReady,
		};
		this.tasks.set(task.id, task);
		return {
			status: 201,
			body: { status: 'accepted', task_id: task.id, job_id: task.id, ...more },
		};
	}

	/** GET /external/contacts/unlock-tasks/{taskId} and unlock-phone-tasks. */
	task(what: What, id: string): Reply {
		const task = this.tasks.get(id);
		if (task?.what !== what) return lensmorRefusal(404, 'NOT_FOUND', 'Resource not found');
		this.getOn(task);
		return {
			status: 200,
			body: {
				taskId: id,
				taskStatus: task.looks >= 0 ? 'processing' : 'completed',
				items: task.ids.map((personnelId) => {
					const status = this.statusOf(personnelId)[what];
					const data = contactDataOf(personnelId, this.known(personnelId));
					return {
						personnelId,
						status: status === 'unlocking' ? 'processing' : status,
						...(status === 'unlocked' ? { [what]: data[what] } : {}),
						...(status === 'failed' ? { errorCode: 'CONTACT_NOT_FOUND' } : {}),
					};
				}),
			},
		};
	}

	/** GET /external/personnel/profile. */
	profile(id: string): Reply {
		if (!this.knows(id)) return lensmorRefusal(404, 'NOT_FOUND', 'Resource not found');
		for (const task of this.tasks.values()) {
			if (task.looks >= 0 && task.ids.includes(id)) this.getOn(task);
		}
		const [eventId = '', index] = id.split('-person-');
		return {
			status: 200,
			body: personOf({ eventId }, Number(index), this.world.people, (one) => this.statusOf(one)),
		};
	}

	/** Ends all tasks. */
	finish(): void {
		for (const task of this.tasks.values()) {
			task.looks = 0;
			this.getOn(task);
		}
	}

	private getOn(task: Task): void {
		task.looks -= 1;
		const open = task.ids.filter((id) => this.statusOf(id)[task.what] === 'unlocking');
		for (const id of task.looks < 0 ? open : open.slice(0, this.readyPerLook)) {
			const found = contactDataOf(id, this.known(id))[task.what] !== null;
			this.set(id, task.what, found ? 'unlocked' : 'failed');
		}
	}

	private set(id: string, what: What, status: Contact[What]): void {
		this.status.set(id, { ...this.statusOf(id), [what]: status });
	}

	private known(id: string): Person | undefined {
		return this.world.people[Number(id.split('-person-')[1])];
	}

	private knows(id: string): boolean {
		return this.world.events.some((event) => {
			const index = Number(id.slice(personIdOf(event, 0).length - 1));
			return index < event.contacts && id === personIdOf(event, index);
		});
	}
}
