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
import { inTime } from './fakeClock';
import type { FakeVendor } from './fakeVendor';
import type { FakeDataTables } from './spend/book/fakeDataTables';

const CREDENTIAL = {
	ecoreToken: 'ecore-token-4f7a',
	ecoreBaseUrl: 'https://ecore.example/api',
	lensmorApiKey: 'lensmor-key-91c2',
	lensmorBaseUrl: 'https://lensmor.example',
};

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
	/** n8n's data tables; without them, nothing may ask for one. */
	dataTables?: FakeDataTables;
	/** An n8n without hints and without a word for tools, and whether an agent calls the node there. */
	inOldN8n?: 'asNode' | 'asTool';
	/** Gets what is told to a person who waits in the editor. */
	messages?: unknown[];
	/** When Stop is pressed, in milliseconds after the start; without it the run has no such button. */
	stopAfterMs?: number;
}

/** What came of one run. */
export interface Played {
	output: INodeExecutionData[];
	/** The items of each of the node's outputs. */
	outputs: INodeExecutionData[][];
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
	const type = `n8n-nodes-ecore-lensmor.ecoreLensmor${setup.inOldN8n === 'asTool' ? 'Tool' : ''}`;
	const node = { name: 'eCore & Lensmor', type, parameters, onError, ...rewired };
	const stop = new AbortController();
	if (stopAfterMs !== undefined) setTimeout(() => stop.abort(), stopAfterMs);

	const context = {
		...setup.dataTables?.contextOf('Leads'),
		...servedBy(vendor, node as unknown as INode, setup.credential),
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
		sendMessageToUI: (message: unknown) => void setup.messages?.push(message),
		addExecutionHints: (...added: NodeExecutionHint[]) => void hints.push(...added),
	};
	const old = { isToolExecution: undefined, addExecutionHints: undefined };
	const whole = setup.inOldN8n === undefined ? context : { ...context, ...old };
	return whole as unknown as IExecuteFunctions;
}

/** Starts one run of the node; it goes on as the clock does. */
export async function start(setup: Setup): Promise<Played> {
	const hints: NodeExecutionHint[] = [];
	try {
		const outputs = await execute(contextOf(setup, hints));
		const [output] = outputs;
		if (output === undefined) throw new Error('n8n needs a list of items, be it empty');
		return { output, outputs, json: output.map(({ json }) => json), error: undefined, hints };
	} catch (error) {
		return { output: [], outputs: [], json: [], error: error as NodeOperationError, hints };
	}
}

/** One run of the node, from beginning to end, on jest's fake clock. */
export async function play(setup: Setup): Promise<Played> {
	return await inTime(start(setup));
}
