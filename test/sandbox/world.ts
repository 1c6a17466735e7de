import data from '../fixtures/world.json';
import { asListed, exhibitorsOf, pageOf, peopleOf, type List } from './lists';
import { People } from './people';

/** A person whom eCore knows; `phone` is `null` where eCore holds none. */
export interface Person {
	uuid: string;
	first_name: string;
	last_name: string;
	company_name: string;
	company_website: string;
	linkedin_url: string;
	email: string;
	phone: string | null;
	job_title: string;
	job_level?: string;
	industry?: string;
	contact_office_country?: string;
	employee_range?: string;
	revenue_range?: string;
}

/** eCore's filters of Search Records, each the name of a person's field. */
export const SEARCH_FILTERS = [
	'industry',
	'job_title',
	'job_level',
	'company_name',
	'contact_office_country',
	'employee_range',
	'revenue_range',
] as const;
export type SearchFilters = Partial<Record<(typeof SEARCH_FILTERS)[number], string>>;

/** A trade-show event that Lensmor knows; one without contacts cannot be unlocked. */
export interface TradeShow {
	id: string;
	eventId: string;
	name: string;
	contacts: number;
	/** Whether Lensmor holds its visitors; yes if absent. */
	visitors?: boolean;
	dateStart?: string;
	dateEnd?: string;
	city?: string;
	country?: string;
	/** How many exhibitors it has. */
	exhibitors?: number;
}

/** One charge: who was asked for what, and what it cost in credits. */
export interface Charge {
	vendor: 'ecore' | 'lensmor';
	what:
		| 'record email'
		| 'record phone'
		| 'email'
		| 'phone'
		| 'event'
		| 'visitors'
		| 'contact email'
		| 'contact phone';
	/** The record's UUID, the person's email, the event's eventId, or the ID of a person at an event. */
	key: string;
	credits: number;
	/** Whether an answer that tells of it went out whole. */
	told: boolean;
}

/** What a vendor answers: nothing of it is on the wire yet. */
export interface Reply {
	status: number;
	body: unknown;
}

/** The people and events that the sandbox ships with. */
export const shipped: { people: Person[]; events: TradeShow[] } = data;

const PRICE = { email: 1, phone: 5, phoneless: 1, event: 2000, visitors: 3000 };
const MAX_RECORDS_PER_PAGE = 50;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const NO_FEATURE: Reply = {
	status: 200,
	body: { errorKey: 'USER_HAS_NO_FEATURE', message: 'Your plan has no visitor data' },
};

// What each action of the precheck would unlock.
const LAYERS: Readonly<Record<string, ReadonlyArray<'event' | 'visitors'>>> = {
	unlock_event_contacts: ['event'],
	unlock_event_visitors: ['visitors'],
	unlock_event_full_access: ['event', 'visitors'],
};

function hasVisitors({ visitors = true }: TradeShow): boolean {
	return visitors;
}

/**
 * Both vendors' state and rules of charging. Where their documents are silent it takes the reading
 * that costs a careless client most: every hit of an enrichment is charged, also a repeated one.
 */
export class World {
	readonly ledger: Charge[] = [];
	/** Whether the account may unlock visitors. */
	isSubscribed = true;
	readonly wallet: { ecore: number; lensmor: number };
	private readonly owned = new Set<string>();
	private readonly byUuid: Map<string, Person>;
	private readonly byIdentifier = new Map<string, Person>();
	/** Lensmor's people, and the tasks that unlock their emails and phones. */
	readonly contacts: People;

	constructor(
		wallet: { ecore: number; lensmor: number },
		readonly people: Person[],
		readonly events: TradeShow[],
	) {
		this.wallet = { ...wallet };
		this.contacts = new People(this);
		this.byUuid = new Map(people.map((person) => [person.uuid, person]));
		for (const person of people) {
			for (const identifier of identifiersOf(person)) this.byIdentifier.set(identifier, person);
		}
	}

	/** Credits charged so far, of one vendor or of both. */
	spent(vendor?: Charge['vendor']): number {
		return this.ledger
			.filter((charge) => vendor === undefined || charge.vendor === vendor)
			.reduce((sum, { credits }) => sum + credits, 0);
	}

