import { accountsOf } from '../../../nodes/EcoreLensmor/vendors/account';
import { explain } from '../../../nodes/EcoreLensmor/transport/explain';
import type { Classification } from '../../../nodes/EcoreLensmor/transport/classify';

const { ecore, lensmor } = accountsOf({ ecoreToken: 'token', lensmorApiKey: 'key' });
const status = (code: number, vendorText = 'No'): Classification<string> => ({
	kind: 'status',
	status: code,
	vendorText,
	retryAfterMs: undefined,
	balance: null,
});
const DOUBT = 'so it may or may not have charged';

it.each<[Classification<string>, string]>([
	[{ kind: 'delivered', response: '' }, ''],
	[{ kind: 'missing' }, ''],
	[{ kind: 'refusedWithOk', vendorText: 'No' }, 'eCore refused the request: No'],
	[
		{ kind: 'unreadable', status: 204 },
		`eCore answered HTTP 204 with a body that cannot be understood, ${DOUBT}`,
	],
	[
		{ kind: 'unsent', cause: 'the connection was refused' },
		'eCore could not be reached: the connection was refused. Check eCore Base URL in the credential, and the network',
	],
	[{ kind: 'lost', cause: 'it broke' }, `No answer from eCore: it broke, ${DOUBT}`],
	[status(401), 'eCore refused the token (HTTP 401: No). Check eCore Token in the credential'],
	[status(401, ''), 'eCore refused the token (HTTP 401). Check eCore Token in the credential'],
	[status(402), 'The eCore wallet cannot pay for this (HTTP 402: No). Top it up'],
	[status(403), 'eCore does not allow this account to do that (HTTP 403: No)'],
	[
		status(404),
		'eCore does not know the address (HTTP 404: No). Check eCore Base URL in the credential',
	],
	[status(409), 'eCore is busy with another credit operation of this account (HTTP 409: No)'],
	[status(429), 'eCore takes no more requests for now (HTTP 429: No)'],
	[status(400), 'eCore refused the request (HTTP 400: No)'],
	...[
		['EVENT_NOT_UNLOCKED', 'Unlock the contacts of the event first, or choose Full as Access'],
		['VISITOR_DATA_NOT_AVAILABLE', 'Lensmor holds no visitors of this event'],
		['USER_HAS_NO_FEATURE', 'Lensmor unlocks visitors only for accounts with a subscription'],
		['NO_ACTIVE_SUBSCRIPTION', 'Lensmor unlocks visitors only for accounts with a subscription'],
	].flatMap(([key = '', advice]): Array<[Classification<string>, string]> => [
		[status(400, `No; ${key}`), `eCore refused the request (HTTP 400: No; ${key}). ${advice}`],
		[
			{ kind: 'refusedWithOk', vendorText: `No; ${key}` },
			`eCore refused the request: No; ${key}. ${advice}`,
		],
	]),
	[status(499), 'eCore refused the request (HTTP 499: No)'],
	...[300, 399].map((code): [Classification<string>, string] => [
		status(code),
		`eCore answered with a redirect (HTTP ${code}: No), which is never followed, ${DOUBT}. Check eCore Base URL in the credential`,
	]),
	[status(199), `eCore answered HTTP 199: No, ${DOUBT}`],
	[status(500), `eCore answered HTTP 500: No, ${DOUBT}`],
])('of %j a person reads: %s', (answer, sentence) => {
	expect(explain(answer, ecore, `, ${DOUBT}`)).toBe(sentence);
});

it('a sentence names the fields of the vendor that it is about', () => {
	expect(explain(status(401), lensmor, '')).toMatch(/^Lensmor .* Lensmor API Key/);
	expect(explain(status(404), lensmor, '')).toMatch(/^Lensmor .* Lensmor Base URL/);
});
