import type { IDataObject } from 'n8n-workflow';

import { phoneEnrich as phones } from '../../fixtures/paidOperations';
import { shipped } from '../../sandbox/world';
import { useFakeClock } from '../fakeClock';
import { play } from '../fakeExecution';
import { asking, CONTINUE, told } from '../runs';

useFakeClock();

describe('Try Next Identifier When Not Found', () => {
	const [known] = shipped.people;
	const parameters = {
		resource: 'phone',
		operation: 'enrich',
		linkedinUrl: '={{ $json.linkedin }}',
		email: '={{ $json.email }}',
		options: { tryNext: true, concurrency: 1 },
	};
	const nobody = 'https://www.linkedin.com/in/nobody';
	const contacts = (...items: IDataObject[]) =>
		asking(phones, 0, { parameters, items: items.map((json) => ({ json })) });

	it('an item goes on from what another one asked before, and pays for its own hit', async () => {
		const setup = contacts(
			{ linkedin: nobody },
			{ linkedin: nobody, email: known?.email },
			{ linkedin: nobody, email: known?.email },
		);
		const { json } = await play(setup);

		expect(
			json.map(({ outcome, matchedBy, creditsCharged, duplicateOf }) => [
				outcome,
				matchedBy,
				creditsCharged,
				duplicateOf,
			]),
		).toEqual([
			['not_found', null, 0, undefined],
			['found', 'email', 5, undefined],
			['found', 'email', 0, 1],
		]);
		expect(setup.vendor.sent).toHaveLength(2);
	});

	it('a hit or a doubt ends the search', async () => {
		const linkedin = known?.linkedin_url ?? '';
		const setup = contacts(
			{ linkedin, email: 'a@nowhere.example' },
			{ linkedin: nobody, email: 'b@nowhere.example' },
		);
		setup.onError = CONTINUE;
		setup.vendor.fault({ kind: 'lostBefore', on: nobody });
		const { json } = await play(setup);

		expect(json.map(({ outcome }) => outcome)).toEqual(['found', 'uncertain']);
		expect(setup.vendor.sent).toHaveLength(2);
	});

	it('a person retries a lost lookup that then finds nothing: the doubt ends the search', async () => {
		const setup = contacts({ linkedin: nobody, email: known?.email }, { email: 'a@b.example' });
		Object.assign(setup, { memory: {}, onError: CONTINUE });
		setup.vendor.fault({ kind: 'lostBefore' });
		await play(setup);
		const { json } = await play({ ...setup, mode: 'retry', executionId: '2' });

		expect(told(json)).toEqual([
			['not_found', null],
			['not_found', 0],
		]);
		expect(setup.vendor.ledger).toEqual([]);
	});

	it('a dry run counts the dearest of an item, and nothing that is asked for anyway', async () => {
		const setup = contacts(
			{ linkedin: nobody, email: 'bob@acme.com' },
			{ email: 'bob@acme.com' },
			{ linkedin: `${nobody}/`, email: 'BOB@acme.com' },
			{ linkedin: nobody },
			{ linkedin: nobody, email: 'carl@acme.com' },
			{ linkedin: nobody, email: 'carl@acme.com' },
		);
		setup.parameters = { ...parameters, options: { tryNext: true, dryRun: true } };
		const { json } = await play(setup);

		expect(json.map(({ maximumCost, duplicateOf }) => [maximumCost, duplicateOf])).toEqual([
			[5, undefined],
			[5, undefined],
			[0, 0],
			[0, undefined],
			[5, undefined],
			[0, 4],
		]);
		expect(setup.vendor.sent).toEqual([]);
	});
});
