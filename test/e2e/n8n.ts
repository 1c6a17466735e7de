import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';

import type {
	IDataObject,
	ICredentialDataDecryptedObject,
	IConnections,
	INode,
	INodeTypeDescription,
	IRunExecutionData,
	IWorkflowSettings,
} from 'n8n-workflow';

import { PACKAGE_FOLDER } from '../engine/engine';
import { HOST_FOLDER, IS_N8N_1, withNode, type Tools } from './install';
import { freePorts, Service, until } from './processes';

/** Who owns the n8n that is started here. It listens on the loopback interface only. */
export const OWNER = {
	email: 'owner@example.com',
	password: 'Play-money-1',
	firstName: 'Olive',
	lastName: 'Owner',
};

const ENCRYPTION_KEY = 'only for play money';

/** A workflow as it is imported. */
export interface WorkflowFile {
	name: string;
	nodes: Array<
		Partial<INode> & Pick<INode, 'name' | 'type' | 'typeVersion' | 'position' | 'parameters'>
	>;
	connections: IConnections;
	settings?: IWorkflowSettings;
}

/** One line of n8n's list of executions. */
export interface ExecutionSummary {
	id: string;
	status: string;
	mode: string;
	workflowId: string;
}

/** An execution with all its data. */
export type Execution = ExecutionSummary & { data: IRunExecutionData };

/** Packs this package as it was built, and installs it the documented manual way, into an empty user folder. */
function userFolderWithNode(tools: Tools): string {
	const folder = mkdtempSync(path.join(os.tmpdir(), 'n8n-user-'));
	const nodes = path.join(folder, '.n8n/nodes');
	mkdirSync(nodes, { recursive: true });
	const npm = (args: string[], cwd: string) =>
		execFileSync('npm', args, {
			cwd,
			env: withNode(tools.node),
			encoding: 'utf8',
			stdio: ['ignore', 'pipe', 'inherit'],
		});
	const tarball = npm(['pack', '--silent', '--pack-destination', folder], PACKAGE_FOLDER).trim();
	npm(
		['install', '--omit=peer', '--silent', '--no-audit', '--no-fund', path.join(folder, tarball)],
		nodes,
	);
	return folder;
}

/** A whole n8n server with the node installed, its REST interface, and workers where there are any. */
export class N8n {
	private cookie = '';
	readonly workers: Service[] = [];

	private constructor(
		private readonly tools: Tools,
		private readonly folder: string,
		private readonly env: NodeJS.ProcessEnv,
		readonly port: number,
		private server: Service,
	) {}

	/** Starts a server with an empty database and its owner logged in. `env` is added to its environment. */
	static async start(tools: Tools, env: Record<string, string>): Promise<N8n> {
		const folder = userFolderWithNode(tools);
		const [port = 0, broker = 0] = await freePorts(2);
		const all = {
			PATH: withNode(tools.node).PATH,
			HOME: folder,
			N8N_USER_FOLDER: folder,
			N8N_LISTEN_ADDRESS: '127.0.0.1',
			N8N_ENCRYPTION_KEY: ENCRYPTION_KEY,
			N8N_DIAGNOSTICS_ENABLED: 'false',
			N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
			N8N_TEMPLATES_ENABLED: 'false',
			N8N_PERSONALIZATION_ENABLED: 'false',
			N8N_SECURE_COOKIE: 'false',
			N8N_COMMUNITY_PACKAGES_ALLOW_TOOL_USAGE: 'true',
			...env,
		};
		const ports = { N8N_PORT: String(port), N8N_RUNNERS_BROKER_PORT: String(broker) };
		const main = serve(tools, 'n8n', ['start'], { ...all, ...ports });
		const n8n = new N8n(tools, folder, all, port, main);
		try {
			await n8n.ready();
			await until('the owner to be set up', async () => {
				await n8n.post('owner/setup', OWNER).catch(() => undefined);
				return n8n.cookie === '' ? undefined : true;
			});
		} catch (error) {
			await n8n.stop();
			throw error;
		}
		return n8n;
	}

	get address(): string {
		return `http://127.0.0.1:${this.port}`;
	}

	/** The process that takes webhooks and shows the editor. */
	get main(): Service {
		return this.server;
	}

	/** Where the package is installed in it. */
	get packageFolder(): string {
		return path.join(this.folder, '.n8n/nodes/node_modules/n8n-nodes-ecore-lensmor');
	}

	/** Kills the server without a question (SIGKILL), as a crash does, and starts it again. */
	async crash(): Promise<void> {
		await this.server.stop('SIGKILL');
		const [broker = 0] = await freePorts(1);
		const ports = { N8N_PORT: String(this.port), N8N_RUNNERS_BROKER_PORT: String(broker) };
		this.server = serve(this.tools, 'n8n', ['start'], { ...this.env, ...ports });
		await this.ready();
	}

