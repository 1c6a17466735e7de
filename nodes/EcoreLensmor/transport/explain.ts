import type { Account } from '../vendors/account';
import type { Classification } from './classify';

/**
 * What a problem with an answer means, as one sentence for a person, with the credential's field to check
 * where that helps; empty if there is no problem. `doubt` is added if the request may have taken effect.
 */
export function explain(
	answer: Classification<unknown>,
	{ name, tokenLabel, baseUrlLabel }: Account,
	doubt: string,
): string {
	switch (answer.kind) {
		case 'delivered':
		case 'missing':
			return '';
		case 'refusedWithOk':
			return `${name} refused the request: ${answer.vendorText}${adviceOn(answer.vendorText)}`;
		case 'unreadable':
			return `${name} answered HTTP ${answer.status} with a body that cannot be understood${doubt}`;
		case 'unsent':
			return `${name} could not be reached: ${answer.cause}. Check ${baseUrlLabel} in the credential, and the network`;
		case 'lost':
			return `No answer from ${name}: ${answer.cause}${doubt}`;
		case 'status':
			return explainStatus(answer.status, answer.vendorText, doubt, name, tokenLabel, baseUrlLabel);
	}
}

// Lensmor's error keys that a person can do something about (docs/vendor-apis.md B.10).
const ADVICE: Readonly<Record<string, string>> = {
	EVENT_NOT_UNLOCKED: 'Unlock the contacts of the event first, or choose Full as Access',
	VISITOR_DATA_NOT_AVAILABLE: 'Lensmor holds no visitors of this event',
	USER_HAS_NO_FEATURE: 'Lensmor unlocks visitors only for accounts with a subscription',
	NO_ACTIVE_SUBSCRIPTION: 'Lensmor unlocks visitors only for accounts with a subscription',
};

function adviceOn(vendorText: string): string {
	const key = Object.keys(ADVICE).find((one) => vendorText.includes(one));
	return key === undefined ? '' : `. ${ADVICE[key]}`;
}

function explainStatus(
	status: number,
	vendorText: string,
	doubt: string,
	name: string,
	tokenLabel: string,
	baseUrlLabel: string,
): string {
	const http = `HTTP ${status}${vendorText === '' ? '' : `: ${vendorText}`}`;
	switch (status) {
		case 401:
			return `${name} refused the token (${http}). Check ${tokenLabel} in the credential`;
		case 402:
			return `The ${name} wallet cannot pay for this (${http}). Top it up`;
		case 403:
			return `${name} does not allow this account to do that (${http})`;
		case 404:
			return `${name} does not know the address (${http}). Check ${baseUrlLabel} in the credential`;
		case 409:
			return `${name} is busy with another credit operation of this account (${http})`;
		case 429:
			return `${name} takes no more requests for now (${http})`;
	}
	if (status >= 400 && status < 500) {
		return `${name} refused the request (${http})${adviceOn(vendorText)}`;
	}
	if (status >= 300 && status < 400) {
		return `${name} answered with a redirect (${http}), which is never followed${doubt}. Check ${baseUrlLabel} in the credential`;
	}
	return `${name} answered ${http}${doubt}`;
}
