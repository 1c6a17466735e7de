import type {
	IAdditionalCredentialOptions,
	IAllExecuteFunctions,
	IDataObject,
	IExecuteFunctions,
	IHttpRequestOptions,
	INodeType,
} from 'n8n-workflow';

import type { Fault } from '../sandbox/faults';
import type { Sandbox } from '../sandbox/sandbox';
import { execute, load } from './engine';
import { useSandbox } from './useSandbox';

// What `transport/send.ts` relies on, tried on n8n's helper alone. A test that turns red here says that n8n
// has changed: read it before the others.

let sandbox: Sandbox;
useSandbox((started) => (sandbox = started));

const ALWAYS: Partial<IHttpRequestOptions> = {
	json: true,
	returnFullResponse: true,
	ignoreHttpStatusErrors: true,
	disableFollowRedirect: true,
	sendCredentialsOnCrossOriginRedirect: false,
};
const ONCE = { preAuthenticationRetryStatusCode: -1 };

interface Call {
	options?: Partial<IHttpRequestOptions>;
	credentialOptions?: IAdditionalCredentialOptions;
	/** Whether the helper is called without what knows the Stop button. */
	narrowed?: boolean;
	fault?: Fault;
	/** When Stop is pressed, in milliseconds after the start. */
	stopAfterMs?: number;
}

/** Has n8n's helper send one request, and answers what it gave, or the code of what it threw. */
async function call({ options, credentialOptions, narrowed = true, fault, stopAfterMs }: Call) {
	const { node, credential } = await load();
	let told: unknown;
	const probe: INodeType = {
		description: (node as INodeType).description,
		async execute(this: IExecuteFunctions) {
			const credentials = await this.getCredentials('ecoreLensmorApi');
			const self = {
				getCredentials: async () => credentials,
				getNode: () => this.getNode(),
				helpers: this.helpers,
				logger: this.logger,
			} as unknown as IAllExecuteFunctions;
			try {
				const answer = (await this.helpers.httpRequestWithAuthentication.call(
					narrowed ? self : this,
					'ecoreLensmorApi',
					{
						method: 'POST',
						url: `${sandbox.ecoreBaseUrl}/external/phone/enrichment/`,
						body: { email: sandbox.world.people[0]?.email },
						...ALWAYS,
						...options,
					},
					credentialOptions,
				)) as { statusCode: number; body: unknown };
				let text = '';
				if (options?.encoding === 'stream') {
					for await (const chunk of answer.body as AsyncIterable<Buffer>) text += chunk.toString();
				}
				told = { status: answer.statusCode, ...(text === '' ? {} : { text }) };
			} catch (fault) {
				const { httpCode, code } = fault as { httpCode?: string; code?: string };
				told = { fault: httpCode ?? code ?? 'unnamed' };
			}
			return [[{ json: {} }]];
		},
	};
	if (fault !== undefined) sandbox.fault({ ...fault, times: 9 });
	await execute({
		parameters: { resource: 'phone', operation: 'enrich' },
		items: [{}, {}] as IDataObject[],
		credential: sandbox.credential,
		node: { node: probe, credential },
		...(stopAfterMs === undefined ? {} : { onStart: (stop) => void setTimeout(stop, stopAfterMs) }),
	});
	return { told, sent: sandbox.paidRequests.length };
}

const STREAM: Partial<IHttpRequestOptions> = { encoding: 'stream', timeout: 0 };

it('sends a 401 that breaks off a second time, and does not where another status is named', async () => {
	const fault: Fault = { kind: 'truncated', status: 401 };
	expect((await call({ fault })).sent).toBe(2);
	sandbox.reset();
	expect((await call({ fault, credentialOptions: ONCE })).sent).toBe(1);
	sandbox.reset();
	expect((await call({ fault, options: STREAM, credentialOptions: ONCE })).sent).toBe(1);
});

it.each<Fault>([
	{ kind: 'status', status: 401 },
	{ kind: 'status', status: 500 },
	{ kind: 'redirect', status: 307 },
])('gives a status as a value, with its body as a stream, and sends once: %j', async (fault) => {
	const { told, sent } = await call({ fault, options: STREAM, credentialOptions: ONCE });
	expect(told).toEqual({
		status: fault.kind === 'slow' ? 0 : 'status' in fault && fault.status,
	});
	expect(sent).toBe(1);
	expect(sandbox.strayed).toEqual([]);
});

it('unpacks a stream, and gives its bytes as they come', async () => {
	const bytes = 100_000;
	const { told } = await call({ fault: { kind: 'huge', bytes, gzip: true }, options: STREAM });
	expect(told).toMatchObject({ status: 200 });
	const { text } = told as { text: string };
	expect(JSON.parse(text)).toMatchObject({ padding: 'x'.repeat(bytes), status: 'success' });
});

it.each<Fault>([{ kind: 'truncated' }, { kind: 'falseGzip' }])(
	'a stream throws where the body breaks off: %j',
	async (fault) => {
		const { told } = await call({ fault, options: STREAM, credentialOptions: ONCE });
		expect(told).toHaveProperty('fault');
	},
);

it.each<Fault>([
	{ kind: 'slow', ms: 5000 },
	{ kind: 'drip', everyMs: 100 },
	{ kind: 'stalled' },
	{ kind: 'switchingProtocols' },
])('an abort signal ends a request, whatever the vendor does: %j', async (fault) => {
	const options = { ...STREAM, abortSignal: AbortSignal.timeout(300) };
	const { told } = await call({ fault, options, credentialOptions: ONCE });
	expect(told).toHaveProperty('fault');
});

it('its own timeout starts anew with every byte: it is no deadline', async () => {
	const { told } = await call({
		fault: { kind: 'drip', everyMs: 10 },
		options: { timeout: 200 },
		credentialOptions: ONCE,
	});
	expect(told).toMatchObject({ status: 200 });
});

it('Stop aborts a request, unless the helper does not know the button', async () => {
	const fault: Fault = { kind: 'slow', ms: 300 };
	const stopping = { fault, options: STREAM, credentialOptions: ONCE, stopAfterMs: 100 };
	expect((await call({ ...stopping, narrowed: false })).told).toHaveProperty('fault');
	expect((await call(stopping)).told).toMatchObject({ status: 200 });
});
