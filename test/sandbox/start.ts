import { parseArgs } from 'node:util';

import { PREVIEW_LIMIT } from './lists';
import { Sandbox } from './sandbox';
import { shipped, type Person, type TradeShow } from './world';

const HIGHEST_PORT = 65_535;

function chosenPort(): number {
	const { values } = parseArgs({ options: { port: { type: 'string' } } });
	const given = values.port ?? process.env.SANDBOX_PORT ?? '0';
	const port = Number(given);
	if (!/^\d+$/.test(given) || port > HIGHEST_PORT) {
		throw new Error(`The port must be a whole number from 0 to ${HIGHEST_PORT}, not "${given}"`);
	}
	return port;
}

function asRecord({ uuid, first_name, last_name, phone }: Person): string {
	return `  ${uuid}  ${first_name} ${last_name}${phone === null ? ' (no phone: 1 credit)' : ''}`;
}

function asEvent({ id, eventId, name, contacts }: TradeShow): string {
	const note = contacts === 0 ? ' (has no contacts: cannot be unlocked)' : '';
	return `  ${id === eventId ? id : `${id} or ${eventId}`}  ${name}${note}`;
}

function asLookup({ first_name, last_name, phone, linkedin_url, email }: Person): string {
	const who = `${first_name} ${last_name}, ${phone === null ? 'no phone' : 'has a phone'}`;
	return `  ${who.padEnd(26)}  ${linkedin_url}, or ${email}`;
}

/** What a person needs to know to work with a running sandbox. */
function instructions(sandbox: Sandbox): string {
	const { credential, lensmorBaseUrl: origin } = sandbox;
	const { ecore, lensmor } = sandbox.world.wallet;
	const { people, events } = shipped;
	const phoneless = people.filter(({ phone }) => phone === null).slice(0, 1);
	const withPhone = people.filter(({ phone }) => phone !== null);
	return `Stand-in eCore and Lensmor, with play money. For the credential "eCore & Lensmor API":

  eCore Token       ${credential.ecoreToken}
  eCore Base URL    ${credential.ecoreBaseUrl}
  Lensmor API Key   ${credential.lensmorApiKey}
  Lensmor Base URL  ${credential.lensmorBaseUrl}

It answers on this machine only: n8n in a container does not reach it.
Wallets: ${ecore} eCore credits, ${lensmor} Lensmor credits.

Records to unlock (UUID):
${[...withPhone.slice(0, 3), ...phoneless].map(asRecord).join('\n')}

People to look up:
${[...withPhone.slice(0, 1), ...phoneless].map(asLookup).join('\n')}
  ${'unknown'.padEnd(26)}  https://www.linkedin.com/in/nobody-here, or nobody@example.com

Events to unlock (ID):
${events.map(asEvent).join('\n')}

Free to read: records by company or job title (such as "Head of Sales"), events, and an event's
exhibitors and people, ${PREVIEW_LIMIT} of each until it is unlocked.

Look at wallets and ledger:       curl ${origin}/sandbox
Set wallets:                      curl ${origin}/sandbox/wallet -d '{"ecore": 500, "lensmor": 10000}'
Start anew:                       curl -X POST ${origin}/sandbox/reset
Charge, but lose the answer:      curl ${origin}/sandbox/faults -d '[{"kind": "lostAfter"}]'
Fail two event unlocks:           curl ${origin}/sandbox/faults \\
                                    -d '[{"kind": "status", "status": 503, "on": "/events/", "times": 2}]'
More kinds of faults are in test/sandbox/faults.ts.

Ctrl-C stops it.`;
}

async function main(): Promise<void> {
	const sandbox = await Sandbox.start({ port: chosenPort() });
	for (const signal of ['SIGINT', 'SIGTERM'] as const) {
		process.once(signal, () => void sandbox.stop());
	}
	console.log(instructions(sandbox));
}

main().catch((error: Error) => {
	console.error(error.message);
	process.exitCode = 1;
});
