import path from 'node:path';

import type { ZodObject, ZodRawShape } from 'zod';

import { operations } from '../../nodes/EcoreLensmor/operations';
import type { Operation } from '../../nodes/EcoreLensmor/operations/operation';
import { paidItem } from '../../nodes/EcoreLensmor/operations/outputFields';
import { jsonSchema } from './jsonSchema';

/** Where n8n looks for them, beside the node; the version is the node's. */
export const SCHEMA_FOLDER = path.resolve(__dirname, '../../nodes/EcoreLensmor/__schema__/v1.0.0');

/** What an output item of an operation is, as the node comes out of the box. */
export function outputOf({ kind, description }: Operation): ZodObject<ZodRawShape> {
	return kind === 'paid' ? paidItem(description.output.shape) : description.output;
}

/** Each operation's file, as it must be: its path within the folder, and its text. */
export function schemaFiles(): Array<{ file: string; text: string }> {
	return operations.map((operation) => ({
		file: path.join(operation.resource, `${operation.operation}.json`),
		text: `${JSON.stringify({ ...jsonSchema(outputOf(operation)), version: 1 }, null, '\t')}\n`,
	}));
}
