import { mkdirSync } from 'node:fs';
import path from 'node:path';

import sharp from 'sharp';

import { PACKAGE_FOLDER } from '../engine/engine';
import { signIn, startBrowser, type Browser, type Page } from './browser';
import { example, useN8n } from './useN8n';
import { connect, findPhones, node, OURS } from './workflows';

const host = useN8n();

const TYPE = 'n8n-nodes-ecore-lensmor.ecoreLensmor';
const IMAGES = path.join(PACKAGE_FOLDER, 'docs/images');
const THEMES = ['light', 'dark'] as const;

let browser: Browser | undefined;
beforeAll(async () => {
	mkdirSync(IMAGES, { recursive: true });
	browser = await startBrowser();
}, 60_000);
afterAll(async () => await browser?.close());
// An open editor keeps working, and many of them make the next one slow.
const pages: Page[] = [];
afterEach(async () => {
	for (const page of pages.splice(0)) await page.close();
});

/** The editor as its owner sees it, with nothing of n8n's own in the way. */
async function editor(theme: (typeof THEMES)[number], height = 800): Promise<Page> {
	if (browser === undefined) throw new Error('the browser is not running');
	const page = await browser.newPage({
		viewport: { width: 1280, height },
		colorScheme: theme,
	});
	pages.push(page);
	await signIn(page, host().n8n.address);
	return page;
}

async function open(page: Page, workflow: string, inside = ''): Promise<void> {
	await page.goto(`${host().n8n.address}/workflow/${workflow}${inside}`);
	await page
		.getByTestId(inside === '' ? 'canvas-node' : 'ndv')
		.first()
		.waitFor();
	// n8n explains its news in pop-ups; a person clicks them away once.
	await page.waitForTimeout(1500);
	const news = page.getByText('Got it', { exact: true });
	for (let left = await news.count(); left > 0; left -= 1) await news.first().click();
	await page.waitForTimeout(500);
}

async function picture(page: Page, name: string, theme: string): Promise<void> {
	// n8n's panels slide in.
	await page.waitForTimeout(800);
	await page.screenshot({ path: path.join(IMAGES, `${name}-${theme}.png`) });
}

const CONTACTS = [
	{ email: 'amara.okafor@brightline-logistics.com', uuid: 'c74c64e3-d8a3-2126-456a-fc195d0a8d1f' },
	{ email: 'priya.raman@sundaranalytics.in', uuid: '430c7db2-e9a3-f94d-f4cc-e4517b023ab7' },
	{ email: 'nobody@nowhere.example', uuid: 'b7c13a0f-803d-1d95-c3d1-587c7897bcf1' },
];

/** A workflow with one node for each operation, after a list of contacts. */
async function workbench(): Promise<string> {
	const { n8n, credentials } = host();
	const names = [
		'Unlock records',
		'Unlock an event',
		'Find records',
		'People of an event',
		'Unlock people',
	];
	const ours = (name: string, parameters: ReturnType<typeof node>['parameters']) => ({
		...node(name, TYPE, 1, parameters),
		position: [660, names.indexOf(name) * 200 + 200] as [number, number],
	});
	return await n8n.addWorkflow(
		{
			name: 'Workbench',
			nodes: [
				node('By hand', 'n8n-nodes-base.manualTrigger', 1, {}),
				{
					...node('Contacts', 'n8n-nodes-base.set', 3.4, {
						mode: 'raw',
						jsonOutput: JSON.stringify({ contacts: CONTACTS }),
						options: {},
					}),
					position: [220, 0],
				},
				{
					...node('Each', 'n8n-nodes-base.splitOut', 1, {
						fieldToSplitOut: 'contacts',
						options: {},
					}),
					position: [440, 0],
				},
				{ ...findPhones(), position: [660, 0] },
				ours('Unlock records', {
					resource: 'record',
					operation: 'unlock',
					uuids: '={{ $json.uuid }}',
				}),
				ours('Unlock an event', { resource: 'event', operation: 'unlock' }),
				ours('Find records', { resource: 'record', operation: 'getAll' }),
				ours('People of an event', { resource: 'person', operation: 'getAll' }),
				ours('Unlock people', { resource: 'person', operation: 'unlock' }),
				{
					...node('Afterwards', 'n8n-nodes-base.set', 3.4, { options: {} }),
					position: [880, 200],
				},
			],
			connections: connect({
				'By hand': [['Contacts']],
				Contacts: [['Each']],
				Each: [[OURS, ...names]],
				'Unlock records': [['Afterwards']],
			}),
		},
		credentials,
		{ active: false },
	);
}

