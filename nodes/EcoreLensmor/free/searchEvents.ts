import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { listEvents } from '../vendors/lensmor';
import { nodeError } from '../items/nodeError';
import { event } from '../operations/event/output';
import { listPage } from '../operations/lists/lensmorList';
import { openSession } from '../transport/session';
import { requestFree } from './requestFree';

// Short, because a person waits for the list: for one answer, and for the end of waits between attempts.
const TIMEOUT_MS = 15_000;
const PATIENCE_MS = 10_000;
const EVENTS_PER_PAGE = 50;
// The longest keyword that Lensmor takes (docs/vendor-apis.md B.4).
const LONGEST_KEYWORD = 200;

/**
 * Reads one page of Lensmor's events for From List, filtered by what the user types (docs/vendor-apis.md B.4).
 * Throws a NodeOperationError that says why the list cannot be shown.
 */
export async function searchEvents(
	this: ILoadOptionsFunctions,
	typed?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	const patientUntil = performance.now() + PATIENCE_MS;
	const isTooLate = () => performance.now() > patientUntil;
	const session = await openSession(this, 'lensmor', TIMEOUT_MS, isTooLate);
	if ('bad' in session) throw nodeError(this.getNode(), session.bad);
	const keyword = typed?.trim().slice(0, LONGEST_KEYWORD) ?? '';
	const request = {
		filters: keyword === '' ? {} : { keyword },
		page: Number(paginationToken ?? 1),
		pageSize: EVENTS_PER_PAGE,
	};
	const result = await requestFree(session, listEvents, request);
	if (result.kind === 'missing') return { results: [] };
	if (result.kind === 'failed') {
		const isTooSlow = result.outcome === 'not_sent';
		const reason = isTooSlow ? 'Lensmor cannot answer now: try again in a minute' : result.reason;
		throw nodeError(this.getNode(), reason);
	}

	const { entries, next } = listPage(result.response, request);
	return {
		results: entries.map(({ json }) => {
			const { id, name, dateStart, city, url } = event.parse(json);
			const details = [dateStart, city].filter(Boolean).join(', ');
			return {
				name: `${name || id}${details === '' ? '' : ` (${details})`}`,
				// Not the eventId: it may be the id of another event, and in one document Lensmor looks for the
				// id first (docs/vendor-apis.md B.9).
				value: id,
				// Only a web address, because n8n opens it.
				...(url !== null && /^https?:/.test(url) ? { url } : {}),
			};
		}),
		...(next === undefined || entries.length === 0 ? {} : { paginationToken: String(next.page) }),
	};
}
