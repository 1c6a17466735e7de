import { tryOperation } from '../operations/defect';
import { sendRequest } from '../transport/request';
import type { Session } from '../transport/session';
import type { FreeEndpoint } from '../vendors/endpoint';

/** The result of a free request. */
export type FreeResult<Response> =
	| { kind: 'delivered'; response: Response }
	| { kind: 'missing' }
	| { kind: 'failed'; outcome: 'refused' | 'not_sent'; reason: string };

/**
 * Sends a free request, and again as often as the retry policy permits for a request that may be repeated.
 * The compiler accepts no paid endpoint here. Never throws.
 */
export async function requestFree<Request, Response>(
	session: Session,
	endpoint: FreeEndpoint<Request, Response>,
	request: Request,
): Promise<FreeResult<Response>> {
	const wire = tryOperation(() => endpoint.toWire(request));
	if ('defect' in wire) return { kind: 'failed', outcome: 'refused', reason: wire.defect };
	const result = await sendRequest(session, endpoint, wire.result, {
		isRepeatSafe: true,
		lostBefore: false,
		doubt: '',
	});
	switch (result.kind) {
		case 'delivered':
			return { kind: 'delivered', response: result.response };
		case 'missing':
			return { kind: 'missing' };
		case 'notSent':
			return { kind: 'failed', outcome: 'not_sent', reason: result.reason };
		case 'refused':
		case 'unknown':
			return { kind: 'failed', outcome: 'refused', reason: result.reason };
	}
}