it.each(THEMES)(
	'the node panel finds the node, and its actions tell their prices (%s)',
	async (theme) => {
		// High enough for all actions.
		const page = await editor(theme, 1120);
		await open(page, await workbench());
		await page.getByTestId('node-creator-plus-button').click();
		await page.waitForTimeout(1000);
		await page.keyboard.type('ecore');
		const found = page.getByText('eCore & Lensmor', { exact: true }).first();
		await found.waitFor();
		await picture(page, 'node-panel', theme);
		await found.click();
		for (const action of ['Unlock record', 'Enrich phone', 'Unlock event', 'Unlock email']) {
			await page
				.getByText(new RegExp(`^${action}.*credit`))
				.first()
				.waitFor();
		}
		await picture(page, 'node-actions', theme);
	},
);

it('the node panel finds the node by what a person looks for', async () => {
	const page = await editor('light');
	await open(page, await workbench());
	await page.getByTestId('node-creator-plus-button').click();
	await page.waitForTimeout(1000);
	for (const word of [
		'unlock',
		'contact',
		'find phone',
		'email finder',
		'prospect',
		'linkedin',
		'company',
		'people',
		'exhibitor',
		'trade show',
	]) {
		await page.keyboard.press('Control+A');
		await page.keyboard.type(word);
		await page.waitForTimeout(500);
		await page.getByText('eCore & Lensmor', { exact: true }).first().waitFor({ timeout: 10_000 });
	}
});

it("an agent's list of tools has the node first for what it does, and for its vendor", async () => {
	const { n8n, credentials } = host();
	const page = await editor('light');
	const agent = example('agent-event-unlock-with-review');
	await open(page, await n8n.addWorkflow(agent, credentials, { active: false }));
	await page
		.locator('[data-test-id=canvas-node-input-handle][data-handleid="inputs/ai_tool/0"]')
		.first()
		.getByTestId('canvas-handle-plus')
		.click();
	await page.waitForTimeout(1500);
	for (const word of ['unlock', 'lensmor', 'trade show', 'ecore lensmor']) {
		await page.keyboard.press('Control+A');
		await page.keyboard.type(word);
		await page.waitForTimeout(1000);
		const [first] = await page.getByTestId('node-creator-item-name').allInnerTexts();
		expect([word, first]).toEqual([word, 'eCore & Lensmor Tool']);
	}
});

it("Slack's channels can be picked from their list, with nothing but stand-ins", async () => {
	const { n8n, credentials } = host();
	const page = await editor('light');
	const file = example('crm-contact-to-phone-to-slack');
	const workflow = await n8n.addWorkflow(file, credentials, { active: false });
	await open(page, workflow, '/tell-sales');
	await page.getByTestId('rlc-mode-selector').first().click();
	await page.locator('li:visible:has-text("From List")').first().click();
	await page.getByTestId('rlc-input').first().click();
	for (const channel of ['crm-cleanup', 'events', 'operations', 'sales-leads']) {
		await page.getByText(channel, { exact: true }).first().waitFor({ timeout: 10_000 });
	}
});

