import type { IDataObject } from 'n8n-workflow';

import type { Sandbox } from '../sandbox/sandbox';
import { execute } from './engine';
import { hurry } from './haste';
import { useSandbox } from './useSandbox';

hurry();

let sandbox: Sandbox;
useSandbox((started) => (sandbox = started));

const CES = {
	success: true,
	alreadyUnlocked: false,
	creditsUsed: 2000,
	balanceAfter: {
		subscriptionBalance: 0,
		permanentBalance: 451021,
		totalBalance: 451021,
		unlimited: false,
	},
	event: { id: '26855', eventId: '26855', name: 'CES 2025' },
};
const UUIDS = ['a1b2c3d4-e5f6-7a8b-9c0d-1e2f3a4b5c6d', 'b2c3d4e5-f6a7-8b9c-0d1e-2f3a4b5c6d7e'];

const unlockParameters = {
	resource: 'record',
	operation: 'unlock',
	uuids: UUIDS.join(', '),
	unlockType: 'email',
	requestMode: 'perItem',
};
const unlockWire = {
	method: 'POST',
	path: '/backend/api/v1/external/unlock/',
	body: { uuids: UUIDS, unlock_type: 'email' },
};
const unlockEcho = { uuids: UUIDS, unlockType: 'email', requested: 2 };

const byCompany = {
	resource: 'phone',
	operation: 'enrich',
	firstName: 'John',
	lastName: 'Doe',
	companyName: 'Acme Corp',
};
const byCompanyWire = {
	method: 'POST',
	path: '/backend/api/v1/external/phone/enrichment/',
	body: { first_name: 'John', last_name: 'Doe', company_name: 'Acme Corp' },
};
const byLinkedIn = {
	resource: 'phone',
	operation: 'enrich',
	linkedinUrl: 'https://www.linkedin.com/in/johndoe',
};
const byLinkedInWire = {
	...byCompanyWire,
	body: { linkedin_url: 'https://www.linkedin.com/in/johndoe' },
};
const emailWire = { ...byLinkedInWire, path: '/backend/api/v1/external/email/enrichment/' };
const noPhone = { phone: null, email: null, matchedBy: null };

const eventParameters = {
	resource: 'event',
	operation: 'unlock',
	eventId: { __rl: true, mode: 'id', value: '139574' },
	options: { callSource: 'api' },
};
const eventWire = {
	method: 'POST',
	path: '/external/events/139574/unlock',
	body: undefined,
};
const noEvent = { eventId: '139574', event: null, balance: null };

const refused = { outcome: 'refused', creditsCharged: 0 };

interface Example {
	what: string;
	parameters: IDataObject;
	wire: { method: string; path: string; body: unknown };
	authorization: string;
	answer: { status: number; body: unknown };
	item: IDataObject;
}

const ecore = (example: Omit<Example, 'authorization'>): Example => ({
	...example,
	authorization: 'Token sandbox-ecore-token-4f7a',
});
const lensmor = (example: Omit<Example, 'authorization' | 'wire' | 'parameters'>): Example => ({
	...example,
	parameters: eventParameters,
	wire: eventWire,
	authorization: 'Bearer sk_sandbox_lensmor_91c2',
});

