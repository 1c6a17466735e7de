import type { IDataObject } from 'n8n-workflow';

import { Throttle } from '../transport/throttle';
import { KeyedLock } from './keyedLock';
import { Limit } from './limit';
import { Memory, type Run } from './memory';

/**
 * What the runs of one node share while they spend at the same time: an AI agent may call a tool
 * several times at once, and each call is a run of its own in the same execution.
 */
export interface SharedState {
	lock: KeyedLock;
	limit: Limit;
	throttle: Throttle;
	/** The run indexes of the runs that go on at this moment. */
	underWay: Set<number>;
}

// Only while the process lives: what must outlive it is in the memory.
const perContext = new WeakMap<IDataObject, SharedState>();

/** What the runs on one execution context share. */
export function sharedStateOf(context: IDataObject, run: Run): SharedState {
	const known = perContext.get(context);
	if (known !== undefined) return known;
	const memory = new Memory(context, run);
	const shared: SharedState = {
		lock: new KeyedLock(),
		limit: new Limit(() => memory.spent),
		throttle: new Throttle(),
		underWay: new Set(),
	};
	perContext.set(context, shared);
	return shared;
}
