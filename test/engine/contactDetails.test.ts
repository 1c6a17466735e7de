import type { IDataObject, INodeType } from 'n8n-workflow';

import { crowd } from '../fixtures/crowd';
import { Sandbox } from '../sandbox/sandbox';
import { shipped } from '../sandbox/world';
import { agentCalling } from './agent';
import { execute, load, type Setup } from './engine';
import { hurry } from './haste';
import { useSandbox } from './useSandbox';

hurry();

let sandbox: Sandbox;
useSandbox((started) => (sandbox = started));

const people = shipped.people;
const [amara, jonas, mei] = people;
const unknown = '00000000-0000-4000-8000-ffffffffffff';
const unlock = {
	resource: 'record',
	operation: 'unlock',
	uuids: '={{ $json.uuids ?? $json.uuid }}',
	unlockType: 'email',
	requestMode: 'perItem',
};

async function run(parameters: IDataObject, items: IDataObject[], more: Partial<Setup> = {}) {
	const { output, error } = await execute({
		parameters,
		items,
		credential: sandbox.credential,
		...more,
	});
	expect(error).toBeUndefined();
	return output.map(({ json }) => json);
}

const searches = () =>
	sandbox.seen.filter(({ method }) => method === 'GET').map(({ path }) => path.split('?')[1]);

it.each([
	['simplified', true],
	['raw', false],
])('search, unlock, read the emails: only the unlock costs (%s)', async (_what, simple) => {
	const found = await run(
		{ resource: 'record', operation: 'getAll', simple, filters: { jobTitle: 'Head of Sales' } },
		[{}],
	);
	expect(found).toHaveLength(8);
	expect(sandbox.world.spent()).toBe(0);

	const bought = await run(unlock, found);

	const heads = people.filter(({ job_title: title }) => title === 'Head of Sales');
	expect(bought.map(({ outcome, email, reason }) => [outcome, email, reason])).toEqual(
		heads.map(({ email }) => ['unlocked', email, '']),
	);
	expect(sandbox.world.spent()).toBe(8);
	expect(sandbox.paidRequests).toHaveLength(8);
	expect(searches().slice(1).sort()).toEqual(
		heads
			.map(({ company_name: company }) =>
				new URLSearchParams({
					company_name: company,
					job_title: 'Head of Sales',
					limit: '100',
					offset: '0',
				}).toString(),
			)
			.sort(),
	);
});

it('a phone comes as eCore shows it, and null where it holds none', async () => {
	const withoutPhone = people.find(({ phone }) => phone === null);
	const bought = await run({ ...unlock, unlockType: 'phone' }, [
		{ uuid: amara?.uuid },
		{ uuid: withoutPhone?.uuid },
	]);

	expect(
		bought.map(({ email, directPhone, mobilePhone }) => [email, directPhone, mobilePhone]),
	).toEqual([
		[null, amara?.phone, null],
		[null, null, null],
	]);
	expect(sandbox.world.spent()).toBe(6);
});

it('without company and job title one search through the newest records serves all items', async () => {
	const bought = await run(
		unlock,
		people.slice(0, 10).map(({ uuid }) => ({ uuid })),
	);

	expect(bought.map(({ email }) => email)).toEqual(people.slice(0, 10).map(({ email }) => email));
	expect(searches()).toEqual(['limit=100&offset=0']);
});

it('what was unlocked before is read too, in whatever case the UUID is written', async () => {
	sandbox.world.unlockRecords({ uuids: [amara?.uuid], unlock_type: 'email' });
	const bought = await run(unlock, [{ uuid: amara?.uuid.toUpperCase() }, { uuid: amara?.uuid }]);

	expect(bought.map(({ outcome, email, duplicateOf }) => [outcome, email, duplicateOf])).toEqual([
		['already_unlocked', amara?.email, undefined],
		['already_unlocked', amara?.email, 0],
	]);
});

