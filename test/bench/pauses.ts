import { createHistogram } from 'node:perf_hooks';

import type { IExecuteFunctions, INodeType, NodeOutput } from 'n8n-workflow';

/**
 * How long n8n's process stood still while a node ran: the time between turns of the event loop that serve
 * a timer of 1 ms, in milliseconds.
 */
export interface Pauses {
	longestMs: number;
	/** The 99th percentile, each turn counted once. */
	p99Ms: number;
	turns: number;
}

const NS_PER_MS = 1e6;

/**
 * Watches the event loop from the beginning of each call of a node's `execute` to its end: what n8n
 * does before and after is n8n's. Answers a list that gets an entry with each call.
 */
export function watchPauses(node: INodeType): Pauses[] {
	const { execute } = node as { execute: (this: IExecuteFunctions) => Promise<NodeOutput> };
	const calls: Pauses[] = [];
	node.execute = async function () {
		const between = createHistogram();
		// The first call starts the clock.
		between.recordDelta();
		// A timer, not setImmediate: millions of idle turns would hide every pause from a percentile.
		const watch = setInterval(() => between.recordDelta(), 1);
		try {
			return await execute.call(this);
		} finally {
			clearInterval(watch);
			between.recordDelta();
			calls.push({
				longestMs: between.max / NS_PER_MS,
				p99Ms: between.percentile(99) / NS_PER_MS,
				turns: between.count,
			});
		}
	};
	return calls;
}
