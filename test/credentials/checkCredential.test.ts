import '../engine/environment';

import { CredentialTestContext } from 'n8n-core';
import {
	NodeHelpers,
	type ICredentialDataDecryptedObject,
	type ICredentialTestFunctions,
} from 'n8n-workflow';

import { load } from '../engine/engine';
import type { Sandbox } from '../sandbox/sandbox';
import { useSandbox } from '../engine/useSandbox';

let sandbox: Sandbox;
useSandbox((started) => (sandbox = started));

async function test(changes: ICredentialDataDecryptedObject) {
	const { node } = await load();
	const context = new CredentialTestContext({} as never) as unknown as ICredentialTestFunctions;
	const { methods } = NodeHelpers.getVersionedNodeType(node);
	const result = await methods?.credentialTest?.ecoreLensmorApiTest?.call(context, {
		id: '1',
		name: 'Sandbox',
		type: 'ecoreLensmorApi',
		data: { ...sandbox.credential, ...changes },
	});
	return [result?.status, result?.message];
}

const bad = 'a-token-that-was-revoked';

it.each<[string, ICredentialDataDecryptedObject, string, string, string[]]>([
	['both good', {}, 'OK', 'Accepted by eCore and Lensmor', ['ecore', 'lensmor']],
	['only eCore', { lensmorApiKey: '' }, 'OK', 'Accepted by eCore', ['ecore']],
	['only Lensmor', { ecoreToken: '' }, 'OK', 'Accepted by Lensmor', ['lensmor']],
	[
		'eCore bad',
		{ ecoreToken: bad },
		'Error',
		'eCore Token was refused (HTTP 401)',
		['ecore', 'lensmor'],
	],
	[
		'Lensmor bad',
		{ lensmorApiKey: bad },
		'Error',
		'Lensmor API Key was refused (HTTP 401)',
		['ecore', 'lensmor'],
	],
	[
		'both bad',
		{ ecoreToken: bad, lensmorApiKey: bad },
		'Error',
		'eCore Token was refused (HTTP 401). Lensmor API Key was refused (HTTP 401)',
		['ecore', 'lensmor'],
	],
	[
		'none',
		{ ecoreToken: '', lensmorApiKey: ' ' },
		'Error',
		'Fill in eCore Token, Lensmor API Key, or both: there is nothing to test yet',
		[],
	],
])('%s', async (_what, changes, status, message, asked) => {
	expect(await test(changes)).toEqual([status, message]);
	expect(sandbox.seen.map(({ vendor }) => vendor).sort()).toEqual(asked);
	expect(sandbox.paidRequests).toEqual([]);
});

it('asks by free calls only', async () => {
	await test({});

	expect(sandbox.seen.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
		'GET /backend/api/v1/external/search/?limit=1',
		'GET /external/credits/balance',
	]);
});

it('says which address nobody answers at', async () => {
	expect(await test({ ecoreBaseUrl: 'http://127.0.0.1:9' })).toEqual([
		'Error',
		'eCore could not be reached: check eCore Base URL and the network',
	]);
});

it('says which address is not the vendor', async () => {
	expect(await test({ lensmorBaseUrl: `${sandbox.lensmorBaseUrl}/elsewhere` })).toEqual([
		'Error',
		'Lensmor Base URL does not answer like Lensmor (HTTP 404): check the address',
	]);
});

it('says which address cannot be read', async () => {
	expect(await test({ ecoreBaseUrl: 'app.ecoreservice.com' })).toEqual([
		'Error',
		'eCore Base URL is not an https address: correct it in the credential',
	]);
});
