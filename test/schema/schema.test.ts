import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { SCHEMA_FOLDER, schemaFiles } from './files';

it('every operation has a schema file, and npm run schema has written it', () => {
	const found = readdirSync(SCHEMA_FOLDER, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => path.relative(SCHEMA_FOLDER, path.join(entry.parentPath, entry.name)))
		.sort();

	expect(found).toEqual(
		schemaFiles()
			.map(({ file }) => file)
			.sort(),
	);
	for (const { file, text } of schemaFiles()) {
		expect(readFileSync(path.join(SCHEMA_FOLDER, file), 'utf8')).toBe(text);
	}
});