it.each([
	['perItem', [{ uuids: [amara?.uuid, unknown, jonas?.uuid] }, { uuids: mei?.uuid }]],
	[
		'combined',
		[{ uuid: amara?.uuid, companyName: amara?.company_name }, { uuids: [unknown, jonas?.uuid] }],
	],
])('several records of one request have contacts of their own (%s)', async (requestMode, items) => {
	const [first] = await run({ ...unlock, requestMode }, items);

	expect(first).toMatchObject({
		outcome: 'partly_unlocked',
		contacts: [
			{ uuid: amara?.uuid, email: amara?.email, directPhone: null, mobilePhone: null, reason: '' },
			{
				uuid: unknown,
				email: null,
				directPhone: null,
				mobilePhone: null,
				reason: 'Contact details are missing: No free search found it again',
			},
			{ uuid: jonas?.uuid, email: jonas?.email, directPhone: null, mobilePhone: null, reason: '' },
		],
	});
	expect(first?.reason).toMatch(/; .*\. No details of 1 of 3: see contacts$/);
});

it('combined records are looked for by their own items, however those name the UUID', async () => {
	const items = [amara, jonas, mei].map((person) => ({
		uuids: person?.uuid,
		companyName: person?.company_name,
		jobTitle: person?.job_title,
	}));
	const [bought] = await run({ ...unlock, requestMode: 'combined' }, items);

	const contacts = bought?.contacts as IDataObject[];
	expect(contacts.map(({ email }) => email)).toEqual([amara, jonas, mei].map((one) => one?.email));
	expect(searches().sort()).toEqual(
		items
			.map(({ companyName = '', jobTitle = '' }) =>
				new URLSearchParams({
					company_name: companyName,
					job_title: jobTitle,
					limit: '100',
					offset: '0',
				}).toString(),
			)
			.sort(),
	);
});

it('a record that cannot be found again is null with a reason, after a bounded number of searches', async () => {
	const many = await Sandbox.start({ people: crowd(2000) });
	const { output, error } = await execute({
		parameters: unlock,
		items: [
			{ uuid: crowd(1999).at(-1)?.uuid },
			{ uuid: crowd(3).at(-1)?.uuid, companyName: 'Another', jobTitle: 'Buyer' },
		],
		credential: many.credential,
	});
	const asked = many.seen.filter(({ method }) => method === 'GET').length;
	await many.stop();

	expect(error).toBeUndefined();
	expect(
		output.map(({ json }) => [json.outcome, json.creditsCharged, json.email, json.reason]),
	).toEqual(
		[1, 1].map((credits) => [
			'unlocked',
			credits,
			null,
			'Contact details are missing: No free search found it again',
		]),
	);
	expect(asked).toBe(6);
});

it.each([
	['a search that is refused', { kind: 'status', status: 400, times: 99 } as const, /HTTP 400/],
	['a search that fails for ever', { kind: 'status', status: 500, times: 99 } as const, /HTTP 500/],
	[
		'a search that cannot be understood',
		{ kind: 'malformed', times: 99 } as const,
		/cannot be understood/,
	],
	[
		'a token that is refused meanwhile',
		{ kind: 'status', status: 401, times: 99 } as const,
		/refused the token/,
	],
])('%s is no problem: what was bought stands, with the reason', async (_what, fault, says) => {
	for (const onError of ['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'] as const) {
		sandbox.reset();
		sandbox.fault({ ...fault, on: 'GET ' });
		const bought = await run(unlock, [{ uuid: amara?.uuid }, { uuid: jonas?.uuid }], {
			settings: { onError },
		});

		expect(
			bought.map(({ outcome, creditsCharged, email }) => [outcome, creditsCharged, email]),
		).toEqual([
			['unlocked', 1, null],
			['unlocked', 1, null],
		]);
		expect(bought[0]?.reason).toMatch(says);
		expect(bought[0]?.reason).not.toMatch(/charged/);
		expect(sandbox.world.spent()).toBe(2);
	}
});

it.each([
	['500', 500],
	['400', 400],
] as const)(
	'a search that fails for everybody (HTTP %s) is soon given up: what was paid does not wait for it',
	async (_what, status) => {
		const many = await Sandbox.start({ people: crowd(60) });
		many.fault({ kind: 'status', status, times: Infinity, on: 'GET ' });
		const { output, error } = await execute({
			parameters: unlock,
			items: crowd(60).map(({ uuid, company_name: companyName }) => ({ uuid, companyName })),
			credential: many.credential,
		});
		const asked = new Set(
			many.seen.filter(({ method }) => method === 'GET').map(({ path }) => path),
		);
		await many.stop();

		expect(error).toBeUndefined();
		expect(output.map(({ json }) => [json.outcome, json.creditsCharged, json.email])).toEqual(
			output.map(() => ['unlocked', 1, null]),
		);
		expect(output).toHaveLength(60);
		// Three, and those that are under way beside them.
		expect(asked.size).toBeLessThanOrEqual(8);
		expect(output.at(-1)?.json.reason).toMatch(/^Contact details are missing: Held back after/);
	},
);

