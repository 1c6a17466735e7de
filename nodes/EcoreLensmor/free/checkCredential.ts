import type {
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';
import { z } from 'zod';

import { accountsOf, authorization, type Account } from '../vendors/account';

const TIMEOUT_MS = 10_000;

const answer = z.object({ statusCode: z.number(), body: z.unknown() });

/**
 * Tests each token that is filled in by a free call (docs/vendor-apis.md C.1), and names those that are
 * refused. Never throws.
 */
export async function ecoreLensmorApiTest(
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	const accounts = Object.values(accountsOf(credential.data ?? {}));
	const filledIn = accounts.filter(({ token }) => token !== '');
	if (filledIn.length === 0) {
		return {
			status: 'Error',
			message: 'Fill in eCore Token, Lensmor API Key, or both: there is nothing to test yet',
		};
	}
	const complaints = (
		await Promise.all(filledIn.map(async (account) => await complaintOf(this, account)))
	).filter((complaint) => complaint !== undefined);
	return complaints.length === 0
		? { status: 'OK', message: `Accepted by ${filledIn.map(({ name }) => name).join(' and ')}` }
		: { status: 'Error', message: complaints.join('. ') };
}

async function complaintOf(
	context: ICredentialTestFunctions,
	account: Account,
): Promise<string | undefined> {
	const { name, tokenLabel, baseUrlLabel, unusable } = account;
	if (unusable !== undefined) return unusable;

	// The only HTTP helper that n8n gives to a credential test.
	const { request } = context.helpers;
	let status: number;
	let body: unknown;
	try {
		({ statusCode: status, body } = answer.parse(
			await request({
				method: 'GET',
				uri: `${account.baseUrl}${account.freeRead}`,
				headers: { Authorization: authorization(account) },
				json: true,
				simple: false,
				resolveWithFullResponse: true,
				followRedirect: false,
				timeout: TIMEOUT_MS,
			}),
		));
	} catch {
		return `${name} could not be reached: check ${baseUrlLabel} and the network`;
	}
	if (status === 401 || status === 403) return `${tokenLabel} was refused (HTTP ${status})`;
	if (status === 429) return `${name} takes no more requests for now (HTTP 429): test again later`;
	if (status !== 200 || typeof body !== 'object' || body === null) {
		return `${baseUrlLabel} does not answer like ${name} (HTTP ${status}): check the address`;
	}
	return undefined;
}
