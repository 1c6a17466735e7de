import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

import type { Vendor } from './endpoint';

/** eCore's production address (docs/vendor-apis.md A.1). */
export const ECORE_BASE_URL = 'https://app.ecoreservice.com/backend/api/v1';
/** Lensmor's production address (docs/vendor-apis.md B.1). */
export const LENSMOR_BASE_URL = 'https://platform.lensmor.com';

/** A vendor as one credential knows it: where it is and what opens it. */
export interface Account {
	vendor: Vendor;
	/** What people call the vendor, and the labels of the credential's fields. */
	name: string;
	tokenLabel: string;
	baseUrlLabel: string;
	/** Without a trailing slash. */
	baseUrl: string;
	/** Empty for a team that does not use this vendor. */
	token: string;
	/** The scheme before the token in the Authorization header (docs/vendor-apis.md A.1, B.1). */
	scheme: 'Token' | 'Bearer';
	/** A free call that needs the token (docs/vendor-apis.md C.1). */
	freeRead: string;
	/** What keeps it from being used, as a sentence that names the credential's field. */
	unusable?: string | undefined;
}

function text(value: unknown): string {
	return typeof value === 'string' ? value.trim() : '';
}

// Written in one way only, so that two of them can be compared.
function baseUrl(value: unknown, fallback: string): string {
	const given = text(value) || fallback;
	const url = parsed(given);
	return (url === undefined ? given : `${url.origin}${url.pathname}`).replace(/\/+$/, '');
}

type Accounts = Readonly<Record<Vendor, Account>>;

// Every request asks for the same credential's accounts.
const known = new WeakMap<ICredentialDataDecryptedObject, Accounts>();

/** Both vendors' accounts, read from a decrypted credential. */
export function accountsOf(credential: ICredentialDataDecryptedObject): Accounts {
	let accounts = known.get(credential);
	if (accounts === undefined) {
		accounts = readAccounts(credential);
		known.set(credential, accounts);
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

// Every path that this node uses begins with it (docs/vendor-apis.md A.1, B.1).
const ALL_PATHS = '/external';

function whyUnusable(account: Account, other: Account): string | undefined {
	if (account.token === '') {
		return `${account.tokenLabel} is empty: fill it in in the credential`;
	}
	if (!/^[\x21-\x7e]+$/.test(account.token)) {
		return `${account.tokenLabel} holds a character that no token has, such as a space or a line break: paste it anew in the credential`;
	}
	if (!/^https?:$/.test(parsed(account.baseUrl)?.protocol ?? '')) {
		return `${account.baseUrlLabel} is not an http(s) address: correct it in the credential`;
	}
	if (`${other.baseUrl}/`.startsWith(`${account.baseUrl}${ALL_PATHS}/`)) {
		return `${other.baseUrlLabel} covers addresses of ${account.name}: correct it in the credential`;
	}
	return undefined;
}

/**
 * The one account whose origin and path prefix an address falls under, the longer prefix winning.
 * Throws for any other address, and where both base URLs are the same: a token must reach its own vendor only.
 */
export function accountFor(credential: ICredentialDataDecryptedObject, url: string): Account {
	const accounts = Object.values(accountsOf(credential));
	const target = parsed(url);
	// Base URLs are written the same way, so that text can be compared: origin, then path.
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
		throw new Error('eCore Base URL and Lensmor Base URL are the same: correct the credential');
	}
	return closest;
}

/** The Authorization header's value for an account. */
export function authorization({ scheme, token }: Account): string {
	return `${scheme} ${token}`;
}
