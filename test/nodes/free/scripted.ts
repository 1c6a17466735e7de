import { z } from 'zod';

import { accountsOf } from '../../../nodes/EcoreLensmor/vendors/account';
import type { FreeEndpoint } from '../../../nodes/EcoreLensmor/vendors/endpoint';
import type { Page } from '../../../nodes/EcoreLensmor/operations/operation';
import type { Session } from '../../../nodes/EcoreLensmor/transport/session';
import type { AttemptResult, Headers } from '../../../nodes/EcoreLensmor/transport/send';
import { Throttle } from '../../../nodes/EcoreLensmor/transport/throttle';

const shelf = z.object({
	things: z.array(z.string()),
	more: z.boolean().optional(),
	promised: z.boolean().optional(),
});
type Shelf = z.infer<typeof shelf>;

/** Where to look: which shelf, and which page of it. */
export interface Where {
	shelf: string;
	page: number;
}

const endpoint: FreeEndpoint<Where, Shelf> = {
	vendor: 'ecore',
	response: shelf,
	missing: z.object({ error: z.literal('No such shelf') }),
	toWire: (where) => ({ method: 'GET', path: `/${where.shelf}/${where.page}` }),
};

/** A list of the least that a list needs: things on shelves, page by page. */
export const shelves = {
	endpoint,
	page: ({ things, more, promised }: Shelf, where: Where): Page<Where> => ({
		entries: things.map((thing) => ({ key: thing, json: { thing, at: where.shelf } })),
		sharedFields: { shelf: where.shelf },
		next: more === true ? { ...where, page: where.page + 1 } : undefined,
		isMorePromised: promised === true,
		leftOut: where.page > 1 && promised === undefined ? `Page ${where.page} is torn` : undefined,
	}),
};

/** An answer of the vendor's. */
export function answer(status: number, body?: unknown, headers: Headers = {}): AttemptResult {
	return { kind: 'response', status, headers, body };
}
/** A page with these things, and whether another follows. */
export const holding = (things: string[], more = false) => answer(200, { things, more });
export const GONE = answer(404, { error: 'No such shelf' });
export const LOST: AttemptResult = { kind: 'lost', cause: 'the connection was lost' };

/** A session whose vendor answers as `reply` says, and notes what was asked and when, in milliseconds. */
export function sessionOf(reply: (path: string) => AttemptResult | Promise<AttemptResult>) {
	const asked: string[] = [];
	const askedAt: number[] = [];
	const start = Date.now();
	let stopped = false;
	const cancelled = () => stopped;
	const session: Session = {
		account: accountsOf({ ecoreToken: 'token' }).ecore,
		send: async ({ path }) => {
			asked.push(path);
			askedAt.push(Date.now() - start);
			return await reply(path);
		},
		throttle: new Throttle(),
		cancelled,
		haltReason: undefined,
		haltOnProblem: false,
	};
	return { session, asked, askedAt, stop: () => (stopped = true) };
}

/** The same, from a script: each request takes the next answer, and there must be one. */
export function scripted(...answers: AttemptResult[]) {
	return sessionOf((path) => {
		const next = answers.shift();
		if (next === undefined) throw new Error(`nobody was to ask for ${path}`);
		return next;
	});
}
