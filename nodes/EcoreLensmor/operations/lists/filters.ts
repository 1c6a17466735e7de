import type { IDataObject, INodeProperties } from 'n8n-workflow';

import type { Filters } from '../../vendors/endpoint';
import type { BadInput, ItemParameters } from '../operation';
import { quote } from '../quote';

/** The Filters collection with these entries. */
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
 * The filters that an item sets, by their names on the wire, or what is wrong with one. `onTheWire` has
 * the names that differ there. An empty filter counts as not set, as in a form.
 */
export function filtersIn(
	item: ItemParameters,
	options: readonly INodeProperties[],
	onTheWire: Readonly<Record<string, string>> = {},
): { filters: Filters } | BadInput {
	// n8n lets nothing but a collection through.
	const given = (item.field('filters') || {}) as IDataObject;
	const filters: Record<string, string | string[]> = {};
	for (const option of options) {
		const { name, displayName, type } = option;
		const value = given[name];
		if (Array.isArray(value) && !takesSeveral(option)) {
			return { bad: `${displayName} must be one value, not a list` };
		}
		const written = [value].flat().map((one) => onWire(one, type));
		const wrong = written.findIndex((one) => one === undefined);
		if (wrong !== -1) {
			return {
				bad: `${displayName} must be ${EXPECTED[type] ?? 'text'}, not ${quote([value].flat()[wrong])}`,
			};
		}
		const set = written.flatMap((one) => one || []);
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

/** A value as it travels: empty where nothing is set, `undefined` where it is none of that type. */
function onWire(value: unknown, type: INodeProperties['type']): string | undefined {
	if (value === undefined || value === null) return '';
	switch (type) {
		case 'boolean':
			return typeof value === 'boolean' ? String(Number(value)) : undefined;
		case 'dateTime':
			// From an expression it may be an object of Luxon's or of JavaScript's: both write themselves as ISO 8601.
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
