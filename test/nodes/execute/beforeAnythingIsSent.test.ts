import type { IDataObject } from 'n8n-workflow';

import { phoneEnrich } from '../../../nodes/EcoreLensmor/operations/phone/enrich';
import {
	phoneEnrich as phones,
	recordUnlock as records,
	withOptions,
} from '../../fixtures/paidOperations';
import { useFakeClock } from '../fakeClock';
import { play, type Setup } from '../fakeExecution';
import { asking, CONTINUE, reasons, told } from '../runs';

useFakeClock();
afterEach(() => jest.restoreAllMocks());

describe('before anything is sent', () => {
	it('without items there is nothing to do and nothing to say', async () => {
		const setup = asking(records, 0);
		expect(await play(setup)).toMatchObject({ outputs: [[]], error: undefined, hints: [] });
	});

	it.each([{ resource: 'record', operation: 'enrich' }, { resource: 'phone' }, {}])(
		'an operation that does not exist is told: %j',
		async (parameters) => {
			const reason = 'There is no such operation: choose Resource and Operation anew';
			const { error } = await play(asking(records, 2, { parameters }));
			const { output } = await play(asking(records, 2, { parameters, onError: CONTINUE }));

			expect(error?.message).toBe(reason);
			const json = { outcome: 'refused', creditsCharged: 0, creditsRemaining: null, reason };
			expect(output).toEqual([
				{ json, pairedItem: { item: 0 } },
				{ json, pairedItem: { item: 1 } },
			]);
		},
	);

	const unusable: Array<[string, Partial<Setup>, string]> = [
		[
			'an option out of bounds',
			{ parameters: withOptions(records, { concurrency: 0, outputField: 'result' }) },
			'Concurrency must be a whole number from 1 to 100, not the number 0',
		],
		[
			'a batch size out of bounds',
			{
				parameters: {
					...withOptions(records, { batchSize: 0 }),
					requestMode: 'combined',
				},
			},
			'Batch Size must be a whole number from 1 to 1000, not the number 0',
		],
		[
			'no token',
			{ credential: { ecoreToken: '' } },
			'eCore Token is empty: fill it in in the credential',
		],
		[
			'two base URLs that are the same',
			{ credential: { lensmorBaseUrl: 'https://ecore.example/api' } },
			'eCore Base URL and Lensmor Base URL are the same: correct the credential',
		],
		[
			'a credential that cannot be read',
			{ credential: new Error('Credential not found') },
			'Credential not found',
		],
	];
	it.each(unusable)('%s is told once, or on every item', async (_what, more, reason) => {
		const stopping = asking(records, 2, more);
		const { error } = await play(stopping);
		const continuing = asking(records, 2, { ...more, onError: CONTINUE });
		const { output } = await play(continuing);

		expect([error?.message, error?.description]).toEqual([
			reason,
			'Nothing was sent, and nothing was charged.',
		]);
		const json = {
			outcome: 'refused',
			...records.fieldsWithoutAnswer(),
			creditsCharged: 0,
			creditsRemaining: null,
			reason,
		};
		expect(output).toEqual([
			{ json, pairedItem: { item: 0 } },
			{ json, pairedItem: { item: 1 } },
		]);
		expect([stopping.vendor.sent, continuing.vendor.sent]).toEqual([[], []]);
	});

	const different =
		'Concurrency, Dry Run, the limits on credits, Purchase Book, Put Result in Field, Remember For and Timeout apply to the whole node: they must come out the same for every item';
	const bad: Array<[string, unknown, unknown, string]> = [
		[
			'bad input',
			'nobody',
			1,
			'Email "nobody" is not an email address; LinkedIn URL, Email, or First Name, Last Name and a company is needed',
		],
		[
			'an expression that cannot be resolved',
			new Error('no such node'),
			1,
			'An expression cannot be resolved: no such node',
		],
		['options of its own', phones.keys[1], 2, different],
		[
			'options out of bounds',
			phones.keys[1],
			0,
			'Concurrency must be a whole number from 1 to 100, not the number 0',
		],
	];
	it.each(bad)('%s stops all, or is refused alone', async (_what, key, lanes, reason) => {
		const items = [
			{ json: { key: phones.keys[0], lanes: 1 } },
			{ json: { key, lanes } as IDataObject },
			{ json: { key: phones.keys[2], lanes: 1 } },
		];
		const parameters = withOptions(phones, { concurrency: '={{ $json.lanes }}' });
		const stopping = asking(phones, 0, { parameters, items });
		const { error } = await play(stopping);
		const continuing = asking(phones, 0, { parameters, items, onError: CONTINUE });
		const { output, json, hints } = await play(continuing);

		expect(error?.message).toBe(`For item 1: ${reason}`);
		expect(error?.context.itemIndex).toBe(1);
		expect(stopping.vendor.sent).toEqual([]);
		expect(told(json)).toEqual([
			['found', 5],
			['refused', 0],
			['found', 5],
		]);
		expect(output[1]).toEqual({
			json: {
				outcome: 'refused',
				...phones.fieldsWithoutAnswer(),
				creditsCharged: 0,
				creditsRemaining: null,
				reason,
			},
			pairedItem: { item: 1 },
		});
		expect(hints[0]?.message).toMatch(/^3 items: 2 found, 1 refused; 10 credits spent/);
	});

	it('what no vendor documents is not sent, whatever the operation made of the item', async () => {
		const good = { email: 'ann@acme.com' };
		jest
			.spyOn(phoneEnrich, 'parse')
			.mockReturnValueOnce({ requests: [good] })
			.mockReturnValueOnce({ requests: [good, { email: '' }] });
		const setup = asking(phones, 2, { onError: CONTINUE });
		const { json, output } = await play(setup);

		expect(told(json)).toEqual([
			['not_found', 0],
			['refused', 0],
		]);
		expect(reasons(json)).toEqual(['', 'This makes no request that the vendor documents']);
		expect(output[1]?.pairedItem).toEqual({ item: 1 });
		expect(setup.vendor.sent).toHaveLength(1);
	});

	it('a memory that cannot be read, such as one that another version wrote: nothing is sent', async () => {
		const setup = asking(phones, 2, { memory: { memory: { entries: {} } } });
		const { error } = await play(setup);
		const { json } = await play({ ...setup, onError: CONTINUE });

		expect(error?.message).toContain('This is a defect of the node');
		expect(told(json)).toEqual([
			['refused', 0],
			['refused', 0],
		]);
		for (const reason of reasons(json)) expect(reason).toBe(error?.message);
		expect(setup.vendor.sent).toEqual([]);
	});
});
