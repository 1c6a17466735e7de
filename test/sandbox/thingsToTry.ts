import { PREVIEW_LIMIT } from './lists';
import { shipped, type Person, type TradeShow } from './world';

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

/** What there is to try in a running sandbox, how to see what was spent, and how to make answers fail. */
export function thingsToTry(origin: string): string {
	const { people, events } = shipped;
	const phoneless = people.filter(({ phone }) => phone === null).slice(0, 1);
	const withPhone = people.filter(({ phone }) => phone !== null);
	return `Records to unlock (UUID):
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
More kinds of faults are in test/sandbox/faults.ts.`;
}
