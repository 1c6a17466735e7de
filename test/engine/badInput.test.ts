import type { IDataObject } from 'n8n-workflow';

import type { Sandbox } from '../sandbox/sandbox';
import { execute } from './engine';
import { paidOperations, withOptions } from '../fixtures/paidOperations';
import { useSandbox } from './useSandbox';

let sandbox: Sandbox;
useSandbox((started) => (sandbox = started));

const record = {
	resource: 'record',
	operation: 'unlock',
	uuids: '={{ $json.uuids }}',
	unlockType: '={{ $json.type ?? "email" }}',
	requestMode: 'perItem',
};
const phone = {
	resource: 'phone',
	operation: 'enrich',
	linkedinUrl: '={{ $json.linkedin }}',
	email: '={{ $json.email }}',
	firstName: '={{ $json.first }}',
	lastName: '={{ $json.last }}',
	companyName: '={{ $json.company }}',
	companyWebsite: '={{ $json.website }}',
};
const event = {
	resource: 'event',
	operation: 'unlock',
	eventId: { __rl: true, mode: 'id', value: '={{ $json.event }}' },
};

const goodUuid = 'a1b2c3d4-e5f6-7a8b-9c0d-1e2f3a4b5c6d';
const cases: Array<{
	what: string;
	parameters: IDataObject;
	good: IDataObject;
	bad: IDataObject;
	says: RegExp;
}> = [
	...(
		[
			['not a UUID', { uuids: 'abc' }, /Record UUIDs holds "abc", which is not a UUID/],
			['a UUID and a word', { uuids: `${goodUuid}, x` }, /Record UUIDs holds "x"/],
			['empty text', { uuids: '  ' }, /Record UUIDs is empty/],
			['an empty list', { uuids: [] }, /Record UUIDs is empty/],
			['null', { uuids: null }, /Record UUIDs is empty/],
			['nothing', {}, /Record UUIDs is empty/],
			['a number', { uuids: 7 }, /Record UUIDs must be text or a list, not the number 7/],
			['an object', { uuids: { a: 1 } }, /Record UUIDs must be text or a list, not an object/],
			['a number in a list', { uuids: [goodUuid, 5] }, /Record UUIDs holds the number 5/],
			[
				'more UUIDs than one request takes',
				{ uuids: Array<string>(1001).fill(goodUuid).join() },
				/Record UUIDs holds more than 1000 UUIDs, the most that one request takes: spread them over more items, or choose Combined/,
			],
			[
				'a million UUIDs',
				{ uuids: `${goodUuid} `.repeat(1_000_000) },
				/Record UUIDs holds more than 1000 UUIDs/,
			],
			['null in a list', { uuids: [null] }, /Record UUIDs holds nothing, which is not a UUID/],
			[
				'another unlock type',
				{ uuids: goodUuid, type: 'both' },
				/Unlock must be "email" or "phone", not "both"/,
			],
		] as Array<[string, IDataObject, RegExp]>
	).map(([what, bad, says]) => ({
		what: `record: ${what}`,
		parameters: record,
		good: { uuids: goodUuid },
		bad,
		says,
	})),
	...(
		[
			[
				'no identifiers',
				{},
				/LinkedIn URL, Email, or First Name, Last Name and a company is needed/,
			],
			['null everywhere', { email: null, linkedin: null, first: null }, /LinkedIn URL, Email/],
			[
				'first name without last',
				{ first: 'Ann', company: 'Acme' },
				/There is no Last Name, and no LinkedIn URL or Email instead/,
			],
			['last name without first', { last: 'Lee', company: 'Acme' }, /There is no First Name/],
			[
				'a name without a company',
				{ first: 'Ann', last: 'Lee' },
				/There is no Company Name or Company Website/,
			],
			['a company without a name', { company: 'Acme' }, /There is no First Name and no Last Name/],
			['not an email', { email: 'ann at acme' }, /Email "ann at acme" is not an email address/],
			['a number for an email', { email: 42 }, /Email must be text, not the number 42/],
			[
				'an object for a name',
				{ first: { a: 1 }, last: 'Lee', company: 'A' },
				/First Name must be text, not an object/,
			],
			[
				'a list for a LinkedIn URL',
				{ linkedin: [] },
				/LinkedIn URL must be text, not an empty list/,
			],
			[
				'another network',
				{ linkedin: 'https://xing.com/ann' },
				/LinkedIn URL "https:\/\/xing.com\/ann" is not an address of LinkedIn's/,
			],
			[
				'a look-alike of LinkedIn',
				{ linkedin: 'https://linkedin.com.evil.example/in/a' },
				/is not an address of LinkedIn's/,
			],
			[
				'a company page',
				{ linkedin: 'https://www.linkedin.com/company/acme' },
				/is not a person's page/,
			],
			[
				'CRM filler',
				{ email: 'n/a', linkedin: '-', first: 'NA', last: 'none', company: 'Unknown' },
				/Email "n\/a" stands for nothing/,
			],
			[
				'a website that is none',
				{ first: 'Ann', last: 'Lee', website: 'acme' },
				/Company Website "acme" is not a web address/,
			],
		] as Array<[string, IDataObject, RegExp]>
	).map(([what, bad, says]) => ({
		what: `phone: ${what}`,
		parameters: phone,
		good: { email: 'ann.lee@acme.com' },
		bad,
		says,
	})),
	{
		what: 'email: a name without a company',
		parameters: { ...phone, resource: 'email' },
		good: { email: 'ann.lee@acme.com' },
		bad: { first: 'Ann', last: 'Lee' },
		says: /There is no Company Name or Company Website/,
	},
	...(
		[
			[
				'101 characters',
				{ event: 'x'.repeat(101) },
				/Event has 101 characters, and an ID has at most 100/,
			],
			['empty text', { event: '' }, /Event is empty/],
			['null', { event: null }, /Event is empty/],
			['an object', { event: { id: 1 } }, /Event must be the ID of an event, not an object/],
			['a list', { event: ['1'] }, /Event must be the ID of an event, not a list/],
			['true', { event: true }, /Event must be the ID of an event, not the boolean true/],
			['a dot segment', { event: '..' }, /Event must be the ID of an event, not ".."/],
			['half a character', { event: 'a\ud800' }, /Event must be the ID of an event/],
			[
				'a number that has lost its last digits',
				{ event: Number('9007199254740993') },
				/Event must be the ID of an event, not the number 9007199254740992: give a long ID as text/,
			],
			['no number', { event: NaN }, /Event must be the ID of an event, not the number NaN/],
			['half an event', { event: 1.5 }, /Event must be the ID of an event, not the number 1.5/],
		] as Array<[string, IDataObject, RegExp]>
	).map(([what, bad, says]) => ({
		what: `event: ${what}`,
		parameters: event,
		good: { event: '26855' },
		bad,
		says,
	})),
];

