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

/** The result of one attempt. `unsent` never reached the vendor; `lost` may have, and may have been charged. */
export type AttemptResult =
	| { kind: 'response'; status: number; headers: Headers; body: unknown }
	| { kind: 'unsent'; cause: string }
	| { kind: 'lost'; cause: string };

const KEPT_HEADERS = ['date', 'retry-after', 'x-ratelimit-remaining', 'x-ratelimit-reset'] as const;
/** The headers that say when to send again, by their names in lower case. */
export type Headers = Partial<Record<(typeof KEPT_HEADERS)[number], string | undefined>>;

// The other headers are dropped, so that nothing of them can reach an output.
function keptHeaders(headers: IDataObject | undefined): Headers {
	return Object.fromEntries(
		KEPT_HEADERS.flatMap((name) =>
			typeof headers?.[name] === 'string' ? [[name, headers[name]]] : [],
		),
	);
}

/** Sends one request once. Never throws. */
export type Send = (wire: WireRequest) => Promise<AttemptResult>;

// Errors that prove that the request was not sent, and their texts.
const UNSENT_CAUSES = new Map([
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

/**
 * The most bytes that are read of a list: a page has at most 100 entries (docs/vendor-apis.md B.1), so 20 kB
 * each.
 */
export const MAX_BYTES_OF_A_LIST = 2 * 2 ** 20;
/** The most bytes that are read of any other answer: the documented ones have less than 1 kB. */
export const MAX_BYTES = 2 ** 20;

/** Reads a body; `undefined` if it has more than `maxBytes` bytes. Throws if the connection is lost. */
async function textOf(body: AsyncIterable<Uint8Array>, maxBytes: number) {
	const chunks: Uint8Array[] = [];
	let bytes = 0;
	for await (const chunk of body) {
		bytes += chunk.length;
		// Leaving the loop closes the connection.
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

// The longest time by which a deadline is put off, in milliseconds.
const LONGEST_DELAY_MS = 1_000;

/**
 * Aborts a request after `timeoutMs` milliseconds. While something else keeps n8n's process busy, no answer
 * can be read. So a deadline that ends late waits as long again, and an answer that has arrived is read.
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
	// Without a listener, Node.js drops the timer.
	return { signal: controller.signal, clear: () => timeout.removeEventListener('abort', end) };
}

/**
 * Creates the only caller of n8n's HTTP helper. One call is one request on the wire, and its result is a
 * value within `timeoutMs` milliseconds. `test/engine/httpHelper.test.ts` checks what this relies on.
 */
export function createSend(
	context: IExecuteFunctions | ILoadOptionsFunctions,
	account: Account,
	credential: ICredentialDataDecryptedObject,
	timeoutMs: number,
): Send {
	// If the helper's `this` has `getExecutionCancelSignal`, the Stop button aborts requests: the vendor
	// would charge, and the answer would be lost. So it gets a `this` without that method. The credential
	// is the one that was read at the start: otherwise n8n would decrypt it again for each request.
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
						// The helper's own timeout begins again with every byte, and can end before an answer is read.
						timeout: 0,
						abortSignal: deadline.signal,
						// As a stream, the body's size can be bounded, and a lost connection is an error here.
						encoding: 'stream',
						returnFullResponse: true,
						// Without these options, the helper could send the request, and pay, a second time.
						ignoreHttpStatusErrors: true,
						disableFollowRedirect: true,
						sendCredentialsOnCrossOriginRedirect: false,
					},
					// Without this, so could a 401 that comes with a network error, whatever the options above say.
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
			const cause = UNSENT_CAUSES.get(code);
			if (cause !== undefined) return { kind: 'unsent', cause };
			return { kind: 'lost', cause: 'the connection was lost' };
		} finally {
			deadline.clear();
		}
	};
}
