import type { IDataObject, INodeProperties } from 'n8n-workflow';

import type { Filters } from '../../vendors/endpoint';
import type { BadInput, ItemParameters } from '../operation';
import { quote } from '../quote';

/** The field Filters, with these filters in it. */
export function filtersField(options: INodeProperties[]): INodeProperties {
	return {
		displayName: 'Filters',
		name: 'filters',
		type: 'collection',
		placeholder: 'Add filter',
		default: {},
		options,
	};
}

/**
 * The filters that an item sets, by their names on the wire, or what is wrong with one. `onTheWire`: the
 * filters that have another name there. An empty filter counts as not set.
 */
export function filtersIn(
	item: ItemParameters,
	options: readonly INodeProperties[],
	onTheWire: Readonly<Record<string, string>> = {},
): { filters: Filters } | BadInput {
	// n8n passes nothing but a collection on.
	const collection = (item.field('filters') || {}) as IDataObject;
	const filters: Record<string, string | string[]> = {};
	for (const option of options) {
		const { name, displayName, type } = option;
		const value = collection[name];
		if (Array.isArray(value) && !takesSeveral(option)) {
			return { bad: `${displayName} must be one value, not a list` };
		}
		const texts = [value].flat().map((given) => textOnWire(given, type));
		const wrong = texts.findIndex((text) => text === undefined);
		if (wrong !== -1) {
			return {
				bad: `${displayName} must be ${EXPECTED[type] ?? 'text'}, not ${quote([value].flat()[wrong])}`,
			};
		}
		const set = texts.flatMap((text) => text || []);
		const [first] = set;
		if (first !== undefined) filters[onTheWire[name] ?? name] = Array.isArray(value) ? set : first;
	}
	return { filters };
}

function takesSeveral({ type, typeOptions }: INodeProperties): boolean {
	return type === 'multiOptions' || typeOptions?.multipleValues === true;
}

const EXPECTED: Partial<Record<INodeProperties['type'], string>> = {
	boolean: 'true or false',
	dateTime: 'a date',
	number: 'a number, 0 or more',
};

/** A value as text on the wire: empty if nothing is set, `undefined` if the value does not have that type. */
function textOnWire(value: unknown, type: INodeProperties['type']): string | undefined {
	if (value === undefined || value === null) return '';
	switch (type) {
		case 'boolean':
			return typeof value === 'boolean' ? String(Number(value)) : undefined;
		case 'dateTime':
			// An expression may give a Luxon or a JavaScript date. As JSON, both are ISO 8601.
			return value === '' ? '' : /^"(\d{4}-\d{2}-\d{2})/.exec(JSON.stringify(value))?.[1];
		case 'number':
			if (value === '') return '';
			return typeof value === 'number' && Number.isFinite(value) && value >= 0
				? String(value)
				: undefined;
		default:
			return typeof value === 'string' || typeof value === 'number'
				? String(value).trim()
				: undefined;
	}
}
