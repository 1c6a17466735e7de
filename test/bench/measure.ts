import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

import type { EngineReport, EngineSetup } from './engineProcess';
import type { VendorReport, VendorSetup } from './vendor';

/** One measurement: the engine's own figures, and what the vendor saw. */
export type Measured = EngineReport & { vendor: VendorReport };

function start(file: string, args: string[] = []): ChildProcess {
	return fork(path.join(__dirname, file), args, { execArgv: ['--import', 'tsx'] });
}

/** Runs one workflow in a fresh engine process against a vendor in another. */
export async function measure(
	vendorSetup: VendorSetup,
	setupFor: (credential: ICredentialDataDecryptedObject) => Omit<EngineSetup, 'credential'>,
): Promise<Measured> {
	const vendor = start('vendor.ts', [JSON.stringify(vendorSetup)]);
	const [credential] = (await once(vendor, 'message')) as [ICredentialDataDecryptedObject];
	const engine = start('engineProcess.ts');
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
}
