import type {
	ICredentialDataDecryptedObject,
	ICredentialType,
	IHttpRequestOptions,
	INodeProperties,
} from 'n8n-workflow';

import {
	accountFor,
	authorization,
	ECORE_BASE_URL,
	LENSMOR_BASE_URL,
} from '../nodes/EcoreLensmor/vendors/account';

/** The credential for both vendors, as n8n loads it. Each token is sent only to its own vendor. */
export class EcoreLensmorApi implements ICredentialType {
	name = 'ecoreLensmorApi';

	displayName = 'eCore & Lensmor API';

	icon = {
		light: 'file:../nodes/EcoreLensmor/ecoreLensmor.svg',
		dark: 'file:../nodes/EcoreLensmor/ecoreLensmor.dark.svg',
	} as const;

	documentationUrl = 'https://docs.ecoreservice.com/docs/getting-started/authentication';

	properties: INodeProperties[] = [
		{
			displayName:
				'Each token goes to its own vendor only. Leave a vendor that you do not use empty.',
			name: 'notice',
			type: 'notice',
			default: '',
		},
		{
			displayName: 'eCore Token',
			name: 'ecoreToken',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description: 'In the eCore dashboard under Settings > API Tokens',
		},
		{
			displayName: 'eCore Base URL',
			name: 'ecoreBaseUrl',
			type: 'string',
			default: ECORE_BASE_URL,
			description: 'Change it only to test against another server',
		},
		{
			displayName: 'Lensmor API Key',
			name: 'lensmorApiKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description: 'In the Lensmor app under Settings > API Keys',
		},
		{
			displayName: 'Lensmor Base URL',
			name: 'lensmorBaseUrl',
			type: 'string',
			default: LENSMOR_BASE_URL,
			description: 'Change it only to test against another server',
		},
	];

	/**
	 * Adds a vendor's token to a request to that vendor, and forbids redirects (docs/vendor-apis.md A.1, B.1). n8n calls
	 * it for every request with this credential, also of its HTTP Request node. Throws for any other address.
	 */
	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		requestOptions: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> {
		const account = accountFor(credentials, targetOf(requestOptions));
		if (account.unusable !== undefined) throw new Error(account.unusable);

		const headers = Object.fromEntries(
			Object.entries(requestOptions.headers ?? {}).filter(
				([name]) => name.toLowerCase() !== 'authorization',
			),
		);
		return {
			...requestOptions,
			headers: { ...headers, Authorization: authorization(account) },
			...NO_REDIRECTS,
		};
	}
}

// n8n has two request helpers, which have different names for the same option.
const NO_REDIRECTS = {
	disableFollowRedirect: true,
	sendCredentialsOnCrossOriginRedirect: false,
	followRedirect: false,
	followAllRedirects: false,
	maxRedirects: 0,
};

function targetOf(options: IHttpRequestOptions & { uri?: string }): string {
	const url = options.url ?? options.uri ?? '';
	if (options.baseURL === undefined || URL.canParse(url)) return url;
	return `${options.baseURL.replace(/\/+$/, '')}/${url.replace(/^\/+/, '')}`;
}
