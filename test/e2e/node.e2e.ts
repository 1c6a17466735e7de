import type { IDataObject } from 'n8n-workflow';

import { useN8n } from './useN8n';
import { connect, node, outputOf } from './workflows';

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

it('as a tool of an AI agent: one event is unlocked, and Lensmor hears that an agent asked', async () => {
	const { n8n, outside, credentials } = host();
	const workflow = await n8n.addWorkflow(
		{
			name: 'agent',
			nodes: [
				node(
					'Asked',
					'n8n-nodes-base.webhook',
					2,
					{ httpMethod: 'POST', path: 'agent', options: {} },
					{ webhookId: 'agent' },
				),
				node('Agent', '@n8n/n8n-nodes-langchain.agent', 2.2, {
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
					options: { maximumCredits: 2000 },
				}),
			],
			connections: {
				...connect({ Asked: [['Agent']] }),
				Model: { ai_languageModel: [[{ node: 'Agent', type: 'ai_languageModel', index: 0 }]] },
				'Unlock event': { ai_tool: [[{ node: 'Agent', type: 'ai_tool', index: 0 }]] },
			},
		},
		credentials,
	);
	const said: IDataObject[] = [];
	outside.model = [
		(conversation) => {
			said.push(conversation);
			const [tool] = conversation.tools as Array<{ function: { name: string } }>;
			const call = { name: tool?.function.name, arguments: JSON.stringify({ eventId: '139574' }) };
			return { tool_calls: [{ id: 'call_1', type: 'function', function: call }] };
		},
		(conversation) => {
			said.push(conversation);
			return { content: 'Unlocked.' };
		},
	];

	await n8n.webhook('agent', { question: 'Unlock the contacts of Hannover Messe 2026.' });
	const [ended] = await n8n.ended(workflow);

	expect(ended?.status).toBe('success');
	expect(outputOf(await n8n.execution(ended?.id ?? ''), 'Agent')[0]?.json.output).toBe('Unlocked.');
	expect(outside.sandbox.paidRequests.map(({ headers }) => headers['x-call-source'])).toEqual([
		'agent',
	]);
	expect(outside.sandbox.ledger.map(({ key, credits }) => [key, credits])).toEqual([
		['139574', 2000],
	]);
	// The model is told the price before, and what it came to afterwards.
	expect(JSON.stringify(said[0]?.tools)).toContain('2000 credits');
	expect(JSON.stringify(said[1]?.messages)).toContain('creditsCharged');
});
