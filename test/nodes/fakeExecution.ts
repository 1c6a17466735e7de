import { Readable } from 'node:stream';

import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	IExecuteFunctions,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	INode,
	INodeExecutionData,
	NodeExecutionHint,
	NodeOperationError,
} from 'n8n-workflow';

import { execute } from '../../nodes/EcoreLensmor/execute';
import {
	faultyReply,
	Faults,
	type AnswerFault,
	type ConnectionFault,
	type FaultyReply,
	type ScriptedFault,
} from '../sandbox/faults';
import { answerTo } from '../sandbox/routes';
import { shipped, World, type Charge, type Person } from '../sandbox/world';

/** The faults that a vendor in memory can have. */
export type MemoryFault = AnswerFault | ConnectionFault;

const LATENCY_MS = 10;
const CREDENTIAL = {
	ecoreToken: 'ecore-token-4f7a',
	ecoreBaseUrl: 'https://ecore.example/api',
	lensmorApiKey: 'lensmor-key-91c2',
	lensmorBaseUrl: 'https://lensmor.example',
};

/** Both vendors in memory: the sandbox's world, without its wire. */
export class FakeVendor {
	readonly world: World;
	readonly sent: IHttpRequestOptions[] = [];
	/** How many requests were under way at once, at most. */
	mostAtOnce = 0;
	private underWay = 0;
	private readonly faults = new Faults<MemoryFault>();

	constructor(wallet: Partial<World['wallet']> = {}, people: Person[] = shipped.people) {
		this.world = new World({ ecore: 1000, lensmor: 50_000, ...wallet }, people, shipped.events);
	}

	get ledger(): Charge[] {
		return this.world.ledger;
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

		this.underWay += 1;
		this.mostAtOnce = Math.max(this.mostAtOnce, this.underWay);
		const ms = reply?.ms ?? 0;
		await new Promise((resolve) => setTimeout(resolve, ms === 0 ? LATENCY_MS : ms));
		this.underWay -= 1;

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

/** What a test decides about one run of the node. */
export interface Setup {
	vendor: FakeVendor;
	/** A value `={{ $json.key }}` is the item's; an item's `Error` is thrown, as by an expression. */
	parameters: IDataObject;
	items: INodeExecutionData[];
	onError?: INode['onError'];
	/** Merged into the vendor's own; an `Error` where n8n cannot read the credential. */
	credential?: ICredentialDataDecryptedObject | Error;
	/** n8n's context of the node, which outlives the run. */
	memory?: IDataObject;
	round?: number;
	mode?: string;
	executionId?: string;
	asTool?: boolean;
	/** Whether an agent has n8n's engine run the node as its tool: with a run index of its own. */
	runAsTool?: boolean;
	/** When Stop is pressed, in milliseconds after the start; without it the run has no such button. */
	stopAfterMs?: number;
}

/** What came of one run. */
export interface Played {
	output: INodeExecutionData[];
	json: IDataObject[];
	error: NodeOperationError | undefined;
	hints: NodeExecutionHint[];
}

function resolved(raw: unknown, json: IDataObject): unknown {
	if (typeof raw === 'string') {
		const name = /^=\{\{ \$json\.(\w+) \}\}$/.exec(raw)?.[1];
		const value = name === undefined ? raw : json[name];
		if (value instanceof Error) throw value;
		return value;
	}
	if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return raw;
	return Object.fromEntries(Object.entries(raw).map(([key, one]) => [key, resolved(one, json)]));
}

/** What n8n gives a node to send with, wherever it runs. */
function servedBy(vendor: FakeVendor, node: INode, credential: Setup['credential']) {
	return {
		getNode: () => node,
		getCredentials: async (type: string) => {
			if (type !== 'ecoreLensmorApi') throw new Error(`no credential ${type}`);
			if (credential instanceof Error) throw credential;
			return { ...CREDENTIAL, ...credential };
		},
		helpers: {
			httpRequestWithAuthentication: async (_credential: string, options: IHttpRequestOptions) =>
				await vendor.answer(options),
		},
	};
}

/** What n8n gives to the lists of the editor. */
export function editorOf(
	vendor: FakeVendor,
	credential?: Setup['credential'],
): ILoadOptionsFunctions {
	const node = { name: 'eCore & Lensmor', parameters: {} } as unknown as INode;
	return servedBy(vendor, node, credential) as unknown as ILoadOptionsFunctions;
}

function contextOf(setup: Setup, hints: NodeExecutionHint[]): IExecuteFunctions {
	const { vendor, parameters, items, onError = 'stopWorkflow', memory = {}, stopAfterMs } = setup;
	const rewired = setup.runAsTool === true ? { rewireOutputLogTo: 'ai_tool' } : {};
	const node = { name: 'eCore & Lensmor', parameters, onError, ...rewired } as unknown as INode;
	const stop = new AbortController();
	if (stopAfterMs !== undefined) setTimeout(() => stop.abort(), stopAfterMs);

	const context = {
		...servedBy(vendor, node, setup.credential),
		getInputData: () => items,
		continueOnFail: () => onError !== 'stopWorkflow',
		getNodeParameter: (name: string, item: number, fallback: unknown) =>
			name in parameters ? resolved(parameters[name], items[item]?.json ?? {}) : fallback,
		getExecutionId: () => setup.executionId ?? '1',
		getMode: () => setup.mode ?? 'webhook',
		getContext: (type: string) => (type === 'node' ? memory : {}),
		evaluateExpression: (expression: string, item: number) =>
			expression === '{{ $runIndex }}' && item === 0 ? (setup.round ?? 0) : undefined,
		getExecutionCancelSignal: () => (stopAfterMs === undefined ? undefined : stop.signal),
		isToolExecution: () => setup.asTool ?? false,
		addExecutionHints: (...added: NodeExecutionHint[]) => void hints.push(...added),
	};
	return context as unknown as IExecuteFunctions;
}

/** Starts one run of the node; it goes on as the clock does. */
export async function start(setup: Setup): Promise<Played> {
	const hints: NodeExecutionHint[] = [];
	try {
		const [output] = await execute(contextOf(setup, hints));
		if (output === undefined) throw new Error('n8n needs a list of items, be it empty');
		return { output, json: output.map(({ json }) => json), error: undefined, hints };
	} catch (error) {
		return { output: [], json: [], error: error as NodeOperationError, hints };
	}
}

const LONGEST_MS = 60_000;

/** Lets jest's fake clock run until something has come to its end. */
export async function inTime<Result>(work: Promise<Result>): Promise<Result> {
	let ended = false;
	const end = work.finally(() => (ended = true));
	for (let ms = 0; !ended; ms += 500) {
		await jest.advanceTimersByTimeAsync(500);
		// With nothing left to wait for, it waits for itself.
		const stuck = jest.getTimerCount() === 0 || ms > LONGEST_MS;
		if (!ended && stuck) throw new Error('it never ends');
	}
	return await end;
}

/** One run of the node, from beginning to end, on jest's fake clock. */
export async function play(setup: Setup): Promise<Played> {
	return await inTime(start(setup));
}
