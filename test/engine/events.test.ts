import type { IDataObject } from 'n8n-workflow';

import type { Sandbox } from '../sandbox/sandbox';
import { execute } from './engine';
import { hurry } from './haste';
import { useSandbox } from './useSandbox';

hurry();

let sandbox: Sandbox;
useSandbox((started) => (sandbox = started));

// 87 exhibitors and 2750 people, of which a preview shows 50 each.
const INTERPACK = '140002';
const byKey = { __rl: true, mode: 'id', value: '={{ $json.event }}' };

async function list(
	resource: 'exhibitor' | 'person',
	parameters: IDataObject = { returnAll: true },
	items: IDataObject[] = [{ event: INTERPACK }],
) {
	const execution = await execute({
		parameters: { resource, operation: 'getAll', eventId: byKey, ...parameters },
		items,
		credential: sandbox.credential,
	});
	expect(execution.error).toBeUndefined();
	return { ...execution, items: execution.output.map(({ json }) => json) };
}

function answerWith(...bodies: object[]) {
	for (const body of bodies) sandbox.fault({ kind: 'status', status: 200, body });
}

const numbered = (start: number, length: number) =>
	Array.from({ length }, (_, index) => ({ id: String(start + index) }));

describe('the list of an event that is not unlocked', () => {
	it.each([
		['exhibitor', 37, 1],
		['person', 2700, 1],
	] as const)(
		'%s: ends at the edge of the preview and says that %i more are locked',
		async (resource, locked, requests) => {
			const { items, hints } = await list(resource);

			expect(items).toHaveLength(50);
			expect(items.map(({ accessMode, lockedCount }) => [accessMode, lockedCount])).toEqual(
				items.map(() => ['preview', locked]),
			);
			expect(hints).toEqual([
				{
					message: `This is a preview of event 140002: to unlock it (2000 credits) would show ${locked} more`,
					type: 'info',
					location: 'outputPane',
				},
			]);
			expect(sandbox.seen).toHaveLength(requests);
			expect(sandbox.ledger).toEqual([]);
		},
	);

	it('a page behind the edge is empty, and that is not taken for an event without exhibitors', async () => {
		const behind = {
			items: [],
			total: 0,
			totalPages: 0,
			hasMore: false,
			semantics: {
				accessMode: 'preview',
				counts: { remainingLockedCount: 37 },
				pageState: { accessible: false },
			},
		};
		answerWith(
			{ items: numbered(0, 50), hasMore: true, semantics: { accessMode: 'preview' } },
			behind,
		);
		const { items, hints } = await list('exhibitor');

		expect(items).toHaveLength(50);
		expect(hints[0]?.message).toContain('would show 37 more');
	});

	it('says that there may be more where Lensmor gives no number', async () => {
		answerWith({ items: numbered(0, 5), hasMore: false, semantics: { accessMode: 'preview' } });
		const { hints } = await list('person');

		expect(hints[0]?.message).toContain('to unlock it (2000 credits) may show more');
	});

	it('tells of the first three events, and how many more there are', async () => {
		const events = ['26855', '139574', '140002', '140377', '26855'];
		const { hints } = await list(
			'person',
			{ limit: 1 },
			events.map((event) => ({ event })),
		);

		expect(hints.map(({ message }) => message.split('. ').length)).toEqual([4]);
		expect(hints[0]?.message).toMatch(/\. The same goes for 1 more list$/);
	});

	it('says nothing of an unlock where the preview shows all', async () => {
		const { items, hints } = await list('exhibitor', {}, [{ event: '140411' }]);

		expect([items, hints]).toEqual([[], []]);
	});
});

