import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { SCHEMA_FOLDER, schemaFiles } from './files';

rmSync(SCHEMA_FOLDER, { recursive: true, force: true });
for (const { file, text } of schemaFiles()) {
	const target = path.join(SCHEMA_FOLDER, file);
	mkdirSync(path.dirname(target), { recursive: true });
	writeFileSync(target, text);
}