	/**
	 * POST external/unlock/. Readings: the balance is checked for the whole list before any work; what is
	 * owned does not count; unknown UUIDs are ignored while at least one is known; email and phone are
	 * owned separately; a malformed UUID is a 400.
	 */
	unlockRecords(body: unknown): Reply {
		const { uuids, unlock_type: type } = (body ?? {}) as { uuids?: unknown; unlock_type?: unknown };
		if (!Array.isArray(uuids) || uuids.length === 0) return refuse(400, 'uuids is required.');
		if (type !== 'email' && type !== 'phone')
			return refuse(400, 'unlock_type must be email or phone.');
		if (!uuids.every((uuid) => typeof uuid === 'string' && UUID.test(uuid))) {
			return refuse(400, 'uuids holds a value that is not a UUID.');
		}
		const known = [...new Set(uuids.map((uuid: string) => uuid.toLowerCase()))].flatMap(
			(uuid) => this.byUuid.get(uuid) ?? [],
		);
		if (known.length === 0) return refuse(404, 'No matching records found.');

		const wanted = known
			.filter(({ uuid }) => !this.owned.has(`${type} ${uuid}`))
			.map((person) => ({
				person,
				credits:
					type === 'email' ? PRICE.email : person.phone === null ? PRICE.phoneless : PRICE.phone,
			}));
		const required = wanted.reduce((sum, { credits }) => sum + credits, 0);
		if (required > this.wallet.ecore) {
			const balance = this.wallet.ecore;
			return { status: 402, body: { error: 'Insufficient credits.', required, balance } };
		}
		for (const { person, credits } of wanted) {
			this.owned.add(`${type} ${person.uuid}`);
			this.charge({ vendor: 'ecore', what: `record ${type}`, key: person.uuid, credits });
		}
		return {
			status: 200,
			body: {
				success: true,
				message: 'Records unlocked successfully.',
				unlocked: wanted.length,
				credits_charged: required,
				wallet_balance: this.wallet.ecore,
			},
		};
	}

	/** POST external/phone/enrichment/. Readings: exactly one combination, or 400; 402 below the price of a hit. */
	enrichPhone(body: unknown): Reply {
		return this.enrich(body, 'phone', ({ phone, email }) =>
			phone === null ? undefined : { phone, email },
		);
	}

	/** POST external/email/enrichment/. The same readings. */
	enrichEmail(body: unknown): Reply {
		return this.enrich(body, 'email', ({ email }) => ({ email }));
	}

	private enrich(
		body: unknown,
		what: 'email' | 'phone',
		resultsFor: (person: Person) => object | undefined,
	): Reply {
		const identifier = identifierOf(body);
		if (identifier === undefined) {
			return refuse(
				400,
				'Provide linkedin_url, email, or first_name + last_name + (company_name OR company_website).',
			);
		}
		if (this.wallet.ecore < PRICE[what]) return refuse(402, 'Insufficient credits.');
		const person = this.byIdentifier.get(identifier);
		const results = person === undefined ? undefined : resultsFor(person);
		if (person === undefined || results === undefined) {
			const message = what === 'email' ? 'Email not found' : 'Phone not found';
			return {
				status: 200,
				body: { success: true, status: 'not_found', message, remaining_credits: this.wallet.ecore },
			};
		}
		this.charge({ vendor: 'ecore', what, key: person.email, credits: PRICE[what] });
		return {
			status: 200,
			body: {
				success: true,
				status: 'success',
				results,
				remaining_credits: this.wallet.ecore,
			},
		};
	}

	/**
	 * GET external/search/. Readings: a filter matches the whole value, in any case; a limit beyond the
	 * most is cut without a word; an offset out of range is an empty page.
	 */
	searchRecords(filters: SearchFilters, limit: number, offset: number): Reply {
		const matching = this.people.filter((person) =>
			SEARCH_FILTERS.every((name) => {
				const wanted = filters[name];
				return wanted === undefined || person[name]?.toLowerCase() === wanted.toLowerCase();
			}),
		);
		const page = matching.slice(offset, offset + Math.min(limit, MAX_RECORDS_PER_PAGE));
		const results = page.map((person) => {
			const email = this.owned.has(`email ${person.uuid}`);
			const phone = this.owned.has(`phone ${person.uuid}`);
			return {
				uuid: person.uuid,
				first_name: person.first_name,
				last_name: person.last_name,
				company_name: person.company_name,
				job_title: person.job_title,
				job_level: person.job_level ?? null,
				industry: person.industry ?? null,
				contact_linkedin_url: person.linkedin_url,
				contact_email: email ? person.email : null,
				contact_direct_phone: phone ? person.phone : null,
				contact_mobile_phone: null,
				is_email_unlocked: email,
				is_phone_unlocked: phone,
			};
		});
		return { status: 200, body: { success: true, count: matching.length, results } };
	}

