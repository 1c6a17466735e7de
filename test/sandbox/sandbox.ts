import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';

import { faultyReply, Faults, type Fault, type ScriptedFault } from './faults';
import { routes } from './routes';
import {
	lensmorRefusal,
	shipped,
	World,
	type Charge,
	type Person,
	type Reply,
	type TradeShow,
} from './world';

/** One request as it came off the wire. */
export interface Seen {
	vendor: Charge['vendor'];
	method: string;
	path: string;
	headers: Record<string, string | string[] | undefined>;
	body: unknown;
	/** Whether its route charges credits. */
	couldCost: boolean;
	/** What it was answered with, and how many requests had come by then; absent where no answer went out. */
	status?: number;
	seenByThen?: number;
}

export interface SandboxOptions {
	/** Credits in each wallet. */
	wallet?: { ecore?: number; lensmor?: number };
	people?: Person[];
	events?: TradeShow[];
	/** How long every answer takes, in milliseconds. */
	latencyMs?: number;
	port?: number;
	/** Both vendors over TLS, with this key and certificate (PEM). */
	https?: { key: string; cert: string };
	/** How long an idle connection stays open, in milliseconds; a second where absent. */
	keepAliveMs?: number;
}

/** A rate limit that serves what it can and turns the rest away. Its clock is the node's, which tests may hurry. */
export class TokenBucket {
	private tokens: number;
	private filledAt = performance.now();

	constructor(
		private readonly perSecond: number,
		private readonly burst = perSecond,
	) {
		this.tokens = burst;
	}

	/** 0 where a request is served, or in how many seconds one may come back. */
	take(): number {
		const now = performance.now();
		const gained = ((now - this.filledAt) / 1000) * this.perSecond;
		this.tokens = Math.min(this.burst, this.tokens + gained);
		this.filledAt = now;
		if (this.tokens < 1) return Math.ceil((1 - this.tokens) / this.perSecond);
		this.tokens -= 1;
		return 0;
	}
}

// The faults that leave the answer whole.
const TELLING: Array<Fault['kind']> = ['slow', 'unknownFields'];

// Lensmor's window (docs/vendor-apis.md B.1): that many requests a minute.
const LENSMOR_REQUESTS = 120;
const WINDOW_MS = 60_000;

const ECORE_PREFIX = '/backend/api/v1';

/** Both vendors on the loopback interface, with play money. */
export class Sandbox {
	readonly tokens = { ecore: 'sandbox-ecore-token-4f7a', lensmor: 'sk_sandbox_lensmor_91c2' };
	/** Every request to a vendor, in order of arrival. */
	readonly seen: Seen[] = [];
	/** Every request that followed a redirect to the other host: there should be none. */
	readonly strayed: Seen[] = [];
	world: World;
	/** How long every answer takes, in milliseconds; a function is asked for each answer. */
	latencyMs: number | (() => number);
	/** A limit on paid requests, besides Lensmor's own: that many a second, and so many at once after a pause. */
	tokenBucket: TokenBucket | undefined;
	private readonly faults = new Faults();
	private readonly server: FastifyInstance;
	private readonly otherHost: FastifyInstance;
	private origin = '';
	private otherOrigin = '';
	private readonly underWay = new WeakMap<FastifyRequest, Seen>();
	private lensmorBusy = 0;
	private window = { endsAt: 0, requests: 0 };

	private constructor(private readonly options: SandboxOptions) {
		this.world = this.newWorld();
		this.latencyMs = options.latencyMs ?? 0;
		this.server = Fastify({
			forceCloseConnections: true,
			keepAliveTimeout: options.keepAliveMs ?? 1000,
			https: options.https ?? null,
		});
		this.otherHost = Fastify({ forceCloseConnections: true });
		this.server.addHook('onSend', async (request, reply) => {
			const seen = this.underWay.get(request);
			if (seen === undefined) return;
			if (seen.vendor === 'lensmor') reply.headers(this.rateLimit());
			seen.status = reply.statusCode;
			seen.seenByThen = this.seen.length;
		});
		this.route();
	}

	static async start(options: SandboxOptions = {}): Promise<Sandbox> {
		const sandbox = new Sandbox(options);
		sandbox.origin = await sandbox.server.listen({ host: '127.0.0.1', port: options.port ?? 0 });
		sandbox.otherOrigin = await sandbox.otherHost.listen({ host: '127.0.0.1', port: 0 });
		return sandbox;
	}

	async stop(): Promise<void> {
		await Promise.all([this.server.close(), this.otherHost.close()]);
	}

	get ecoreBaseUrl(): string {
		return `${this.origin}${ECORE_PREFIX}`;
	}

	get lensmorBaseUrl(): string {
		return this.origin;
	}

	/** The credential that opens the sandbox. */
	get credential() {
		return {
			ecoreToken: this.tokens.ecore,
			ecoreBaseUrl: this.ecoreBaseUrl,
			lensmorApiKey: this.tokens.lensmor,
			lensmorBaseUrl: this.lensmorBaseUrl,
		};
	}

