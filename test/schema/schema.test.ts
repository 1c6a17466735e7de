import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import type { IDataObject } from 'n8n-workflow';
import { z } from 'zod';

import { operations } from '../../nodes/EcoreLensmor/operations';
import { execute } from '../engine/engine';
import { paidOperations, withOptions } from '../fixtures/paidOperations';
import { freeOperations } from '../fixtures/freeOperations';
import { useSandbox } from '../engine/useSandbox';
import type { Sandbox } from '../sandbox/sandbox';
import { outputOf, SCHEMA_FOLDER, schemaFiles } from './files';

let sandbox: Sandbox;
useSandbox((started) => (sandbox = started));

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

function schemaOf({ resource, operation }: IDataObject) {
	const found = operations.find((one) => one.resource === resource && one.operation === operation);
	if (found === undefined) throw new Error('no such operation');
	return outputOf(found).strict();
}

describe.each([...paidOperations, ...freeOperations])('$name', (operation) => {
	it('what comes out has the fields of its schema, no more and no fewer, in that order', async () => {
		const { output } = await execute({
			parameters: operation.parameters,
			items: operation.keys.slice(0, 2).map((key) => ({ key })),
			credential: sandbox.credential,
		});

		const schema = schemaOf(operation.parameters);
		const always = Object.keys(schema.shape).filter(
			(name) => !(schema.shape[name] instanceof z.ZodOptional),
		);
		for (const { json } of output) {
			expect(schema.parse(json)).toEqual(json);
			expect(Object.keys(json)).toEqual(always);
		}
	});
});

describe.each(paidOperations)('$name', (operation) => {
	it('so has what was planned, refused, not found or asked twice', async () => {
		const schema = schemaOf(operation.parameters);
		const [first = ''] = operation.keys;
		sandbox.fault({ kind: 'malformed', on: operation.keys[1] ?? '' });
		for (const options of [{ dryRun: true }, {}]) {
			const { output } = await execute({
				parameters: withOptions(operation, { ...options, returnContactDetails: true }),
				items: [first, first, operation.keys[1], operation.unknownKey, null].map((key) => ({
					key,
				})),
				credential: sandbox.credential,
				settings: { onError: 'continueRegularOutput' },
			});

			expect(output).toHaveLength(5);
			for (const { json } of output) expect(schema.parse(json)).toEqual(json);
		}
	});
});
