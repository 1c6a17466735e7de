import type { IDataObject } from 'n8n-workflow';
import { z } from 'zod';

import type { Call } from '../vendors/endpoint';
import type { AttemptResult, Headers } from './send';

/** What an answer says, before anything is decided. `retryAfterMs` is in milliseconds, `balance` in credits. */
export type Classification<Response> =
	| { kind: 'delivered'; response: Response }
	/** A 404 that the vendor documents for an unknown record or event. */
	| { kind: 'missing' }
	/** HTTP 2xx with an error in its body. */
	| { kind: 'refusedWithOk'; vendorText: string }
	/** HTTP 2xx with a body that is not documented. */
	| { kind: 'unreadable'; status: number }
	/** Every other status. */
	| {
			kind: 'status';
			status: number;
			vendorText: string;
			retryAfterMs: number | undefined;
			balance: number | null;
	  }
	| { kind: 'unsent'; cause: string }
	| { kind: 'lost'; cause: string };

const MAX_CHARACTERS = 300;

// eCore puts its text under `error`, `detail` or a map of fields (docs/vendor-apis.md A.1), Lensmor under
// `message` with an `errorKey` (docs/vendor-apis.md B.1).
const text = z.string().optional().catch(undefined);
const number = z.number().optional().catch(undefined);
const refusal = z
	.object({
		error: text,
		detail: text,
		message: text,
		errorKey: text,
		required: number,
		balance: number,
	})
	.catch({});

/** What the vendor says in the body of a refusal, for a person. */
function textIn(body: unknown): string {
	const { error, detail, message, errorKey, required, balance } = refusal.parse(body);
	const sentence = error ?? detail ?? message ?? (isRecord(body) ? written(body) : '');
	const numbers = [
		required === undefined ? '' : `${required} credits needed`,
		balance === undefined ? '' : `${balance} left`,
	].filter(Boolean);
	const parts = [sentence.trim().replace(/\.$/, ''), errorKey ?? '', numbers.join(', ')].filter(
		Boolean,
	);
	return parts.join('; ').slice(0, MAX_CHARACTERS);
}

function written(body: IDataObject): string {
	try {
		return JSON.stringify(body);
	} catch {
		// Nested so deep that nothing can be said of it.
		return '';
	}
}

function isRecord(value: unknown): value is IDataObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The shortest wait after a vendor asked for one, in milliseconds, even if it asked for less. */
export const MIN_WAIT_MS = 1_000;

// The vendor's clock, if the answer has a date: this machine's clock may be hours wrong.
function vendorsNow(headers: Headers): number {
	const now = Date.parse(headers.date ?? '');
	return Number.isNaN(now) ? Date.now() : now;
}

// RFC 9110: seconds, or an HTTP date, which begins with a day of the week. What follows the number of
// seconds is ignored ("5;").
function retryAfterMs(headers: Headers): number | undefined {
	const value = (headers['retry-after'] ?? '').trim();
	const ms = /^[a-z]{3}/i.test(value)
		? Date.parse(value) - vendorsNow(headers)
		: Number.parseFloat(value) * 1000;
	return Number.isNaN(ms) ? undefined : Math.max(MIN_WAIT_MS, ms);
}

// Lensmor has three names for what a call has cost (docs/vendor-apis.md B.18).
const CREDITS_SPENT = ['creditsUsed', 'creditsSpent', 'totalCreditsUsed'];

function reportsCredits(body: unknown): boolean {
	return isRecord(body) && CREDITS_SPENT.some((name) => Number(body[name] ?? 0) !== 0);
}

/**
 * How long the vendor wants no more requests after this answer, in milliseconds: until its rate limit
 * resets, if no request is left in it (docs/vendor-apis.md B.1, rate limits). 0 if it does not say.
 */
export function restAfter(answer: AttemptResult): number {
	if (answer.kind !== 'response' || answer.headers['x-ratelimit-remaining'] !== '0') return 0;
	const resetsAt = Number(answer.headers['x-ratelimit-reset']) * 1000;
	return Number.isNaN(resetsAt) ? 0 : Math.max(0, resetsAt - vendorsNow(answer.headers));
}

/** Reads one answer against the endpoint's documented bodies. Never throws. */
export function classify<Response>(
	endpoint: Pick<Call<never, Response>, 'response' | 'missing' | 'vendor'>,
	answer: AttemptResult,
): Classification<Response> {
	if (answer.kind !== 'response') return answer;
	const { status, headers, body } = answer;
	if (status >= 200 && status < 300) {
		// Lensmor reports some refusals with HTTP 200 (docs/vendor-apis.md B.1).
		if (endpoint.vendor === 'lensmor' && (refusal.parse(body).errorKey ?? '') !== '') {
			// If it reports credits as well, it is neither a refusal nor a receipt.
			return reportsCredits(body)
				? { kind: 'unreadable', status }
				: { kind: 'refusedWithOk', vendorText: textIn(body) };
		}
		const response = endpoint.response.safeParse(body);
		return response.success
			? { kind: 'delivered', response: response.data }
			: { kind: 'unreadable', status };
	}
	if (status === 404 && endpoint.missing?.safeParse(body).success) return { kind: 'missing' };
	return {
		kind: 'status',
		status,
		vendorText: textIn(body),
		retryAfterMs: retryAfterMs(headers),
		balance: refusal.parse(body).balance ?? null,
	};
}
