import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

import type { Vendor } from './endpoint';

/** eCore's production address (docs/vendor-apis.md A.1). */
export const ECORE_BASE_URL = 'https://app.ecoreservice.com/backend/api/v1';
/** Lensmor's production address (docs/vendor-apis.md B.1). */
export const LENSMOR_BASE_URL = 'https://platform.lensmor.com';

/** One vendor's address and token, as read from a credential. */
export interface Account {
	vendor: Vendor;
	/** The vendor's name, and the labels of its fields in the credential, for sentences. */
	name: string;
	tokenLabel: string;
	baseUrlLabel: string;
	/** Without a trailing slash. */
	baseUrl: string;
	/** Empty if the user does not use this vendor. */
	token: string;
	/** The scheme before the token in the Authorization header (docs/vendor-apis.md A.1, B.1). */
	scheme: 'Token' | 'Bearer';
	/** A free call that needs the token (docs/vendor-apis.md C.1). */
	freeRead: string;
	/** Why it cannot be used, as a sentence that names the credential's field; absent if it can. */
	unusable?: string | undefined;
}

function text(value: unknown): string {
	return typeof value === 'string' ? value.trim() : '';
}

// Always written in the same way, so that two base URLs can be compared as text.
function baseUrl(value: unknown, fallback: string): string {
	const given = text(value) || fallback;
	const url = parsed(given);
	return (url === undefined ? given : `${url.origin}${url.pathname}`).replace(/\/+$/, '');
}

type Accounts = Readonly<Record<Vendor, Account>>;

// Every request needs the accounts of the same credential, so they are read once.
const accountsByCredential = new WeakMap<ICredentialDataDecryptedObject, Accounts>();

/** Both vendors' accounts, read from a decrypted credential. */
export function accountsOf(credential: ICredentialDataDecryptedObject): Accounts {
	let accounts = accountsByCredential.get(credential);
	if (accounts === undefined) {
		accounts = readAccounts(credential);
		accountsByCredential.set(credential, accounts);
	}
	return accounts;
}

function readAccounts(credential: ICredentialDataDecryptedObject): Accounts {
	const ecore: Account = {
		vendor: 'ecore',
		name: 'eCore',
		tokenLabel: 'eCore Token',
		baseUrlLabel: 'eCore Base URL',
		baseUrl: baseUrl(credential.ecoreBaseUrl, ECORE_BASE_URL),
		token: text(credential.ecoreToken),
		scheme: 'Token',
		freeRead: '/external/search/?limit=1',
	};
	const lensmor: Account = {
		vendor: 'lensmor',
		name: 'Lensmor',
		tokenLabel: 'Lensmor API Key',
		baseUrlLabel: 'Lensmor Base URL',
		baseUrl: baseUrl(credential.lensmorBaseUrl, LENSMOR_BASE_URL),
		token: text(credential.lensmorApiKey),
		scheme: 'Bearer',
		freeRead: '/external/credits/balance',
	};
	return {
		ecore: { ...ecore, unusable: whyUnusable(ecore, lensmor) },
		lensmor: { ...lensmor, unusable: whyUnusable(lensmor, ecore) },
	};
}

function parsed(url: string): URL | undefined {
	try {
		return new URL(url);
	} catch {
		return undefined;
	}
}

// Every path that the node uses begins with this (docs/vendor-apis.md A.1, B.1).
const PATH_PREFIX = '/external';

function isThisMachine({ hostname }: URL): boolean {
	return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

const SAME_BASE_URL = 'eCore Base URL and Lensmor Base URL are the same: correct the credential';

function whyUnusable(account: Account, other: Account): string | undefined {
	if (account.token === '') {
		return `${account.tokenLabel} is empty: fill it in in the credential`;
	}
	if (!/^[\x21-\x7e]+$/.test(account.token)) {
		return `${account.tokenLabel} holds a character that no token has, such as a space or a line break: paste it anew in the credential`;
	}
	const url = parsed(account.baseUrl);
	if (!/^https?:$/.test(url?.protocol ?? '')) {
		return `${account.baseUrlLabel} is not an https address: correct it in the credential`;
	}
	if (url?.protocol === 'http:' && !isThisMachine(url)) {
		return `${account.baseUrlLabel} begins with http, so the token could be read on its way: use https`;
	}
	// Requests to this account could then match the other base URL, which is longer, and carry its token.
	if (other.baseUrl === account.baseUrl) return SAME_BASE_URL;
	if (`${other.baseUrl}/`.startsWith(`${account.baseUrl}${PATH_PREFIX}/`)) {
		return `${other.baseUrlLabel} covers addresses of ${account.name}: correct it in the credential`;
	}
	return undefined;
}

/**
 * The account whose base URL an address begins with; if both match, the one with the longer base URL. A token
 * must reach only its own vendor, so this throws for any other address, and if both base URLs are the same.
 */
export function accountFor(credential: ICredentialDataDecryptedObject, url: string): Account {
	const accounts = Object.values(accountsOf(credential));
	const target = parsed(url);
	// Base URLs are written in the same way, so that they can be compared as text.
	const address = target === undefined ? 'no address' : `${target.origin}${target.pathname}`;
	const matches = accounts
		.filter(({ baseUrl: base }) => address === base || address.startsWith(`${base}/`))
		.sort((a, b) => b.baseUrl.length - a.baseUrl.length);
	const [closest, next] = matches;
	if (closest === undefined) {
		throw new Error(
			`This credential is only for ${accounts.map((account) => account.baseUrl).join(' and ')}, not for ${target?.origin ?? 'an address that cannot be read'}`,
		);
	}
	if (next?.baseUrl.length === closest.baseUrl.length) {
		throw new Error(SAME_BASE_URL);
	}
	return closest;
}

/** The value of the Authorization header for an account (docs/vendor-apis.md A.1, B.1). */
export function authorization({ scheme, token }: Account): string {
	return `${scheme} ${token}`;
}