const LABELS: Array<[string, string[]]> = [
	[OURS, ['Outputs', 'LinkedIn URL', 'Email', 'First Name', 'Company Website', 'Options']],
	[
		'Unlock records',
		['Record UUIDs', 'Unlock', 'Requests', 'Return Contact Details', 'Outputs', 'Options'],
	],
	['Unlock an event', ['Event', 'Options']],
	['Find records', ['Return All', 'Limit', 'Output', 'Filters', 'Options']],
	['Unlock people', ['Person IDs', 'Unlock', 'Event', 'Outputs', 'Options']],
	['People of an event', ['Event', 'Return All', 'Limit', 'Output', 'Filters', 'Options']],
];

it("the fields of each operation are there, in n8n's and the vendors' words", async () => {
	const page = await editor('light');
	const workflow = await workbench();
	for (const [name, labels] of LABELS) {
		await open(page, workflow, `/${encodeURIComponent(name)}`);
		const panel = page.getByTestId('ndv').first();
		for (const label of ['Resource', 'Operation', ...labels]) {
			await panel.getByText(label, { exact: true }).first().waitFor({ timeout: 10_000 });
		}
	}
});

it.each(THEMES)(
	'From List: a name is typed, the event is picked by date and city, and that one is unlocked (%s)',
	async (theme) => {
		const page = await editor(theme);
		await open(page, await workbench(), '/Unlock%20an%20event');
		await page.getByTestId('rlc-input').first().click();
		await page.getByText('CES 2025 (2025-01-07, Las Vegas)').first().waitFor({ timeout: 10_000 });
		await page.getByTestId('rlc-search').first().fill('messe');
		await page.getByText('CES 2025 (2025-01-07, Las Vegas)').first().waitFor({ state: 'hidden' });
		await picture(page, 'from-list', theme);
		expect(host().outside.sandbox.world.spent()).toBe(0);

		await page.getByText('Hannover Messe 2026 (2026-04-20, Hannover)').first().click();
		await page.getByTestId('node-execute-button').first().click();
		await page
			.getByText(/2000 credits spent/)
			.first()
			.waitFor({ timeout: 30_000 });
		expect(host().outside.sandbox.ledger.map(({ key, credits }) => [key, credits])).toEqual([
			['139574', 2000],
		]);
	},
);

it('the next node sees the output fields before anything was run', async () => {
	const page = await editor('light');
	await open(page, await workbench(), '/Afterwards');
	const input = page.getByTestId('ndv-input-panel').first();
	for (const field of ['outcome', 'alreadyUnlocked', 'creditsCharged', 'reason']) {
		await input.getByText(field, { exact: true }).first().waitFor({ timeout: 10_000 });
	}
	expect(host().outside.sandbox.seen).toEqual([]);
});

it.each(THEMES)(
	'run once by hand: outcomes stand in the output, and one line sums up (%s)',
	async (theme) => {
		const page = await editor(theme);
		await open(page, await workbench(), `/${encodeURIComponent(OURS)}`);
		await page.getByTestId('node-execute-button').first().click();
		const output = page.getByTestId('output-panel').first();
		await output.getByText('found', { exact: true }).first().waitFor({ timeout: 30_000 });
		await output
			.getByText(/5 credits/)
			.first()
			.waitFor({ timeout: 10_000 });
		await page.getByText('Node executed successfully').first().waitFor({ state: 'hidden' });
		await picture(page, 'output', theme);
		expect(host().outside.sandbox.world.spent()).toBe(5);
	},
);