	private async ready(): Promise<void> {
		await this.server.ready(async () => (await fetch(`${this.address}/healthz/readiness`)).ok);
	}

	/** Starts another process that executes workflows (queue mode). */
	async addWorker(): Promise<Service> {
		const [broker = 0, health = 0] = await freePorts(2);
		const worker = serve(this.tools, 'worker', ['worker', '--concurrency=5'], {
			...this.env,
			N8N_RUNNERS_BROKER_PORT: String(broker),
			QUEUE_HEALTH_CHECK_ACTIVE: 'true',
			QUEUE_HEALTH_CHECK_PORT: String(health),
		});
		this.workers.push(worker);
		await worker.ready(
			async () => (await fetch(`http://127.0.0.1:${health}/healthz/readiness`)).ok,
		);
		return worker;
	}

	/** Ends all of its processes and removes its folder. */
	async stop(): Promise<void> {
		await Promise.all([this.server, ...this.workers].map(async (service) => await service.stop()));
		rmSync(this.folder, { recursive: true, force: true });
	}

	/** Asks the REST interface, as the editor does. Throws where it says no. */
	async get<Data>(what: string): Promise<Data> {
		return await this.rest<Data>('GET', what);
	}

	/** Sends something to the REST interface, as the editor does. Throws where it says no. */
	async post<Data>(what: string, body: unknown): Promise<Data> {
		return await this.rest<Data>('POST', what, body);
	}

	/** The node types as the editor gets them. */
	async listTypes(): Promise<INodeTypeDescription[]> {
		const answer = await fetch(`${this.address}/types/nodes.json`, {
			headers: { cookie: this.cookie },
		});
		return (await answer.json()) as INodeTypeDescription[];
	}

	/** Saves a credential and answers its id. */
	async addCredential(type: string, data: ICredentialDataDecryptedObject): Promise<string> {
		const { id } = await this.post<{ id: string }>('credentials', { name: type, type, data });
		return id;
	}

	/** Imports a workflow, fills in credentials by their type, and publishes it where it is to be `active`. */
	async addWorkflow(
		file: WorkflowFile,
		credentials: Record<string, string>,
		{ active = true }: { active?: boolean } = {},
	): Promise<string> {
		const typeFor = (node: string) =>
			Object.keys(credentials).find((type) => CREDENTIAL_OF[type]?.test(node));
		const nodes = file.nodes.map((node) => {
			const type = typeFor(node.type);
			const id = type === undefined ? undefined : credentials[type];
			return type === undefined || id === undefined
				? node
				: { ...node, credentials: { [type]: { id, name: type } } };
		});
		const saved = await this.post<{ id: string; versionId: string }>('workflows', {
			...file,
			nodes,
			settings: { executionOrder: 'v1', ...file.settings },
			active: false,
		});
		if (active) await this.publish(saved);
		return saved.id;
	}

	private async publish({ id, versionId }: { id: string; versionId: string }): Promise<void> {
		// n8n 1 saves it as active instead.
		if (IS_N8N_1) await this.rest('PATCH', `workflows/${id}`, { active: true, versionId });
		else await this.post(`workflows/${id}/activate`, { versionId });
	}

	/** Runs a workflow from one of its triggers, as the editor's button does. */
	async runByHand(workflowId: string, trigger: string): Promise<void> {
		const workflowData = await this.get<object>(`workflows/${workflowId}`);
		await this.post(`workflows/${workflowId}/run`, {
			workflowData,
			triggerToStartFrom: { name: trigger },
		});
	}

	/** Calls a webhook of a published workflow, once n8n knows it. */
	async webhook(name: string, body: unknown): Promise<void> {
		await until(`the webhook ${name}`, async () => {
			const answer = await fetch(`${this.address}/webhook/${name}`, {
				method: 'POST',
				headers: {
					'content-type': 'application/json',
					[WEBHOOK_TOKEN.header]: WEBHOOK_TOKEN.secret,
				},
				body: JSON.stringify(body),
			});
			if (answer.status === 404) return undefined;
			if (!answer.ok) throw new Error(`the webhook ${name}: HTTP ${answer.status}`);
			return true;
		});
	}

