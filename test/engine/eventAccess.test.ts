import type { IDataObject } from 'n8n-workflow';

import type { Sandbox } from '../sandbox/sandbox';
import { execute } from './engine';
import { useSandbox } from './useSandbox';

let sandbox: Sandbox;
useSandbox((started) => (sandbox = started));

const CES = '26855';
const HANNOVER = '139574';

async function run(parameters: IDataObject, ids = [CES, HANNOVER]) {
	const { output } = await execute({
		parameters: {
			resource: 'event',
			operation: 'unlock',
			eventId: { __rl: true, mode: 'id', value: '={{ $json.id }}' },
			...parameters,
		},
		items: ids.map((id) => ({ id })),
		credential: sandbox.credential,
		settings: { onError: 'continueRegularOutput' },
	});
	return output.map(({ json }) => json);
}
const told = (items: IDataObject[]) =>
	items.map(({ outcome, creditsCharged }) => [outcome, creditsCharged]);
const charges = () => sandbox.ledger.map(({ what, key, credits }) => [what, key, credits]);

it('contacts and then visitors cost 5000 credits an event, and full access then nothing', async () => {
	expect(told(await run({}))).toEqual([
		['unlocked', 2000],
		['unlocked', 2000],
	]);
	expect(told(await run({ access: 'visitors' }))).toEqual([
		['unlocked', 3000],
		['unlocked', 3000],
	]);
	expect(told(await run({ access: 'full' }))).toEqual([
		['already_unlocked', 0],
		['already_unlocked', 0],
	]);
	expect(charges()).toEqual([
		['event', CES, 2000],
		['event', HANNOVER, 2000],
		['visitors', CES, 3000],
		['visitors', HANNOVER, 3000],
	]);
});

it('full access costs what is missing, and Maximum Credits counts it at its worst', async () => {
	await run({}, [CES]);
	expect(told(await run({ access: 'full', options: { maximumCredits: 9_999 } }))).toEqual([
		['unlocked', 3000],
		['unlocked', 5000],
	]);
	sandbox.reset();
	expect(told(await run({ access: 'full', options: { maximumCredits: 9_999 } }))).toEqual([
		['unlocked', 5000],
		['not_sent', 0],
	]);
});

it('without their precondition visitors are refused, with advice of their own', async () => {
	const [locked] = await run({ access: 'visitors' }, [CES]);
	expect(locked).toMatchObject({ outcome: 'refused', creditsCharged: 0 });
	expect(locked?.reason).toMatch(/EVENT_NOT_UNLOCKED\)\. Unlock the contacts of the event first/);

	sandbox.world.isSubscribed = false;
	for (const access of ['visitors', 'full']) {
		const [one] = await run({ access }, [CES]);
		expect(one).toMatchObject({ outcome: 'refused', creditsCharged: 0 });
		expect(one?.reason).toMatch(
			/USER_HAS_NO_FEATURE\. Lensmor unlocks visitors only for accounts with/,
		);
	}
	expect(sandbox.ledger).toEqual([]);
});

it('where Lensmor holds no visitors, full access says so and costs the contacts', async () => {
	const [event] = sandbox.world.events.filter(({ eventId }) => eventId === CES);
	if (event !== undefined) event.visitors = false;
	const [one] = await run({ access: 'full' }, [CES]);
	if (event !== undefined) delete event.visitors;
	expect(one).toMatchObject({
		outcome: 'unlocked',
		creditsCharged: 2000,
		reason: 'Lensmor holds no visitors of this event to unlock',
	});
});

it('Check Unlock and Dry Run say the price of each', async () => {
	await run({}, [CES]);
	const before = charges().length;
	for (const [access, credits] of [
		['contacts', 0],
		['visitors', 3000],
		['full', 3000],
	] as const) {
		const [checked] = await run({ operation: 'checkUnlock', access }, [CES]);
		expect(checked?.credits).toBe(credits);
		const [planned] = await run({ access, options: { dryRun: true } }, [CES]);
		expect(planned).toMatchObject({ outcome: 'planned', maximumCost: credits });
	}
	expect(charges()).toHaveLength(before);
});
