import { Sandbox } from '../sandbox/sandbox';
import type { ScriptedFault } from '../sandbox/faults';
import { crowd } from '../fixtures/crowd';

/** How the vendor of one measurement is set up: how many people it knows, and its latency in milliseconds. */
export interface VendorSetup {
	people: number;
	latencyMs: number;
	/** Credits in eCore's wallet. */
	wallet: number;
	faults?: ScriptedFault[];
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
	const sandbox = await Sandbox.start({
		people: crowd(setup.people),
		wallet: { ecore: setup.wallet },
	});
	process.on('message', (message) => {
		if (message === 'start') {
			// What warmed the engine up does not count, and need not wait.
			sandbox.reset();
			sandbox.latencyMs = setup.latencyMs;
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
	process.send?.(sandbox.credential);
}

void main();
