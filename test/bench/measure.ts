import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

import type { EngineReport, EngineSetup } from './engineProcess';
import type { VendorAddress, VendorReport, VendorSetup } from './vendor';

/** One measurement: the engine's own figures, and what the vendor saw. */
export type Measured = EngineReport & { vendor: VendorReport };

function start(file: string, args: string[] = [], env: NodeJS.ProcessEnv = {}): ChildProcess {
	return fork(path.join(__dirname, file), args, {
		execArgv: ['--import', 'tsx'],
		env: { ...process.env, ...env },
	});
}

/** Runs one workflow in a fresh engine process against a vendor in another. */
export async function measure(
	vendorSetup: VendorSetup,
	setupFor: (credential: ICredentialDataDecryptedObject) => Omit<EngineSetup, 'credential'>,
): Promise<Measured> {
	const vendor = start('vendor.ts', [JSON.stringify(vendorSetup)]);
	const [{ credential, certificate }] = (await once(vendor, 'message')) as [VendorAddress];
	// Node.js reads the certificates that it trusts from files, and when it starts.
	const folder = mkdtempSync(path.join(os.tmpdir(), 'bench-'));
	const trusted = path.join(folder, 'trusted.pem');
	if (certificate !== undefined) writeFileSync(trusted, certificate);
	try {
		const engine = start(
			'engineProcess.ts',
			[],
			certificate === undefined ? {} : { NODE_EXTRA_CA_CERTS: trusted },
		);
		const ended = once(engine, 'exit').then(() => {
			throw new Error('the engine process ended without a report');
		});
		const told = async <Message>() =>
			((await Promise.race([once(engine, 'message'), ended])) as [Message])[0];

		engine.send({ ...setupFor(credential), credential } satisfies EngineSetup);
		await told();
		vendor.send('start');
		await once(vendor, 'message');
		engine.send('go');
		const report = await told<EngineReport>();
		vendor.send('report');
		const [seen] = (await once(vendor, 'message')) as [VendorReport];
		return { ...report, vendor: seen };
	} finally {
		rmSync(folder, { recursive: true });
	}
}