describe.each(cases)('$what', ({ parameters, good, bad, says }) => {
	it('stops the run before anything is sent, with a sentence that names item and field', async () => {
		const { error, output } = await execute({
			parameters,
			items: [good, bad, good],
			credential: sandbox.credential,
		});

		expect(error?.message).toMatch(/^Item 1: /);
		expect(error?.message).toMatch(says);
		expect(error?.message).toMatch(/\(1 item with bad input\)$/);
		expect(output).toEqual([]);
		expect(sandbox.seen).toEqual([]);
	});

	it('with Continue is refused alone', async () => {
		const { output } = await execute({
			parameters,
			items: [bad, good],
			credential: sandbox.credential,
			settings: { onError: 'continueRegularOutput' },
		});

		expect(output[0]?.json).toMatchObject({ outcome: 'refused', creditsCharged: 0 });
		expect(output[0]?.json.reason).toMatch(says);
		expect(output[1]?.json.outcome).not.toBe('refused');
		expect(sandbox.paidRequests).toHaveLength(1);
	});
});

it('the error of several bad items names the first and how many there are', async () => {
	const { error } = await execute({
		parameters: record,
		items: [{ uuids: goodUuid }, { uuids: 'x' }, { uuids: 'y' }, { uuids: null }],
		credential: sandbox.credential,
	});

	expect(error?.message).toBe(
		'Item 1: Record UUIDs holds "x", which is not a UUID (3 items with bad input)',
	);
});

