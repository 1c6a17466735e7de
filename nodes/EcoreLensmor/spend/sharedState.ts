import type { IDataObject } from 'n8n-workflow';
import pLimit from 'p-limit';

import { Throttle } from '../transport/throttle';
import { KeyedLock } from './keyedLock';
import { Limit } from './limit';
import { Memory, type Run } from './memory';

/**
 * What the runs of one node share if they are in progress at the same time: an AI agent may call a tool
 * several times at once, and each call is a run of its own in the same execution.
 */
export interface SharedState {
	lock: KeyedLock;
	limit: Limit;
	throttle: Throttle;
	/** Runs `send` when no other submission is under way: the vendor answers 409 to a second one. */
	oneAtATime: <Result>(send: () => Promise<Result>) => Promise<Result>;
	/** The run indexes of the runs that are in progress at this moment. */
	underWay: Set<number>;
}

// Lost when the process ends. What must last longer is in the memory.
const perContext = new WeakMap<IDataObject, SharedState>();

/** The state that all runs on one execution context share. */
export function sharedStateOf(context: IDataObject, run: Run): SharedState {
	const existing = perContext.get(context);
	if (existing !== undefined) return existing;
	const memory = new Memory(context, run);
	const shared: SharedState = {
		lock: new KeyedLock(),
		limit: new Limit(() => memory.spent),
		throttle: new Throttle(),
		oneAtATime: pLimit(1),
		underWay: new Set(),
	};
	perContext.set(context, shared);
	return shared;
}
