import type { IDisplayOptions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { operations } from './operations';
import type { Operation } from './operations/operation';
import {
	DEFAULT_CONCURRENCY,
	DEFAULT_REMEMBER_DAYS,
	DEFAULT_TIMEOUT_MS,
	MAX_CONCURRENCY,
} from './items/settings';

const timeoutOption: INodeProperties = {
	displayName: 'Timeout',
	name: 'timeout',
	type: 'number',
	default: DEFAULT_TIMEOUT_MS,
	typeOptions: { minValue: 1 },
	description: 'How many milliseconds one request may take',
};

const optionsOfPaidOperations: INodeProperties[] = [
	{
		displayName: 'Concurrency',
		name: 'concurrency',
		type: 'number',
		default: DEFAULT_CONCURRENCY,
		typeOptions: { minValue: 1, maxValue: MAX_CONCURRENCY },
		description: 'How many requests are under way at once. Event unlocks go one at a time.',
	},
	{
		displayName: 'Dry Run',
		name: 'dryRun',
		type: 'boolean',
		default: false,
		description: 'Whether to send nothing and only say of every item what it could cost at most',
	},
	{
		displayName: 'Maximum Credits',
		name: 'maximumCredits',
		type: 'number',
		default: 100,
		typeOptions: { minValue: 0 },
		description:
			'The most credits this node may spend in one execution, with all rounds of a loop and all re-runs. A request that could pass it is not sent.',
	},
	{
		displayName: 'Maximum Credits per Day',
		name: 'maximumCreditsPerDay',
		type: 'number',
		default: 500,
		typeOptions: { minValue: 0 },
		description:
			'The most credits of this vendor that all who use the same purchase book may spend in 24 hours. A request that could pass it is not sent. Needs Purchase Book.',
	},
	{
		displayName: 'Maximum Credits per Month',
		name: 'maximumCreditsPerMonth',
		type: 'number',
		default: 5000,
		typeOptions: { minValue: 0 },
		description:
			'The most credits of this vendor that all who use the same purchase book may spend in 30 days. A request that could pass it is not sent. Needs Purchase Book.',
	},
	{
		displayName: 'Purchase Book',
		name: 'purchaseBook',
		type: 'string',
		default: 'Credit purchases',
		description:
			'The name of a data table in which purchases are written down, so that no other execution pays for the same again. It is made when it is first needed, and can be shared by workflows. To have something bought anew, delete its row.',
	},
	{
		displayName: 'Put Result in Field',
		name: 'outputField',
		type: 'string',
		default: '',
		placeholder: 'e.g. enrichment',
		description: 'Keep the input item and put the result under this name. Empty: only the result.',
	},
	{
		displayName: 'Remember For (Days)',
		name: 'rememberForDays',
		type: 'number',
		default: DEFAULT_REMEMBER_DAYS,
		typeOptions: { minValue: 0 },
		description:
			'How old a purchase may be to be answered from the purchase book, instead of being paid again. 0 means that it is always paid again. Unlocks are always asked for, because eCore and Lensmor charge them only once.',
	},
	timeoutOption,
];

function byName(a: { displayName: string }, b: { displayName: string }): number {
	return a.displayName.localeCompare(b.displayName, 'en');
}

// The field's own display conditions are kept, beside those of its operation.
function showFor({ resource, operation }: Operation, field?: INodeProperties): IDisplayOptions {
	return {
		show: { resource: [resource], operation: [operation], ...field?.displayOptions?.show },
	};
}

function optionsOf({ kind, description }: Operation): INodeProperties[] {
	const shared = kind === 'paid' ? optionsOfPaidOperations : [timeoutOption];
	return [...description.options, ...shared].sort(byName);
}

const resources = [...new Set(operations.map(({ resource }) => resource))];

function operationsOf(resource: string): Operation[] {
	return operations.filter((operation) => operation.resource === resource);
}

const resourceDropdown: INodeProperties = {
	displayName: 'Resource',
	name: 'resource',
	type: 'options',
	noDataExpression: true,
	options: resources.flatMap((resource): INodePropertyOptions[] =>
		operationsOf(resource)
			.slice(0, 1)
			.map(({ description }) => ({ name: description.resourceName, value: resource })),
	),
	default: 'record',
};

const operationDropdowns = resources.map((resource): INodeProperties => {
	const choices = operationsOf(resource);
	// n8n does not save a parameter that has its default value. Workflows that were saved when a resource
	// had only its paid operation must still run that operation, so it is the default.
	const first = (choices.find(({ kind }) => kind === 'paid') ?? choices[0])?.operation ?? '';
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: [resource] } },
		options: choices.map(({ operation, description }) => ({
			name: description.name,
			value: operation,
			action: description.action,
			description: description.description,
		})),
		default: first,
	};
});

/** The node's parameters, derived from the list of operations. */
export const properties: INodeProperties[] = [
	resourceDropdown,
	...operationDropdowns,
	...operations.flatMap((operation) => [
		...operation.description.fields.map((field) => ({
			...field,
			displayOptions: showFor(operation, field),
		})),
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection' as const,
			placeholder: 'Add option',
			default: {},
			displayOptions: showFor(operation),
			options: optionsOf(operation),
		},
	]),
];
