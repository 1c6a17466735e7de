import type { IDataObject, IHttpRequestMethods } from 'n8n-workflow';
import type { z } from 'zod';

/** The two vendors; each has its own token, base URL and wallet (docs/vendor-apis.md A.1, B.1). */
export type Vendor = 'ecore' | 'lensmor';

/** One HTTP request without its base URL and token: `path` starts with a slash. */
export interface WireRequest {
	method: IHttpRequestMethods;
	path: string;
	headers?: IDataObject;
	body?: IDataObject;
}

/** One call of a vendor: what travels there, and what comes back. */
export interface Call<Request, Response> {
	vendor: Vendor;
	response: z.ZodType<Response, z.ZodTypeDef, unknown>;
	/** The body of a 404 that means "no such record or event"; absent where no 404 is documented. */
	missing?: z.ZodTypeAny;
	toWire(request: Request): WireRequest;
}

/** One paid call: also what it costs at most, and whether asking twice can cost twice. */
export interface Endpoint<Request, Response> extends Call<Request, Response> {
	/** `free` where the vendor documents a repeat as charging nothing, `paid` where nothing promises it. */
	repeat: 'free' | 'paid';
	/** The last check before money is spent. */
	request: z.ZodType<Request>;
	/** The most one such request can charge, in credits. */
	worstCase(request: Request): number;
}

/** One free call. A paid one does not fit: whoever reads cannot reach it. */
export interface FreeEndpoint<Request, Response> extends Call<Request, Response> {
	repeat?: never;
	worstCase?: never;
}

/** Filters as they travel in a query: what has several values is repeated. */
export type Filters = Readonly<Record<string, string | readonly string[]>>;

/** A path with its query. */
export function withQuery(path: string, query: Filters): string {
	const pairs = Object.entries(query).flatMap(([name, value]) =>
		[value].flat().map((one): [string, string] => [name, one]),
	);
	return pairs.length === 0 ? path : `${path}?${new URLSearchParams(pairs).toString()}`;
}
