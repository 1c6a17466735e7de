import { addAbortSignal, Readable } from 'node:stream';

import type { IExecuteFunctions, IHttpRequestOptions } from 'n8n-workflow';

import { accountsOf } from '../../../nodes/EcoreLensmor/vendors/account';
import type { WireRequest } from '../../../nodes/EcoreLensmor/vendors/endpoint';
import {
	MAX_BYTES,
	MAX_BYTES_OF_A_LIST,
	createSend,
} from '../../../nodes/EcoreLensmor/transport/send';

const TOKEN = 'a"token\\of-9';
const wire: WireRequest = { method: 'POST', path: '/external/unlock/', body: { uuids: ['a'] } };

interface Call {
	self: { getCredentials: () => Promise<unknown>; getNode: () => unknown };
	credential: string;
	options: IHttpRequestOptions;
	more: unknown;
}

/** A sender whose helper notes what it is given, and answers or throws as told. */
function senderThat(
	answer: (options: IHttpRequestOptions) => unknown,
	token = TOKEN,
	timeoutMs = 60_000,
) {
	const calls: Call[] = [];
	const helpers = {
		async httpRequestWithAuthentication(
			this: Call['self'],
			credential: string,
			options: IHttpRequestOptions,
			more: unknown,
		) {
			calls.push({ self: this, credential, options, more });
			return await answer(options);
		},
	};
	const node = { name: 'node' };
	const context = {
		getNode: () => node,
		logger: {},
		helpers,
		getExecutionCancelSignal: () => new AbortController().signal,
	};
	const credential = { ecoreToken: token, ecoreBaseUrl: 'https://ecore.example/api' };
	const { ecore } = accountsOf(credential);
	const send = createSend(context as unknown as IExecuteFunctions, ecore, credential, timeoutMs);
	return { send, calls, credential, node };
}

/** A body as n8n's helper hands it on. */
const streamOf = (...chunks: Array<string | Uint8Array>) =>
	Readable.from(chunks.map((one) => Buffer.from(one)));
const asText = (body: unknown) => (typeof body === 'string' ? body : JSON.stringify(body));
const answering = (body: unknown, headers?: unknown) => () => ({
	statusCode: 200,
	body: streamOf(asText(body)),
	headers,
});
const failing = (fault: unknown) => () => {
	throw fault;
};
const read = (body: unknown) => ({ kind: 'response', status: 200, headers: {}, body });

it('one call is one request, which nothing repeats, redirects or aborts', async () => {
	const { send, calls, credential, node } = senderThat(answering({ ok: 1 }, {}));
	expect(await send(wire)).toEqual({
		kind: 'response',
		status: 200,
		headers: {},
		body: { ok: 1 },
	});
	await send({ method: 'POST', path: '/x', headers: { 'x-call-source': 'api' } });

	const always = {
		method: 'POST',
		json: true,
		timeout: 0,
		encoding: 'stream',
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		disableFollowRedirect: true,
		sendCredentialsOnCrossOriginRedirect: false,
	};
	const sent = calls.map(({ options: { abortSignal, ...options } }) => {
		expect(abortSignal).toBeInstanceOf(AbortSignal);
		return options;
	});
	expect(sent).toStrictEqual([
		{
			...always,
			url: 'https://ecore.example/api/external/unlock/',
			headers: {},
			body: { uuids: ['a'] },
		},
		{ ...always, url: 'https://ecore.example/api/x', headers: { 'x-call-source': 'api' } },
	]);
	for (const { self, credential: type, more } of calls) {
		// A 401 that comes with an error would otherwise be sent, and paid, a second time.
		expect(more).toStrictEqual({ preAuthenticationRetryStatusCode: -1 });
		expect(type).toBe('ecoreLensmorApi');
		// Nothing that knows the Stop button.
		expect(Object.keys(self).sort()).toEqual(['getCredentials', 'getNode', 'helpers', 'logger']);
		expect(await self.getCredentials()).toBe(credential);
		expect(self.getNode()).toBe(node);
	}
});

