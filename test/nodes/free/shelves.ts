import { z } from 'zod';

import type { FreeEndpoint } from '../../../nodes/EcoreLensmor/vendors/endpoint';
import type { Page } from '../../../nodes/EcoreLensmor/operations/operation';
import { answer } from '../scriptedSession';

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

/** A page with these things, and whether another follows. */
export const holding = (things: string[], more = false) => answer(200, { things, more });
export const GONE = answer(404, { error: 'No such shelf' });
