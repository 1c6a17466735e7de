import { existsSync, openSync, readSync } from 'node:fs';
import { createHistogram } from 'node:perf_hooks';

import type { IExecuteFunctions, INodeType, NodeOutput } from 'n8n-workflow';

/**
 * How long n8n's process stood still while a node ran: the time between turns of the event loop that serve
 * a timer of 1 ms, in milliseconds.
 */
export interface Pauses {
	longestMs: number;
	/** The most that one turn had of a processor: where cores are short, the rest of a pause is the machine's. */
	longestOnProcessorMs: number;
	/** The 99th percentile, each turn counted once. */
	p99Ms: number;
	turns: number;
}

const NS_PER_MS = 1e6;

// Linux tells of each thread how many nanoseconds it had of a processor.
const SCHEDULED = `/proc/self/task/${process.pid}/schedstat`;

/** How long the main thread had a processor so far, in milliseconds; the clock's where that is not told. */
function processorClock(): () => number {
	if (!existsSync(SCHEDULED)) return () => performance.now();
	const file = openSync(SCHEDULED, 'r');
	const bytes = Buffer.alloc(100);
	return () => {
		const length = readSync(file, bytes, 0, bytes.length, 0);
		return Number(bytes.toString('latin1', 0, length).split(' ')[0]) / NS_PER_MS;
	};
}

/**
 * Watches the event loop from the beginning of each call of a node's `execute` to its end: what n8n
 * does before and after is n8n's. Answers a list that gets an entry with each call.
 */
export function watchPauses(node: INodeType): Pauses[] {
	const { execute } = node as { execute: (this: IExecuteFunctions) => Promise<NodeOutput> };
	const calls: Pauses[] = [];
	node.execute = async function () {
		const between = createHistogram();
		const onProcessor = processorClock();
		let last = onProcessor();
		let longestOnProcessorMs = 0;
		const turn = () => {
			between.recordDelta();
			const now = onProcessor();
			longestOnProcessorMs = Math.max(longestOnProcessorMs, now - last);
			last = now;
		};
		// The first call starts the clock.
		turn();
		// A timer, not setImmediate: millions of idle turns would hide every pause from a percentile.
		const watch = setInterval(turn, 1);
		try {
			return await execute.call(this);
		} finally {
			clearInterval(watch);
			turn();
			calls.push({
				longestMs: between.max / NS_PER_MS,
				longestOnProcessorMs,
				p99Ms: between.percentile(99) / NS_PER_MS,
				turns: between.count,
			});
		}
	};
	return calls;
}