it('only the headers that say when to come back are passed on', async () => {
	const told = {
		date: 'Sat, 21 Nov 2026 10:00:00 GMT',
		'retry-after': '3',
		'x-ratelimit-remaining': '0',
		'x-ratelimit-reset': '1900000000',
	};
	const headersOf = async (headers: unknown) => {
		const answer = await senderThat(answering('', headers)).send(wire);
		return answer.kind === 'response' ? answer.headers : answer.kind;
	};
	expect(await headersOf({ ...told, 'set-cookie': ['a'], server: 'x' })).toEqual(told);
	expect(await headersOf({ 'retry-after': ['3'] })).toEqual({});
	expect(await headersOf(undefined)).toEqual({});
});

it.each([
	[TOKEN, { error: `Bad ${TOKEN}`, deep: [TOKEN] }, { error: 'Bad [hidden]', deep: ['[hidden]'] }],
	[TOKEN, `${TOKEN}${TOKEN}`, '[hidden][hidden]'],
	[
		TOKEN,
		{ [TOKEN]: [1, null, true, { a: TOKEN }] },
		{ '[hidden]': [1, null, true, { a: '[hidden]' }] },
	],
	['12345678', { error: '12345678' }, { error: '[hidden]' }],
	['12345678', { error: '12345678', balance: 12345678 }, { error: '[hidden]', balance: 12345678 }],
	// No vendor hands out so short a token: it would cut holes into good answers.
	['1234567', { phone: '+1 1234567' }, { phone: '+1 1234567' }],
])('of the token %j nobody sees anything: %j', async (token, body, seen) => {
	const answer = await senderThat(answering(body), token).send(wire);
	expect(answer.kind === 'response' && answer.body).toEqual(seen);
});

it('an answer too deep to look through is an answer, of which only the status counts', async () => {
	const depth = 20_000;
	const { send, calls } = senderThat(answering(`${'['.repeat(depth)}${']'.repeat(depth)}`));

	expect(await send(wire)).toEqual(read(undefined));
	expect(calls).toHaveLength(1);
});

