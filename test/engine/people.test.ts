import type { IDataObject } from 'n8n-workflow';

import type { Sandbox } from '../sandbox/sandbox';
import { execute, type Setup } from './engine';
import { useSandbox } from './useSandbox';

let sandbox: Sandbox;
useSandbox((started) => (sandbox = started), { wallet: { lensmor: 100_000 } });

const person = (index: number) => `26855-person-${index}`;
const people = (count: number) =>
	Array.from({ length: count }, (_, index) => ({ id: person(index) }));

async function run(items: IDataObject[], more: IDataObject = {}, start: Partial<Setup> = {}) {
	const { options, ...parameters } = more;
	return await execute({
		parameters: {
			resource: 'person',
			operation: 'unlock',
			personIds: '={{ $json.id }}',
			unlockType: 'email',
			...parameters,
			options: { timeout: 2000, ...(options as IDataObject | undefined) },
		},
		items,
		credential: sandbox.credential,
		settings: { onError: 'continueRegularOutput' },
		...start,
	});
}
const json = ({ output }: { output: Array<{ json: IDataObject }> }) =>
	output.map((item) => item.json);
const told = (execution: Parameters<typeof json>[0]) =>
	json(execution).map(({ outcome, creditsCharged }) => [outcome, creditsCharged]);
const charged = () => sandbox.ledger.map(({ what, key, credits }) => [what, key, credits]);
const submitted = () =>
	sandbox.paidRequests.map(({ body }) => (body as { personnel_ids: string[] }).personnel_ids);

it('many items are one submission, and each gets its own answer', async () => {
	const execution = await run(people(3));
	console.log(
		JSON.stringify(execution.output, null, 1),
		execution.error,
		sandbox.seen.map((s) => s.path),
	);
	expect(submitted()).toHaveLength(1);
	expect(charged()).toHaveLength(3);
	void told;
});
