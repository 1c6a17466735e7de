import type { IDataObject } from 'n8n-workflow';
import type { z } from 'zod';

import type { SearchRequest, UnlockRequest } from '../../../vendors/ecore';
import { isFiller } from '../../enrichment/identifiers';
import type { FoundAgain, ReadBack } from '../../purchasedRecords';
import { firstSearch, recordGetAll } from '../getAll';
import type { record } from '../getAll/output';

const NO_DETAILS = { email: null, directPhone: null, mobilePhone: null };

/** Finds unlocked records again through Search Records, the only place that shows an email or phone (api-contract A.3). */
export const contactDetails: ReadBack<UnlockRequest, SearchRequest> = {
	list: recordGetAll,
	keys: ({ uuids }) => uuids.map((uuid) => uuid.toLowerCase()),
	isAbout: (key, { uuid }) => typeof uuid === 'string' && uuid.toLowerCase() === key,
	lookFor: (item) => firstSearch(filtersOf(item), Infinity),
	tell,
	nothing: NO_DETAILS,
};

// Longer, and a CRM has put something else there.
const MOST_CHARACTERS = 200;

function isUsable(text: string): boolean {
	return text.length <= MOST_CHARACTERS && !isFiller(text);
}

// As Record → Get Many writes them, simplified or raw.
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
	const { isEmailUnlocked, isPhoneUnlocked, ...shown } = found.json as z.infer<typeof record>;
	const email = shown.email || null;
	const directPhone = shown.directPhone || null;
	const mobilePhone = shown.mobilePhone || null;
	const isThere = type === 'email' ? email !== null : (directPhone ?? mobilePhone) !== null;
	const isUnlocked = type === 'email' ? isEmailUnlocked : isPhoneUnlocked;
	const missing =
		isUnlocked === false ? `does not show its ${type} as unlocked yet` : `holds no ${type} for it`;
	return { email, directPhone, mobilePhone, reason: isThere ? '' : `eCore ${missing}` };
}
