import { useSandbox } from '../engine/useSandbox';
import type { Sandbox } from './sandbox';

let sandbox: Sandbox;
useSandbox((started) => (sandbox = started));

it('Lensmor tells what is left of its window, and turns away what is over it', async () => {
	const ask = async () =>
		await fetch(`${sandbox.lensmorBaseUrl}/external/credits/balance`, {
			headers: { authorization: `Bearer ${sandbox.tokens.lensmor}` },
		});
	const first = await ask();
	const second = await ask();
	expect([first, second].map(({ headers }) => headers.get('x-ratelimit-remaining'))).toEqual([
		'119',
		'118',
	]);
	for (let asked = 2; asked < 120; asked += 1) await ask();

	const over = await ask();
	expect(over.status).toBe(429);
	expect(Number(over.headers.get('retry-after'))).toBeGreaterThan(0);
	expect(await over.json()).toMatchObject({ errorKey: 'RATE_LIMIT_EXCEEDED' });
});
