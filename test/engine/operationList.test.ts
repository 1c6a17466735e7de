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
		['Get', 'Get Lensmor credit balance (free)'],
		['Enrich', 'Enrich email (1 credit if found)'],
		['Check Unlock', 'Check event unlock (free)'],
		['Get', 'Get event (free)'],
		['Get Many', 'Get many events (free)'],
		['Unlock', 'Unlock event (2000 credits, with visitors up to 5000, 0 if already unlocked)'],
		['Get Many', 'Get many exhibitors of event (free)'],
		['Get Many', 'Get many people of event (free)'],
		['Unlock', 'Unlock email or phone of event people (15 or 150 credits, 0 if already unlocked)'],
		['Enrich', 'Enrich phone (5 credits if found)'],
		['Get Many', 'Get many records (free)'],
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
	['the node', {}, 'getAll'],
	['Balance', { resource: 'balance' }, 'get'],
	['Email', { resource: 'email' }, 'enrich'],
	['Event', { resource: 'event' }, 'getAll'],
	['Exhibitor', { resource: 'exhibitor' }, 'getAll'],
	['Person', { resource: 'person' }, 'getAll'],
	['Phone', { resource: 'phone' }, 'enrich'],
	['Record', { resource: 'record' }, 'getAll'],
])(
	'%s opens with a free operation where there is one: Execute pressed at once spends nothing',
	async (_what, saved, operation) => {
		const { node } = await load();
		const { description } = node as INodeType;
		// n8n leaves out of a saved workflow what is the default.
		const loaded = NodeHelpers.getNodeParameters(
			description.properties,
			saved,
			true,
			false,
			{ typeVersion: 1 },
			description,
		);

		expect(loaded?.operation).toBe(operation);
	},
);

it('Dry Run is on when it is added', async () => {
	const { node } = await load();
	const collections = (node as INodeType).description.properties.filter(
		({ name }) => name === 'options',
	);
	const dryRuns = collections.flatMap(({ options = [] }) =>
		options.filter(({ name }) => name === 'dryRun'),
	);
	expect(dryRuns).toHaveLength(5);
	for (const dryRun of dryRuns) expect(dryRun).toMatchObject({ default: true });
});

it('every paid operation says in its panel what it costs, every free one that it is free', async () => {
	const { node } = await load();
	const { properties } = (node as INodeType).description;
	const prices = properties.filter(({ name }) => name === 'priceNotice');
	expect(prices.map(({ displayOptions }) => displayOptions?.show)).toEqual([
		{ resource: ['email'], operation: ['enrich'] },
		{ resource: ['event'], operation: ['unlock'] },
		{ resource: ['person'], operation: ['unlock'] },
		{ resource: ['phone'], operation: ['enrich'] },
		{ resource: ['record'], operation: ['unlock'] },
	]);
	for (const { displayName } of prices) expect(displayName).toMatch(/\d credits? /);
	const actions = properties
		.filter(({ name }) => name === 'operation')
		.flatMap(({ options = [] }) =>
			options.map((option) => ('action' in option ? option.action : '')),
		);
	for (const action of actions) expect(action).toMatch(/\(free\)$|\(.*credit/);
});

it('the outcomes to branch on stand where one builds the Switch; people can be processing', async () => {
	const { node } = await load();
	const { properties } = (node as INodeType).description;
	const outputs = properties.filter(({ name }) => name === 'outputs');
	for (const { options = [], displayOptions } of outputs) {
		const texts = JSON.stringify(options);
		expect(texts).toContain('refused, uncertain, not_sent');
		expect(texts.includes('processing')).toBe(displayOptions?.show?.resource?.[0] === 'person');
	}
});
