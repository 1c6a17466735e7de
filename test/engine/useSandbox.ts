import { Sandbox, type SandboxOptions } from '../sandbox/sandbox';

/** Gives the tests of a file one sandbox, as new before each of them. */
export function useSandbox(take: (sandbox: Sandbox) => void, options: SandboxOptions = {}): void {
	let sandbox: Sandbox;
	beforeAll(async () => {
		sandbox = await Sandbox.start(options);
		take(sandbox);
	});
	afterAll(async () => await sandbox.stop());
	beforeEach(() => sandbox.reset());
}
