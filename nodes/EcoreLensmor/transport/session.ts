import type { IExecuteFunctions, ILoadOptionsFunctions } from 'n8n-workflow';

import { accountsOf, type Account } from '../vendors/account';
import type { Vendor } from '../vendors/endpoint';
import { createSend, type Send } from './send';
import { Throttle } from './throttle';

/** What all requests of one run share. */
export interface Session {
	account: Account;
	send: Send;
	throttle: Throttle;
	/** Whether a person pressed Stop. */
	cancelled: () => boolean;
	/** Why nothing more is sent in this run; `undefined` as long as requests may be sent. */
	haltReason: string | undefined;
	/** Whether every problem ends the run (Stop Workflow), and not only one that all further requests would have. */
	haltOnProblem: boolean;
}

/**
 * Opens a session with a vendor, or says why its account cannot be used. `timeoutMs`: milliseconds for
 * one request. Throws if n8n gives no credential.
 */
export async function openSession(
	context: IExecuteFunctions | ILoadOptionsFunctions,
	vendor: Vendor,
	timeoutMs: number,
	cancelled: () => boolean,
): Promise<Session | { bad: string }> {
	const credential = await context.getCredentials('ecoreLensmorApi');
	const account = accountsOf(credential)[vendor];
	if (account.unusable !== undefined) return { bad: account.unusable };
	return {
		account,
		send: createSend(context, account, credential, timeoutMs),
		throttle: new Throttle(),
		cancelled,
		haltReason: undefined,
		haltOnProblem: false,
	};
}

/** Lets nothing more be sent in this run, for the first reason that was given. */
export function halt(session: Session, reason: string): void {
	session.haltReason ??= `Held back after an earlier answer: ${reason}`;
}
