import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';

import type { IDataObject } from 'n8n-workflow';

import { crowd } from '../fixtures/crowd';
import { Sandbox } from '../sandbox/sandbox';
import { shipped } from '../sandbox/world';
import { HOST_FOLDER } from './install';

// Enough for the longest list that a scenario works through.
const CROWD = 200;

/** A message that reached the stand-in for Slack. */
export interface SlackMessage {
	channel: string;
	text: string;
	/** Where the buttons of an approval lead. */
	buttons: string[];
}

interface Answer {
	status: number;
	json?: object;
	headers?: Record<string, string>;
	rawBody?: Buffer;
}

interface Heard {
	method: string;
	url: string;
	path: string;
	headers: Record<string, string | string[] | undefined>;
	body: { buffer: Buffer; getJson(): Promise<unknown> };
}

// The little of mockttp that is used here; it is installed beside n8n, where the compiler does not see it.
interface Rule {
	forHostname(host: string): Rule;
	thenCallback(answer: (heard: Heard) => Promise<Answer | 'close'> | Answer): Promise<unknown>;
}
interface Proxy {
	start(): Promise<void>;
	stop(): Promise<void>;
	readonly port: number;
	forGet(url: string): Rule;
	forPost(url: string): Rule;
	forAnyRequest(): Rule;
	forUnmatchedRequest(): Rule;
}
interface Mockttp {
	generateCACertificate(): Promise<{ key: string; cert: string }>;
	getLocal(options: { https: { key: string; cert: string } }): Proxy;
}

interface SlackBody {
	channel: string;
	text?: string;
	blocks?: Array<{ text?: { text: string }; elements?: Array<{ url?: string }> }>;
}

/** All that n8n believes to be the internet: the vendors at their real addresses, Slack, and a language model. */
export class Outside {
	readonly messages: SlackMessage[] = [];
	/** Addresses that n8n asked for and nobody here answers. */
	readonly unknown: string[] = [];
	/** What the language model answers, in turn; the last one again and again. */
	model: Array<(conversation: IDataObject) => IDataObject> = [];

	private constructor(
		private readonly proxy: Proxy,
		readonly sandbox: Sandbox,
		private readonly certificate: string,
		private readonly onMessage: (message: SlackMessage) => void,
	) {}

	static async start(onMessage: (message: SlackMessage) => void = () => {}): Promise<Outside> {
		const mockttp = createRequire(path.join(HOST_FOLDER, 'package.json'))('mockttp') as Mockttp;
		const https = await mockttp.generateCACertificate();
		const proxy = mockttp.getLocal({ https });
		await proxy.start();
		const certificate = path.join(mkdtempSync(path.join(os.tmpdir(), 'outside-')), 'ca.pem');
		writeFileSync(certificate, https.cert);
		const sandbox = await Sandbox.start({ people: [...shipped.people, ...crowd(CROWD)] });
		const outside = new Outside(proxy, sandbox, certificate, onMessage);
		await outside.listen();
		return outside;
	}

	async stop(): Promise<void> {
		await Promise.all([this.proxy.stop(), this.sandbox.stop()]);
		rmSync(path.dirname(this.certificate), { recursive: true, force: true });
	}

	/** The environment in which a process takes this for the internet. */
	get env(): Record<string, string> {
		const address = `http://127.0.0.1:${this.proxy.port}`;
		return {
			HTTPS_PROXY: address,
			HTTP_PROXY: address,
			NO_PROXY: '127.0.0.1,localhost',
			NODE_EXTRA_CA_CERTS: this.certificate,
		};
	}

	/** The credential as a user fills it in: tokens only, the addresses are the defaults. */
	get credential() {
		const { ecore, lensmor } = this.sandbox.tokens;
		return { ecoreToken: ecore, lensmorApiKey: lensmor };
	}

	/** Forgets everything that has happened so far. */
	reset(wallet?: Parameters<Sandbox['reset']>[0]): void {
		this.sandbox.reset(wallet);
		this.sandbox.latencyMs = 0;
		this.messages.length = 0;
		this.model = [];
	}

