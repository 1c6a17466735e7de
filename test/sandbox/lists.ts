import type { Person, TradeShow } from './world';

/** How many entries of each list an account sees of an event that it has not unlocked. */
export const PREVIEW_LIMIT = 50;

const EVENT_CREDITS = 2000;

/** One of Lensmor's lists: all its entries, and how many of them a page has at most and by default. */
export interface List {
	entries: readonly object[];
	page: { default: number; most: number };
	/** Which access the caller has; absent where the list is not of one event. */
	access?: 'preview' | 'full';
}

/** An event as Lensmor lists it. */
export function asListed({ id, eventId, name, exhibitors, contacts, ...show }: TradeShow) {
	return {
		id,
		eventId,
		name,
		nickname: null,
		url: `https://shows.example/${eventId}`,
		...show,
		exhibitorCount: exhibitors ?? 0,
		hasVisitors: contacts > 5000,
		sponsorMatchStarred: 0,
		dataSource: 'Lensmor',
	};
}

/** An event's exhibitors: as many as it has, made up. */
export function exhibitorsOf({ eventId, exhibitors = 0, country }: TradeShow) {
	return Array.from({ length: exhibitors }, (_, index) => ({
		id: `${eventId}-exhibitor-${index}`,
		companyName: `Exhibitor ${index} of ${eventId}`,
		matched_event_ids: [eventId],
		domain: `exhibitor-${index}.example`,
		website: `https://exhibitor-${index}.example`,
		industry: 'Manufacturing',
		employeeCount: 10 * (index + 1),
		country: country ?? null,
		logo: null,
		dataSource: 'Lensmor',
		categories: [],
	}));
}

/** How far the unlock of a person's email and phone is. */
export interface Contact {
	email: 'locked' | 'unlocking' | 'unlocked' | 'failed';
	phone: 'locked' | 'unlocking' | 'unlocked' | 'failed';
}

/** The contact data that Lensmor would find of an event's person; `null` if it would find none. */
export function contactDataOf(id: string, person: Person | undefined) {
	if (person !== undefined) return { email: person.email, phone: person.phone };
	const isKnown = !id.endsWith('9');
	return {
		email: isKnown ? `${id}@people.example` : null,
		phone: isKnown ? `+1555${id.replace(/\D/g, '')}` : null,
	};
}

/** The ID of one of an event's people. */
export function personIdOf({ eventId }: Pick<TradeShow, 'eventId'>, index: number): string {
	return `${eventId}-person-${index}`;
}

/** An event's people: first those whom eCore knows too, then made up ones, as many as it has contacts. */
export function peopleOf(
	event: Pick<TradeShow, 'eventId' | 'contacts'>,
	known: readonly Person[],
	contactOf: (id: string) => Contact,
) {
	return Array.from({ length: event.contacts }, (_, index) =>
		personOf(event, index, known, contactOf),
	);
}

/** One of an event's people, as an account sees it. */
export function personOf(
	event: Pick<TradeShow, 'eventId'>,
	index: number,
	known: readonly Person[],
	contactOf: (id: string) => Contact,
) {
	const { eventId } = event;
	const person = known[index];
	const id = personIdOf(event, index);
	const { email, phone } = contactOf(id);
	const data = contactDataOf(id, person);
	const phoneStatus = {
		locked: null,
		unlocking: 'processing',
		unlocked: 'ready',
		failed: 'failed',
	};
	return {
		id,
		fullName: person ? `${person.first_name} ${person.last_name}` : `Person ${index}`,
		title: person?.job_title ?? 'Buyer',
		companyName: person?.company_name ?? `Exhibitor ${index} of ${eventId}`,
		linkedinUrl: person?.linkedin_url ?? null,
		contactUnlockStatus: email,
		sourceType: ['exhibitor'],
		email: email === 'unlocked' ? data.email : null,
		phone: phone === 'unlocked' ? data.phone : null,
		phoneUnlockStatus: phoneStatus[phone],
	};
}

/**
 * One page of a list. Readings: a page size beyond the most is cut without a word; in a preview, total,
 * pages and hasMore describe all rows, and a page behind the preview is an empty 200.
 */
export function pageOf({ entries, page: sizes, access }: List, query: Record<string, unknown>) {
	const page = Number(query.page ?? 1);
	const pageSize = Math.min(Number(query.pageSize ?? sizes.default), sizes.most);
	const visible = access === 'preview' ? Math.min(entries.length, PREVIEW_LIMIT) : entries.length;
	const start = (page - 1) * pageSize;
	const accessible = start === 0 || start < visible || access !== 'preview';
	const total = accessible ? entries.length : 0;
	const items = entries.slice(start, Math.min(start + pageSize, visible));
	const envelope = {
		items,
		total,
		page,
		pageSize,
		totalPages: Math.ceil(total / pageSize),
		hasMore: accessible && start + pageSize < total,
	};
	if (access === undefined) return envelope;
	const locked = entries.length - visible;
	return {
		...envelope,
		semantics: {
			accessMode: access,
			previewLimit: access === 'preview' ? PREVIEW_LIMIT : null,
			counts: {
				actualTotal: entries.length,
				visibleTotal: visible,
				remainingLockedCount: locked,
			},
			pageState: {
				requestedPage: page,
				accessible,
				maxAccessiblePage: Math.max(1, Math.ceil(visible / pageSize)),
			},
			unlock: {
				requiredForMoreResults: locked > 0,
				actionType: locked > 0 ? 'unlock_event_exhibitors' : null,
				credits: locked > 0 ? EVENT_CREDITS : null,
			},
			guidance: { code: guidanceFor(access, accessible, entries.length, locked), message: '' },
		},
	};
}

function guidanceFor(access: string, accessible: boolean, total: number, locked: number): string {
	if (!accessible) return 'preview_page_inaccessible';
	if (total === 0) return 'no_matching_results';
	if (access === 'full') return 'full_access';
	return locked > 0 ? 'preview_results_truncated' : 'preview_complete_for_query';
}
