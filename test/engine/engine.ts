import './freshBuild';
import './environment';

import path from 'node:path';

import { Logger } from '@n8n/backend-common';
import { Container } from '@n8n/di';
import { ExecutionLifecycleHooks, PackageDirectoryLoader, WorkflowExecute } from 'n8n-core';
import {
	createRunExecutionData,
	ICredentialsHelper,
	LoggerProxy,
	NodeHelpers,
	Workflow,
	type ICredentialDataDecryptedObject,
	type ICredentialType,
	type IDataObject,
	type IHttpRequestOptions,
	type INode,
	type INodeExecutionData,
	type INodeType,
	type INodeTypes,
	type IRun,
	type IRunExecutionData,
	type IVersionedNodeType,
	type IWorkflowExecuteAdditionalData,
	type NodeApiError,
	type NodeExecutionHint,
	type WorkflowExecuteMode,
} from 'n8n-workflow';

import { standInNodes } from './standInNodes';

/** Where the built package lies; the engine loads it as n8n does. */
export const PACKAGE_FOLDER = path.resolve(__dirname, '../..');

const NODE_TYPE = 'n8n-nodes-ecore-lensmor.ecoreLensmor';
const NODE_NAME = 'eCore & Lensmor';
const CREDENTIAL = 'ecoreLensmorApi';

/** A node and its credential, as loaded from a folder. */
export interface Loaded {
	node: INodeType | IVersionedNodeType;
	credential: ICredentialType;
	/** The node's type name and version; ours where absent. */
	typeName?: string;
	typeVersion?: number;
}

/** Loads the package with n8n's own loader. Throws where n8n would refuse it. */
export async function load(folder = PACKAGE_FOLDER): Promise<Loaded> {
	const loader = new PackageDirectoryLoader(folder);
	await loader.loadAll();
	return {
		node: loader.getNode('ecoreLensmor').type,
		credential: loader.getCredential(CREDENTIAL).type,
	};
}

/** What a test decides about one execution. */
export interface Setup {
	/** The node's parameters. */
	parameters: IDataObject;
	/** The items that reach the node. */
	items: IDataObject[];
	/** An expression that a node behind each of the node's outputs resolves for each item. */
	after?: string;
	/** An error that every item brings along, as from a node that continued. */
	itemError?: Error;
	/** The decrypted credential. */
	credential: ICredentialDataDecryptedObject;
	/** n8n's node settings. Waits between tries are in milliseconds. */
	settings?: Pick<
		INode,
		'retryOnFail' | 'maxTries' | 'waitBetweenTries' | 'onError' | 'rewireOutputLogTo'
	>;
	mode?: WorkflowExecuteMode;
	/** Sends the items through the node in rounds of that many, as Loop Over Items does. */
	loopOf?: number;
	/** A failed execution that a person retries. */
	retryOf?: Execution;
	/** Called when the execution has started, with the Stop button. */
	onStart?: (stop: () => void) => void;
	node?: Loaded;
}

/** What came of an execution. */
export interface Execution {
	id: string;
	run: IRun;
	error: { message: string; description?: string | null } | undefined;
	/** Items of the node's normal output, of all rounds. */
	output: INodeExecutionData[];
	/** Items of the node's error output, of all rounds. */
	errorOutput: INodeExecutionData[];
	/** Items of each of the node's outputs, of all rounds. */
	outputs: INodeExecutionData[][];
	/** Items per round. */
	rounds: INodeExecutionData[][];
	hints: NodeExecutionHint[];
	/** What `after` came out as. */
	after: unknown[];
	/** Everything that n8n would store with the execution. */
	stored: IRunExecutionData;
	/** What n8n logged. */
	log: string[];
}

class Credentials extends ICredentialsHelper {
	constructor(
		private readonly type: ICredentialType,
		private readonly data: ICredentialDataDecryptedObject,
	) {
		super();
	}

	getParentTypes() {
		return [];
	}

	isCredentialUsableByNode() {
		return true;
	}

	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		_name: string,
		options: IHttpRequestOptions,
	) {
		if (typeof this.type.authenticate !== 'function') return options;
		return await this.type.authenticate(credentials, options);
	}

	async preAuthentication() {
		return undefined;
	}

	async runPreAuthentication() {
		return undefined;
	}

	async getCredentials(): Promise<never> {
		throw new Error('not needed');
	}

	async getDecrypted() {
		return { ...this.data };
	}

	async updateCredentials() {}

	async updateCredentialsOauthTokenData() {}

	getCredentialsProperties() {
		return this.type.properties;
	}
}

function nodeTypesWith(loaded: Loaded): INodeTypes {
	const known: Record<string, Loaded['node']> = {
		...standInNodes,
		[loaded.typeName ?? NODE_TYPE]: loaded.node,
	};
	const find = (type: string) => {
		const found = known[type];
		if (found === undefined) throw new Error(`no node type ${type}`);
		return found;
	};
	return {
		getByName: find,
		getByNameAndVersion: (type, version) => NodeHelpers.getVersionedNodeType(find(type), version),
		getKnownTypes: () => ({}),
	};
}

