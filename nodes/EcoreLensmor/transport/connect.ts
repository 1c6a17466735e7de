import type { IExecuteFunctions, ILoadOptionsFunctions } from 'n8n-workflow';

import { accountFor, accountsOf, type Account } from '../vendors/account';
import type { Vendor } from '../vendors/endpoint';
import { createSend, type Send } from './send';

/** A vendor's account, and the function that sends to it. */
export interface Connection {
	account: Account;
	send: Send;
}

/**
 * Reads a vendor's account from the credential, or says why it cannot be used. `timeoutMs`: milliseconds
 * for one request. Throws if n8n gives no credential, and if both base URLs are the same.
 */
export async function connect(
	context: IExecuteFunctions | ILoadOptionsFunctions,
	vendor: Vendor,
	timeoutMs: number,
): Promise<Connection | { bad: string }> {
	const credential = await context.getCredentials('ecoreLensmorApi');
	const account = accountsOf(credential)[vendor];
	if (account.unusable !== undefined) return { bad: account.unusable };
	// Throws if both base URLs are the same.
	accountFor(credential, account.baseUrl);
	return { account, send: createSend(context, account, credential, timeoutMs) };
}
