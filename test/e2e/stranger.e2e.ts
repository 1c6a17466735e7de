import { readFileSync } from 'node:fs';
import path from 'node:path';

import { PACKAGE_FOLDER } from '../engine/engine';
import { shipped } from '../sandbox/world';
import { signIn, startBrowser, type Browser, type Locator, type Page } from './browser';
import { install } from './install';
import { N8n } from './n8n';
import { Outside } from './outside';

let outside: Outside;
let n8n: N8n;
let browser: Browser;
beforeAll(async () => {
	outside = await Outside.start();
	n8n = await N8n.start(install(), outside.env);
	browser = await startBrowser();
}, 300_000);
afterAll(async () => {
	await browser?.close();
	await n8n?.stop();
	await outside?.stop();
}, 60_000);

/** Somebody at the editor, whose clicks and texts are counted. A double click is two clicks. */
class Person {
	readonly did = { clicks: 0, texts: 0 };

	constructor(private readonly page: Page) {}

	async click(target: Locator): Promise<void> {
		await target.first().click();
		this.did.clicks += 1;
	}

	async doubleClick(target: Locator): Promise<void> {
		await target.first().dblclick();
		this.did.clicks += 2;
	}

	async fill(target: Locator, text: string): Promise<void> {
		await target.first().fill(text);
		this.did.texts += 1;
	}

	/** As Ctrl-V on the canvas does. */
	async paste(text: string): Promise<void> {
		await this.page.evaluate(`{
			const clipboardData = new DataTransfer();
			clipboardData.setData('text/plain', ${JSON.stringify(text)});
			document.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
		}`);
		this.did.texts += 1;
	}
}

/** The workflow that README says to paste. */
function firstWorkflow(): string {
	const readme = readFileSync(path.join(PACKAGE_FOLDER, 'README.md'), 'utf8');
	return /^```json\n([\s\S]*?)^```/m.exec(readme)?.[1] ?? '';
}

/** The phone of the person whom README's workflow looks for. */
function phoneToFind(): string {
	const [email] = /[\w.]+@[\w.-]+/.exec(firstWorkflow()) ?? [];
	return shipped.people.find((person) => person.email === email)?.phone ?? '';
}

it("README's way, in an n8n that has nothing but the package: 6 clicks to the price, 8 to the phone", async () => {
	const page = await browser.newPage({
		viewport: { width: 1280, height: 800 },
		colorScheme: 'light',
	});
	await signIn(page, n8n.address);
	await page.goto(`${n8n.address}/home/workflows`);
	const person = new Person(page);
	const execute = page.getByTestId('node-execute-button');
	const output = page.getByTestId('output-panel').first();

	await person.click(page.getByTestId('new-workflow-card'));
	await page.getByText('Add first step').first().waitFor();
	await page.waitForTimeout(1000);
	await person.paste(firstWorkflow());
	await person.doubleClick(page.locator('[data-test-id=canvas-node]:has-text("Find phone")'));
	await person.click(page.getByText('Connect to eCore & Lensmor'));
	for (const [field, token] of Object.entries(outside.credential)) {
		await person.fill(page.locator(`[data-test-id=parameter-input-${field}] input`), token);
	}
	await person.click(page.getByTestId('credential-save-button'));
	await page.getByTestId('credential-edit-dialog').first().waitFor({ state: 'hidden' });
	await person.click(execute);
	const price = page.getByText(/at most 5 credits if it were sent/).first();
	await price.waitFor({ timeout: 30_000 });
	expect(person.did).toEqual({ clicks: 6, texts: 3 });
	expect(outside.sandbox.paidRequests).toEqual([]);

	await person.click(
		page.locator(
			'.parameter-item:has([data-test-id=parameter-input-dryRun]) > button[title=Delete]',
		),
	);
	await person.click(execute);
	await output.getByText(phoneToFind(), { exact: true }).first().waitFor({ timeout: 30_000 });
	expect(person.did).toEqual({ clicks: 8, texts: 3 });
	expect(outside.sandbox.world.spent()).toBe(5);
});
