import { z, type ZodTypeAny } from 'zod';

/** As much of JSON Schema as n8n's editor reads. */
export interface JsonSchema {
	type: string | string[];
	properties?: Record<string, JsonSchema>;
	items?: JsonSchema;
}

/** A zod schema of output fields as JSON Schema. Throws for what no output field is made of yet. */
export function jsonSchema(schema: ZodTypeAny): JsonSchema {
	if (schema instanceof z.ZodObject) {
		const shape = schema.shape as Record<string, ZodTypeAny>;
		const properties: JsonSchema['properties'] = {};
		for (const [name, field] of Object.entries(shape)) properties[name] = jsonSchema(field);
		return { type: 'object', properties };
	}
	if (schema instanceof z.ZodArray) {
		return { type: 'array', items: jsonSchema(schema.element as ZodTypeAny) };
	}
	if (schema instanceof z.ZodOptional) return jsonSchema(schema.unwrap() as ZodTypeAny);
	if (schema instanceof z.ZodCatch) return jsonSchema(schema.removeCatch() as ZodTypeAny);
	if (schema instanceof z.ZodNullable) {
		const inner = jsonSchema(schema.unwrap() as ZodTypeAny);
		// The editor shows the fields within an object only where that is all it can be.
		return inner.type === 'object' || inner.type === 'array'
			? inner
			: { type: [inner.type, 'null'].flat() };
	}
	if (schema instanceof z.ZodUnion) {
		const options = schema.options as ZodTypeAny[];
		return { type: options.flatMap((option) => jsonSchema(option).type) };
	}
	if (schema instanceof z.ZodString || schema instanceof z.ZodEnum) return { type: 'string' };
	if (schema instanceof z.ZodNumber) return { type: 'number' };
	if (schema instanceof z.ZodBoolean) return { type: 'boolean' };
	throw new Error(`${schema.constructor.name} has no JSON Schema here yet`);
}