	/** The executions of a workflow, newest first, without what the node itself runs to reach a data table. */
	async executionsOf(workflowId: string): Promise<ExecutionSummary[]> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId }));
		const all: ExecutionSummary[] = [];
		for (let cursor: string | null = ''; cursor !== null;) {
			const more = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
			const page: { results: ExecutionSummary[]; nextCursor?: string | null } = await this.get(
				`executions?filter=${filter}&limit=100${more}`,
			);
			all.push(...page.results.filter(({ mode }) => mode !== 'integrated'));
			// Older n8n has no cursor; no scenario there has more executions than fit on its first page.
			cursor = page.nextCursor ?? null;
		}
		return all;
	}

	/** Waits until that many executions of a workflow have ended, and answers them, newest first. */
	async ended(workflowId: string, count = 1, timeoutMs = 60_000): Promise<ExecutionSummary[]> {
		return await until(
			`${count} executions to end`,
			async () => {
				const executions = await this.executionsOf(workflowId);
				const over = executions.filter(({ status }) => !UNDER_WAY.includes(status));
				return over.length >= count ? over : undefined;
			},
			timeoutMs,
		);
	}

	/** The data tables of the owner's own project, by name. */
	async dataTables(): Promise<Map<string, DataTable>> {
		const { id: projectId } = await this.get<{ id: string }>('projects/personal');
		const { data } = await this.get<{ data: Array<{ id: string; name: string }> }>(
			`projects/${projectId}/data-tables`,
		);
		return new Map(
			data.map(({ id, name }) => [
				name,
				new DataTable(
					async (method, what, body) =>
						await this.rest(method, `projects/${projectId}/data-tables/${id}${what}`, body),
					`/projects/${projectId}/datatables/${id}`,
				),
			]),
		);
	}

	/** An execution with its data. */
	async execution(id: string): Promise<Execution> {
		const { data, ...rest } = await this.get<ExecutionSummary & { data: string }>(
			`executions/${id}`,
		);
		return { ...rest, data: unflatten(data) };
	}

	private async rest<Data>(method: string, what: string, body?: unknown): Promise<Data> {
		const answer = await fetch(`${this.address}/rest/${what}`, {
			method,
			headers: {
				'content-type': 'application/json',
				'browser-id': 'e2e',
				...(this.cookie === '' ? {} : { cookie: this.cookie }),
			},
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0] ?? '');
		this.cookie = cookies.find((cookie) => cookie.startsWith('n8n-auth=')) ?? this.cookie;
		const text = await answer.text();
		if (!answer.ok) throw new Error(`${method} ${what}: ${answer.status} ${text.slice(0, 500)}`);
		return (JSON.parse(text) as { data: Data }).data;
	}
}

/** A data table, as a person sees and changes it in the editor. */
export class DataTable {
	constructor(
		private readonly rest: <Data>(method: string, what: string, body?: unknown) => Promise<Data>,
		/** The path of its page in n8n. */
		readonly page: string,
	) {}

	async rows(): Promise<Array<IDataObject & { id: number }>> {
		const { data } = await this.rest<{ data: Array<IDataObject & { id: number }> }>(
			'GET',
			'/rows?take=250',
		);
		return data;
	}

	async count(): Promise<number> {
		return (await this.rest<{ count: number }>('GET', '/rows?take=1')).count;
	}

	async insert(rows: IDataObject[]): Promise<void> {
		await this.rest('POST', '/insert', { data: rows, returnType: 'count' });
	}

	async deleteRow(id: number): Promise<void> {
		const filter = { type: 'and', filters: [{ columnName: 'id', condition: 'eq', value: id }] };
		await this.rest('DELETE', `/rows?filter=${encodeURIComponent(JSON.stringify(filter))}`);
	}

	async delete(): Promise<void> {
		await this.rest('DELETE', '');
	}
}

const UNDER_WAY = ['new', 'running', 'waiting'];

// Which nodes of a workflow take which credential.
/** What the webhooks of the example workflows want to see. */
export const WEBHOOK_TOKEN = { header: 'X-Token', secret: 'play-webhook-secret' };

const CREDENTIAL_OF: Record<string, RegExp> = {
	ecoreLensmorApi: /ecoreLensmor/,
	slackApi: /slack(HitlTool)?$/,
	openAiApi: /lmChatOpenAi$/,
	httpHeaderAuth: /webhook$/,
};

function serve(tools: Tools, name: string, args: string[], env: NodeJS.ProcessEnv): Service {
	return new Service(name, tools.node, [tools.n8n, ...args], env, { cwd: HOST_FOLDER });
}

// n8n stores an execution's data as a graph in which everything is there once.
function unflatten(data: string): IRunExecutionData {
	const flatted = createRequire(path.join(HOST_FOLDER, 'package.json'))('flatted') as {
		parse(text: string): IRunExecutionData;
	};
	return flatted.parse(data);
}
