import '../engine/environment';

import type { ICredentialDataDecryptedObject, IHttpRequestOptions } from 'n8n-workflow';

import { EcoreLensmorApi } from '../../credentials/EcoreLensmorApi.credentials';

const credential: ICredentialDataDecryptedObject = {
	ecoreToken: ' ecore-token-1234 ',
	ecoreBaseUrl: 'https://app.ecoreservice.com/backend/api/v1/',
	lensmorApiKey: 'sk_lensmor_5678',
	lensmorBaseUrl: 'https://platform.lensmor.com',
};

async function authenticated(
	options: Partial<IHttpRequestOptions> & { uri?: string },
	changes: ICredentialDataDecryptedObject = {},
) {
	return await new EcoreLensmorApi().authenticate(
		{ ...credential, ...changes },
		options as IHttpRequestOptions,
	);
}

const ours: Array<[string, Partial<IHttpRequestOptions> & { uri?: string }, string]> = [
	[
		'eCore',
		{ url: 'https://app.ecoreservice.com/backend/api/v1/external/search/' },
		'Token ecore-token-1234',
	],
	[
		'Lensmor',
		{ url: 'https://platform.lensmor.com/external/credits/balance' },
		'Bearer sk_lensmor_5678',
	],
	[
		'an uri, as older helpers name it',
		{ uri: 'https://platform.lensmor.com/external/x' },
		'Bearer sk_lensmor_5678',
	],
	[
		'a base URL and a path',
		{ baseURL: 'https://platform.lensmor.com/', url: '/external/x' },
		'Bearer sk_lensmor_5678',
	],
	[
		'an upper-case host',
		{ url: 'HTTPS://Platform.Lensmor.com/external/x' },
		'Bearer sk_lensmor_5678',
	],
];

it.each(ours)('adds the token of the vendor: %s', async (_what, options, expected) => {
	const { headers } = await authenticated({ ...options, headers: { 'X-Other': '1' } });

	expect(headers).toEqual({ 'X-Other': '1', Authorization: expected });
});

it('leaves no other Authorization header beside its own', async () => {
	const { headers } = await authenticated({
		url: 'https://platform.lensmor.com/external/x',
		headers: { authorization: 'Bearer of another', AUTHORIZATION: 'x' },
	});

	expect(headers).toEqual({ Authorization: 'Bearer sk_lensmor_5678' });
});

it('forbids redirects in the words of both of n8n request helpers', async () => {
	expect(await authenticated({ url: 'https://platform.lensmor.com/external/x' })).toMatchObject({
		disableFollowRedirect: true,
		sendCredentialsOnCrossOriginRedirect: false,
		followRedirect: false,
		followAllRedirects: false,
		maxRedirects: 0,
	});
});

it.each([
	['another host', 'https://evil.example/external/x'],
	['another scheme', 'http://platform.lensmor.com/external/x'],
	['another port', 'https://platform.lensmor.com:8443/external/x'],
	["eCore's host outside its path", 'https://app.ecoreservice.com/elsewhere'],
	['a path that only begins like the prefix', 'https://app.ecoreservice.com/backend/api/v12/x'],
	['a path that climbs out of the prefix', 'https://app.ecoreservice.com/backend/api/v1/../../x'],
	['the same, encoded', 'https://app.ecoreservice.com/backend/api/v1/%2e%2e/%2e%2e/x'],
	['a user name that looks like the host', 'https://platform.lensmor.com@evil.example/x'],
	['a host that begins alike', 'https://platform.lensmor.com.evil.example/x'],
	['no address at all', ''],
])('refuses %s, and does not tell a token', async (_what, url) => {
	const refusal = authenticated({ url });

	await expect(refusal).rejects.toThrow(/^This credential is only for /);
	await expect(refusal).rejects.not.toThrow(/ecore-token|sk_lensmor/);
});

it.each([
	['eCore Token', { ecoreToken: '' }, 'https://app.ecoreservice.com/backend/api/v1/x'],
	['Lensmor API Key', { lensmorApiKey: ' ' }, 'https://platform.lensmor.com/x'],
])('says that %s is empty', async (label, changes, url) => {
	await expect(authenticated({ url }, changes)).rejects.toThrow(`${label} is empty`);
});

it('a token with a line break is not sent', async () => {
	await expect(
		authenticated({ url: 'https://platform.lensmor.com/x' }, { lensmorApiKey: 'sk_a\nb' }),
	).rejects.toThrow('Lensmor API Key holds a character that no token has');
});

it.each(['http://ecore.example', 'http://127.evil.example', 'http://10.0.0.7', 'http://[::2]'])(
	'no token is sent to %s unencrypted',
	async (ecoreBaseUrl) => {
		const refusal = authenticated({ url: `${ecoreBaseUrl}/external/x` }, { ecoreBaseUrl });
		await expect(refusal).rejects.toThrow(
			'eCore Base URL begins with http, so the token could be read',
		);
	},
);

it.each(['http://localhost:1', 'http://127.0.0.1:1', 'http://127.9.9.9', 'http://[::1]:1'])(
	'%s is this machine, so it needs no encryption',
	async (ecoreBaseUrl) => {
		const { headers } = await authenticated(
			{ url: `${ecoreBaseUrl}/external/x` },
			{ ecoreBaseUrl },
		);
		expect(headers?.Authorization).toBe('Token ecore-token-1234');
	},
);

it('where one base URL lies within the other, the longer one tells the vendor', async () => {
	const changes = {
		ecoreBaseUrl: 'http://127.0.0.1:1/backend/api/v1',
		lensmorBaseUrl: 'http://127.0.0.1:1/',
	};
	const ecore = await authenticated(
		{ url: 'http://127.0.0.1:1/backend/api/v1/external/' },
		changes,
	);
	const lensmor = await authenticated({ url: 'http://127.0.0.1:1/external/events' }, changes);

	expect(ecore.headers?.Authorization).toBe('Token ecore-token-1234');
	expect(lensmor.headers?.Authorization).toBe('Bearer sk_lensmor_5678');
});

it('where both base URLs are the same, no token goes anywhere', async () => {
	const same = 'http://127.0.0.1:1';
	await expect(
		authenticated({ url: `${same}/external/` }, { ecoreBaseUrl: same, lensmorBaseUrl: `${same}/` }),
	).rejects.toThrow('eCore Base URL and Lensmor Base URL are the same');
});

it('an emptied base URL means the vendor itself', async () => {
	const { headers } = await authenticated(
		{ url: 'https://platform.lensmor.com/external/x' },
		{ lensmorBaseUrl: '' },
	);

	expect(headers?.Authorization).toBe('Bearer sk_lensmor_5678');
});
