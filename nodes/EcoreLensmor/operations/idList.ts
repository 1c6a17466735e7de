import type { z } from 'zod';

import type { BadInput, ItemParameters } from './operation';
import { quote } from './quote';

/** A field that takes one ID or many, and what it accepts. */
export interface IdListField {
	name: string;
	displayName: string;
	/** What an entry must be, such as "a UUID". */
	what: string;
	schema: z.ZodType<string>;
	/** Whether a whole number is an ID too. */
	acceptsNumbers: boolean;
	/** The most IDs that it takes, and what to say if there are more. */
	most: number;
	tooMany: string;
	/** IDs that are the same in this spelling are one. */
	folded: (id: string) => string;
}

/**
 * The different IDs in a field, in their order: one, several separated by commas, semicolons, spaces or new lines,
 * or a list from an expression; or what is wrong with the field.
 */
export function idsIn(item: ItemParameters, field: IdListField): { ids: string[] } | BadInput {
	const { name, displayName, what, schema, acceptsNumbers, most, tooMany, folded } = field;
	const given = item.field(name);
	const isText = (value: unknown) =>
		typeof value === 'string' || (acceptsNumbers && typeof value === 'number');
	if (given === null || given === undefined) return { bad: `${displayName} is empty` };
	if (!isText(given) && !Array.isArray(given)) {
		return { bad: `${displayName} must be text or a list, not ${quote(given)}` };
	}
	const found: string[] = [];
	for (const entry of Array.isArray(given) ? (given as unknown[]) : [given]) {
		// A number so large that its last digits are lost could be the ID of something else.
		if (!isText(entry) || (typeof entry === 'number' && !Number.isSafeInteger(entry))) {
			return { bad: `${displayName} holds ${quote(entry)}, which is not ${what}` };
		}
		// One by one, so that the loop ends at the maximum, however long the text is.
		for (const [id] of String(entry).matchAll(/[^\s,;]+/g)) {
			if (found.push(id) > most) return { bad: tooMany };
		}
	}
	const wrong = found.find((id) => !schema.safeParse(id).success);
	if (wrong !== undefined) {
		return { bad: `${displayName} holds ${quote(wrong)}, which is not ${what}` };
	}
	const ids = new Map<string, string>();
	for (const id of found) {
		if (!ids.has(folded(id))) ids.set(folded(id), id);
	}
	return ids.size === 0 ? { bad: `${displayName} is empty` } : { ids: [...ids.values()] };
}
