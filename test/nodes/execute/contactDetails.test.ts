import type { IDataObject } from 'n8n-workflow';

import { crowd } from '../../fixtures/crowd';
import { recordUnlock as records, withOptions } from '../../fixtures/paidOperations';
import { shipped } from '../../sandbox/world';
import { inTime, useFakeClock } from '../fakeClock';
import { play, start, type Setup } from '../fakeExecution';
import { FakeVendor } from '../fakeVendor';
import { asking, charged, CONTINUE, keyed, reasons, told } from '../runs';

useFakeClock();

describe('Return Contact Details', () => {
	const [amara, jonas, mei] = shipped.people;
	const SEARCH = '/external/search/';
	const uuids = records.keys;
	const returning = (options: IDataObject = {}, more: Partial<Setup> = {}) =>
		asking(records, 2, {
			parameters: { ...withOptions(records, options), returnContactDetails: true },
			...more,
		});
	const emails = (json: IDataObject[]) => json.map(({ email }) => email);
	const order = ({ vendor }: Setup) => vendor.sent.map(({ method }) => method);
	const crowdItems = (count: number) =>
		crowd(count).map(({ uuid, company_name: companyName }) => ({
			json: { key: uuid, companyName },
		}));

	it('every email comes with its record, by one search after all is bought', async () => {
		const setup = returning();
		const { json, hints } = await play(setup);

		expect(told(json)).toEqual([
			['unlocked', 1],
			['unlocked', 1],
		]);
		expect(emails(json)).toEqual([amara?.email, jonas?.email]);
		expect(order(setup)).toEqual(['POST', 'POST', 'GET']);
		expect(hints[0]?.message).toMatch(/^2 items: 2 unlocked; 2 credits spent/);
	});

	it('switched off, nothing is searched, and no field is added', async () => {
		const setup = asking(records, 2);
		const { json } = await play(setup);

		for (const one of json) expect(one).not.toHaveProperty('email');
		expect(order(setup)).toEqual(['POST', 'POST']);
	});

	it('anything but yes or no is told before anything is sent', async () => {
		const reason = 'Return Contact Details must be true or false, not "yes"';
		const setup = returning();
		setup.parameters = { ...setup.parameters, returnContactDetails: 'yes' };
		const { error } = await play(setup);
		const { json } = await play({ ...setup, onError: CONTINUE });

		expect(error?.message).toBe(reason);
		expect([told(json), reasons(json)]).toEqual([
			[
				['refused', 0],
				['refused', 0],
			],
			[reason, reason],
		]);
		expect(setup.vendor.sent).toEqual([]);
	});

	it('only what was bought is searched for; the others have the same fields', async () => {
		const items = keyed(records.unknownKey, 'nonsense', uuids[0]);
		const setup = returning({}, { items, onError: CONTINUE });
		const { json } = await play(setup);
		const dry = returning({ dryRun: true });
		const planned = await play(dry);

		expect(json.map(({ outcome, email }) => [outcome, email])).toEqual([
			['not_found', null],
			['refused', null],
			['unlocked', amara?.email],
		]);
		expect(emails(planned.json)).toEqual([null, null]);
		expect([order(setup), order(dry)]).toEqual([['POST', 'POST', 'GET'], []]);
	});

	it('a search that fails ends no other, also with Stop Workflow: all of it is bought', async () => {
		const items = [amara, jonas].map((person) => ({
			json: { key: person?.uuid, companyName: person?.company_name },
		})) as Setup['items'];
		const setup = returning({ concurrency: 1 }, { items });
		setup.vendor.fault({ kind: 'status', status: 400, on: SEARCH });
		const { json, error } = await play(setup);

		expect(error).toBeUndefined();
		expect(emails(json)).toEqual([null, jonas?.email]);
	});

	it('joined records are each looked for by the items that asked for them', async () => {
		const people = [amara, jonas, mei];
		const items = people.map((person) => ({
			json: { key: person?.uuid, companyName: person?.company_name },
		})) as Setup['items'];
		const setup = returning({}, { items });
		setup.parameters = { ...setup.parameters, requestMode: 'combined' };
		const { json } = await play(setup);

		expect(json).toHaveLength(1);
		expect(emails(json[0]?.contacts as IDataObject[])).toEqual(people.map((one) => one?.email));
		expect(setup.vendor.queries).toEqual(
			people.map((one) => `company_name=${one?.company_name}&limit=100&offset=0`),
		);
	});

	it.each([1, 3])(
		'Concurrency %i is how many travel at once, searches among them',
		async (most) => {
			const people = shipped.people.slice(0, 5);
			const items = people.map(({ uuid, company_name: companyName }) => ({
				json: { key: uuid, companyName },
			}));
			// One unlock, then five searches.
			const setup = returning({ concurrency: most }, { items });
			setup.parameters = { ...setup.parameters, requestMode: 'combined' };
			await play(setup);

			expect(order(setup)).toEqual(['POST', 'GET', 'GET', 'GET', 'GET', 'GET']);
			expect(setup.vendor.mostAtOnce).toBe(most);
		},
	);

	it.each(['stopWorkflow', CONTINUE, 'continueErrorOutput'] as const)(
		'%s: a search that fails is no problem, and what was bought stands with the reason',
		async (onError) => {
			const setup = returning({}, { onError });
			setup.vendor.fault({ kind: 'status', on: SEARCH, status: 401, times: 9 });
			const { output, json, error } = await play(setup);

			expect(error).toBeUndefined();
			expect(told(json)).toEqual([
				['unlocked', 1],
				['unlocked', 1],
			]);
			expect(reasons(json)).toEqual(
				Array.from(
					{ length: 2 },
					() =>
						'Contact details are missing: eCore refused the token (HTTP 401). Check eCore Token in the credential',
				),
			);
			expect(output.map((item) => item.error)).toEqual([undefined, undefined]);
		},
	);

	it.each([
		[401, 0],
		[402, 1],
		[403, 0],
		[429, 0],
	])('after HTTP %i, %i searches read what was bought before', async (status, searches) => {
		const setup = returning({ concurrency: 1 }, { onError: CONTINUE });
		setup.vendor.fault({ kind: 'status', on: uuids[1] ?? '', status });
		const { json } = await play(setup);

		expect(json.map(({ outcome }) => outcome)).toEqual(['unlocked', 'refused']);
		expect(emails(json)).toEqual([searches === 0 ? null : amara?.email, null]);
		expect(json[0]?.reason).toMatch(
			searches === 0 ? /^Contact details are missing: Held back after an earlier answer/ : /^$/,
		);
		expect(setup.vendor.queries).toHaveLength(searches);
	});

	it('a search that fails for everybody is soon given up', async () => {
		const setup = returning({}, { items: crowdItems(40) });
		setup.vendor = new FakeVendor({}, crowd(40));
		setup.vendor.fault({ kind: 'status', on: SEARCH, status: 400, times: 99 });
		const { json } = await play(setup);

		expect(json.map(({ outcome, creditsCharged }) => [outcome, creditsCharged])).toEqual(
			json.map(() => ['unlocked', 1]),
		);
		expect(json).toHaveLength(40);
		expect(setup.vendor.queries.length).toBeLessThanOrEqual(8);
	});

	it('Stop while it searches: what was bought comes out, with the reason', async () => {
		const setup = returning({}, { stopAfterMs: 200 });
		setup.vendor.fault({ kind: 'status', on: SEARCH, status: 500, times: 9 });
		const { json, error } = await play(setup);

		expect(error).toBeUndefined();
		expect(told(json)).toEqual([
			['unlocked', 1],
			['unlocked', 1],
		]);
		expect(reasons(json)).toEqual(
			json.map(() => 'Contact details are missing: The execution was stopped'),
		);
	});

	it('a problem with Stop Workflow ends it before anything is searched; a re-run reads it all', async () => {
		const setup = returning({ concurrency: 1 }, { memory: {} });
		setup.vendor.fault({ kind: 'status', on: uuids[1] ?? '', status: 402 });
		const failed = await play(setup);
		expect(failed.error?.message).toMatch(/^For item 1: The eCore wallet cannot pay/);
		expect(order(setup)).toEqual(['POST', 'POST']);

		const { json } = await play(setup);
		expect(json.map(({ email, creditsCharged }) => [email, creditsCharged])).toEqual([
			[amara?.email, 1],
			[jonas?.email, 1],
		]);
		expect(charged(setup.vendor)).toEqual(uuids.slice(0, 2));
	});

	it('a tool call that asks the same while another still searches: one pays, one tells of it', async () => {
		const setup = returning({}, { memory: {}, asTool: true });
		setup.vendor.fault({ kind: 'slow', on: SEARCH, ms: 400 });
		let isOver = false;
		let wasOver: boolean | undefined;
		const first = start(setup).finally(() => (isOver = true));
		const second = new Promise((resolve) => setTimeout(resolve, 100)).then(async () => {
			// The first has bought all and waits for its search: now is the moment.
			wasOver = isOver || order(setup).join() !== 'POST,POST,GET';
			return await start(setup);
		});
		const played = await inTime(Promise.all([first, second]));

		expect(wasOver).toBe(false);
		expect(played.map(({ json }) => told(json))).toEqual([
			[
				['unlocked', 1],
				['unlocked', 1],
			],
			[
				['unlocked', 0],
				['unlocked', 0],
			],
		]);
		for (const { json } of played) expect(emails(json)).toEqual([amara?.email, jonas?.email]);
		expect(charged(setup.vendor)).toEqual(uuids.slice(0, 2));
	});
});
