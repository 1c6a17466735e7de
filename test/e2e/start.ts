import { spawn } from 'node:child_process';

import { OWNER, WEBHOOK_TOKEN, type N8n } from './n8n';
import { install } from './install';
import { Outside } from './outside';
import { thingsToTry } from '../sandbox/thingsToTry';
import { exampleThatBuys, startHost } from './useN8n';

const EXAMPLES = [
	'crm-contact-to-phone-to-slack',
	'weekly-spending-to-slack',
	'nightly-records-to-slack',
	'event-unlock-with-approval',
	'find-people-unlock-emails',
	'find-event-unlock-people',
	'event-people-unlock-emails',
	'agent-event-unlock-with-review',
];

const TOKEN = `${WEBHOOK_TOKEN.header}: ${WEBHOOK_TOKEN.secret}`;

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

/** Builds on every change of the source, and puts the build where n8n notices it. Answers how to end that. */
function buildOnChange(n8n: N8n): () => void {
	// npm run puts gulp on the path.
	const builder = spawn('gulp', ['--silent', 'watch', '--into', n8n.packageFolder], {
		stdio: 'inherit',
	});
	let said = 0;
	const listener = setInterval(() => {
		const { log } = n8n.main;
		for (const line of log.slice(said)) if (line.includes('Hot reload')) say(`n8n: ${line}`);
		said = log.length;
	}, 200);
	return () => {
		clearInterval(listener);
		builder.kill();
	};
}

async function main(): Promise<void> {
	const reloads = process.argv.includes('--reload');
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
	const { n8n, credentials } = await startHost(outside, reloads ? { N8N_DEV_RELOAD: 'true' } : {});
	let stopBuilding = () => {};
	try {
		if (reloads) stopBuilding = buildOnChange(n8n);
		for (const name of EXAMPLES) await n8n.addWorkflow(exampleThatBuys(name), credentials);
		say(`
n8n is running with this node, its credential and the example workflows. Nothing leaves this machine:
eCore, Lensmor and Slack are stand-ins, and all credits are play money. The credential has the
vendors' real addresses: they lead to the stand-ins here, and the tokens are not real.

  Open   ${n8n.address}
  Login  ${OWNER.email}  ${OWNER.password}

Let a CRM report a contact (in another terminal), and see Slack's message here:

  curl -X POST ${n8n.address}/webhook/crm-contact -H '${TOKEN}' \\
    -H 'content-type: application/json' -d '${JSON.stringify(CONTACT)}'

Ask for a trade show, open the address for approval that appears here in a browser, and see its people:

  curl -X POST ${n8n.address}/webhook/show-wanted -H '${TOKEN}' \\
    -H 'content-type: application/json' -d '{"name":"Interpack"}'

${thingsToTry(outside.sandbox.lensmorBaseUrl)}

${reloads ? 'Change something under nodes/ or credentials/: it is built, and n8n loads it.\n\n' : ''}Ctrl-C stops all of it.`);
		await stop;
		say('\nStopping ...');
	} finally {
		stopBuilding();
		await n8n.stop();
		await outside.stop();
	}
	say(`${outside.sandbox.world.spent()} credits of play money were spent.`);
}

void main();
