import {
	NodeHelpers,
	type INodeProperties,
	type INodePropertyOptions,
	type INodeType,
} from 'n8n-workflow';

import { operations } from '../../nodes/EcoreLensmor/operations';
import { load } from './engine';

const optionsOf = ({ options = [] }: INodeProperties) => options as INodePropertyOptions[];

it('the list of operations reads at a glance: in the verbs of n8n, and with a price where there is one', async () => {
	const { node } = await load();
	const { properties } = (node as INodeType).description;
	const resources = properties.filter(({ name }) => name === 'resource').flatMap(optionsOf);
	const actions = properties.filter(({ name }) => name === 'operation').flatMap(optionsOf);

	expect(resources.map(({ name }) => name)).toEqual([
		'Balance',
		'Email',
		'Event',
		'Exhibitor',
		'Person',
		'Phone',
		'Record',
	]);
	expect(actions.map(({ name, action }) => [name, action])).toEqual([
		['Get', 'Get Lensmor credit balance'],
		['Enrich', 'Enrich email (1 credit if found)'],
		['Check Unlock', 'Check event unlock'],
		['Get', 'Get event'],
		['Get Many', 'Get many events'],
		['Unlock', 'Unlock event (2000 credits, 0 if already unlocked)'],
		['Get Many', 'Get many exhibitors of event'],
		['Get Many', 'Get many people of event'],
		['Enrich', 'Enrich phone (5 credits if found)'],
		['Get Many', 'Get many records'],
		['Unlock', 'Unlock record email or phone (1 or 5 credits, 0 if already unlocked)'],
	]);
});

it.each(
	operations.map(
		(operation) => [`${operation.resource} ${operation.operation}`, operation] as const,
	),
)(
	'%s: options about money stand on what costs money, and only there',
	async (_name, { resource, operation, kind }) => {
		const { node } = await load();
		const isShown = ({ displayOptions }: INodeProperties) =>
			displayOptions?.show?.resource?.includes(resource) === true &&
			displayOptions.show.operation?.includes(operation) === true;
		const own = (node as INodeType).description.properties.filter(isShown);
		const options = own.filter(({ name }) => name === 'options').flatMap(optionsOf);
		const names = options.map(({ name }) => name);

		expect(names).toContain('timeout');
		expect(names.includes('dryRun') && names.includes('maximumCredits')).toBe(kind === 'paid');
		expect(own.some(({ name }) => name === 'limit')).toBe(operation === 'getAll');
	},
);

it.each([
	['Record', 'record', 'unlock'],
	['Event', 'event', 'unlock'],
	['Phone', 'phone', 'enrich'],
])(
	'%s: a workflow that was saved before there were free operations does what it did',
	async (_what, resource, operation) => {
		const { node } = await load();
		const { description } = node as INodeType;
		// n8n leaves out of a saved workflow what is the default.
		const loaded = NodeHelpers.getNodeParameters(
			description.properties,
			{ resource },
			true,
			false,
			{ typeVersion: 1 },
			description,
		);

		expect(loaded?.operation).toBe(operation);
	},
);