function workflowFor(setup: Setup, loaded: Loaded): Workflow {
	const node = (name: string, type: string, more: Partial<INode> = {}): INode => ({
		id: name,
		name,
		type,
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
		...more,
	});
	const to = (name: string) => [{ node: name, type: 'main' as const, index: 0 }];
	const looping = setup.loopOf !== undefined;
	return new Workflow({
		id: 'workflow',
		name: 'Test',
		active: false,
		settings: { executionOrder: 'v1' },
		nodeTypes: nodeTypesWith(loaded),
		nodes: [
			node('Start', 'test.items'),
			node('Loop', 'test.loop', { parameters: { size: setup.loopOf ?? 1 } }),
			node(NODE_NAME, loaded.typeName ?? NODE_TYPE, {
				parameters: setup.parameters as INode['parameters'],
				credentials: { [CREDENTIAL]: { id: '1', name: 'Sandbox' } },
				typeVersion: loaded.typeVersion ?? 1,
				...setup.settings,
			}),
			setup.after === undefined
				? node('After', 'test.pass')
				: node('After', 'test.evaluate', { parameters: { value: setup.after } }),
		],
		connections: looping
			? {
					Start: { main: [to('Loop')] },
					Loop: { main: [to('After'), to(NODE_NAME)] },
					[NODE_NAME]: { main: [to('Loop'), to('Loop')] },
				}
			: {
					Start: { main: [to(NODE_NAME)] },
					[NODE_NAME]: { main: Array.from({ length: 5 }, () => to('After')) },
				},
	});
}

let loadedOnce: Promise<Loaded> | undefined;
let executions = 0;

/** Runs a workflow of a start node and our node through n8n's own engine, as a production execution. */
export async function execute(setup: Setup): Promise<Execution> {
	const { id, running, log } = await begin(setup);
	setup.onStart?.(() => running.cancel());
	return asExecution(id, await running, log);
}

/** Starts what `execute` runs, for those who need no more than the engine's own result. */
export async function begin(setup: Setup) {
	const loaded = setup.node ?? (await (loadedOnce ??= load()));
	const id = String((executions += 1));
	const mode = setup.mode ?? (setup.retryOf === undefined ? 'webhook' : 'retry');
	const workflow = workflowFor(setup, loaded);
	const log: string[] = [];
	LoggerProxy.init(recordingLogger(log));

	const additionalData = {
		...additionalDataFor(loaded, setup.credential),
		executionId: id,
		hooks: new ExecutionLifecycleHooks(mode, id, {
			id: 'workflow',
			name: 'Test',
			active: false,
			nodes: [],
			connections: {},
		} as never),
	};

	const data =
		setup.retryOf === undefined
			? freshData(workflow, setup)
			: dataForRetry(setup.retryOf, workflow);
	const running = new WorkflowExecute(additionalData, mode, data).processRunExecutionData(workflow);
	return { id, running, log };
}

function additionalDataFor(
	loaded: Loaded,
	credential: ICredentialDataDecryptedObject,
): IWorkflowExecuteAdditionalData {
	return {
		credentialsHelper: new Credentials(loaded.credential, credential),
		currentNodeExecutionIndex: 0,
		variables: {},
		restApiUrl: '',
		instanceBaseUrl: '',
		webhookBaseUrl: 'http://localhost/webhook',
		webhookWaitingBaseUrl: 'http://localhost/webhook-waiting',
		formWaitingBaseUrl: 'http://localhost/form-waiting',
	} as unknown as IWorkflowExecuteAdditionalData;
}

/** What the editor has at hand when it asks our node for the entries of a list. */
export async function editorFor(credential: ICredentialDataDecryptedObject) {
	const loaded = await load();
	const workflow = workflowFor({ parameters: {}, items: [], credential }, loaded);
	const ourNode = workflow.getNode(NODE_NAME);
	if (ourNode === null) throw new Error('no node');
	return { workflow, ourNode, additionalData: additionalDataFor(loaded, credential) };
}

function freshData(workflow: Workflow, { items, itemError }: Setup): IRunExecutionData {
	const start = workflow.getNode('Start');
	if (start === null) throw new Error('no start node');
	const error = itemError === undefined ? {} : { error: itemError as NodeApiError };
	const main = [items.map((json) => ({ json, ...error }))];
	return createRunExecutionData({
		executionData: { nodeExecutionStack: [{ node: start, data: { main }, source: null }] },
	});
}

// n8n stores a failed execution as text, takes the failed run out, and goes on from the stack.
function dataForRetry({ stored }: Execution, workflow: Workflow): IRunExecutionData {
	const data = JSON.parse(JSON.stringify(stored)) as IRunExecutionData;
	const last = data.resultData.lastNodeExecuted ?? '';
	data.resultData.runData[last]?.pop();
	delete data.resultData.error;
	for (const entry of data.executionData?.nodeExecutionStack ?? []) {
		entry.node = workflow.getNode(entry.node.name) ?? entry.node;
	}
	return data;
}

function asExecution(id: string, run: IRun, log: string[]): Execution {
	const stored = JSON.parse(JSON.stringify(run.data)) as IRunExecutionData;
	const rounds = run.data.resultData.runData[NODE_NAME] ?? [];
	const outputsOf = ({ data }: (typeof rounds)[number]) => data?.main?.length ?? 0;
	const output = (index: number) => rounds.map((round) => round.data?.main?.[index] ?? []);
	return {
		id,
		run,
		error: run.data.resultData.error as Execution['error'],
		output: output(0).flat(),
		errorOutput: output(1).flat(),
		outputs: Array.from({ length: Math.max(0, ...rounds.map(outputsOf)) }, (_, index) =>
			output(index).flat(),
		),
		rounds: output(0),
		hints: rounds.flatMap((round) => round.hints ?? []),
		after: (run.data.resultData.runData.After ?? []).flatMap((round) =>
			(round.data?.main?.[0] ?? []).map(({ json }) => json.value),
		),
		stored,
		log,
	};
}

function recordingLogger(log: string[]) {
	const write = (...parts: unknown[]) => void log.push(JSON.stringify(parts) ?? '');
	const logger = {
		info: write,
		warn: write,
		error: write,
		debug: write,
		scoped: () => logger,
	};
	Container.set(Logger, logger as unknown as Logger);
	return logger;
}
