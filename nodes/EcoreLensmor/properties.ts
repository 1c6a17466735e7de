import type { IDisplayOptions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { operations } from './operations';
import type { Operation, PaidOperation } from './operations/operation';
import { outputNames } from './items/outputs';
import { RESOURCES } from './operations/resources';
import {
	DEFAULT_CONCURRENCY,
	DEFAULT_REMEMBER_DAYS,
	DEFAULT_TIMEOUT_MS,
	MAX_CONCURRENCY,
} from './items/settings';

const timeoutOption: INodeProperties = {
	displayName: 'Timeout (Ms)',
	name: 'timeout',
	type: 'number',
	default: DEFAULT_TIMEOUT_MS,
	typeOptions: { minValue: 1 },
	description: 'How long one request may take, in milliseconds',
};

const optionsOfPaidOperations = (
	maximumCredits: number,
	perDay = 5 * maximumCredits,
	perMonth = 50 * maximumCredits,
): INodeProperties[] => [
	{
		displayName: 'Concurrency',
		name: 'concurrency',
		type: 'number',
		default: DEFAULT_CONCURRENCY,
		typeOptions: { minValue: 1, maxValue: MAX_CONCURRENCY },
		description: 'How many requests are under way at once',
	},
	{
		displayName: 'Dry Run',
		name: 'dryRun',
		type: 'boolean',
		default: true,
		description: 'Whether to buy nothing and only say of every item what it could cost at most',
	},
	{
		displayName: 'Maximum Credits',
		name: 'maximumCredits',
		type: 'number',
		default: maximumCredits,
		typeOptions: { minValue: 0 },
		description:
			'The most credits this node may spend in one execution, with all rounds of a loop and all re-runs. A request that could pass it is not sent.',
	},
	{
		displayName: 'Maximum Credits per Day',
		name: 'maximumCreditsPerDay',
		type: 'number',
		default: perDay,
		typeOptions: { minValue: 0 },
		description:
			'The most credits of this vendor that all who use the same purchase book may spend in 24 hours. A request that could pass it is not sent. Needs Purchase Book.',
	},
	{
		displayName: 'Maximum Credits per Month',
		name: 'maximumCreditsPerMonth',
		type: 'number',
		default: perMonth,
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

function optionsOf(operation: Operation): INodeProperties[] {
	if (operation.kind === 'free') return [...operation.description.options, timeoutOption];
	const { description, isOneAtATime } = operation;
	const shared = optionsOfPaidOperations(description.maximumCredits).filter(
		({ name }) => name !== 'concurrency' || isOneAtATime !== true,
	);
	return [...description.options, ...shared].sort(byName);
}

/** The fields of an operation. What one costs stands first, also if the user renames the node. */
function fieldsOf(operation: Operation): INodeProperties[] {
	if (operation.kind === 'free') return operation.description.fields;
	const { description } = operation;
	const notice: INodeProperties = {
		displayName: description.price,
		name: 'priceNotice',
		type: 'notice',
		default: '',
	};
	return [notice, ...description.fields, outputsField(operation)];
}

function outputsField(operation: PaidOperation): INodeProperties {
	const { description } = operation;
	const names = outputNames({ description });
	const outcomes = description.outputs.flatMap((output) => output.outcomes);
	const others = operation.submissions === undefined ? 'refused' : 'processing, refused';
	return {
		displayName: 'Outputs',
		name: 'outputs',
		type: 'options',
		noDataExpression: true,
		default: 'one',
		options: [
			{
				name: 'One',
				value: 'one',
				description: `All items leave by one output. To branch, put outcome in a Switch: ${outcomes.join(', ')}, ${others}, uncertain, not_sent; planned in a dry run.`,
			},
			{
				name: 'One per Outcome',
				value: 'byOutcome',
				description: `${names.join(', ')}. Other: ${others}, uncertain, not_sent, and planned in a dry run.`,
			},
		],
		description: 'Whether the node has an output for each outcome',
	};
}

function operationsOf(resource: string): Operation[] {
	return operations.filter((operation) => operation.resource === resource);
}

const resourceDropdown: INodeProperties = {
	displayName: 'Resource',
	name: 'resource',
	type: 'options',
	noDataExpression: true,
	options: Object.entries(RESOURCES).map(([value, resource]): INodePropertyOptions => ({
		value,
		...resource,
	})),
	default: 'record',
};

const operationDropdowns = Object.keys(RESOURCES).map((resource): INodeProperties => {
	const choices = operationsOf(resource);
	// Whoever chooses a resource and presses Execute at once should spend nothing.
	const safest =
		choices.find(({ operation }) => operation === 'getAll') ??
		choices.find(({ kind }) => kind === 'free') ??
		choices[0];
	const first = safest?.operation ?? '';
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
		...fieldsOf(operation).map((field) => ({
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
