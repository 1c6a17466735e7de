import { Readable } from 'node:stream';

import type { IHttpRequestOptions } from 'n8n-workflow';

import {
	faultyReply,
	Faults,
	type AnswerFault,
	type ConnectionFault,
	type FaultyReply,
	type ScriptedFault,
} from '../sandbox/faults';
import { answerTo, couldCost } from '../sandbox/routes';
import { shipped, World, type Charge, type Person } from '../sandbox/world';

/** The faults that a vendor in memory can have. */
export type MemoryFault = AnswerFault | ConnectionFault;

const LATENCY_MS = 10;

/** Both vendors in memory: the sandbox's world, without its wire. */
export class FakeVendor {
	readonly world: World;
	readonly sent: IHttpRequestOptions[] = [];
	/** Called before each answer. */
	onAnswer: () => void = () => {};
	/** How many requests were under way at once, at most; and how many of those that could cost something. */
	mostAtOnce = 0;
	mostPaidAtOnce = 0;
	private underWay = 0;
	private paidUnderWay = 0;
	private readonly faults = new Faults<MemoryFault>();

	constructor(wallet: Partial<World['wallet']> = {}, people: Person[] = shipped.people) {
		this.world = new World({ ecore: 1000, lensmor: 50_000, ...wallet }, people, shipped.events);
	}

	get ledger(): Charge[] {
		return this.world.ledger;
	}

	/** The requests that could have cost something. */
	get paidRequests(): IHttpRequestOptions[] {
		return this.sent.filter(({ method = 'GET', url }) => couldCost(method, url));
	}

	/** What was sent, as text, with nothing encoded. */
	get asked(): string[] {
		return this.sent.map(
			({ url, body }) => `${decodeURIComponent(url.replaceAll('+', ' '))} ${JSON.stringify(body)}`,
		);
	}

	/** The queries of what was sent to read something, with nothing encoded. */
	get queries(): string[] {
		return this.sent
			.filter(({ method }) => method === 'GET')
			.map(({ url }) => decodeURIComponent(url.split('?')[1] ?? '').replaceAll('+', ' '));
	}

	/** Adds faults to the script. */
	fault(...faults: Array<ScriptedFault<MemoryFault>>): this {
		this.faults.add(...faults);
		return this;
	}

	/** Ends the script of faults. */
	heal(): void {
		this.faults.clear();
	}

	/** Answers as n8n's helper does. */
	async answer(options: IHttpRequestOptions) {
		this.sent.push(options);
		const fault = this.faults.next(`${options.method} ${this.asked.at(-1)}`);
		const { reply, breaksOff } = this.meet(fault, options);

		const costs = couldCost(options.method ?? 'GET', options.url) ? 1 : 0;
		this.underWay += 1;
		this.mostAtOnce = Math.max(this.mostAtOnce, this.underWay);
		this.paidUnderWay += costs;
		this.mostPaidAtOnce = Math.max(this.mostPaidAtOnce, this.paidUnderWay);
		const ms = reply?.ms ?? 0;
		await new Promise((resolve) => setTimeout(resolve, ms === 0 ? LATENCY_MS : ms));
		this.underWay -= 1;
		this.paidUnderWay -= costs;
		this.onAnswer();

		if (reply === undefined) {
			throw Object.assign(new Error('fetch failed'), { httpCode: 'ECONNRESET' });
		}
		return {
			statusCode: reply.status,
			body: streamOf(reply.body, breaksOff),
			headers: reply.headers ?? {},
		};
	}

	/** What is answered in spite of a fault, and whether its body breaks off; no reply where the connection does. */
	private meet(
		fault: MemoryFault | undefined,
		{ method = 'GET', url, body }: IHttpRequestOptions,
	): { reply?: FaultyReply; breaksOff: boolean } {
		const charge = () => answerTo(this.world, method, url, body);
		switch (fault?.kind) {
			case 'lostBefore':
				return { breaksOff: false };
			case 'lostAfter':
				charge();
				return { breaksOff: false };
			case 'truncated': {
				const { status, body: whole } = charge();
				return { reply: { status: fault.status ?? status, body: whole }, breaksOff: true };
			}
			default:
				return { reply: faultyReply(fault, charge), breaksOff: false };
		}
	}
}

/** A body as n8n's helper hands it on: a stream, which errors where the body breaks off. */
function streamOf(body: unknown, breaksOff: boolean): Readable {
	const text = Buffer.from(typeof body === 'string' ? body : (JSON.stringify(body) ?? ''));
	if (!breaksOff) return Readable.from([text]);
	return Readable.from(
		(function* () {
			yield text.subarray(0, text.length / 2);
			throw new Error('aborted');
		})(),
	);
}
