import { parseArgs } from 'node:util';

import { Sandbox } from './sandbox';
import { thingsToTry } from './thingsToTry';

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

/** What a person needs to know to work with a running sandbox. */
function instructions(sandbox: Sandbox): string {
	const { credential, lensmorBaseUrl: origin } = sandbox;
	const { ecore, lensmor } = sandbox.world.wallet;
	return `Stand-in eCore and Lensmor, with play money. For the credential "eCore & Lensmor API":

  eCore Token       ${credential.ecoreToken}
  eCore Base URL    ${credential.ecoreBaseUrl}
  Lensmor API Key   ${credential.lensmorApiKey}
  Lensmor Base URL  ${credential.lensmorBaseUrl}

It answers on this machine only: n8n in a container does not reach it.
Wallets: ${ecore} eCore credits, ${lensmor} Lensmor credits.

${thingsToTry(origin)}

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
