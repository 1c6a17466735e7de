import type { IDataObject } from 'n8n-workflow';

import type { WorkflowFile } from './n8n';
import { useN8n } from './useN8n';
import { charged, connect, node, outputOf } from './workflows';

const host = useN8n();

const TYPE = 'n8n-nodes-ecore-lensmor.ecoreLensmor';

async function served(
	path: string,
): Promise<{ status: number; type: string | null; text: string }> {
	const answer = await fetch(`${host().n8n.address}/${path}`);
	return {
		status: answer.status,
		type: answer.headers.get('content-type'),
		text: await answer.text(),
	};
}

it('n8n lists the node and its tool, with codex, and serves its icon for both themes', async () => {
	const types = await host().n8n.listTypes();

	const [ours, tool] = [TYPE, `${TYPE}Tool`].map((name) =>
		types.find((type) => type.name === name),
	);
	expect(ours).toMatchObject({
		displayName: 'eCore & Lensmor',
		codex: { categories: expect.arrayContaining(['Sales']) as string[] },
	});
	expect(tool).toBeDefined();
	const icons = ours?.iconUrl as { light: string; dark: string };
	for (const icon of [icons.light, icons.dark]) {
		const { status, type, text } = await served(icon);
		expect([status, type]).toEqual([200, expect.stringContaining('svg')]);
		expect(text).toContain('<svg');
	}
	expect(icons.light).not.toBe(icons.dark);
});

describe('the credential', () => {
	const test = async (data: IDataObject) =>
		await host().n8n.post<{ status: string; message: string }>('credentials/test', {
			credentials: { id: '', name: 'tried', type: 'ecoreLensmorApi', data },
		});

	it('good tokens, the addresses left as they are: both vendors say yes', async () => {
		const { outside } = host();
		expect(await test({ ...outside.credential })).toEqual({
			status: 'OK',
			message: 'Accepted by eCore and Lensmor',
		});
		expect(outside.sandbox.seen.map(({ vendor }) => vendor).sort()).toEqual(['ecore', 'lensmor']);
		expect(outside.sandbox.world.spent()).toBe(0);
	});

	it('a bad token is named, the good one beside it is not', async () => {
		const { outside } = host();
		for (const [bad, label] of [
			['ecoreToken', 'eCore Token'],
			['lensmorApiKey', 'Lensmor API Key'],
		] as const) {
			const { status, message } = await test({ ...outside.credential, [bad]: 'not-a-good-token' });
			expect(status).toBe('Error');
			expect(message).toBe(`${label} was refused (HTTP 401)`);
		}
	});
});

