import type { Entry, Page, ReadOperation } from '../operations/freeOperation';
import { ask, type Got, type Reader } from './ask';

/** A page with what the pages before it did not have, or why there is none. */
export type Turned =
	| ({ kind: 'page' } & Omit<Page<never>, 'next' | 'isMorePromised'>)
	| Exclude<Got<never>, { kind: 'answer' }>;

const EARLY = 'Ended at a page that promises more and brought nothing new: there may be more';

/**
 * Turns the pages of a list, one request each. Ends after the last page, after a page that brings
 * nothing new, and after `mostPages`: so it ends whatever a vendor answers, and no entry comes twice.
 */
export async function* pagesOf<Request, Response>(
	reader: Reader,
	operation: Pick<ReadOperation<Request, Response>, 'endpoint' | 'page'>,
	first: Request,
	mostPages: number,
): AsyncGenerator<Turned> {
	const seen = new Set<string>();
	let request: Request | undefined = first;
	for (let turned = 0; request !== undefined; turned += 1) {
		if (turned === mostPages) {
			const leftOut = `Ended after ${mostPages} pages: there may be more`;
			yield { kind: 'page', entries: [], leftOut };
			return;
		}
		const got: Got<Response> = await ask(reader, operation.endpoint, request);
		if (got.kind === 'missing' && turned > 0) {
			const reason = `The list was there, and its page ${turned + 1} was not: read it again`;
			yield { kind: 'failed', outcome: 'refused', reason };
			return;
		}
		if (got.kind !== 'answer') {
			yield got;
			return;
		}
		const { entries, next, isMorePromised, leftOut, ...page }: Page<Request> = operation.page(
			got.response,
			request,
		);
		const fresh = entries.filter(({ key }: Entry) => !seen.has(key) && seen.add(key));
		const endsEarly = fresh.length === 0 && next !== undefined && isMorePromised === true;
		yield {
			kind: 'page',
			entries: fresh,
			...page,
			leftOut: leftOut ?? (endsEarly ? EARLY : undefined),
		};
		request = fresh.length === 0 ? undefined : next;
	}
}
