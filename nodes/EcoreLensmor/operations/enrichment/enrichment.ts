import type { z } from 'zod';

import type { EnrichmentRequest } from '../../vendors/ecore';
import type { Resource } from '../resources';
import type { Endpoint } from '../../vendors/endpoint';
import type { PaidDescription, OutputFields, PaidOperation } from '../operation';
import {
	aboutPerson,
	identityOf,
	matchedBy,
	parseIdentifiers,
	type MatchedBy,
} from './identifiers';

type EnrichmentResponse<Results> =
	| { status: 'success'; results: Results; remaining_credits: number | null }
	| { status: 'not_found'; remaining_credits: number | null };

interface Enrichment<Results, Output extends OutputFields> {
	resource: Resource;
	description: PaidDescription<Output>;
	endpoint: Endpoint<EnrichmentRequest, EnrichmentResponse<Results>>;
	/** In credits, because the answer does not contain the price (docs/vendor-apis.md A.4). */
	price: number;
	/** The output fields for what was found. */
	details: (results: Results) => Details<Output>;
	/** The same fields if nothing was found. */
	noDetails: Details<Output>;
}

type Details<Output extends OutputFields> = Omit<z.infer<Output>, 'found' | 'matchedBy'>;

/**
 * A paid operation that looks a person up. Each hit may be charged, also one for the same person as before
 * (docs/vendor-apis.md A.4), so only a person can have a lookup that is in doubt sent again.
 */
export function enrichment<Results, Output extends OutputFields>({
	resource,
	description,
	endpoint,
	price,
	details,
	noDetails,
}: Enrichment<Results, Output>): PaidOperation<
	EnrichmentRequest,
	EnrichmentResponse<Results>,
	Output,
	never
> {
	// The compiler has checked `details` and `noDetails`, but it cannot see that all fields together are the output.
	const fields = (found: boolean | null, ofPerson: Details<Output>, by: MatchedBy | null) =>
		({ found, ...ofPerson, matchedBy: by }) as z.infer<Output>;
	return {
		kind: 'paid',
		resource,
		operation: 'enrich',
		description,
		endpoint,
		parse: parseIdentifiers,
		identity: identityOf,
		about: aboutPerson,
		requestFields: () => ({}),
		settle: (response, request) => {
			const creditsRemaining = response.remaining_credits;
			return response.status === 'not_found'
				? {
						outcome: 'not_found',
						creditsCharged: 0,
						creditsRemaining,
						reason: '',
						fields: fields(false, noDetails, null),
					}
				: {
						outcome: 'found',
						creditsCharged: price,
						creditsRemaining,
						reason: '',
						fields: fields(true, details(response.results), matchedBy(request)),
					};
		},
		fieldsWithoutAnswer: (outcome) =>
			fields(outcome === 'not_found' ? false : null, noDetails, null),
	};
}