it('the error keeps its words where the input holds the name of a system error', async () => {
	const { error } = await execute({
		parameters: phone,
		items: [{ email: 'ENOTFOUND' }, { email: 'eperm@' }],
		credential: sandbox.credential,
	});

	expect(error?.message).toMatch(/^Item 0: Email "ENOTFOUND" is not an email address/);
});

const settings: Array<[IDataObject, RegExp]> = [
	[{ concurrency: 0 }, /Concurrency must be a whole number from 1 to 100, not the number 0/],
	[{ concurrency: 101 }, /Concurrency must be a whole number from 1 to 100/],
	[{ concurrency: 2.5 }, /Concurrency must be a whole number from 1 to 100/],
	[{ concurrency: '5' }, /Concurrency must be a whole number from 1 to 100, not "5"/],
	[{ timeout: 0 }, /Timeout must be a whole number of milliseconds, 1 or more/],
	[{ maximumCredits: -1 }, /Maximum Credits must be a number of credits, 0 or more/],
	[{ maximumCredits: '={{ undefined }}' }, /Maximum Credits must be a number of credits/],
	[{ dryRun: '={{ null }}' }, /Dry Run must be true or false/],
	...['error', ' $error', '$json'].map((outputField): [IDataObject, RegExp] => [
		{ outputField },
		/Put Result in Field must be text, and any name but error, \$error, \$json, message, details/,
	]),
	[{ dryRun: '={{ $itemIndex === 0 }}' }, /apply to the whole node: they must come out the same/],
];

describe.each(paidOperations)('$name: options', (operation) => {
	const items = operation.keys.slice(0, 2).map((key) => ({ key }));

	it.each(settings)('%j stop the run before anything is sent', async (options, says) => {
		const { error } = await execute({
			parameters: withOptions(operation, options),
			items,
			credential: sandbox.credential,
		});

		expect(error?.message).toMatch(says);
		expect(sandbox.seen).toEqual([]);
	});

	it.each(settings)('%j send nothing with Continue either', async (options, says) => {
		const { output } = await execute({
			parameters: withOptions(operation, options),
			items,
			credential: sandbox.credential,
			settings: { onError: 'continueRegularOutput' },
		});

		expect(output.at(-1)?.json).toMatchObject({ outcome: 'refused', creditsCharged: 0 });
		expect(output.at(-1)?.json.reason).toMatch(says);
		expect(sandbox.seen).toEqual([]);
	});

	const label = operation.vendor === 'ecore' ? 'eCore Token' : 'Lensmor API Key';
	it(`without a token it says to fill in ${label}`, async () => {
		const credential = { ...sandbox.credential, ecoreToken: '', lensmorApiKey: '' };
		const stopped = await execute({ parameters: operation.parameters, items, credential });
		const continued = await execute({
			parameters: operation.parameters,
			items,
			credential,
			settings: { onError: 'continueRegularOutput' },
		});

		expect(stopped.error?.message).toBe(`${label} is empty: fill it in in the credential`);
		expect(continued.output.map(({ json }) => [json.outcome, json.reason])).toEqual(
			items.map(() => ['refused', stopped.error?.message]),
		);
		expect(sandbox.seen).toEqual([]);
	});

	it('the other vendor may be left empty', async () => {
		const other = operation.vendor === 'ecore' ? 'lensmorApiKey' : 'ecoreToken';
		const { output } = await execute({
			parameters: operation.parameters,
			items,
			credential: { ...sandbox.credential, [other]: '' },
		});

		expect(output.map(({ json }) => json.outcome)).toEqual(items.map(() => operation.bought));
	});
});

it.each([
	['stopWorkflow', undefined],
	['continueRegularOutput', 'refused'],
] as const)(
	'an operation that does not exist is told before anything is sent (%s)',
	async (onError, outcome) => {
		const { output, error } = await execute({
			parameters: { ...record, operation: 'nope' },
			items: [{ uuids: goodUuid }, { uuids: goodUuid }],
			credential: sandbox.credential,
			settings: { onError },
		});

		if (outcome === undefined) expect(error?.message).toMatch(/There is no such operation/);
		else expect(output.map(({ json }) => json.outcome)).toEqual([outcome, outcome]);
		expect(sandbox.seen).toEqual([]);
	},
);
