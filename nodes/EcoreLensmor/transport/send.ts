import {
	sleep,
	type IAllExecuteFunctions,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type IExecuteFunctions,
	type ILoadOptionsFunctions,
	type IN8nHttpFullResponse,
} from 'n8n-workflow';
import { z } from 'zod';

import { accountsOf, type Account } from '../vendors/account';
import type { WireRequest } from '../vendors/endpoint';
import { secretsOf } from './secrets';

/** What one attempt came to. `unsent` never reached the vendor; `lost` may have, and may have been charged. */
export type AttemptResult =
	| { kind: 'response'; status: number; headers: Headers; body: unknown }
	| { kind: 'unsent'; cause: string }
	| { kind: 'lost'; cause: string };

const KEPT_HEADERS = ['date', 'retry-after', 'x-ratelimit-remaining', 'x-ratelimit-reset'] as const;
/** The headers that say when to come back, by their names in lower case. */
export type Headers = Partial<Record<(typeof KEPT_HEADERS)[number], string | undefined>>;

// No more of the headers than is read: nothing else should get near an output.
function keptHeaders(headers: IDataObject | undefined): Headers {
	return Object.fromEntries(
		KEPT_HEADERS.flatMap((name) =>
			typeof headers?.[name] === 'string' ? [[name, headers[name]]] : [],
		),
	);
}

/** Sends one request once and never throws. */
export type Send = (wire: WireRequest) => Promise<AttemptResult>;

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

/** The longest answer that is read of a list: 100 entries are the most on a page (docs/vendor-apis.md B.1), so 20 kB each. */
export const MAX_BYTES_OF_A_LIST = 2 * 2 ** 20;
/** The longest answer that is read of anything else; the documented ones have less than 1 kB. */
export const MAX_BYTES = 2 ** 20;

/** What came in of a body, up to a number of bytes; `undefined` where there is more. Throws where it breaks off. */
async function textOf(body: AsyncIterable<Uint8Array>, maxBytes: number) {
	const chunks: Uint8Array[] = [];
	let bytes = 0;
	for await (const chunk of body) {
		bytes += chunk.length;
		// To leave the loop closes the connection.
		if (bytes > maxBytes) return undefined;
		chunks.push(chunk);
	}
	return new TextDecoder().decode(Buffer.concat(chunks));
}

function isStream(body: unknown): body is AsyncIterable<Uint8Array> {
	return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return text;
	}
}

// The longest time that is given back to a request, in milliseconds.
const LONGEST_DELAY_MS = 1_000;

/**
 * Aborts when a request has taken that many milliseconds. While something else keeps n8n's process
 * busy, no answer can be read: what has arrived meanwhile is read before the deadline counts.
 */
function startDeadline(timeoutMs: number): { signal: AbortSignal; clear: () => void } {
	const controller = new AbortController();
	const timeout = AbortSignal.timeout(timeoutMs);
	const dueAt = performance.now() + timeoutMs;
	const end = () => {
		const lateMs = performance.now() - dueAt;
		void sleep(Math.min(lateMs, LONGEST_DELAY_MS)).then(() => controller.abort());
	};
	timeout.addEventListener('abort', end);
	// Without a listener, Node.js gives the timer up.
	return { signal: controller.signal, clear: () => timeout.removeEventListener('abort', end) };
}

/**
 * The only caller of n8n's HTTP helper: one call, one request on the wire, answered as a value within
 * `timeoutMs` milliseconds. `test/engine/httpHelper.test.ts` watches what is relied on here.
 */
export function createSend(
	context: IExecuteFunctions | ILoadOptionsFunctions,
	account: Account,
	credential: ICredentialDataDecryptedObject,
	timeoutMs: number,
): Send {
	// The helper ties every request to the Stop button if its `this` knows the button: the vendor
	// would charge and the answer be lost. So it gets a `this` that does not. The credential is
	// handed over as read at the start, or each request would decrypt it anew.
	const contextWithoutCancel = {
		getCredentials: async () => credential,
		getNode: () => context.getNode(),
		helpers: context.helpers,
		logger: context.logger,
	} as unknown as IAllExecuteFunctions;

	const secrets = secretsOf(Object.values(accountsOf(credential)));

	return async (wire) => {
		const deadline = startDeadline(timeoutMs);
		try {
			const { statusCode, headers, body } =
				(await context.helpers.httpRequestWithAuthentication.call(
					contextWithoutCancel,
					'ecoreLensmorApi',
					{
						method: wire.method,
						url: `${account.baseUrl}${wire.path}`,
						headers: { ...wire.headers },
						...(wire.body === undefined ? {} : { body: wire.body }),
						json: true,
						// The helper's own timeout starts anew with every byte, and fires before what has arrived is read.
						timeout: 0,
						abortSignal: deadline.signal,
						// As a stream, so that its size can be bounded and a body that breaks off is no error of the helper's.
						encoding: 'stream',
						returnFullResponse: true,
						// Each of these would otherwise send the request, and pay, a second time.
						ignoreHttpStatusErrors: true,
						disableFollowRedirect: true,
						sendCredentialsOnCrossOriginRedirect: false,
					},
					// So would a 401 that comes with an error, whatever the options above say.
					{ preAuthenticationRetryStatusCode: -1 },
				)) as IN8nHttpFullResponse;
			const maxBytes = wire.method === 'GET' ? MAX_BYTES_OF_A_LIST : MAX_BYTES;
			const text = isStream(body) ? await textOf(body, maxBytes) : JSON.stringify(body);
			return {
				kind: 'response',
				status: statusCode,
				headers: keptHeaders(headers),
				body: text === undefined ? undefined : secrets.hiddenIn(text, parsed),
			};
		} catch (fault) {
			if (deadline.signal.aborted) {
				return { kind: 'lost', cause: `no answer came within ${timeoutMs} ms` };
			}
			const code = transportFault.safeParse(fault).data?.httpCode ?? '';
			const cause = NEVER_LEFT.get(code);
			if (cause !== undefined) return { kind: 'unsent', cause };
			return { kind: 'lost', cause: 'the connection was lost' };
		} finally {
			deadline.clear();
		}
	};
}
