import { execFileSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { POSTGRES } from './install';
import { freePorts, Service } from './processes';

const USER = 'n8n';

/** What several n8n processes share in queue mode: Redis between them, and PostgreSQL, which bears many writers. */
export class Backing {
	private constructor(
		private readonly services: Service[],
		private readonly folder: string,
		/** The environment in which n8n uses it. */
		readonly env: Record<string, string>,
	) {}

	/** Starts both on free ports, with nothing in them. */
	static async start(): Promise<Backing> {
		const [redisPort = 0, databasePort = 0] = await freePorts(2);
		const folder = mkdtempSync(path.join(os.tmpdir(), 'n8n-backing-'));
		const env = { PATH: process.env.PATH, LC_ALL: 'C' };
		const services = [
			new Service(
				'redis',
				'redis-server',
				['--port', String(redisPort), '--bind', '127.0.0.1', '--save', ''],
				env,
				{ cwd: folder },
			),
			database(folder, databasePort, env),
		];
		const backing = new Backing(services, folder, {
			EXECUTIONS_MODE: 'queue',
			QUEUE_BULL_REDIS_HOST: '127.0.0.1',
			QUEUE_BULL_REDIS_PORT: String(redisPort),
			DB_TYPE: 'postgresdb',
			DB_POSTGRESDB_HOST: '127.0.0.1',
			DB_POSTGRESDB_PORT: String(databasePort),
			DB_POSTGRESDB_DATABASE: 'postgres',
			DB_POSTGRESDB_USER: USER,
		});
		for (const service of services) {
			await service.ready(async () =>
				service.log.some((line) => /ready to accept connections/i.test(line)),
			);
		}
		return backing;
	}

	/** Ends both and removes what they wrote. */
	async stop(): Promise<void> {
		for (const service of this.services) await service.stop();
		rmSync(this.folder, { recursive: true, force: true });
	}
}

function database(folder: string, port: number, env: NodeJS.ProcessEnv): Service {
	const newest = readdirSync(POSTGRES)
		.filter((version) => existsSync(path.join(POSTGRES, version, 'bin/postgres')))
		.sort((a, b) => Number(b) - Number(a))[0];
	const command = (name: string) => path.join(POSTGRES, newest ?? '', 'bin', name);
	// PostgreSQL refuses to run as root.
	const owner = process.getuid?.() === 0 ? postgresUser() : undefined;
	if (owner !== undefined) chownSync(folder, owner.uid, owner.gid);
	const data = path.join(folder, 'data');
	execFileSync(command('initdb'), ['-D', data, '-U', USER, '--auth=trust', '--encoding=UTF8'], {
		...owner,
		env,
		stdio: 'ignore',
	});
	const settings = ['listen_addresses=127.0.0.1', 'fsync=off', `unix_socket_directories=${folder}`];
	const args = ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
	return new Service('postgres', command('postgres'), args, env, { cwd: folder, ...owner });
}

function postgresUser(): { uid: number; gid: number } {
	const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
	return { uid: id('-u'), gid: id('-g') };
}
