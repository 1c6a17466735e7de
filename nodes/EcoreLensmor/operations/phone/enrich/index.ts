import {
	CREDITS_PER_PHONE,
	enrichPhone,
	type EnrichmentRequest,
	type PhoneResponse,
} from '../../../vendors/ecore';
import { identityOf, lookupsFor, matchedBy } from '../../enrichment/identifiers';
import type { Operation, Settled } from '../../operation';
import { description } from './description';

/** Phone → Enrich: looks a person's phone up; nothing promises that a second hit is free, so none is asked for. */
export const phoneEnrich: Operation<EnrichmentRequest, PhoneResponse> = {
	kind: 'paid',
	resource: 'phone',
	operation: 'enrich',
	description,
	endpoint: enrichPhone,
	read: lookupsFor,
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