const examples: Example[] = [
	ecore({
		what: 'Unlock Records, 200',
		parameters: unlockParameters,
		wire: unlockWire,
		answer: {
			status: 200,
			body: {
				success: true,
				message: 'Records unlocked successfully.',
				unlocked: 2,
				credits_charged: 2,
				wallet_balance: 498,
			},
		},
		item: {
			outcome: 'unlocked',
			...unlockEcho,
			alreadyUnlocked: false,
			unlocked: 2,
			creditsCharged: 2,
			creditsRemaining: 498,
			reason: '',
		},
	}),
	ecore({
		what: 'Unlock Records, 400',
		parameters: unlockParameters,
		wire: unlockWire,
		answer: { status: 400, body: { error: '...' } },
		item: {
			...refused,
			...unlockEcho,
			alreadyUnlocked: null,
			unlocked: 0,
			creditsRemaining: null,
			reason: 'eCore refused the request (HTTP 400: ..)',
		},
	}),
	ecore({
		what: 'Unlock Records, 401',
		parameters: unlockParameters,
		wire: unlockWire,
		answer: { status: 401, body: { detail: 'Invalid token.' } },
		item: {
			...refused,
			...unlockEcho,
			alreadyUnlocked: null,
			unlocked: 0,
			creditsRemaining: null,
			reason:
				'eCore refused the token (HTTP 401: Invalid token). Check eCore Token in the credential',
		},
	}),
	ecore({
		what: 'Unlock Records, 402',
		parameters: unlockParameters,
		wire: unlockWire,
		answer: { status: 402, body: { error: 'Insufficient credits.', required: 2, balance: 1 } },
		item: {
			...refused,
			...unlockEcho,
			alreadyUnlocked: null,
			unlocked: 0,
			creditsRemaining: 1,
			reason:
				'The eCore wallet cannot pay for this (HTTP 402: Insufficient credits; 2 credits needed, 1 left). Top it up',
		},
	}),
	ecore({
		what: 'Unlock Records, 404',
		parameters: unlockParameters,
		wire: unlockWire,
		answer: { status: 404, body: { error: 'No matching records found.' } },
		item: {
			outcome: 'not_found',
			...unlockEcho,
			alreadyUnlocked: false,
			unlocked: 0,
			creditsCharged: 0,
			creditsRemaining: null,
			reason: '',
		},
	}),
	ecore({
		what: 'Phone Enrichment by name and company, 200 found',
		parameters: byCompany,
		wire: byCompanyWire,
		answer: {
			status: 200,
			body: {
				success: true,
				status: 'success',
				results: { phone: '+1 555-123-4567', email: 'john.doe@acme.com' },
				remaining_credits: 95,
			},
		},
		item: {
			outcome: 'found',
			found: true,
			phone: '+1 555-123-4567',
			email: 'john.doe@acme.com',
			matchedBy: 'nameAndCompany',
			creditsCharged: 5,
			creditsRemaining: 95,
			reason: '',
		},
	}),
	ecore({
		what: 'Phone Enrichment by LinkedIn URL, 200 found without an email',
		parameters: byLinkedIn,
		wire: byLinkedInWire,
		answer: {
			status: 200,
			body: {
				success: true,
				status: 'success',
				results: { phone: '+1 555-123-4567' },
				remaining_credits: 95,
			},
		},
		item: {
			outcome: 'found',
			found: true,
			phone: '+1 555-123-4567',
			email: null,
			matchedBy: 'linkedinUrl',
			creditsCharged: 5,
			creditsRemaining: 95,
			reason: '',
		},
	}),
	ecore({
		what: 'Phone Enrichment, 200 not found',
		parameters: byLinkedIn,
		wire: byLinkedInWire,
		answer: {
			status: 200,
			body: {
				success: true,
				status: 'not_found',
				message: 'Phone not found',
				remaining_credits: 100,
			},
		},
		item: {
			outcome: 'not_found',
			found: false,
			...noPhone,
			creditsCharged: 0,
			creditsRemaining: 100,
			reason: '',
		},
	}),
	ecore({
		what: 'Phone Enrichment, 400',
		parameters: byCompany,
		wire: byCompanyWire,
		answer: {
			status: 400,
			body: {
				error:
					'Provide linkedin_url, email, or first_name + last_name + (company_name OR company_website).',
			},
		},
		item: {
			...refused,
			found: null,
			...noPhone,
			creditsRemaining: null,
			reason:
				'eCore refused the request (HTTP 400: Provide linkedin_url, email, or first_name + last_name + (company_name OR company_website))',
		},
	}),
	ecore({
		what: 'Phone Enrichment, 401',
		parameters: byCompany,
		wire: byCompanyWire,
		answer: { status: 401, body: { detail: 'Invalid token.' } },
		item: {
			...refused,
			found: null,
			...noPhone,
			creditsRemaining: null,
			reason:
				'eCore refused the token (HTTP 401: Invalid token). Check eCore Token in the credential',
		},
	}),
	ecore({
		what: 'Phone Enrichment, 402',
		parameters: byCompany,
		wire: byCompanyWire,
		answer: { status: 402, body: { error: 'Insufficient credits.' } },
		item: {
			...refused,
			found: null,
			...noPhone,
			creditsRemaining: null,
			reason: 'The eCore wallet cannot pay for this (HTTP 402: Insufficient credits). Top it up',
		},
	}),
	ecore({
		what: 'Email Enrichment, 200 found',
		parameters: { ...byLinkedIn, resource: 'email' },
		wire: emailWire,
		answer: {
			status: 200,
			body: {
				success: true,
				status: 'success',
				results: { email: 'john.doe@acme.com' },
				remaining_credits: 99,
			},
		},
		item: {
			outcome: 'found',
			found: true,
			email: 'john.doe@acme.com',
			matchedBy: 'linkedinUrl',
			creditsCharged: 1,
			creditsRemaining: 99,
			reason: '',
		},
	}),
	ecore({
		what: 'Email Enrichment, 200 not found',
		parameters: { ...byLinkedIn, resource: 'email' },
		wire: emailWire,
		answer: {
			status: 200,
			body: {
				success: true,
				status: 'not_found',
				message: 'Email not found',
				remaining_credits: 100,
			},
		},
		item: {
			outcome: 'not_found',
			found: false,
			email: null,
			matchedBy: null,
			creditsCharged: 0,
			creditsRemaining: 100,
			reason: '',
		},
	}),
	lensmor({
		what: 'Event Unlock, 201',
		answer: { status: 201, body: CES },
		item: {
			outcome: 'unlocked',
			eventId: '139574',
			alreadyUnlocked: false,
			event: CES.event,
			balance: CES.balanceAfter,
			creditsCharged: 2000,
			creditsRemaining: 451021,
			// The vendor's own example asks for one ID and answers with another.
			reason:
				'Lensmor answered with event 26855 (CES 2025), not with the ID that was asked for: check that it is the event you mean',
		},
	}),
	lensmor({
		what: 'Event Unlock, 201 already unlocked',
		answer: {
			status: 201,
			body: {
				...CES,
				alreadyUnlocked: true,
				creditsUsed: 0,
				balanceAfter: null,
				event: { id: '8458', eventId: '139574', name: 'Hannover Messe' },
			},
		},
		item: {
			outcome: 'already_unlocked',
			eventId: '139574',
			alreadyUnlocked: true,
			event: { id: '8458', eventId: '139574', name: 'Hannover Messe' },
			balance: null,
			creditsCharged: 0,
			creditsRemaining: null,
			reason: '',
		},
	}),
	lensmor({
		what: 'Event Unlock, 404',
		answer: {
			status: 404,
			body: { code: 404, message: 'Resource not found', errorKey: 'NOT_FOUND', traceId: 't' },
		},
		item: {
			outcome: 'not_found',
			...noEvent,
			alreadyUnlocked: false,
			creditsCharged: 0,
			creditsRemaining: null,
			reason: '',
		},
	}),
	...(
		[
			[
				401,
				'INVALID_API_KEY',
				'Invalid API key',
				'Lensmor refused the token (HTTP 401: Invalid API key; INVALID_API_KEY). Check Lensmor API Key in the credential',
			],
			[
				402,
				'INSUFFICIENT_CREDITS',
				'Insufficient credits',
				'The Lensmor wallet cannot pay for this (HTTP 402: Insufficient credits; INSUFFICIENT_CREDITS). Top it up',
			],
			[
				429,
				'RATE_LIMIT_EXCEEDED',
				'Rate limit exceeded',
				'Lensmor takes no more requests for now (HTTP 429: Rate limit exceeded; RATE_LIMIT_EXCEEDED)',
			],
		] as const
	).map(([status, errorKey, message, reason]) =>
		lensmor({
			what: `Event Unlock, ${status}`,
			answer: { status, body: { code: status, message, errorKey, traceId: 't' } },
			item: { ...refused, ...noEvent, alreadyUnlocked: null, creditsRemaining: null, reason },
		}),
	),
];

