import type { IExecuteFunctions, IHttpRequestOptions } from 'n8n-workflow';

import { accountsOf } from '../../../nodes/EcoreLensmor/contract/account';
import type { WireRequest } from '../../../nodes/EcoreLensmor/contract/endpoint';
import { sender } from '../../../nodes/EcoreLensmor/spend/send';

const TOKEN = 'a"token\\of-9';
const wire: WireRequest = { method: 'POST', path: '/external/unlock/', body: { uuids: ['a'] } };

interface Call {
	self: { getCredentials: () => Promise<unknown>; getNode: () => unknown };
	credential: string;
	options: IHttpRequestOptions;
}

/** A sender whose helper notes what it is given, and answers or throws as told. */
function senderThat(answer: () => unknown, token = TOKEN) {
	const calls: Call[] = [];
	const helpers = {
		async httpRequestWithAuthentication(
			this: Call['self'],
			credential: string,
			options: IHttpRequestOptions,
		) {
			calls.push({ self: this, credential, options });
			return answer();
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
	const send = sender(context as unknown as IExecuteFunctions, ecore, credential, 1234);
	return { send, calls, credential, node };
}

const answering = (body: unknown, headers?: unknown) => () => ({ statusCode: 200, body, headers });
const failing = (fault: unknown) => () => {
	throw fault;
};

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
		timeout: 1234,
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		disableFollowRedirect: true,
		sendCredentialsOnCrossOriginRedirect: false,
	};
	expect(calls.map(({ options }) => options)).toStrictEqual([
		{
			...always,
			url: 'https://ecore.example/api/external/unlock/',
			headers: {},
			body: { uuids: ['a'] },
		},
		{ ...always, url: 'https://ecore.example/api/x', headers: { 'x-call-source': 'api' } },
	]);
	for (const { self, credential: type } of calls) {
		expect(type).toBe('ecoreLensmorApi');
		// Nothing that knows the Stop button.
		expect(Object.keys(self).sort()).toEqual(['getCredentials', 'getNode', 'helpers', 'logger']);
		expect(await self.getCredentials()).toBe(credential);
		expect(self.getNode()).toBe(node);
	}
});

it('only the headers that say when to come back are passed on', async () => {
	const told = {
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
	[TOKEN, undefined, undefined],
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
	let body: unknown = TOKEN;
	for (let depth = 0; depth < 20_000; depth += 1) body = [body];
	const { send, calls } = senderThat(answering(body));

	expect(await send(wire)).toEqual({ kind: 'response', status: 200, headers: {}, body: undefined });
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
	[{ httpCode: 'ECONNABORTED' }, 'no answer came within 1234 ms'],
	[{ httpCode: 'ETIMEDOUT' }, 'no answer came within 1234 ms'],
	[{ httpCode: 'ECONNRESET' }, 'the connection was lost'],
	[{ httpCode: 500 }, 'the connection was lost'],
	[new Error('ECONNREFUSED'), 'the connection was lost'],
	[undefined, 'the connection was lost'],
])('after %j nobody knows whether the vendor charged', async (fault, cause) => {
	const { send, calls } = senderThat(failing(fault));
	expect(await send(wire)).toEqual({ kind: 'lost', cause });
	expect(calls).toHaveLength(1);
});