it('after the unlock the same lists show all', async () => {
	sandbox.world.unlockEvent(INTERPACK);
	const people = await list('person');
	const exhibitors = await list('exhibitor', {
		returnAll: true,
		filters: { keyword: 'Exhibitor 8' },
	});

	expect(people.items).toHaveLength(2750);
	expect(new Set(people.items.map(({ id }) => id)).size).toBe(2750);
	expect(
		people.items.every(({ accessMode, lockedCount }) => accessMode === 'full' && lockedCount === 0),
	).toBe(true);
	expect(people.hints).toEqual([]);
	// Exhibitor 8, and 80 to 86.
	expect(exhibitors.items).toHaveLength(8);
});

it.each([
	['exactly one page', [numbered(0, 50)], 50],
	['two pages', [numbered(0, 50), numbered(50, 7)], 57],
	['a page that repeats', [numbered(0, 50), numbered(0, 50), numbered(50, 1)], 50],
	['an empty page although more was promised', [numbered(0, 50), [], numbered(50, 1)], 50],
	['pages that overlap', [numbered(0, 50), numbered(40, 50)], 90],
])('ends and brings nobody twice: %s', async (_what, pages, expected) => {
	answerWith(
		...pages.map((items, index) => ({
			items,
			total: 1000 - index,
			hasMore: index < pages.length - 1,
			semantics: { accessMode: 'full' },
		})),
	);
	const { items } = await list('person');

	expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
	expect(items).toHaveLength(expected);
});

it.each([
	['exhibitor', 100],
	['person', 50],
] as const)(
	'%s: asks for no more on a page than every version of the documents allows',
	async (resource, most) => {
		await list(resource);
		await list(resource, { limit: 7 });

		expect(
			sandbox.seen.map(({ path }) => new URLSearchParams(path.split('?')[1]).get('pageSize')),
		).toEqual([String(most), '7']);
	},
);

it('an event that Lensmor does not know comes out as not_found, and is no problem', async () => {
	const { items } = await list('person', {}, [{ event: 'nowhere' }, { event: INTERPACK }]);

	expect(items[0]).toEqual({ outcome: 'not_found', reason: '' });
	expect(items[1]?.accessMode).toBe('preview');
});

it('find an event, check it, unlock it, read its people: only the unlock costs', async () => {
	const run = async (parameters: IDataObject, items: IDataObject[]) => {
		const { output, error } = await execute({ parameters, items, credential: sandbox.credential });
		expect(error).toBeUndefined();
		return output.map(({ json }) => json);
	};
	const of = (field: string) => ({ __rl: true, mode: 'id', value: `={{ $json.${field} }}` });
	const check = { resource: 'event', operation: 'checkUnlock', eventId: of('id') };

	const found = await run(
		{ resource: 'event', operation: 'getAll', filters: { country: 'Germany' } },
		[{}],
	);
	expect(found).toHaveLength(4);
	const checked = await run(check, found);
	expect(checked.map(({ allowed, credits }) => [allowed, credits])).toEqual([
		[true, 2000],
		[true, 2000],
		[true, 2000],
		[false, 0],
	]);
	expect(sandbox.world.spent()).toBe(0);

	const bought = await run(
		{ resource: 'event', operation: 'unlock', eventId: of('eventId') },
		checked.slice(0, 2),
	);
	expect(bought.map(({ outcome, reason }) => [outcome, reason])).toEqual([
		['unlocked', ''],
		['unlocked', ''],
	]);
	expect(sandbox.world.spent()).toBe(4000);

	const again = await run(check, found.slice(0, 2));
	expect(
		again.map(({ allowed, alreadyUnlocked, credits }) => [allowed, alreadyUnlocked, credits]),
	).toEqual([
		[false, true, 0],
		[false, true, 0],
	]);
	const people = await run(
		{ resource: 'person', operation: 'getAll', eventId: of('eventId'), limit: 60 },
		bought,
	);
	expect(people.map(({ accessMode }) => accessMode)).toEqual(
		Array.from({ length: 120 }, () => 'full'),
	);
	expect(sandbox.world.spent()).toBe(4000);
	expect(sandbox.paidRequests).toHaveLength(2);
});