describe('as a tool of an AI agent', () => {
	const AGENT = '@n8n/n8n-nodes-langchain.agent';
	const MAXIMUM_CREDITS = 4000;
	const HANNOVER = '139574';
	const INTERPACK = '140002';

	interface Conversation extends IDataObject {
		tools: Array<{ function: { name: string } }>;
		messages: Array<{ role: string; tool_call_id?: string; content: unknown }>;
	}

	const newest = async () => {
		const types = await host().n8n.listTypes();
		const versions = types.filter(({ name }) => name === AGENT).flatMap(({ version }) => version);
		return Math.max(...versions);
	};
	// The older ones call a tool themselves, the newer ones ask n8n's engine to run it as a node.
	const agents = [
		{ which: 'that calls it itself', webhook: 'itself', version: () => 2.2 },
		{ which: 'of the newest version', webhook: 'newest', version: newest },
	];

	const unlocker = (webhook: string, version: number): WorkflowFile => ({
		name: webhook,
		nodes: [
			node(
				'Asked',
				'n8n-nodes-base.webhook',
				2,
				{ httpMethod: 'POST', path: webhook, options: {} },
				{ webhookId: webhook },
			),
			node('Agent', AGENT, version, {
				promptType: 'define',
				text: '={{ $json.body.question }}',
				options: {},
			}),
			node('Model', '@n8n/n8n-nodes-langchain.lmChatOpenAi', 1.2, {
				model: { __rl: true, mode: 'id', value: 'stand-in' },
				options: {},
			}),
			node('Unlock event', `${TYPE}Tool`, 1, {
				resource: 'event',
				operation: 'unlock',
				eventId: {
					__rl: true,
					mode: 'id',
					value: "={{ $fromAI('eventId', 'The id of the event', 'string') }}",
				},
				options: { maximumCredits: MAXIMUM_CREDITS },
			}),
		],
		connections: {
			...connect({ Asked: [['Agent']] }),
			Model: { ai_languageModel: [[{ node: 'Agent', type: 'ai_languageModel', index: 0 }]] },
			'Unlock event': { ai_tool: [[{ node: 'Agent', type: 'ai_tool', index: 0 }]] },
		},
	});

	/** Has the model ask for these events in one turn; answers the conversations that it was sent. */
	const unlock = async (
		webhook: string,
		version: number,
		events: string[],
	): Promise<[asked: Conversation, told: Conversation]> => {
		const { n8n, outside, credentials } = host();
		const workflow = await n8n.addWorkflow(unlocker(webhook, version), credentials);
		const said: Conversation[] = [];
		outside.model = [
			(conversation) => {
				const heard = conversation as Conversation;
				said.push(heard);
				const name = heard.tools[0]?.function.name;
				const calls = events.map((eventId, index) => ({
					id: `call_${index}`,
					type: 'function',
					function: { name, arguments: JSON.stringify({ eventId }) },
				}));
				return { tool_calls: calls };
			},
			(conversation) => {
				said.push(conversation as Conversation);
				return { content: 'Unlocked.' };
			},
		];

		await n8n.webhook(webhook, { question: 'Unlock the contacts of these trade shows.' });
		const [ended] = await n8n.ended(workflow);

		expect(ended?.status).toBe('success');
		const [answer] = outputOf(await n8n.execution(ended?.id ?? ''), 'Agent');
		expect(answer?.json.output).toBe('Unlocked.');
		const [asked, told, ...more] = said;
		if (asked === undefined || told === undefined) throw new Error('The model was not told');
		expect(more).toEqual([]);
		return [asked, told];
	};

	it.each(agents)(
		'$which: one event is unlocked, and Lensmor hears that an agent asked',
		async ({ webhook, version }) => {
			const { sandbox } = host().outside;

			const [asked, told] = await unlock(`one-${webhook}`, await version(), [HANNOVER]);

			expect(sandbox.paidRequests.map(({ headers }) => headers['x-call-source'])).toEqual([
				'agent',
			]);
			expect(sandbox.ledger.map(({ key, credits }) => [key, credits])).toEqual([[HANNOVER, 2000]]);
			// The model is told the price before, and what it came to afterwards.
			expect(JSON.stringify(asked.tools)).toContain('2000 credits');
			expect(JSON.stringify(told.messages)).toContain('creditsCharged');
		},
	);

	it.each(agents)(
		'$which: three calls at once for two events are charged twice, and the answers add up to it',
		async ({ webhook, version }) => {
			const { sandbox } = host().outside;
			// Long enough to overlap, where an agent does not wait for one call before the next.
			sandbox.latencyMs = 200;

			const events = [HANNOVER, HANNOVER, INTERPACK];
			const [, told] = await unlock(`three-${webhook}`, await version(), events);

			expect(sandbox.ledger.map(({ key, credits }) => [key, credits]).sort()).toEqual([
				[HANNOVER, 2000],
				[INTERPACK, 2000],
			]);
			const answers = told.messages.filter(({ role }) => role === 'tool');
			expect(answers.map((answer) => answer.tool_call_id)).toEqual(['call_0', 'call_1', 'call_2']);
			const items = answers.map(({ content }) => JSON.parse(content as string) as IDataObject[]);
			expect(items.map(([item]) => item?.eventId)).toEqual(events);
			expect(charged(items.flat().map((json) => ({ json })))).toBe(sandbox.world.spent());
		},
	);
});
