import { eventUnlock } from '../../../nodes/EcoreLensmor/operations/event/unlock';
import { eventUnlock as events, withOptions } from '../../fixtures/paidOperations';
import { useFakeClock } from '../fakeClock';
import { play } from '../fakeExecution';
import { FakeVendor } from '../fakeVendor';
import { asking, CONTINUE, keyed } from '../runs';

useFakeClock();

const dry = { parameters: withOptions(events, { dryRun: true }) };
const [first = '', second = ''] = events.keys;

it('a dry run of events says what Lensmor asks for them, and spends nothing', async () => {
	const setup = asking(events, 1);
	await play(setup);
	const items = keyed(first, second, events.unknownKey, second);
	const { json, hints } = await play({ ...setup, ...dry, items, memory: {} });

	expect(
		json.map(({ outcome, maximumCost, reason, creditsRemaining }) => [
			outcome,
			maximumCost,
			reason,
			creditsRemaining,
		]),
	).toEqual([
		['planned', 0, 'The event is already unlocked', 48_000],
		['planned', 2000, '', 48_000],
		['planned', 0, 'Lensmor knows no such event', 48_000],
		['planned', 0, '', null],
	]);
	expect(hints[0]?.message).toContain('at most 2000 credits if it were sent');
	expect(setup.vendor.ledger).toHaveLength(1);
});

it('what the wallet cannot pay keeps its price, and the reason says so', async () => {
	const { json } = await play(
		asking(events, 2, { ...dry, vendor: new FakeVendor({ lensmor: 7 }) }),
	);
	for (const one of json) {
		expect(one).toMatchObject({
			maximumCost: 2000,
			creditsRemaining: 7,
			reason: 'The Lensmor wallet cannot pay for it',
		});
	}
});

it.each(['stopWorkflow', CONTINUE] as const)(
	'%s: where the check fails the most it can cost stays, with the reason',
	async (onError) => {
		const setup = asking(events, 2, { ...dry, onError });
		setup.vendor.fault({ kind: 'status', status: 400, on: first });
		const { json, error } = await play(setup);
		expect(error).toBeUndefined();
		expect(json.map(({ outcome, maximumCost }) => [outcome, maximumCost])).toEqual([
			['planned', 2000],
			['planned', 2000],
		]);
		expect(json[0]?.reason).toContain('so this is the most it can cost. Lensmor refused');
		expect(json[1]?.reason).toBe('');
	},
);

it('an answer without a price leaves the most it can cost', async () => {
	const setup = asking(events, 2, dry);
	const body = { allowed: true, reason_code: 'ok' };
	setup.vendor.fault({ kind: 'status', status: 200, body, times: 2 });
	const { json } = await play(setup);
	expect(json.map(({ maximumCost, reason }) => [maximumCost, reason])).toEqual([
		[2000, ''],
		[2000, ''],
	]);
});

it('reading the price throws: the most it can cost stays', async () => {
	const check = eventUnlock.priceCheck;
	if (check === undefined) throw new Error('no price check');
	const whole = { ...check };
	check.read = () => {
		throw new Error('it broke');
	};
	const { json } = await play(asking(events, 2, dry));
	Object.assign(check, whole);
	for (const one of json) {
		expect(one).toMatchObject({ outcome: 'planned', maximumCost: 2000 });
		expect(one.reason).toContain('This is a defect of the node');
	}
});
