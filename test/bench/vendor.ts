import { Sandbox } from '../sandbox/sandbox';
import type { ScriptedFault } from '../sandbox/faults';
import { crowd } from '../fixtures/crowd';
import { selfSigned } from './certificate';
import { latencies, type Latency } from './latency';

/** How the vendor of one measurement is set up. */
export interface VendorSetup {
	/** How many people it knows. */
	people: number;
	/** That of a vendor far away, which is then spoken to over TLS; absent, it answers at once and in clear. */
	latency?: Latency;
	/** Credits in eCore's wallet. */
	wallet: number;
	faults?: ScriptedFault[];
}

/** What the vendor tells when it is there: how to get in, and the certificate to trust (PEM). */
export interface VendorAddress {
	credential: Sandbox['credential'];
	certificate?: string;
}

/** What the vendor saw, told after the measurement. */
export interface VendorReport {
	requests: number;
	credits: number;
	people: number;
}

// The sandbox in a process of its own: what it costs must not count for the engine.
async function main(): Promise<void> {
	const setup = JSON.parse(process.argv[2] ?? '{}') as VendorSetup;
	const { latency } = setup;
	const https = latency === undefined ? undefined : selfSigned();
	const sandbox = await Sandbox.start({
		people: crowd(setup.people),
		wallet: { ecore: setup.wallet },
		// As nginx does it: a client that used a connection again would gain by it.
		...(https === undefined ? {} : { https, keepAliveMs: 75_000 }),
	});
	process.on('message', (message) => {
		if (message === 'start') {
			// What warmed the engine up does not count, and need not wait.
			sandbox.reset();
			if (latency !== undefined) sandbox.latencyMs = latencies(latency);
			sandbox.fault(...(setup.faults ?? []));
			process.send?.('started');
			return;
		}
		const report: VendorReport = {
			requests: sandbox.seen.length,
			credits: sandbox.world.spent(),
			people: new Set(sandbox.ledger.map(({ key }) => key)).size,
		};
		process.send?.(report);
		void sandbox.stop().then(() => process.exit());
	});
	const address: VendorAddress = {
		credential: sandbox.credential,
		...(https === undefined ? {} : { certificate: https.cert }),
	};
	process.send?.(address);
}

void main();
