import { readFileSync } from 'node:fs';
import path from 'node:path';

import { PACKAGE_FOLDER } from '../engine/engine';
import { install } from './install';
import { N8n, WEBHOOK_TOKEN, type WorkflowFile } from './n8n';
import { Outside } from './outside';

const LONGEST_START_MS = 300_000;

/** A running n8n, all that surrounds it, and the ids of its credentials by type. */
export interface Host {
	n8n: N8n;
	outside: Outside;
	credentials: Record<string, string>;
}

/** Starts n8n with credentials as a user fills them in, in front of everything it believes to be the internet. */
export async function startHost(outside: Outside, env: Record<string, string> = {}): Promise<Host> {
	const n8n = await N8n.start(install(), { ...outside.env, ...env });
	try {
		const credentials = {
			ecoreLensmorApi: await n8n.addCredential('ecoreLensmorApi', outside.credential),
			slackApi: await n8n.addCredential('slackApi', { accessToken: 'xoxb-stand-in' }),
			openAiApi: await n8n.addCredential('openAiApi', { apiKey: 'sk-stand-in' }),
			httpHeaderAuth: await n8n.addCredential('httpHeaderAuth', {
				name: WEBHOOK_TOKEN.header,
				value: WEBHOOK_TOKEN.secret,
			}),
		};
		return { n8n, outside, credentials };
	} catch (error) {
		await n8n.stop();
		throw error;
	}
}

/** For a file of scenarios: one n8n for all of them, and a world that begins anew with each. */
export function useN8n(): () => Host {
	let host: Host | undefined;
	const running = () => {
		if (host === undefined) throw new Error('n8n is not running');
		return host;
	};
	beforeAll(async () => {
		host = await startHost(await Outside.start());
	}, LONGEST_START_MS);
	afterAll(async () => {
		await host?.n8n.stop();
		await host?.outside.stop();
	}, LONGEST_START_MS);
	beforeEach(() => running().outside.reset());
	return running;
}

/** One of the example workflows, as a user imports it. */
export function example(name: string): WorkflowFile {
	const file = path.join(PACKAGE_FOLDER, 'examples', `${name}.json`);
	return JSON.parse(readFileSync(file, 'utf8')) as WorkflowFile;
}

/** An example workflow after a person has removed Dry Run. */
export function exampleThatBuys(name: string): WorkflowFile {
	const file = example(name);
	for (const { parameters } of file.nodes) {
		const { options } = parameters as { options?: { dryRun?: boolean } };
		if (options !== undefined) delete options.dryRun;
	}
	return file;
}
