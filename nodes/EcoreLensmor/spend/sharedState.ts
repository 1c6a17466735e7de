import type { IDataObject } from 'n8n-workflow';

import { Claims } from './keyedLock';
import { Limit } from './limit';
import { Memo, type Run } from './memory';
import { Throttle } from '../transport/throttle';

/**
 * What the runs of one node share while they spend at the same time: an AI agent may call a tool
 * several times at once, and each call is a run of its own in the same execution.
 */
export interface Together {
	claims: Claims;
	limit: Limit;
	throttle: Throttle;
	/** The rounds that are being run at this moment. */
	underWay: Set<number>;
}

// Only while the process lives: what must outlive it is in the memo.
const perContext = new WeakMap<IDataObject, Together>();

/** What the runs on one execution context share. `cancelled` tells whether a person pressed Stop. */
export function together(context: IDataObject, run: Run, cancelled: () => boolean): Together {
	const known = perContext.get(context);
	if (known !== undefined) return known;
	const memo = new Memo(context, run);
	const shared: Together = {
		claims: new Claims(),
		limit: new Limit(() => memo.spent),
		throttle: new Throttle(cancelled),
		underWay: new Set(),
	};
	perContext.set(context, shared);
	return shared;
}
