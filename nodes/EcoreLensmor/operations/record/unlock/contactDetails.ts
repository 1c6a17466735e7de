import type { IDataObject } from 'n8n-workflow';
import type { FoundThing, PurchasedDetails } from '../../operation';

import type { SearchRequest, UnlockRequest } from '../../../vendors/ecore';
import { isFiller } from '../../enrichment/identifiers';
import { firstSearch, recordGetAll } from '../getAll';

const NO_DETAILS = { email: null, directPhone: null, mobilePhone: null };

/**
 * Finds unlocked records again by Search Records, the only call that shows their emails and phones
 * (docs/vendor-apis.md A.3).
 */
export const contactDetails: PurchasedDetails<UnlockRequest, SearchRequest> = {
	list: { endpoint: recordGetAll.endpoint, page: recordGetAll.page },
	keys: ({ uuids }) => uuids.map((uuid) => uuid.toLowerCase()),
	isAbout: (key, { uuid }) => typeof uuid === 'string' && uuid.toLowerCase() === key,
	firstSearch: (item) => firstSearch(filtersOf(item), Infinity),
	describe,
	emptyFields: (request) => ((request?.uuids.length ?? 1) === 1 ? NO_DETAILS : { contacts: [] }),
};

// A longer text is probably no company name or job title, and eCore could refuse the search.
const MAX_CHARACTERS = 200;

function isUsable(text: string): boolean {
	return text.length <= MAX_CHARACTERS && !isFiller(text);
}

// The input item may come from Record → Get Many, simplified or as eCore sent it.
function filtersOf(item: IDataObject): SearchRequest['filters'] {
	const filters = {
		company_name: item.companyName ?? item.company_name,
		job_title: item.jobTitle ?? item.job_title,
	};
	return Object.fromEntries(
		Object.entries(filters).flatMap(([name, value]) =>
			typeof value === 'string' && isUsable(value.trim()) ? [[name, value.trim()]] : [],
		),
	);
}

function describe(
	{ uuids, unlock_type: type }: UnlockRequest,
	found: (key: string) => FoundThing,
): { fields: IDataObject; reason: string } {
	const contacts = uuids.map((uuid) => ({ uuid, ...detailsOf(found(uuid.toLowerCase()), type) }));
	const [only, ...others] = contacts;
	if (only !== undefined && others.length === 0) {
		const { email, directPhone, mobilePhone, reason } = only;
		return { fields: { email, directPhone, mobilePhone }, reason };
	}
	const without = contacts.filter(({ reason }) => reason !== '').length;
	return {
		fields: { contacts },
		reason: without === 0 ? '' : `No details of ${without} of ${uuids.length}: see contacts`,
	};
}

function detailsOf(found: FoundThing, type: UnlockRequest['unlock_type']) {
	if ('reason' in found) {
		return { ...NO_DETAILS, reason: `Contact details are missing: ${found.reason}` };
	}
	const { json } = found;
	const details = recordGetAll.simplify(json);
	const email = details.email || null;
	const directPhone = details.directPhone || null;
	const mobilePhone = details.mobilePhone || null;
	const isThere = type === 'email' ? email !== null : (directPhone ?? mobilePhone) !== null;
	const isUnlocked = type === 'email' ? json.is_email_unlocked : json.is_phone_unlocked;
	const missing =
		isUnlocked === false ? `does not show its ${type} as unlocked yet` : `holds no ${type} for it`;
	return { email, directPhone, mobilePhone, reason: isThere ? '' : `eCore ${missing}` };
}
