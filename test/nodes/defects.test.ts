import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import { operations } from '../../nodes/EcoreLensmor/operations';
import { contactDetails } from '../../nodes/EcoreLensmor/operations/record/unlock/contactDetails';
import type { PaidOperation } from '../../nodes/EcoreLensmor/operations/operation';
import {
	paidOperations,
	recordUnlock,
	withOptions,
	type PaidFixture,
} from '../fixtures/paidOperations';
import { inTime, useFakeClock } from './fakeClock';
import { play, start, type Setup } from './fakeExecution';
import { FakeVendor } from './fakeVendor';
import { charged, CONTINUE, keyed, reasons, told } from './runs';

useFakeClock();
afterEach(() => mend());

const DEFECT =
	'This is a defect of the node, not of your data or the vendor (it broke). Please report it at https://github.com/n8n-nodes-ecore-lensmor/n8n-nodes-ecore-lensmor/issues';

const spent = (memory: IDataObject) => (memory.memory as { spent: number } | undefined)?.spent ?? 0;

/** The operation of the node behind a row of the table that the tests run on. */
function operationOf({ parameters }: PaidFixture): PaidOperation {
	const found = operations.find(
		(one) => one.resource === parameters.resource && one.operation === parameters.operation,
	);
	if (found?.kind !== 'paid') throw new Error('no such operation');
	return found;
}

// What of an operation runs before anything is sent, and what runs with the answer in hand.
const BEFORE = [
	'parse',
	'identity',
	'locks',
	'toWire',
	'worstCase',
	'fieldsWithoutAnswer',
] as const;
type Part = (typeof BEFORE)[number] | 'settle' | 'requestFields';

const mendings: Array<() => void> = [];
/** What was broken works again. */
function mend() {
	for (const one of mendings.splice(0).reverse()) one();
}

type Functions = Record<string, ((...given: unknown[]) => unknown) | undefined>;

/** Makes a function throw: always, or at the calls that `at` names. */
function breakIn(owner: object, name: string, at: (call: number) => boolean = () => true) {
	const functions = owner as Functions;
	const whole = functions[name];
	if (whole === undefined) return;
	let calls = 0;
	functions[name] = (...given) => {
		calls += 1;
		if (at(calls - 1)) throw new Error('it broke');
		return whole.call(owner, ...given);
	};
	mendings.push(() => (functions[name] = whole));
}

/** The same for a part of an operation. */
function breakPart(operation: PaidOperation, part: Part, at?: (call: number) => boolean) {
	const isOfEndpoint = part === 'toWire' || part === 'worstCase';
	breakIn(isOfEndpoint ? operation.endpoint : operation, part, at);
}