	private async listen(): Promise<void> {
		const { proxy } = this;
		// Both vendors are one server in the sandbox, told apart by their paths.
		const vendors = new URL(this.sandbox.lensmorBaseUrl).origin;
		for (const host of ['app.ecoreservice.com', 'platform.lensmor.com']) {
			await proxy
				.forAnyRequest()
				.forHostname(host)
				.thenCallback(async (heard) => await forward(heard, vendors));
		}
		await proxy.forPost('https://slack.com/api/chat.postMessage').thenCallback(async (heard) => {
			const body = (await heard.body.getJson()) as SlackBody;
			const blocks = body.blocks ?? [];
			const message = {
				channel: body.channel,
				text: [body.text, ...blocks.map(({ text }) => text?.text)]
					.filter(Boolean)
					.join('\n')
					.trim(),
				buttons: blocks.flatMap(({ elements = [] }) => elements.flatMap(({ url }) => url ?? [])),
			};
			this.messages.push(message);
			this.onMessage(message);
			const ts = `${Math.floor(Date.now() / 1000)}.${String(this.messages.length).padStart(6, '0')}`;
			return {
				status: 200,
				json: { ok: true, channel: body.channel, ts, message: { text: body.text } },
			};
		});
		await proxy.forGet('https://slack.com/api/conversations.list').thenCallback(() => ({
			status: 200,
			json: {
				ok: true,
				channels: CHANNELS.map((name, index) => ({ id: `C${index}`, name })),
				response_metadata: { next_cursor: '' },
			},
		}));
		await proxy
			.forPost('https://api.openai.com/v1/chat/completions')
			.thenCallback(async (heard) => {
				const conversation = (await heard.body.getJson()) as IDataObject;
				const next = this.model.length > 1 ? this.model.shift() : this.model[0];
				const message = next?.(conversation) ?? { content: 'Nothing to say.' };
				return { status: 200, json: completion(message) };
			});
		await proxy.forUnmatchedRequest().thenCallback((heard) => {
			this.unknown.push(heard.url);
			return { status: 502 };
		});
	}
}

const HOP_BY_HOP = ['connection', 'content-length', 'host', 'keep-alive', 'transfer-encoding'];

function withoutHopByHop(headers: Heard['headers']): Record<string, string> {
	return Object.fromEntries(
		Object.entries(headers).filter(
			(entry): entry is [string, string] =>
				typeof entry[1] === 'string' && !HOP_BY_HOP.includes(entry[0]),
		),
	);
}

/**
 * Has a server answer what was heard; if it ends the connection, so does the proxy. Each on a connection of its own:
 * one that is used again may be closed just then, and the answer would be lost. Not mockttp's own forwarding: that
 * takes a request for its own if its port is one that it uses itself for another connection, which happens by chance
 * when there are hundreds.
 */
async function forward(
	{ method, path: target, headers, body }: Heard,
	to: string,
): Promise<Answer | 'close'> {
	try {
		const sent = request(`${to}${target}`, {
			method,
			headers: { ...withoutHopByHop(headers), 'content-length': String(body.buffer.length) },
			agent: false,
		});
		sent.end(body.buffer);
		const [answer] = (await once(sent, 'response')) as [IncomingMessage];
		const chunks: Buffer[] = [];
		for await (const chunk of answer) chunks.push(chunk as Buffer);
		return {
			status: answer.statusCode ?? 502,
			headers: withoutHopByHop(answer.headers),
			rawBody: Buffer.concat(chunks),
		};
	} catch {
		return 'close';
	}
}

const CHANNELS = ['sales-leads', 'crm-cleanup', 'operations', 'events'];

function completion(message: IDataObject) {
	return {
		id: 'chatcmpl-1',
		object: 'chat.completion',
		created: 1,
		model: 'stand-in',
		choices: [
			{
				index: 0,
				message: { role: 'assistant', content: null, ...message },
				finish_reason: message.tool_calls === undefined ? 'stop' : 'tool_calls',
			},
		],
		usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
	};
}