it.each(THEMES)(
	'the animation in README is a run in the editor: nobody is paid for twice (%s)',
	async (theme) => {
		const { n8n, credentials } = host();
		const contacts = [...CONTACTS, CONTACTS[0]].map((contact) => ({ email: contact?.email }));
		const afterwards = ['Tell sales', 'Ask marketing'].map((name, index) => ({
			...node(name, 'n8n-nodes-base.noOp', 1, {}),
			position: [720, index * 180 - 90] as [number, number],
		}));
		const ours = findPhones();
		const workflow = await n8n.addWorkflow(
			{
				name: 'New contacts',
				nodes: [
					node('By hand', 'n8n-nodes-base.manualTrigger', 1, {}),
					{
						...node('Contacts', 'n8n-nodes-base.code', 2, {
							jsCode: `return ${JSON.stringify(contacts)}.map((json) => ({ json }));`,
						}),
						position: [220, 0],
					},
					{
						...ours,
						position: [440, 0],
						parameters: { ...ours.parameters, outputs: 'byOutcome' },
					},
					...afterwards,
				],
				connections: connect({
					'By hand': [['Contacts']],
					Contacts: [[OURS]],
					[OURS]: [['Tell sales'], ['Ask marketing']],
				}),
			},
			credentials,
			{ active: false },
		);
		const page = await editor(theme, 640);
		await open(page, workflow);
		const frames = [await page.screenshot()];
		await page.getByTestId('execute-workflow-button').first().click();
		await page.getByText('Workflow executed successfully').first().waitFor({ timeout: 30_000 });
		await page.getByText('Workflow executed successfully').first().waitFor({ state: 'hidden' });
		frames.push(await page.screenshot());
		await page.locator(`[data-test-id=canvas-node]:has-text("${OURS}")`).first().dblclick();
		const output = page.getByTestId('output-panel').first();
		await output.getByText('found', { exact: true }).first().waitFor({ timeout: 30_000 });
		await page.waitForTimeout(800);
		frames.push(await page.screenshot());

		const small = await Promise.all(
			frames.map(async (frame) => await sharp(frame).resize(960).png().toBuffer()),
		);
		await sharp(small, { join: { animated: true } })
			.gif({ delay: [2500, 3000, 5000], loop: 0, colours: 128, dither: 0 })
			.toFile(path.join(IMAGES, `run-${theme}.gif`));
		expect(host().outside.sandbox.world.spent()).toBe(5);
	},
);

it.each(THEMES)('the examples on their canvas, sticky notes and all (%s)', async (theme) => {
	const { n8n, credentials } = host();
	const page = await editor(theme);
	for (const [file = '', image = '', ours = ''] of [
		['crm-contact-to-phone-to-slack', 'crm-to-slack', 'Find phone'],
		['find-people-unlock-emails', 'find-people', 'Unlock emails'],
		['find-event-unlock-people', 'find-event', 'Get people'],
		['event-people-unlock-emails', 'event-people', 'Unlock emails'],
	]) {
		await open(page, await n8n.addWorkflow(example(file), credentials, { active: false }));
		await page.getByText(ours, { exact: true }).first().waitFor();
		await picture(page, image, theme);
	}
});

/** A workflow that is run by hand: one item, and this node. */
async function byHand(name: string, parameters: ReturnType<typeof node>['parameters']) {
	const { n8n, credentials } = host();
	return await n8n.addWorkflow(
		{
			name,
			nodes: [
				node('By hand', 'n8n-nodes-base.manualTrigger', 1, {}),
				{ ...node(OURS, TYPE, 1, parameters), position: [220, 0] },
			],
			connections: connect({ 'By hand': [[OURS]] }),
		},
		credentials,
		{ active: false },
	);
}

const CES = { __rl: true, mode: 'id', value: '26855' };
const inside = `/${encodeURIComponent(OURS)}`;

it.each([
	['the node as it is', {}],
	['the resource Event, chosen and nothing else', { resource: 'event' }],
])('%s: Execute pressed at once spends nothing', async (name, parameters) => {
	const page = await editor('light');
	await open(page, await byHand(name, parameters), inside);
	await page.getByTestId('node-execute-button').first().click();
	await page
		.getByTestId('output-panel')
		.first()
		.getByText(/\d+ items?/)
		.first()
		.waitFor({ timeout: 30_000 });
	expect(host().outside.sandbox.seen.length).toBeGreaterThan(0);
	expect(host().outside.sandbox.paidRequests).toEqual([]);
});

