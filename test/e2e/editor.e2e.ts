import { mkdirSync } from 'node:fs';
import path from 'node:path';

import { PACKAGE_FOLDER } from '../engine/engine';
import { startBrowser, type Browser, type Page } from './browser';
import { OWNER } from './n8n';
import { example, useN8n } from './useN8n';
import { connect, findPhones, node, OURS } from './workflows';

const host = useN8n({ debian: { chromium: 'chromium' } });

const TYPE = 'n8n-nodes-ecore-lensmor.ecoreLensmor';
const IMAGES = path.join(PACKAGE_FOLDER, 'docs/images');
const THEMES = ['light', 'dark'] as const;

let browser: Browser | undefined;
beforeAll(async () => {
	mkdirSync(IMAGES, { recursive: true });
	browser = await startBrowser();
}, 60_000);
afterAll(async () => await browser?.close());

/** The editor as its owner sees it, with nothing of n8n's own in the way. */
async function editor(theme: (typeof THEMES)[number]): Promise<Page> {
	if (browser === undefined) throw new Error('the browser is not running');
	const page = await browser.newPage({
		viewport: { width: 1280, height: 800 },
		colorScheme: theme,
	});
	await page.goto(`${host().n8n.address}/signin`);
	await page.locator('input[type=email], input[name=emailOrLdapLoginId]').first().fill(OWNER.email);
	await page.locator('input[type=password]').first().fill(OWNER.password);
	await page.keyboard.press('Enter');
	await page.getByTestId('project-home-menu-item').first().waitFor();
	return page;
}

async function open(page: Page, workflow: string, inside = ''): Promise<void> {
	await page.goto(`${host().n8n.address}/workflow/${workflow}${inside}`);
	await page.getByTestId('canvas-node').first().waitFor({ timeout: 30_000 });
	// n8n explains its news in pop-ups; a person clicks them away once.
	await page.waitForTimeout(1500);
	const news = page.getByText('Got it', { exact: true });
	for (let left = await news.count(); left > 0; left -= 1) await news.first().click();
	await page.waitForTimeout(500);
}

async function picture(page: Page, name: string, theme: string): Promise<void> {
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
	const ours = (name: string, parameters: ReturnType<typeof node>['parameters']) => ({
		...node(name, TYPE, 1, parameters),
		position: [660, name.length * 20] as [number, number],
	});
	const names = ['Unlock records', 'Unlock an event'];
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
					...node('Each', 'n8n-nodes-base.splitOut', 1, { fieldToSplitOut: 'contacts', options: {} }),
					position: [440, 0],
				},
				{ ...findPhones(), position: [660, 0] },
				ours('Unlock records', { resource: 'record', operation: 'unlock', uuids: '={{ $json.uuid }}' }),
				ours('Unlock an event', {
					resource: 'event',
					operation: 'unlock',
					eventId: { __rl: true, mode: 'id', value: '139574' },
				}),
			],
			connections: connect({
				'By hand': [['Contacts']],
				Contacts: [['Each']],
				Each: [[OURS, ...names]],
			}),
		},
		credentials,
		{ active: false },
	);
}

it.each(THEMES)('the node panel finds the node, and its actions tell their prices (%s)', async (theme) => {
	const page = await editor(theme);
	await open(page, await workbench());
	await page.keyboard.press('n');
	await page.waitForTimeout(1000);
	await page.keyboard.type('ecore');
	const found = page.getByText('eCore & Lensmor', { exact: true }).first();
	await found.waitFor();
	await picture(page, 'node-panel', theme);
	await found.click();
	for (const action of ['Unlock records', 'Enrich phone', 'Unlock event']) {
		await page.getByText(new RegExp(`^${action}.*credit`)).first().waitFor();
	}
	await picture(page, 'node-actions', theme);
});
