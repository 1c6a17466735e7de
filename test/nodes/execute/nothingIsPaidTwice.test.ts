import { phoneEnrich as phones, paidOperations, withOptions } from '../../fixtures/paidOperations';
import { inTime, useFakeClock } from '../fakeClock';
import { play, start } from '../fakeExecution';
import { FakeVendor } from '../fakeVendor';
import { asking, charged, CONTINUE, keyed, reasons, told } from '../runs';

useFakeClock();

describe.each(paidOperations)('$name: nothing is paid twice', (operation) => {
	const [first = '', second = '', third = ''] = operation.keys;
	const { bought, credits } = operation;

	it('the same request twice is one, and the first item has the credits', async () => {
		const setup = asking(operation, 0, { items: keyed(second, first, second, first) });
		const { json } = await play(setup);

		expect(json.map(({ creditsCharged, duplicateOf }) => [creditsCharged, duplicateOf])).toEqual([
			[credits, undefined],
			[credits, undefined],
			[0, 0],
			[0, 1],
		]);
		expect(new Set(json.map(({ outcome }) => outcome))).toEqual(new Set([bought]));
		expect(charged(setup.vendor)).toEqual([second, first]);
	});

	it('a re-run asks only for what is missing, and tells of every credit', async () => {
		const setup = asking(operation, 3, {
			memory: {},
			parameters: withOptions(operation, { concurrency: 1 }),
		});
		setup.vendor.fault({ kind: 'status', on: third, status: 401 });
		const failed = await play(setup);
		const { json } = await play(setup);

		expect(failed.error?.message).toMatch(/^For item 2: \w+ refused the token \(HTTP 401\)/);
		expect(json.map(({ creditsCharged }) => creditsCharged)).toEqual([credits, credits, credits]);
		// n8n runs a node again also where its output looks like a failure.
		expect((await play(setup)).json).toEqual(json);
		expect(charged(setup.vendor)).toEqual([first, second, third]);
		expect(setup.vendor.paidRequests).toHaveLength(4);
	});

	it('a later round that asks the same is answered at 0 credits', async () => {
		const setup = asking(operation, 2, { memory: {} });
		await play(setup);
		const { json } = await play({ ...setup, round: 1, items: keyed(second, third) });

		expect(told(json)).toEqual([
			[bought, 0],
			[bought, credits],
		]);
		expect(charged(setup.vendor)).toEqual([first, second, third]);
	});

	it('a later round tells of what a failed one had paid, as nobody else does', async () => {
		const setup = asking(operation, 2, {
			memory: {},
			parameters: withOptions(operation, { concurrency: 1 }),
		});
		setup.vendor.fault({ kind: 'status', on: second, status: 400 });
		await play(setup);
		const { json } = await play({ ...setup, round: 1 });

		expect(json.map(({ creditsCharged }) => creditsCharged)).toEqual([credits, credits]);
	});

	it('tool calls that ask the same, at the same time or later: one pays, one tells of it', async () => {
		const setup = asking(operation, 2, { memory: {}, asTool: true });
		const played = await inTime(Promise.all([start(setup), start(setup)]));
		played.push(await play(setup));

		const credited = played.flatMap(({ json }) => json.map(({ creditsCharged }) => creditsCharged));
		expect(credited.sort()).toEqual([0, 0, 0, 0, credits, credits].sort());
		expect(charged(setup.vendor).sort()).toEqual([first, second].sort());
	});

	it('a tool that n8n runs as a node is asked in n8n’s own rounds', async () => {
		const setup = asking(operation, 2, { memory: {}, runAsTool: true });
		await play(setup);
		const again = await play(setup);
		const later = await play({ ...setup, round: 1 });

		expect(again.json.map(({ creditsCharged }) => creditsCharged)).toEqual([credits, credits]);
		expect(later.json.map(({ creditsCharged }) => creditsCharged)).toEqual([0, 0]);
		expect(charged(setup.vendor)).toHaveLength(2);
	});

	it('rounds at the same time that ask the same: one pays, one tells of it', async () => {
		const setup = asking(operation, 2, { memory: {} });
		const calls = [0, 1].map(async (round) => await start({ ...setup, round }));
		const played = await inTime(Promise.all(calls));

		const credited = played.flatMap(({ json }) => json.map(({ creditsCharged }) => creditsCharged));
		expect(credited.sort()).toEqual([0, 0, credits, credits].sort());
		expect(charged(setup.vendor).sort()).toEqual([first, second].sort());
	});

	it('Maximum Credits holds over items, rounds and calls at the same time', async () => {
		const setup = asking(operation, 3, {
			memory: {},
			parameters: withOptions(operation, { maximumCredits: 2 * credits }),
		});
		const { json, error } = await play(setup);
		const later = await play({ ...setup, round: 1, items: keyed(...operation.keys.slice(2, 4)) });

		expect(error).toBeUndefined();
		const all = 2 * credits;
		const reason = `Maximum Credits is reached: ${all} of ${all} credits are spent, and this could have cost ${credits} more`;
		expect(told(json)).toEqual([
			[bought, credits],
			[bought, credits],
			['not_sent', 0],
		]);
		expect(json[2]).toMatchObject({ ...operation.fieldsWithoutAnswer(third), reason });
		expect(reasons(later.json)).toEqual([reason, reason]);

		const anew = { ...setup, memory: {}, vendor: new FakeVendor() };
		const calls = [first, second, third].map(
			async (key, round) => await start({ ...anew, round, items: keyed(key) }),
		);
		const atOnce = await inTime(Promise.all(calls));
		expect(atOnce.flatMap((call) => told(call.json))).toEqual(told(json));
	});

	it('a dry run buys nothing, and counts nothing that is known or asked for twice', async () => {
		const setup = asking(operation, 1, { memory: {} });
		await play(setup);
		const { json, hints } = await play({
			...setup,
			onError: CONTINUE,
			items: keyed(first, second, null, second),
			parameters: withOptions(operation, { dryRun: true }),
		});

		expect(
			json.map(({ outcome, maximumCost, duplicateOf }) => [outcome, maximumCost, duplicateOf]),
		).toEqual([
			['planned', 0, undefined],
			['planned', credits, undefined],
			['refused', undefined, undefined],
			['planned', 0, 1],
		]);
		expect(json[1]).toMatchObject({ ...operation.fieldsWithoutAnswer(second), reason: '' });
		expect(hints[0]?.message).toContain(`at most ${credits} credit`);
		expect(charged(setup.vendor)).toEqual([first]);
		expect(setup.vendor.paidRequests).toHaveLength(1);
	});

	it('a dry run is no purchase: what follows it is charged and told', async () => {
		const setup = asking(operation, 2, { memory: {} });
		await play({ ...setup, parameters: withOptions(operation, { dryRun: true }) });
		const { json } = await play({ ...setup, round: 1 });

		expect(told(json)).toEqual([
			[bought, credits],
			[bought, credits],
		]);
	});
});

it('the room of what turns out to cost nothing goes to the next', async () => {
	const setup = asking(phones, 0, {
		items: keyed(phones.unknownKey, phones.keys[0], phones.keys[1]),
		parameters: withOptions(phones, { maximumCredits: 5 }),
	});
	const { json } = await play(setup);

	expect(told(json)).toEqual([
		['not_found', 0],
		['found', 5],
		['not_sent', 0],
	]);
});