it('Dry Run, added and nothing else: it is on, and Execute spends nothing and says the price', async () => {
	const page = await editor('light');
	const parameters = { resource: 'event', operation: 'unlock', eventId: CES };
	await open(page, await byHand('Dry Run', parameters), inside);
	const panel = page.getByTestId('ndv').first();
	await panel
		.getByText(/^2000 credits for each event/)
		.first()
		.waitFor();
	await page.locator('input[placeholder="Add option"]').first().click();
	await page.locator('li:visible:has-text("Dry Run")').first().click();
	await page.getByTestId('node-execute-button').first().click();
	await page
		.getByText(/at most 2000 credits if it were sent/)
		.first()
		.waitFor({ timeout: 30_000 });
	expect(host().outside.sandbox.paidRequests).toEqual([]);
});

it('Record Unlock, with nothing but its UUID: what was paid for is there to be read', async () => {
	const page = await editor('light');
	const [contact] = CONTACTS;
	const parameters = { resource: 'record', operation: 'unlock', uuids: contact?.uuid ?? '' };
	await open(page, await byHand('Emails', parameters), inside);
	await page.getByTestId('node-execute-button').first().click();
	await page
		.getByTestId('output-panel')
		.first()
		.getByText(contact?.email ?? '', { exact: true })
		.first()
		.waitFor({ timeout: 30_000 });
	expect(host().outside.sandbox.world.spent()).toBe(1);
});

it('after a problem the person is told that Execute would pay again', async () => {
	const page = await editor('light');
	const { n8n, credentials, outside } = host();
	outside.sandbox.world.wallet.ecore = 5;
	const emails = ['amara.okafor@brightline-logistics.com', 'jonas.lindqvist@nordkap.se'];
	const workflow = await n8n.addWorkflow(
		{
			name: 'Wallet',
			nodes: [
				node('By hand', 'n8n-nodes-base.manualTrigger', 1, {}),
				node('List', 'n8n-nodes-base.set', 3.4, {
					mode: 'raw',
					jsonOutput: JSON.stringify({ people: emails.map((email) => ({ email })) }),
					options: {},
				}),
				node('Each', 'n8n-nodes-base.splitOut', 1, { fieldToSplitOut: 'people', options: {} }),
				findPhones({ concurrency: 1 }),
			],
			connections: connect({ 'By hand': [['List']], List: [['Each']], Each: [[OURS]] }),
		},
		credentials,
		{ active: false },
	);
	await open(page, workflow, inside);
	await page.getByTestId('node-execute-button').first().click();
	await page
		.getByText(/Execute in the editor runs everything anew and pays again/)
		.first()
		.waitFor({ timeout: 30_000 });
	// The item stands there once: n8n adds none to the message.
	await page
		.getByText(/For item 1: The eCore wallet cannot pay/)
		.first()
		.waitFor();
	expect(await page.getByText('[item 1]').count()).toBe(0);
	expect(outside.sandbox.world.spent()).toBe(5);
});

it.each(THEMES)('the purchase book as a person finds it in n8n (%s)', async (theme) => {
	const { n8n, credentials } = host();
	const workflow = await n8n.addWorkflow(
		{
			name: 'CRM contacts',
			nodes: [
				node('By hand', 'n8n-nodes-base.manualTrigger', 1, {}),
				node('List', 'n8n-nodes-base.set', 3.4, {
					mode: 'raw',
					jsonOutput: JSON.stringify({ people: CONTACTS }),
					options: {},
				}),
				node('Each', 'n8n-nodes-base.splitOut', 1, { fieldToSplitOut: 'people', options: {} }),
				findPhones({ purchaseBook: 'Credit purchases' }),
			],
			connections: connect({ 'By hand': [['List']], List: [['Each']], Each: [[OURS]] }),
		},
		credentials,
		{ active: false },
	);
	await n8n.runByHand(workflow, 'By hand');
	await n8n.ended(workflow);
	const page = await editor(theme);
	const table = (await n8n.dataTables()).get('Credit purchases');
	await page.goto(`${n8n.address}${table?.page ?? ''}`);
	await page.getByText('phone.enrich').first().waitFor({ timeout: 15_000 });
	await picture(page, 'purchase-book', theme);
});