it.each([
	['ECONNREFUSED', 'the connection was refused'],
	['ENOTFOUND', 'its host name is unknown'],
	['EAI_AGAIN', 'its host name could not be looked up'],
	['CERT_HAS_EXPIRED', 'its certificate has expired'],
	['DEPTH_ZERO_SELF_SIGNED_CERT', 'its certificate is self-signed'],
	['ERR_TLS_CERT_ALTNAME_INVALID', 'its certificate is for another host'],
	['SELF_SIGNED_CERT_IN_CHAIN', 'its certificate chain is self-signed'],
	['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'its certificate cannot be verified'],
])('%s never reached the vendor: %s', async (httpCode, cause) => {
	const { send, calls } = senderThat(failing({ httpCode }));
	expect(await send(wire)).toEqual({ kind: 'unsent', cause });
	expect(calls).toHaveLength(1);
});

it.each([
	{ httpCode: 'ECONNABORTED' },
	{ httpCode: 'ETIMEDOUT' },
	{ httpCode: 'ECONNRESET' },
	{ httpCode: 500 },
	new Error('ECONNREFUSED'),
	undefined,
])('after %j nobody knows whether the vendor charged', async (fault) => {
	const { send, calls } = senderThat(failing(fault));
	expect(await send(wire)).toEqual({ kind: 'lost', cause: 'the connection was lost' });
	expect(calls).toHaveLength(1);
});

describe('the body', () => {
	const bodyOf = async (body: unknown, method: WireRequest['method'] = 'POST') =>
		await senderThat(() => ({ statusCode: 200, body })).send({ ...wire, method });

	it.each([
		['JSON', '{"a":[1,"b"]}', { a: [1, 'b'] }],
		['JSON with space around it', ' 7\n', 7],
		['nothing', '', ''],
		['HTML', '<html>Bad Gateway', '<html>Bad Gateway'],
		['half of JSON', '{"a":', '{"a":'],
	])('is read as what it is: %s', async (_what, text, body) => {
		expect(await bodyOf(streamOf(text))).toEqual(read(body));
	});

	it('is read as a whole, also where it comes in pieces that part a character', async () => {
		const bytes = Buffer.from(JSON.stringify({ name: 'Zoë 漢' }));
		const pieces = Array.from(bytes, (byte) => Uint8Array.of(byte));
		expect(await bodyOf(streamOf(...pieces))).toEqual(read({ name: 'Zoë 漢' }));
	});

	it.each([[{ a: 1 }], ['text'], [''], [null], [[1]], [7], [undefined]])(
		'is read also where the helper has read it already: %j',
		async (body) => {
			expect(await bodyOf(body)).toEqual(read(body));
		},
	);

	it.each([
		['POST', 2 ** 20, MAX_BYTES],
		['GET', 2 * 2 ** 20, MAX_BYTES_OF_A_LIST],
	] as const)('of a %s is read up to %i bytes, and closed where there is more', async (...one) => {
		const [method, most, exported] = one;
		const half = 'x'.repeat(most / 2 - 1);
		const fits = streamOf(`"${half}`, `${half}"`);
		const isMore = streamOf(`"${half}`, `${half}"`, ' ', 'never read');

		expect(exported).toBe(most);
		expect(await bodyOf(fits, method)).toEqual(read(half + half));
		expect(isMore.destroyed).toBe(false);
		expect(await bodyOf(isMore, method)).toEqual(read(undefined));
		expect(isMore.destroyed).toBe(true);
	});

	it('that breaks off leaves nobody knowing whether the vendor charged', async () => {
		const body = Readable.from(
			(function* () {
				yield Buffer.from('{"unlocked":');
				throw new Error('aborted');
			})(),
		);
		expect(await bodyOf(body)).toEqual({ kind: 'lost', cause: 'the connection was lost' });
	});
});

describe('the deadline', () => {
	/** What never answers, as n8n's helper: it throws once it is aborted. */
	const silence = async ({ abortSignal }: IHttpRequestOptions) =>
		await new Promise((_resolve, reject) => {
			abortSignal?.addEventListener?.('abort', () => reject(new Error('canceled')));
		});
	/** An answer whose body never ends. */
	const drip = ({ abortSignal }: IHttpRequestOptions) => ({
		statusCode: 200,
		body: addAbortSignal(
			abortSignal as AbortSignal,
			new Readable({
				read() {
					if (this.readableLength === 0) setTimeout(() => this.push(' '), 5);
				},
			}),
		),
	});

	it.each([
		['an answer that never comes', silence],
		['a body that never ends', drip],
	])('ends %s: nobody knows whether the vendor charged', async (_what, answer) => {
		const { send, calls } = senderThat(answer, TOKEN, 40);
		const start = performance.now();

		expect(await send(wire)).toEqual({ kind: 'lost', cause: 'no answer came within 40 ms' });
		expect(performance.now() - start).toBeGreaterThanOrEqual(39);
		expect(calls).toHaveLength(1);
	});

	it('is each request’s own', async () => {
		const { send } = senderThat(silence, TOKEN, 40);
		const lost = { kind: 'lost', cause: 'no answer came within 40 ms' };
		expect([await send(wire), await send(wire)]).toEqual([lost, lost]);
	});

	describe('on a clock of its own', () => {
		beforeEach(() => jest.useFakeTimers());
		afterEach(() => {
			jest.restoreAllMocks();
			jest.useRealTimers();
		});

		it.each([
			// A turn of the event loop.
			[0, 1001],
			[300, 1600],
			[1000, 3000],
			[5000, 7000],
		])(
			'that is seen %i ms late gives what has arrived as long: it ends after %i ms',
			async (late, endsAt) => {
				jest.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
					const controller = new AbortController();
					setTimeout(() => controller.abort(), ms + late);
					return controller.signal;
				});
				const { send } = senderThat(silence, TOKEN, 1000);
				let ended = false;
				const sent = send(wire).finally(() => (ended = true));
				await jest.advanceTimersByTimeAsync(endsAt - 1);
				expect(ended).toBe(false);
				await jest.advanceTimersByTimeAsync(1);

				expect(ended).toBe(true);
				expect(await sent).toEqual({ kind: 'lost', cause: 'no answer came within 1000 ms' });
			},
		);
	});

	it('that passed says so, whatever the connection says meanwhile', async () => {
		const refused = Object.assign(new Error('fetch failed'), { httpCode: 'ECONNREFUSED' });
		const late = async ({ abortSignal }: IHttpRequestOptions) =>
			await new Promise((_resolve, reject) => {
				abortSignal?.addEventListener?.('abort', () => reject(refused));
			});
		expect(await senderThat(late, TOKEN, 20).send(wire)).toEqual({
			kind: 'lost',
			cause: 'no answer came within 20 ms',
		});
	});
});
