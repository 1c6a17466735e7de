import type { IExecuteFunctions, ILoadOptionsFunctions } from 'n8n-workflow';

import { accountFor, accountsOf, type Account } from '../vendors/account';
import type { Vendor } from '../vendors/endpoint';
import { createSend, type Send } from './send';

/** A vendor's account, and the way to send to it. */
export interface Connection {
	account: Account;
	send: Send;
}

/**
 * Opens a vendor's account, or says what keeps it shut; `timeoutMs` is in milliseconds. Throws where
 * n8n has no credential to give, and where both base URLs are the same.
 */
export async function connect(
	context: IExecuteFunctions | ILoadOptionsFunctions,
	vendor: Vendor,
	timeoutMs: number,
): Promise<Connection | { bad: string }> {
	const credential = await context.getCredentials('ecoreLensmorApi');
	const account = accountsOf(credential)[vendor];
	if (account.unusable !== undefined) return { bad: account.unusable };
	accountFor(credential, account.baseUrl);
	return { account, send: createSend(context, account, credential, timeoutMs) };
}