	get ledger(): readonly Charge[] {
		return this.world.ledger;
	}

	/** The requests that could have cost something. */
	get paidRequests(): Seen[] {
		return this.seen.filter(({ couldCost }) => couldCost);
	}

	/** Adds faults to the script. */
	fault(...faults: ScriptedFault[]): void {
		this.faults.add(...faults);
	}

	/** Ends the script of faults. */
	heal(): void {
		this.faults.clear();
	}

	/** Back to the beginning, with these credits in the wallets. */
	reset(wallet: SandboxOptions['wallet'] = this.options.wallet ?? {}): void {
		this.world = this.newWorld(wallet);
		this.faults.clear();
		this.seen.length = 0;
		this.window = { endsAt: 0, requests: 0 };
		this.tokenBucket = undefined;
		this.strayed.length = 0;
	}

	private newWorld(wallet: SandboxOptions['wallet'] = this.options.wallet ?? {}): World {
		return new World(
			{ ecore: wallet.ecore ?? 1000, lensmor: wallet.lensmor ?? 50_000 },
			this.options.people ?? shipped.people,
			this.options.events ?? shipped.events,
		);
	}

	private route(): void {
		const { server, otherHost } = this;
		// An event unlock has no body, whatever its Content-Type says.
		server.removeContentTypeParser('application/json');
		server.addContentTypeParser('*', { parseAs: 'string' }, (_request, text, done) => {
			try {
				done(null, text === '' ? undefined : JSON.parse(String(text)));
			} catch {
				done(null, text);
			}
		});
		otherHost.removeContentTypeParser('application/json');
		otherHost.addContentTypeParser('*', (_request, _payload, done) => done(null));
		otherHost.all('/*', async (request, reply) => {
			this.strayed.push(asSeen('ecore', request));
			return await reply.code(200).send({ success: true });
		});

		for (const { vendor, method, path, costs, answer } of routes) {
			server.route<{ Params: { id?: string }; Querystring: Record<string, string | undefined> }>({
				method,
				url: vendor === 'ecore' ? `${ECORE_PREFIX}${path}` : path,
				handler: async (request, reply) => {
					const { params, query, body } = request;
					const own = () => answer(this.world, { id: params.id ?? '', query, body });
					return costs
						? await this.sell(vendor, request, reply, own)
						: await this.answerFreely(vendor, request, reply, own);
				},
			});
		}

		// For a person, and for a sandbox in another process.
		server.get('/sandbox', async () => ({
			wallet: this.world.wallet,
			ledger: this.ledger,
			requests: this.seen.length,
		}));
		server.post('/sandbox/reset', async (request) => {
			this.reset((request.body as { wallet?: SandboxOptions['wallet'] } | undefined)?.wallet);
			return {};
		});
		server.post('/sandbox/wallet', async (request) =>
			Object.assign(this.world.wallet, request.body),
		);
		server.post('/sandbox/faults', async (request) => {
			this.fault(...(request.body as ScriptedFault[]));
			return {};
		});
	}

	private note(vendor: Charge['vendor'], request: FastifyRequest): Seen {
		const seen = asSeen(vendor, request);
		this.underWay.set(request, seen);
		if (vendor === 'lensmor') {
			if (Date.now() >= this.window.endsAt) {
				this.window = { endsAt: Date.now() + WINDOW_MS, requests: 0 };
			}
			this.window.requests += 1;
		}
		this.seen.push(seen);
		return seen;
	}

	private faultFor(request: FastifyRequest): Fault | undefined {
		const url = decodeURIComponent(request.url.replaceAll('+', ' '));
		return this.faults.next(`${request.method} ${url} ${JSON.stringify(request.body) ?? ''}`);
	}

	private rateLimit(): Record<string, string> {
		const { endsAt, requests } = this.window;
		const over = requests > LENSMOR_REQUESTS;
		return {
			'x-ratelimit-limit': String(LENSMOR_REQUESTS),
			'x-ratelimit-remaining': String(Math.max(0, LENSMOR_REQUESTS - requests)),
			'x-ratelimit-reset': String(Math.ceil(endsAt / 1000)),
			...(over ? { 'retry-after': String(Math.ceil((endsAt - Date.now()) / 1000)) } : {}),
		};
	}

	private turnedAway(vendor: Charge['vendor'], request: FastifyRequest): Reply | undefined {
		const given = request.headers.authorization;
		if (vendor === 'ecore') {
			if (given === `Token ${this.tokens.ecore}`) return undefined;
			return { status: 401, body: { detail: 'Invalid token.' } };
		}
		if (given?.toLowerCase() === `bearer ${this.tokens.lensmor}`) {
			return this.window.requests > LENSMOR_REQUESTS
				? lensmorRefusal(429, 'RATE_LIMIT_EXCEEDED', 'Rate limit exceeded')
				: undefined;
		}
		return lensmorRefusal(401, 'INVALID_API_KEY', 'Invalid API key');
	}

