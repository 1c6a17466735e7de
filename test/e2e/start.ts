import { OWNER } from './n8n';
import { install } from './install';
import { Outside } from './outside';
import { example, startHost } from './useN8n';

const EXAMPLES = [
	'crm-contact-to-phone-to-slack',
	'nightly-records-to-slack',
	'event-unlock-with-approval',
	'find-people-unlock-emails',
	'find-event-unlock-people',
];

function say(text: string): void {
	process.stdout.write(`${text}\n`);
}

// As a HubSpot workflow sends a contact.
const CONTACT = {
	properties: {
		firstname: { value: 'Amara' },
		lastname: { value: 'Okafor' },
		email: { value: 'amara.okafor@brightline-logistics.com' },
		company: { value: 'Brightline Logistics' },
	},
};

async function main(): Promise<void> {
	install();
	const outside = await Outside.start(({ channel, text, buttons }) => {
		say(`\nSlack ${channel}\n  ${text.replaceAll('\n', '\n  ')}`);
		for (const url of buttons) {
			say(`  [${url.includes('approved=true') ? 'Approve' : 'Decline'}] ${url}`);
		}
	});
	const stop = new Promise<void>((resolve) => {
		// For good: npm hands Ctrl-C on, so it comes twice, and the second must not cut the stopping short.
		for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve());
	});
	say('Starting n8n ...');
	const { n8n, credentials } = await startHost(outside);
	try {
		for (const name of EXAMPLES) await n8n.addWorkflow(example(name), credentials);
		say(`
n8n is running with this node, its credential and the example workflows. Nothing leaves this machine:
eCore, Lensmor and Slack are stand-ins, and all credits are play money.

  Open   ${n8n.address}
  Login  ${OWNER.email}  ${OWNER.password}

Let a CRM report a contact (in another terminal), and see Slack's message here:

  curl -X POST ${n8n.address}/webhook/crm-contact -H 'content-type: application/json' \\
    -d '${JSON.stringify(CONTACT)}'

Ask for a trade show, approve it with the address that appears here, and see its people:

  curl -X POST ${n8n.address}/webhook/show-wanted -H 'content-type: application/json' \\
    -d '{"name":"Interpack"}'

Ctrl-C stops all of it.`);
		await stop;
		say('\nStopping ...');
	} finally {
		await n8n.stop();
		await outside.stop();
	}
	say(`${outside.sandbox.world.spent()} credits of play money were spent.`);
}

void main();