	/** Reading: `id` is tried before `eventId`. */
	private eventBy(id: string): TradeShow | undefined {
		return (
			this.events.find((one) => one.id === id) ?? this.events.find((one) => one.eventId === id)
		);
	}

	/** GET external/events/list. Readings: a keyword is part of the name, country and city are whole. */
	listEvents(query: Record<string, string | undefined>): Reply {
		const same = (a: string | undefined, b: string | undefined) =>
			b === undefined || a?.toLowerCase() === b.toLowerCase();
		const entries = this.events.filter(
			({ name, city, country, dateStart = '' }) =>
				name.toLowerCase().includes((query.keyword ?? '').toLowerCase()) &&
				same(city, query.city) &&
				same(country, query.country) &&
				dateStart >= (query.date_start_from ?? '') &&
				dateStart <= (query.date_start_to ?? '9'),
		);
		const list: List = { entries: entries.map(asListed), page: { default: 20, most: 100 } };
		return { status: 200, body: pageOf(list, query) };
	}

	/** GET external/events/{id}. */
	getEvent(id: string): Reply {
		const event = this.eventBy(id);
		if (event === undefined) return lensmorRefusal(404, 'NOT_FOUND', 'Resource not found');
		const more = { personnelCount: event.contacts, eventTypes: [], verified: true };
		return { status: 200, body: { event: { ...asListed(event), ...more } } };
	}

	/** GET external/exhibitors/list. Reading: a keyword is part of the company's name; no other filter does anything. */
	listExhibitors(query: Record<string, string | undefined>): Reply {
		return this.listOf(query, { default: 20, most: 100 }, (event) =>
			exhibitorsOf(event).filter(({ companyName }) => companyName.includes(query.keyword ?? '')),
		);
	}

	/** GET external/personnel/list. Reading: the filters do nothing. */
	listPersonnel(query: Record<string, string | undefined>): Reply {
		return this.listOf(query, { default: 50, most: 50 }, (event) =>
			peopleOf(event, this.people, (id) => this.contacts.statusOf(id)),
		);
	}

	private listOf(
		query: Record<string, string | undefined>,
		page: List['page'],
		entriesOf: (event: TradeShow) => object[],
	): Reply {
		if (query.event_id === undefined) {
			return lensmorRefusal(400, 'INVALID_REQUEST', 'event_id is required');
		}
		const event = this.eventBy(query.event_id);
		if (event === undefined) return lensmorRefusal(404, 'NOT_FOUND', 'Resource not found');
		const access = this.owned.has(`event ${event.eventId}`) ? 'full' : 'preview';
		return { status: 200, body: pageOf({ entries: entriesOf(event), page, access }, query) };
	}

	/** POST external/actions/precheck, of an event unlock only. Reading: what is owned is not allowed again. */
	precheck(body: unknown): Reply {
		const { action_type: action, params } = (body ?? {}) as {
			action_type?: string;
			params?: { event_id?: string };
		};
		const event = this.eventBy(params?.event_id ?? '');
		const layers = LAYERS[action ?? ''];
		const missing = (layers ?? []).filter((layer) => !this.owned.has(`${layer} ${event?.eventId}`));
		const owned = missing.length === 0;
		const price = missing.reduce((sum, layer) => sum + PRICE[layer], 0);
		const reason =
			layers === undefined
				? 'unsupported_action'
				: event === undefined
					? 'not_found'
					: owned
						? 'already_unlocked'
						: event.contacts === 0
							? 'no_contacts_available'
							: this.wallet.lensmor < price
								? 'insufficient_balance'
								: 'ok';
		const charges = reason === 'ok' || reason === 'insufficient_balance';
		return {
			status: 200,
			body: {
				ok: reason === 'ok',
				action_type: action,
				allowed: reason === 'ok',
				should_charge: charges,
				credits: charges ? price : 0,
				reason_code: reason,
				biz_code: '',
				detail: {
					event_id: params?.event_id,
					available_balance: this.wallet.lensmor,
					chargeable_count: owned ? 0 : (event?.contacts ?? 0),
				},
			},
		};
	}

	/** POST external/events/{id}/unlock. */
	unlockEvent(id: string): Reply {
		return this.unlockOf(id, ['event'], 'creditsUsed');
	}

