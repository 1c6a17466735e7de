import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

// n8n-core reads these when it is loaded: so this module is imported before it.
if (process.env.N8N_USER_FOLDER === undefined) {
	const folder = mkdtempSync(path.join(tmpdir(), 'n8n-engine-'));
	process.env.N8N_USER_FOLDER = folder;
	const remove = () => rmSync(folder, { recursive: true, force: true });
	// A test file ends before its process, and jest does not hand the process's end on to it.
	if (typeof afterAll === 'function') afterAll(remove);
	else process.once('exit', remove);
}
process.env.N8N_LOG_LEVEL ??= 'silent';