it('says so where eCore does not show the email yet', async () => {
	const result = { uuid: amara?.uuid, contact_email: null, is_email_unlocked: false };
	sandbox.fault({ kind: 'otherShape', body: { count: 1, results: [result] }, on: 'GET ' });
	const [bought] = await run(unlock, [{ uuid: amara?.uuid }]);

	expect([bought?.email, bought?.reason]).toEqual([
		null,
		'eCore does not show its email as unlocked yet',
	]);
});

it('a run that is retried reads what the failed one paid for', async () => {
	sandbox.reset({ ecore: 1 });
	const start = {
		parameters: { ...unlock, options: { concurrency: 1 } },
		items: [{ uuid: amara?.uuid }, { uuid: jonas?.uuid }],
		credential: sandbox.credential,
	};
	const failed = await execute(start);
	expect(failed.error?.message).toMatch(/^For item 1: The eCore wallet cannot pay/);
	expect(searches()).toEqual([]);

	sandbox.world.wallet.ecore = 10;
	const retried = await execute({ ...start, retryOf: failed });

	expect(retried.output.map(({ json }) => [json.email, json.creditsCharged])).toEqual([
		[amara?.email, 1],
		[jonas?.email, 1],
	]);
	expect(sandbox.world.spent()).toBe(2);
});

it('nothing is searched for what was not bought, nor in a dry run', async () => {
	const missing = await run(unlock, [{ uuid: unknown }, { uuid: 'nonsense' }], {
		settings: { onError: 'continueRegularOutput' },
	});
	const planned = await run({ ...unlock, options: { dryRun: true } }, [
		{ uuid: amara?.uuid },
		{ uuid: jonas?.uuid },
	]);

	expect(
		[...missing, ...planned].map(({ outcome, email, mobilePhone }) => [
			outcome,
			email,
			mobilePhone,
		]),
	).toEqual([
		['not_found', null, null],
		['refused', null, null],
		['planned', null, null],
		['planned', null, null],
	]);
	expect(searches()).toEqual([]);
});

it('switched off, no search is sent and no field is added', async () => {
	const [bought] = await run({ ...unlock, returnContactDetails: false }, [
		{ uuid: amara?.uuid },
		{ uuid: jonas?.uuid },
	]);

	expect(bought).not.toHaveProperty('email');
	expect(searches()).toEqual([]);
});

it('works beside Put Result in Field and in a loop', async () => {
	const options = { outputField: 'unlocked' };
	const items = [
		{ uuid: amara?.uuid, companyName: amara?.company_name },
		{ uuid: jonas?.uuid },
		{ uuid: amara?.uuid },
	];
	const bought = await run({ ...unlock, options }, items, { loopOf: 1 });

	expect(
		bought.map(({ companyName, unlocked }) => [companyName, (unlocked as IDataObject).email]),
	).toEqual([
		[amara?.company_name, amara?.email],
		[undefined, jonas?.email],
		[undefined, amara?.email],
	]);
	expect(sandbox.world.spent()).toBe(2);
});

it('anything but yes or no is told before anything is sent', async () => {
	const { error } = await execute({
		parameters: { ...unlock, returnContactDetails: 'yes' },
		items: [{ uuid: amara?.uuid }, { uuid: jonas?.uuid }],
		credential: sandbox.credential,
	});

	expect(error?.message).toBe('Return Contact Details must be true or false, not "yes"');
	expect(sandbox.seen).toEqual([]);
});

it('called by an agent twice at once, only one answer carries the credits, and both the email', async () => {
	const { node, credential } = await load();
	const { output } = await execute({
		parameters: { ...unlock, uuids: "={{ $fromAI('uuid') }}" },
		items: [{ uuid: amara?.uuid }, { uuid: amara?.uuid }],
		credential: sandbox.credential,
		node: { node: agentCalling(node as INodeType), credential },
	});

	const answers = output.map(({ json }) => String(json.answer as string));
	for (const answer of answers) expect(answer).toContain(amara?.email);
	const credits = answers.map((answer) => Number(/"creditsCharged":(\d+)/.exec(answer)?.[1]));
	expect(credits.sort()).toEqual([0, 1]);
	expect(sandbox.world.spent()).toBe(1);
});
