import type { IDataObject, IHttpRequestMethods } from 'n8n-workflow';
import type { z } from 'zod';

/** The two vendors; each has its own token, base URL and wallet (api-contract A.1, B.1). */
export type Vendor = 'ecore' | 'lensmor';

/** One HTTP request without its base URL and token: `path` starts with a slash. */
export interface WireRequest {
	method: IHttpRequestMethods;
	path: string;
	headers?: IDataObject;
	body?: IDataObject;
}

/** One paid call of a vendor: what travels, what it costs at most, and whether asking twice can cost twice. */
export interface Endpoint<Request, Response> {
	vendor: Vendor;
	/** `free` where the vendor documents a repeat as charging nothing, `paid` where nothing promises it. */
	repeat: 'free' | 'paid';
	/** The last check before money is spent. */
	request: z.ZodType<Request>;
	response: z.ZodType<Response, z.ZodTypeDef, unknown>;
	/** The body of a 404 that means "no such record or event"; absent where no 404 is documented. */
	missing?: z.ZodTypeAny;
	toWire(request: Request): WireRequest;
	/** The most one such request can charge, in credits. */
	worstCase(request: Request): number;
}