describe.each(paidOperations)('$name', (table) => {
	const operation = operationOf(table);
	const keys = table.keys.slice(0, 3);
	const run = (vendor: FakeVendor, memory: IDataObject, more: Partial<Setup> = {}): Setup => ({
		vendor,
		memory,
		parameters: table.parameters,
		items: keyed(...keys),
		...more,
	});

	it.each(BEFORE.filter((part) => part !== 'locks' || operation.locks !== undefined))(
		'%s throws: nothing is sent, all is refused, and it is no trouble of an expression',
		async (part) => {
			breakPart(operation, part);
			const vendor = new FakeVendor();
			const { json } = await play(run(vendor, {}, { onError: CONTINUE }));
			const { error } = await play(run(vendor, {}));

			expect(told(json)).toEqual(keys.map(() => ['refused', 0]));
			expect(reasons(json)).toEqual(keys.map(() => DEFECT));
			// What only shows once an item is bought names that item.
			const isOfOne = part === 'locks' || part === 'toWire';
			expect(error?.message).toBe(isOfOne ? `For item 0: ${DEFECT} (and 2 more items)` : DEFECT);
			expect(vendor.sent).toEqual([]);
		},
	);

	it('settle throws: what was answered is uncertain, written down, and never sent again by a machine', async () => {
		breakPart(operation, 'settle');
		const [vendor, memory] = [new FakeVendor(), {}];
		const first = await play(run(vendor, memory, { onError: CONTINUE }));
		mend();
		const again = await play(run(vendor, memory, { onError: CONTINUE }));

		for (const { json } of [first, again]) {
			expect(told(json)).toEqual(keys.map(() => ['uncertain', null]));
			for (const { reason } of json) expect(reason).toContain(DEFECT);
		}
		expect(charged(vendor).sort()).toEqual([...keys].sort());
		expect(spent(memory)).toBe(table.credits * keys.length);
	});

	it('settle throws with Stop Workflow: the run ends, and a re-run goes on with the others', async () => {
		breakPart(operation, 'settle', (call) => call === 0);
		const [vendor, memory] = [new FakeVendor(), {}];
		const parameters = withOptions(table, { concurrency: 1 });
		const first = await play(run(vendor, memory, { parameters }));
		const again = await play(run(vendor, memory, { parameters }));
		const last = await play(run(vendor, memory, { parameters, onError: CONTINUE }));

		expect(first.error?.message).toContain(DEFECT);
		expect(again.error?.message).toContain(DEFECT);
		expect(told(last.json)[0]).toEqual(['uncertain', null]);
		expect(new Set(charged(vendor)).size).toBe(charged(vendor).length);
		expect(charged(vendor)).toHaveLength(keys.length);
	});

	it('settle throws with Maximum Credits: the reservation is given back, and the limit holds', async () => {
		breakPart(operation, 'settle', (call) => call === 0);
		const [vendor, memory] = [new FakeVendor(), {}];
		const parameters = withOptions(table, { maximumCredits: table.credits * 2 });
		for (let times = 0; times < 2; times += 1) {
			const { json } = await play(run(vendor, memory, { parameters, onError: CONTINUE }));
			expect(told(json).filter(([outcome]) => outcome === 'uncertain')).toHaveLength(1);
			expect(told(json).filter(([outcome]) => outcome === 'not_sent')).toHaveLength(1);
		}
		expect(charged(vendor)).toHaveLength(2);
		expect(spent(memory)).toBe(table.credits * 2);
	});

	it('requestFields throws: the receipt comes out, and says what is wrong', async () => {
		breakPart(operation, 'requestFields');
		const vendor = new FakeVendor();
		const { json } = await play(run(vendor, {}, { onError: CONTINUE }));

		expect(json.reduce((sum, { creditsCharged }) => sum + Number(creditsCharged), 0)).toBe(
			table.credits * keys.length,
		);
		for (const { reason } of json) expect(reason).toContain(DEFECT);
	});

	it('fieldsWithoutAnswer throws once the money is spent: uncertain all the same', async () => {
		const vendor = new FakeVendor().fault({ kind: 'lostAfter', times: 99 });
		breakPart(operation, 'fieldsWithoutAnswer', (call) => call >= 2 * keys.length);
		const memory = {};
		const { json } = await play(run(vendor, memory, { onError: CONTINUE }));

		expect(told(json)).toEqual(keys.map(() => ['uncertain', null]));
		for (const { reason } of json) expect(reason).toContain(DEFECT);
		expect(spent(memory)).toBe(table.credits * keys.length);
	});

	it('toWire throws for one: Continue goes on with the others, Stop Workflow sends nothing more', async () => {
		const parameters = withOptions(table, { concurrency: 1 });
		breakPart(operation, 'toWire', (call) => call === 0);
		const [going, stopping] = [new FakeVendor(), new FakeVendor()];
		const { json } = await play(run(going, {}, { parameters, onError: CONTINUE }));
		mend();
		breakPart(operation, 'toWire', (call) => call === 0);
		const { error } = await play(run(stopping, {}, { parameters }));

		expect(told(json)[0]).toEqual(['refused', 0]);
		expect(charged(going)).toEqual(keys.slice(1));
		expect(error?.message).toContain(DEFECT);
		expect(stopping.sent).toEqual([]);
	});

	it('settle throws for one with Stop Workflow: nothing more is sent', async () => {
		const parameters = withOptions(table, { concurrency: 1 });
		breakPart(operation, 'settle', (call) => call === 0);
		const vendor = new FakeVendor();
		const { error } = await play(run(vendor, {}, { parameters }));

		expect(error?.message).toContain(DEFECT);
		expect(charged(vendor)).toEqual(keys.slice(0, 1));
	});

	it('one item throws: the others go on', async () => {
		breakPart(operation, 'parse', (call) => call === 1);
		const vendor = new FakeVendor();
		const { json, output } = await play(run(vendor, {}, { onError: CONTINUE }));

		expect(told(json)[1]).toEqual(['refused', 0]);
		expect(output.map(({ pairedItem }) => pairedItem)).toEqual(keys.map((_, item) => ({ item })));
		expect(charged(vendor).sort()).toEqual([keys[0], keys[2]].sort());
	});

	// Whatever throws whenever: each run ends and tells every item, no machine pays twice, and the ledger
	// never holds more than what is counted and what is told, the unknown at its worst.
	it('throws at random break no promise', async () => {
		const parts: Part[] = [...BEFORE, 'settle', 'requestFields'];
		const scenario = fc.record({
			breaks: fc.array(fc.tuple(fc.constantFrom(...parts), fc.nat({ max: 8 })), { maxLength: 6 }),
			lost: fc.nat({ max: 2 }),
			onError: fc.array(fc.constantFrom('stopWorkflow' as const, CONTINUE), {
				minLength: 1,
				maxLength: 4,
			}),
			maximum: fc.option(fc.nat({ max: 4 }), { nil: undefined }),
		});
		await fc.assert(
			fc.asyncProperty(scenario, async ({ breaks, lost, onError, maximum }) => {
				mend();
				for (const part of new Set(breaks.map(([one]) => one))) {
					const calls = breaks.flatMap(([one, call]) => (one === part ? [call] : []));
					breakPart(operation, part, (call) => calls.includes(call));
				}
				const vendor = new FakeVendor();
				if (lost > 0) vendor.fault({ kind: 'lostAfter', times: lost });
				const memory = {};
				const parameters =
					maximum === undefined
						? table.parameters
						: withOptions(table, { maximumCredits: maximum * table.credits });
				for (const one of onError) {
					const { json, error } = await inTime(
						start(run(vendor, memory, { parameters, onError: one })),
					);
					if (one === CONTINUE) expect([json.length, error]).toEqual([keys.length, undefined]);
					else if (error === undefined) expect(json).toHaveLength(keys.length);
				}
				const free = operation.endpoint.repeat === 'free';
				const credits = vendor.ledger.reduce((sum, { credits: one }) => sum + one, 0);
				if (!free) expect(new Set(charged(vendor)).size).toBe(charged(vendor).length);
				expect(credits).toBeLessThanOrEqual(spent(memory));
				if (maximum !== undefined)
					expect(spent(memory)).toBeLessThanOrEqual(maximum * table.credits);
			}),
			{ numRuns: 150 },
		);
	});
});

