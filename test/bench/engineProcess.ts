import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { createRequire } from 'node:module';
import path from 'node:path';

import {
	NodeHelpers,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type INode,
	type IVersionedNodeType,
} from 'n8n-workflow';

import { begin, load, PACKAGE_FOLDER, type Loaded } from '../engine/engine';
import { watchPauses, type Pauses } from './pauses';
import { storedOf } from './stored';

/** What one measurement runs in the engine's process. */
export interface EngineSetup {
	node: 'ours' | 'httpRequest';
	parameters: IDataObject;
	items: IDataObject[];
	credential: ICredentialDataDecryptedObject;
	settings?: Pick<INode, 'retryOnFail' | 'maxTries' | 'waitBetweenTries' | 'onError'>;
	/** Items that go through before anything is measured: n8n is a server, and has run before. */
	warmUp?: IDataObject[];
	/** Watches the event loop while the node runs. */
	watchesPauses?: boolean;
}

/** What the engine's process measured: milliseconds, bytes, and items that came out. */
export interface EngineReport {
	wallMs: number;
	cpuMs: number;
	peakBytes: number;
	output: number;
	/** Items that carry a phone. */
	phones: number;
	failed: boolean;
	/** While the node ran; absent where nobody watched. */
	pauses: Pauses | undefined;
	stored: ReturnType<typeof storedOf>;
}

const NODE_NAME = 'eCore & Lensmor';

/** Where n8n's own nodes are installed, on demand. */
export const BASE_FOLDER = path.join(PACKAGE_FOLDER, '.cache/bench');

async function nodeOf(kind: EngineSetup['node']): Promise<Loaded> {
	const ours = await load();
	if (kind === 'ours') return ours;
	const { HttpRequest } = createRequire(path.join(BASE_FOLDER, 'package.json'))(
		'n8n-nodes-base/dist/nodes/HttpRequest/HttpRequest.node.js',
	) as { HttpRequest: new () => IVersionedNodeType };
	const node = new HttpRequest();
	return {
		node,
		credential: ours.credential,
		typeName: 'n8n-nodes-base.httpRequest',
		typeVersion: node.currentVersion,
	};
}

async function measure(setup: EngineSetup): Promise<EngineReport> {
	const { parameters, items, credential, settings, warmUp = [] } = setup;
	const node = await nodeOf(setup.node);
	const calls =
		setup.watchesPauses === true
			? watchPauses(NodeHelpers.getVersionedNodeType(node.node, node.typeVersion))
			: [];
	if (warmUp.length > 0) {
		const { running } = await begin({ parameters, items: warmUp, credential, node });
		await running;
	}
	const go = once(process, 'message');
	process.send?.('warm');
	await go;
	let peakBytes = 0;
	const watch = setInterval(() => {
		peakBytes = Math.max(peakBytes, process.memoryUsage().rss);
	}, 20);
	const cpu = process.cpuUsage();
	const start = performance.now();
	const { running } = await begin({
		parameters,
		items,
		credential,
		node,
		...(settings === undefined ? {} : { settings }),
	});
	const run = await running;
	const wallMs = performance.now() - start;
	const { user, system } = process.cpuUsage(cpu);
	clearInterval(watch);
	const rounds = run.data.resultData.runData[NODE_NAME] ?? [];
	const output = rounds.flatMap((round) => round.data?.main?.[0] ?? []);
	return {
		wallMs,
		cpuMs: (user + system) / 1000,
		peakBytes: Math.max(peakBytes, process.memoryUsage().rss),
		output: output.length,
		phones: output.filter(({ json }) => JSON.stringify(json).includes('+1 555')).length,
		failed: run.data.resultData.error !== undefined,
		pauses: calls.at(-1),
		stored: storedOf(run.data, NODE_NAME),
	};
}

process.once('message', (setup: EngineSetup) => {
	void measure(setup).then((report) => process.send?.(report, () => process.exit()));
});
