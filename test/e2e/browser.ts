import { createRequire } from 'node:module';
import path from 'node:path';

import { HOST_FOLDER } from './install';
import { OWNER } from './n8n';
import { until } from './processes';

// The little of Playwright that is used here; it is installed beside n8n, where the compiler does not see it.

/** Something on a page. */
export interface Locator {
	click(): Promise<void>;
	dblclick(): Promise<void>;
	fill(text: string): Promise<void>;
	first(): Locator;
	count(): Promise<number>;
	waitFor(options?: { state?: 'visible' | 'hidden'; timeout?: number }): Promise<void>;
	getByText(text: string | RegExp, options?: { exact?: boolean }): Locator;
	getByTestId(id: string): Locator;
	allInnerTexts(): Promise<string[]>;
	locator(selector: string): Locator;
}

/** A page of the browser. */
export interface Page extends Pick<Locator, 'getByText' | 'getByTestId' | 'locator'> {
	goto(url: string): Promise<unknown>;
	keyboard: { press(key: string): Promise<void>; type(text: string): Promise<void> };
	/** A picture as a PNG; also in a file, if that is named. */
	screenshot(options?: { path: string }): Promise<Buffer>;
	waitForTimeout(ms: number): Promise<void>;
	close(): Promise<void>;
	evaluate(script: string): Promise<unknown>;
}

/** A browser. */
export interface Browser {
	newPage(options: {
		viewport: { width: number; height: number };
		colorScheme: 'light' | 'dark';
	}): Promise<Page>;
	close(): Promise<void>;
}

interface Playwright {
	selectors: { setTestIdAttribute(name: string): void };
	chromium: { launch(options: { executablePath: string; args: string[] }): Promise<Browser> };
}

/** Starts Debian's Chromium, headless. */
export async function startBrowser(): Promise<Browser> {
	const load = createRequire(path.join(HOST_FOLDER, 'package.json'));
	const { chromium, selectors } = load('playwright-core') as Playwright;
	// n8n's own spelling.
	selectors.setTestIdAttribute('data-test-id');
	return await chromium.launch({
		executablePath: '/usr/bin/chromium',
		args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
	});
}

/** Logs n8n's owner in. */
export async function signIn(page: Page, address: string): Promise<void> {
	await page.goto(`${address}/signin`);
	await page.locator('input[type=email], input[name=emailOrLdapLoginId]').first().fill(OWNER.email);
	await page.locator('input[type=password]').first().fill(OWNER.password);
	await page.keyboard.press('Enter');
	await until('n8n to let its owner in', async () =>
		(await page.evaluate('location.pathname')) === '/signin' ? undefined : true,
	);
}
