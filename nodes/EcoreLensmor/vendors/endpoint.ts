import type { IDataObject, IHttpRequestMethods } from 'n8n-workflow';
import { z } from 'zod';

/** What a purchase cost, in credits. No purchase costs a billion: such a number would make every sum meaningless. */
export const credits = z.number().nonnegative().max(1_000_000_000);

/** The two vendors; each has its own token, base URL and wallet (docs/vendor-apis.md A.1, B.1). */
export type Vendor = 'ecore' | 'lensmor';

/** One HTTP request without its base URL and token: `path` starts with a slash. */
export interface WireRequest {
	method: IHttpRequestMethods;
	path: string;
	headers?: IDataObject;
	body?: IDataObject;
}

/** One call of a vendor: what is sent, and what is answered. */
export interface Call<Request, Response> {
	vendor: Vendor;
	response: z.ZodType<Response, z.ZodTypeDef, unknown>;
	/** The body of a 404 that means "no such record or event"; absent if the vendor documents none. */
	missing?: z.ZodTypeAny;
	toWire(request: Request): WireRequest;
}

/** One paid call: also the most that it can cost, and whether the same request sent twice can cost twice. */
export interface Endpoint<Request, Response> extends Call<Request, Response> {
	/** `free` if the vendor documents that a repeat charges nothing, otherwise `paid` (docs/vendor-apis.md C.3). */
	repeat: 'free' | 'paid';
	/** The last check of a request before credits are spent. */
	request: z.ZodType<Request>;
	/** The most that one request can cost, in credits. */
	worstCase(request: Request): number;
}

/** One free call. The compiler accepts no paid call in its place, so code that only reads cannot spend. */
export interface FreeEndpoint<Request, Response> extends Call<Request, Response> {
	repeat?: never;
	worstCase?: never;
}

/** Filters of a query. A filter with several values is repeated in the query. */
export type Filters = Readonly<Record<string, string | readonly string[]>>;

/** Adds a query to a path. */
export function withQuery(path: string, query: Filters): string {
	const pairs = Object.entries(query).flatMap(([name, value]) =>
		[value].flat().map((single): [string, string] => [name, single]),
	);
	return pairs.length === 0 ? path : `${path}?${new URLSearchParams(pairs).toString()}`;
}
