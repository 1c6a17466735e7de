import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

const LONGEST_GOODBYE_MS = 20_000;
const LAST_LINES = 40;

/** A child process with all that it starts, and the end of what it said. */
export class Service {
	private readonly child: ChildProcess;
	private readonly lines: string[] = [];

	constructor(
		readonly name: string,
		command: string,
		args: string[],
		env: NodeJS.ProcessEnv,
		cwd?: string,
	) {
		// A group of its own, so that whatever it starts goes with it.
		this.child = spawn(command, args, {
			env,
			cwd,
			detached: true,
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		for (const stream of [this.child.stdout, this.child.stderr]) {
			stream?.setEncoding('utf8').on('data', (text: string) => {
				this.lines.push(...text.split('\n').filter(Boolean));
			});
		}
	}

	/** Everything it said. */
	get log(): readonly string[] {
		return this.lines;
	}

	get running(): boolean {
		return this.child.exitCode === null && this.child.signalCode === null;
	}

	/** Waits until `ready` answers true. Throws where the process ends before, or it takes too long. */
	async ready(ready: () => Promise<boolean>, timeoutMs = 120_000): Promise<void> {
		const end = Date.now() + timeoutMs;
		while (!(await ready().catch(() => false))) {
			if (!this.running || Date.now() > end) {
				throw new Error(
					`${this.name} ${this.running ? 'is not ready' : 'ended'}:\n${this.lines.slice(-LAST_LINES).join('\n')}`,
				);
			}
			await wait(200);
		}
	}

	/** Ends it and all that it started; `SIGKILL` asks no questions. */
	async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
		if (!this.running) return this.signal('SIGKILL');
		const ended = once(this.child, 'exit');
		this.signal(signal);
		const late = setTimeout(() => this.signal('SIGKILL'), LONGEST_GOODBYE_MS);
		await ended;
		clearTimeout(late);
		this.signal('SIGKILL');
	}

	private signal(signal: NodeJS.Signals): void {
		try {
			process.kill(-(this.child.pid ?? Number.NaN), signal);
		} catch {
			// Nothing of the group is left.
		}
	}
}

/** Ports of the loopback interface that nobody listens on. */
export async function freePorts(count: number): Promise<number[]> {
	const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
	for (const server of servers) await once(server, 'listening');
	const ports = servers.map((server) => (server.address() as AddressInfo).port);
	for (const server of servers) await once(server.close(), 'close');
	return ports;
}

/** Asks again until there is an answer. Throws after that many milliseconds, and says for what it waited. */
export async function until<Value>(
	what: string,
	ask: () => Promise<Value | undefined>,
	timeoutMs = 30_000,
): Promise<Value> {
	for (const end = Date.now() + timeoutMs; ;) {
		const answer = await ask();
		if (answer !== undefined) return answer;
		if (Date.now() > end) throw new Error(`Waited ${timeoutMs} ms in vain for ${what}`);
		await wait(100);
	}
}
