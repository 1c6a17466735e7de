import type { ItemParameters } from '../../../nodes/EcoreLensmor/operations/operation';

/** An item's parameters, as an operation reads them. */
export function itemWith(
	fields: Record<string, unknown>,
	options: Record<string, unknown> = {},
	calledByAgent = false,
): ItemParameters {
	return { field: (name) => fields[name], option: (name) => options[name], calledByAgent };
}
