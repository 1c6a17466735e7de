import type {
	IAllExecuteFunctions,
	ICredentialDataDecryptedObject,
	IDataObject,
	IExecuteFunctions,
	ILoadOptionsFunctions,
	IN8nHttpFullResponse,
} from 'n8n-workflow';
import { z } from 'zod';

import type { Account } from '../contract/account';
import type { WireRequest } from '../contract/endpoint';

/** What one attempt came to. `unsent` never reached the vendor; `lost` may have, and may have been charged. */
export type Answer =
	| { kind: 'response'; status: number; headers: Headers; body: unknown }
	| { kind: 'unsent'; cause: string }
	| { kind: 'lost'; cause: string };

const TOLD = ['retry-after', 'x-ratelimit-remaining', 'x-ratelimit-reset'] as const;
/** The headers that say when to come back, by their names in lower case. */
export type Headers = Partial<Record<(typeof TOLD)[number], string | undefined>>;

// No more of the headers than is read: nothing else should get near an output.
function told(headers: IDataObject | undefined): Headers {
	return Object.fromEntries(
		TOLD.flatMap((name) => (typeof headers?.[name] === 'string' ? [[name, headers[name]]] : [])),
	);
}

/** Sends one request once and never throws. */
export type Send = (wire: WireRequest) => Promise<Answer>;

const NEVER_LEFT = new Map([
	['ECONNREFUSED', 'the connection was refused'],
	['ENOTFOUND', 'its host name is unknown'],
	['EAI_AGAIN', 'its host name could not be looked up'],
	// A certificate is checked before the first byte of a request is written.
	['CERT_HAS_EXPIRED', 'its certificate has expired'],
	['DEPTH_ZERO_SELF_SIGNED_CERT', 'its certificate is self-signed'],
	['ERR_TLS_CERT_ALTNAME_INVALID', 'its certificate is for another host'],
	['SELF_SIGNED_CERT_IN_CHAIN', 'its certificate chain is self-signed'],
	['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'its certificate cannot be verified'],
]);

const transportFault = z.object({ httpCode: z.string() });

// In texts and names only: a number that happens to hold the same digits is no secret.
function hide(value: unknown, secret: string): unknown {
	if (typeof value === 'string') return value.replaceAll(secret, '[hidden]');
	if (Array.isArray(value)) return value.map((one) => hide(one, secret));
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value).map(([name, one]) => [hide(name, secret), hide(one, secret)]),
	);
}

// Shorter "tokens" would cut holes into ordinary answers; no vendor hands out such.
const SHORTEST_SECRET = 8;

function without(secret: string): (value: unknown) => unknown {
	if (secret.length < SHORTEST_SECRET) return (value) => value;
	const written = JSON.stringify(secret).slice(1, -1);
	return (value) => {
		try {
			return (JSON.stringify(value) ?? '').includes(written) ? hide(value, secret) : value;
		} catch {
			// Nested too deep to be looked through, and nothing that a vendor documents: the status still counts.
			return undefined;
		}
	};
}

/**
 * The only caller of n8n's HTTP helper: one call, one request on the wire, answered as a value.
 * `timeoutMs` is in milliseconds.
 */
export function sender(
	context: IExecuteFunctions | ILoadOptionsFunctions,
	account: Account,
	credential: ICredentialDataDecryptedObject,
	timeoutMs: number,
): Send {
	// The helper ties every request to the Stop button if its `this` knows the button: the vendor
	// would charge and the answer be lost. So it gets a `this` that does not. The credential is
	// handed over as read at the start, or each request would decrypt it anew.
	const bystander = {
		getCredentials: async () => credential,
		getNode: () => context.getNode(),
		helpers: context.helpers,
		logger: context.logger,
	} as unknown as IAllExecuteFunctions;

	const withoutSecret = without(account.token);

	return async (wire) => {
		try {
			const response = (await context.helpers.httpRequestWithAuthentication.call(
				bystander,
				'ecoreLensmorApi',
				{
					method: wire.method,
					url: `${account.baseUrl}${wire.path}`,
					headers: { ...wire.headers },
					...(wire.body === undefined ? {} : { body: wire.body }),
					json: true,
					timeout: timeoutMs,
					returnFullResponse: true,
					// Each of these would otherwise send the request, and pay, a second time.
					ignoreHttpStatusErrors: true,
					disableFollowRedirect: true,
					sendCredentialsOnCrossOriginRedirect: false,
				},
			)) as IN8nHttpFullResponse;
			return {
				kind: 'response',
				status: response.statusCode,
				headers: told(response.headers),
				body: withoutSecret(response.body),
			};
		} catch (fault) {
			const code = transportFault.safeParse(fault).data?.httpCode ?? '';
			const cause = NEVER_LEFT.get(code);
			if (cause !== undefined) return { kind: 'unsent', cause };
			return {
				kind: 'lost',
				cause:
					code === 'ECONNABORTED' || code === 'ETIMEDOUT'
						? `no answer came within ${timeoutMs} ms`
						: 'the connection was lost',
			};
		}
	};
}
