import type { IDataObject } from 'n8n-workflow';

import type { SearchRequest, UnlockRequest } from '../../contract/ecore';
import { isFiller } from '../identifiers';
import type { FoundAgain, ReadBack } from '../readBack';
import { firstSearch, recordGetAll } from '../recordGetAll';

const NO_DETAILS = { email: null, directPhone: null, mobilePhone: null };

/** Finds unlocked records again through Search Records, the only place that shows an email or phone (api-contract A.3). */
export const contactDetails: ReadBack<UnlockRequest, SearchRequest> = {
	list: recordGetAll,
	keys: ({ uuids }) => uuids.map((uuid) => uuid.toLowerCase()),
	lookFor: (uuid, items) => firstSearch(filtersOf(itemOf(uuid, items)), Infinity),
	tell,
	nothing: NO_DETAILS,
};

// Where several items asked for the record, the one that it is.
function itemOf(uuid: string, items: IDataObject[]): IDataObject | undefined {
	const own = items.find(
		(item) => typeof item.uuid === 'string' && item.uuid.toLowerCase() === uuid,
	);
	return own ?? items[0];
}

// Longer, and a CRM has put something else there.
const MOST_CHARACTERS = 200;

function isUsable(text: string): boolean {
	return text.length <= MOST_CHARACTERS && !isFiller(text);
}

// As Record → Get Many writes them, simplified or raw.
function filtersOf(item: IDataObject = {}): SearchRequest['filters'] {
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

function tell(
	{ uuids, unlock_type: type }: UnlockRequest,
	found: (key: string) => FoundAgain,
): { fields: IDataObject; reason: string } {
	const contacts = uuids.map((uuid) => ({ uuid, ...detailsOf(found(uuid.toLowerCase()), type) }));
	const [only, ...others] = contacts;
	if (only !== undefined && others.length === 0) {
		const { email, directPhone, mobilePhone, reason } = only;
		return { fields: { email, directPhone, mobilePhone }, reason };
	}
	const without = contacts.filter(({ reason }) => reason !== '').length;
	return {
		fields: { ...NO_DETAILS, contacts },
		reason: without === 0 ? '' : `No details of ${without} of ${uuids.length}: see contacts`,
	};
}

function detailsOf(found: FoundAgain, type: UnlockRequest['unlock_type']) {
	if ('reason' in found) {
		return { ...NO_DETAILS, reason: `Contact details are missing: ${found.reason}` };
	}
	const { isEmailUnlocked, isPhoneUnlocked, ...record } = recordGetAll.simplified(found.json);
	const email = record.email || null;
	const directPhone = record.directPhone || null;
	const mobilePhone = record.mobilePhone || null;
	const isThere = type === 'email' ? email !== null : (directPhone ?? mobilePhone) !== null;
	const isUnlocked = type === 'email' ? isEmailUnlocked : isPhoneUnlocked;
	const missing =
		isUnlocked === false ? `does not show its ${type} as unlocked yet` : `holds no ${type} for it`;
	return { email, directPhone, mobilePhone, reason: isThere ? '' : `eCore ${missing}` };
}
