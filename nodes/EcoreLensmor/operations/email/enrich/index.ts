import {
	CREDITS_PER_EMAIL,
	enrichEmail,
	type EmailResponse,
	type EnrichmentRequest,
} from '../../../vendors/ecore';
import { identityOf, lookupsFor, matchedBy } from '../../enrichment/identifiers';
import type { Operation, Settled } from '../../operation';
import { description } from './description';

/** Email → Enrich: looks a person's email up; nothing promises that a second hit is free, so none is asked for. */
export const emailEnrich: Operation<EnrichmentRequest, EmailResponse> = {
	kind: 'paid',
	resource: 'email',
	operation: 'enrich',
	description,
	endpoint: enrichEmail,
	read: lookupsFor,
	identity: identityOf,
	asked: () => ({}),
	settle,
	unanswered: (outcome) => ({
		found: outcome === 'not_found' ? false : null,
		email: null,
		matchedBy: null,
	}),
};

function settle(response: EmailResponse, request: EnrichmentRequest): Settled {
	const creditsRemaining = response.remaining_credits;
	if (response.status === 'not_found') {
		return {
			outcome: 'not_found',
			creditsCharged: 0,
			creditsRemaining,
			reason: '',
			fields: { found: false, email: null, matchedBy: null },
		};
	}
	return {
		outcome: 'found',
		// The answer carries no price.
		creditsCharged: CREDITS_PER_EMAIL,
		creditsRemaining,
		reason: '',
		fields: { found: true, email: response.results.email, matchedBy: matchedBy(request) },
	};
}