	/** POST external/events/{id}/visitors/unlock. Reading: who has no subscription hears of nothing else. */
	unlockVisitors(id: string): Reply {
		if (!this.isSubscribed) return NO_FEATURE;
		const event = this.eventBy(id);
		if (event !== undefined && !this.owned.has(`event ${event.eventId}`)) {
			return lensmorRefusal(400, 'EVENT_NOT_UNLOCKED', 'Event is not unlocked');
		}
		if (event !== undefined && !hasVisitors(event)) {
			return lensmorRefusal(400, 'VISITOR_DATA_NOT_AVAILABLE', 'No visitor data');
		}
		return this.unlockOf(id, ['visitors'], 'creditsSpent');
	}

	/** POST external/events/{id}/full-access/unlock. */
	unlockFull(id: string): Reply {
		if (!this.isSubscribed) return NO_FEATURE;
		const event = this.eventBy(id);
		const visitorSkipped = event !== undefined && !hasVisitors(event);
		const layers = visitorSkipped ? (['event'] as const) : (['event', 'visitors'] as const);
		return this.unlockOf(id, layers, 'totalCreditsUsed', { visitorSkipped });
	}

	private unlockOf(
		id: string,
		layers: ReadonlyArray<'event' | 'visitors'>,
		nameOfCredits: string,
		more: object = {},
	): Reply {
		const event = this.eventBy(id);
		if (event === undefined) return lensmorRefusal(404, 'NOT_FOUND', 'Resource not found');
		if (event.contacts === 0)
			return lensmorRefusal(400, 'INVALID_REQUEST', 'No contacts available');
		const missing = layers.filter((layer) => !this.owned.has(`${layer} ${event.eventId}`));
		const alreadyUnlocked = missing.length === 0;
		const price = missing.reduce((sum, layer) => sum + PRICE[layer], 0);
		if (this.wallet.lensmor < price) {
			return lensmorRefusal(402, 'INSUFFICIENT_CREDITS', 'Insufficient credits');
		}
		for (const layer of missing) {
			this.owned.add(`${layer} ${event.eventId}`);
			const credits = PRICE[layer];
			this.charge({ vendor: 'lensmor', what: layer, key: event.eventId, credits });
		}
		return {
			status: 201,
			body: {
				success: true,
				alreadyUnlocked,
				[nameOfCredits]: price,
				...more,
				balanceAfter: alreadyUnlocked
					? null
					: {
							subscriptionBalance: 0,
							permanentBalance: this.wallet.lensmor,
							totalBalance: this.wallet.lensmor,
							unlimited: false,
						},
				event: { id: event.id, eventId: event.eventId, name: event.name },
			},
		};
	}

	/** GET external/credits/balance. */
	lensmorBalance(): Reply {
		const balance = this.wallet.lensmor;
		return {
			status: 200,
			body: {
				totalAmount: balance,
				totalBalance: balance,
				subscriptionAmount: 0,
				subscriptionBalance: 0,
				addonAmount: 0,
				addonBalance: 0,
				addonExpireAt: null,
				giftAmount: balance,
				giftBalance: balance,
				resetAt: null,
			},
		};
	}

	/** Takes credits from a wallet, and writes that down. */
	charge(charge: Omit<Charge, 'told'>): void {
		this.wallet[charge.vendor] -= charge.credits;
		this.ledger.push({ ...charge, told: true });
	}
}

/** Lensmor's error envelope. */
export function lensmorRefusal(
	code: number,
	errorKey: string,
	message: string,
	status = code,
): Reply {
	return {
		status,
		body: { code, message, errorKey, traceId: '2be6d7f4-3b2d-4d11-8e2d-7a2e4c3e9a10' },
	};
}

function refuse(status: number, error: string): Reply {
	return { status, body: { error } };
}

function folded(address: string): string {
	return address
		.toLowerCase()
		.replace(/^https?:\/\//, '')
		.replace(/\/+$/, '');
}

function identifiersOf(person: Person): string[] {
	const name = `${person.first_name} ${person.last_name}`;
	return [
		`linkedin ${folded(person.linkedin_url)}`,
		`email ${person.email.toLowerCase()}`,
		`${name} at ${person.company_name}`,
		`${name} on ${folded(person.company_website)}`,
	];
}

function identifierOf(body: unknown): string | undefined {
	const given = (body ?? {}) as Record<string, string>;
	const name = `${given.first_name} ${given.last_name}`;
	switch (Object.keys(given).sort().join()) {
		case 'linkedin_url':
			return `linkedin ${folded(given.linkedin_url ?? '')}`;
		case 'email':
			return `email ${given.email?.toLowerCase()}`;
		case 'company_name,first_name,last_name':
			return `${name} at ${given.company_name}`;
		case 'company_website,first_name,last_name':
			return `${name} on ${folded(given.company_website ?? '')}`;
		default:
			return undefined;
	}
}