it.each(examples)('$what: this goes out, and this comes out', async (example) => {
	const { answer } = example;
	sandbox.fault({ kind: 'status', ...answer });

	const { output } = await execute({
		parameters: example.parameters,
		items: [{}],
		credential: sandbox.credential,
		settings: { onError: 'continueRegularOutput' },
	});

	expect(sandbox.seen).toHaveLength(1);
	const [seen] = sandbox.seen;
	expect({ method: seen?.method, path: seen?.path, body: seen?.body }).toEqual(example.wire);
	expect(seen?.headers.authorization).toBe(example.authorization);
	expect(seen?.headers.accept).toBe('application/json');
	if (example.wire.body !== undefined) {
		expect(seen?.headers['content-type']).toMatch(/^application\/json/);
	} else {
		expect(seen?.headers['content-length']).toBe('0');
		expect(seen?.headers['x-call-source']).toBe('api');
	}
	expect(output).toEqual([{ json: example.item, pairedItem: { item: 0 } }]);
});

it.each([
	['auto', 'api'],
	['api', 'api'],
	['agent', 'agent'],
])('Call Source %s is sent as %s in a workflow', async (callSource, sent) => {
	await execute({
		parameters: { ...eventParameters, options: { callSource } },
		items: [{}],
		credential: sandbox.credential,
	});

	expect(sandbox.seen.map(({ headers }) => headers['x-call-source'])).toEqual([sent]);
});

it.each([
	['an ID with a slash and a space', 'a/b c', '/external/events/a%2Fb%20c/unlock'],
	['a number from an expression', 26855, '/external/events/26855/unlock'],
	['spaces around it', ' 26855 ', '/external/events/26855/unlock'],
])('an event ID goes into the path encoded: %s', async (_what, value, path) => {
	await execute({
		parameters: {
			...eventParameters,
			eventId: { __rl: true, mode: 'id', value: '={{ $json.event }}' },
		},
		items: [{ event: value }],
		credential: sandbox.credential,
	});

	expect(sandbox.seen.map((seen) => seen.path)).toEqual([path]);
});
