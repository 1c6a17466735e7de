import { tryOperation } from '../operations/defect';
import type { Entry, FreeOperation, Page } from '../operations/operation';
import type { Session } from '../transport/session';
import { requestFree, type FreeResult } from './requestFree';

/** A page with the entries that the pages before it did not have, or why there is no page. */
export type PageResult =
	| ({ kind: 'page' } & Omit<Page<never>, 'next' | 'isMorePromised'>)
	| Exclude<FreeResult<never>, { kind: 'delivered' }>;

const ENDED_EARLY = 'Ended at a page that promises more and brought nothing new: there may be more';

/**
 * Reads the pages of a list, one request each. It ends after the last page, after a page with no new
 * entry, and after `maxPages` pages. So it always ends, and no entry comes twice, whatever the vendor
 * answers. Never throws, even if the operation's code does.
 */
export async function* pagesOf<Request, Response>(
	session: Session,
	operation: Pick<FreeOperation<Request, Response>, 'endpoint' | 'page'>,
	first: Request,
	maxPages: number,
): AsyncGenerator<PageResult> {
	const seen = new Set<string>();
	let request: Request | undefined = first;
	for (let pages = 0; request !== undefined; pages += 1) {
		if (pages === maxPages) {
			yield {
				kind: 'page',
				entries: [],
				leftOut: `Ended after ${maxPages} pages: there may be more`,
			};
			return;
		}
		const asked: Request = request;
		const result: FreeResult<Response> = await requestFree(session, operation.endpoint, asked);
		if (result.kind === 'missing' && pages > 0) {
			const reason = `The list was there, and its page ${pages + 1} was not: read it again`;
			yield { kind: 'failed', outcome: 'refused', reason };
			return;
		}
		if (result.kind !== 'delivered') {
			yield result;
			return;
		}
		const read = tryOperation((): Page<Request> => operation.page(result.response, asked));
		if ('defect' in read) {
			yield { kind: 'failed', outcome: 'refused', reason: read.defect };
			return;
		}
		const { entries, next, isMorePromised, leftOut, ...page } = read.result;
		const fresh = entries.filter(({ key }: Entry) => !seen.has(key) && seen.add(key));
		const endsEarly = fresh.length === 0 && next !== undefined && isMorePromised === true;
		yield {
			kind: 'page',
			entries: fresh,
			...page,
			leftOut: leftOut ?? (endsEarly ? ENDED_EARLY : undefined),
		};
		request = fresh.length === 0 ? undefined : next;
	}
}