describe('Record unlock, Combined and with Return Contact Details', () => {
	const table = recordUnlock;
	const operation = operationOf(table);
	const keys = table.keys.slice(0, 3);
	const setup = (vendor: FakeVendor, more: Partial<Setup> = {}): Setup => ({
		vendor,
		memory: {},
		parameters: {
			...withOptions(table, { batchSize: 2 }),
			returnContactDetails: true,
			requestMode: 'combined',
		},
		items: keyed(...keys),
		onError: CONTINUE,
		...more,
	});

	it.each(['combiner', 'purchasedDetails'])('%s throws: nothing is sent', async (part) => {
		breakIn(operation, part);
		const vendor = new FakeVendor();
		const { json } = await play(setup(vendor));
		const { error } = await play(setup(vendor, { onError: 'stopWorkflow' }));

		expect(json.map(({ outcome, reason }) => [outcome, reason])).toEqual(
			keys.map(() => ['refused', DEFECT]),
		);
		expect(error?.message).toBe(DEFECT);
		expect(vendor.sent).toEqual([]);
	});

	it('combine throws: nothing is sent, and bad items keep their own reason', async () => {
		const whole = operation.combiner?.bind(operation);
		const combine = () => {
			throw new Error('it broke');
		};
		operation.combiner = (item) => ({ ...whole?.(item), combine });
		mendings.push(() => Object.assign(operation, { combiner: whole }));
		const vendor = new FakeVendor();
		const { json } = await play(setup(vendor, { items: keyed(keys[0], 'none', keys[1]) }));
		const { error } = await play(setup(vendor, { onError: 'stopWorkflow' }));

		expect(reasons(json)).toEqual([
			DEFECT,
			'Record UUIDs holds "none", which is not a UUID',
			DEFECT,
		]);
		expect(error?.message).toBe(DEFECT);
		expect(vendor.sent).toEqual([]);
	});

	it.each(['keys', 'isAbout', 'firstSearch', 'describe'])(
		'%s throws after the purchase: what was paid comes out, and what is missing is told',
		async (part) => {
			breakIn(contactDetails, part);
			const vendor = new FakeVendor();
			// Asked for twice, so that it matters which item is about the record.
			const { json, error } = await play(setup(vendor, { items: keyed(...keys, ...keys) }));

			expect(error).toBeUndefined();
			expect(told(json)).toEqual([
				['unlocked', 2],
				['unlocked', 1],
			]);
			for (const { reason } of json) expect(reason).not.toBe('');
			expect(JSON.stringify(json)).toContain(DEFECT);
		},
	);

	it('part throws: what was bought together with others is told once, and costs nothing again', async () => {
		const vendor = new FakeVendor().fault({ kind: 'status', status: 400, on: keys[2] ?? '' });
		const memory = {};
		await play(setup(vendor, { memory, onError: 'stopWorkflow' }));
		breakIn(operation, 'part');
		const { json } = await play(
			setup(vendor, { memory, parameters: table.parameters, mode: 'retry', executionId: '2' }),
		);

		expect(json.reduce((sum, { creditsCharged }) => sum + Number(creditsCharged), 0)).toBe(3);
		expect(charged(vendor).sort()).toEqual([...keys].sort());
	});
});
