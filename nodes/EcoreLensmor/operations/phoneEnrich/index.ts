import {
	CREDITS_PER_PHONE,
	enrichPhone,
	type EnrichmentRequest,
	type PhoneResponse,
} from '../../contract/ecore';
import { combinationsIn, identityOf, matchedBy } from '../identifiers';
import type { ItemParameters, Operation, ReadItem, Settled } from '../operation';
import { shown } from '../shown';
import { description } from './description';

/** Phone → Enrich: looks a person's phone up; nothing promises that a second hit is free, so none is asked for. */
export const phoneEnrich: Operation<EnrichmentRequest, PhoneResponse> = {
	resource: 'phone',
	operation: 'enrich',
	description,
	endpoint: enrichPhone,
	read,
	identity: identityOf,
	asked: () => ({}),
	settle,
	unanswered: (outcome) => ({
		found: outcome === 'not_found' ? false : null,
		phone: null,
		email: null,
		matchedBy: null,
	}),
};

function read(item: ItemParameters): ReadItem<EnrichmentRequest> {
	const tryNext = item.option('tryNext') ?? false;
	if (typeof tryNext !== 'boolean') {
		return {
			bad: `Try Next Identifier When Not Found must be true or false, not ${shown(tryNext)}`,
		};
	}
	const combinations = combinationsIn(item);
	if ('bad' in combinations) return combinations;
	const [first, ...others] = combinations.requests;
	return { requests: tryNext ? [first, ...others] : [first] };
}

function settle(response: PhoneResponse, request: EnrichmentRequest): Settled {
	const creditsRemaining = response.remaining_credits;
	if (response.status === 'not_found') {
		return {
			outcome: 'not_found',
			creditsCharged: 0,
			creditsRemaining,
			reason: '',
			fields: { found: false, phone: null, email: null, matchedBy: null },
		};
	}
	const { phone, email } = response.results;
	return {
		outcome: 'found',
		// The answer carries no price.
		creditsCharged: CREDITS_PER_PHONE,
		creditsRemaining,
		reason: '',
		fields: { found: true, phone, email: email ?? null, matchedBy: matchedBy(request) },
	};
}