	private async answerFreely(
		vendor: Charge['vendor'],
		request: FastifyRequest,
		reply: FastifyReply,
		read: () => Reply,
	) {
		this.note(vendor, request);
		const refusal = this.turnedAway(vendor, request);
		if (refusal !== undefined) return await reply.code(refusal.status).send(refusal.body);
		await this.beSlow();
		return await this.answer(request, reply, read, this.faultFor(request));
	}

	private async sell(
		vendor: Charge['vendor'],
		request: FastifyRequest,
		reply: FastifyReply,
		charge: () => Reply,
	) {
		this.note(vendor, request).couldCost = true;
		const refusal = this.turnedAway(vendor, request);
		if (refusal !== undefined) return await reply.code(refusal.status).send(refusal.body);
		const waitS = this.tokenBucket?.take() ?? 0;
		if (waitS > 0) return await reply.code(429).header('retry-after', String(waitS)).send('');

		const fault = this.faultFor(request);
		if (vendor === 'lensmor' && this.lensmorBusy > 0) {
			const busy = lensmorRefusal(
				409,
				'CREDIT_OPERATION_IN_PROGRESS',
				'Another credit operation is in progress',
			);
			return await reply.code(409).send(busy.body);
		}
		this.lensmorBusy += vendor === 'lensmor' ? 1 : 0;
		try {
			await this.beSlow();
			return await this.answer(request, reply, charge, fault);
		} finally {
			this.lensmorBusy -= vendor === 'lensmor' ? 1 : 0;
		}
	}

	private async beSlow(): Promise<void> {
		const { latencyMs } = this;
		const ms = typeof latencyMs === 'number' ? latencyMs : latencyMs();
		if (ms > 0) await wait(ms);
	}

	private async answer(
		request: FastifyRequest,
		reply: FastifyReply,
		sale: () => Reply,
		fault: Fault | undefined,
	) {
		const charge = () => {
			const before = this.ledger.length;
			const answer = sale();
			if (fault !== undefined && !TELLING.includes(fault.kind)) {
				for (const charged of this.ledger.slice(before)) charged.told = false;
			}
			return answer;
		};
		switch (fault?.kind) {
			case 'lostBefore':
				return hangUp(reply);
			case 'lostAfter':
				charge();
				return hangUp(reply);
			case 'redirect':
				return await reply
					.code(fault.status)
					.header('location', `${this.otherOrigin}${request.url}`)
					.send();
			case 'truncated':
			case 'stalled': {
				const { status, body } = charge();
				reply.hijack();
				reply.raw.writeHead(fault.status ?? status, {
					'content-type': 'application/json',
					'content-length': 9999,
				});
				const isOver = fault.kind === 'truncated';
				reply.raw.write(JSON.stringify(body).slice(0, 20), () => isOver && reply.raw.destroy());
				return reply;
			}
			case 'falseGzip': {
				const { status, body } = charge();
				reply.hijack();
				reply.raw.writeHead(fault.status ?? status, {
					'content-type': 'application/json',
					'content-encoding': 'gzip',
				});
				reply.raw.end(JSON.stringify(body));
				return reply;
			}
			case 'drip': {
				const { status, body } = charge();
				reply.hijack();
				reply.raw.writeHead(status, { 'content-type': 'application/json' });
				const hungUp = once(reply.raw, 'close');
				for (const byte of JSON.stringify(body)) {
					if (reply.raw.destroyed) break;
					reply.raw.write(byte);
					await Promise.race([wait(fault.everyMs, undefined, { ref: false }), hungUp]);
				}
				reply.raw.end();
				return reply;
			}
			case 'switchingProtocols':
				charge();
				reply.hijack();
				reply.raw.socket?.write(
					'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
				);
				return reply;
			case 'huge': {
				const { body } = charge();
				const text = JSON.stringify({ padding: 'x'.repeat(fault.bytes), ...(body as object) });
				reply.type('application/json');
				return fault.gzip === true
					? await reply.header('content-encoding', 'gzip').send(gzipSync(text))
					: await reply.send(text);
			}
			case 'echoToken':
				return await reply.code(fault.status).send({
					error: `Bad header: ${fault.token ?? request.headers.authorization}`,
				});
			default: {
				const { status, body, headers = {}, ms = 0 } = faultyReply(fault, charge);
				if (ms > 0) {
					await Promise.race([wait(ms, undefined, { ref: false }), once(reply.raw, 'close')]);
				}
				return await reply.code(status).headers(headers).send(body);
			}
		}
	}
}

function asSeen(vendor: Charge['vendor'], request: FastifyRequest): Seen {
	const { method, url, headers, body } = request;
	return { vendor, method, path: url, headers: { ...headers }, body, couldCost: false };
}

function hangUp(reply: FastifyReply): FastifyReply {
	reply.hijack();
	reply.raw.destroy();
	return reply;
}
