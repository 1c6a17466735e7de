import { DataTable } from '../../../../nodes/EcoreLensmor/spend/book/dataTable';
import type { NewRow } from '../../../../nodes/EcoreLensmor/spend/book/rows';
import { FakeDataTables } from './fakeDataTables';

const NAME = 'Credit purchases';
let n8n: FakeDataTables;
let workflows = 0;
beforeEach(() => {
	n8n = new FakeDataTables();
	workflows += 1;
});

/** The book's table, as a node of a workflow of its own sees it. */
const tableOf = (name = NAME) => new DataTable(n8n.contextOf(`workflow ${workflows}`), name);

const rowOf = (key: string, more: Partial<NewRow> = {}): NewRow => ({
	key,
	vendor: 'ecore',
	operation: 'phone.enrich',
	about: 'ann@acme.com',
	outcome: 'asked',
	credits: 5,
	saved: 0,
	result: '',
	execution: '7',
	workflow: 'Leads',
	attempt: `attempt of ${key}`,
	validForMs: 1000,
	...more,
});

it('reading makes no table; writing makes one, once, and what was written is read', async () => {
	const table = tableOf();
	expect(await table.visit({ read: ['a'] })).toEqual([]);
	expect(await table.since('ecore', 0)).toEqual([]);
	expect(n8n.tables).toEqual([]);

	const [row] = await table.visit({ insert: [rowOf('a'), rowOf('b')], read: ['a'] });
	await tableOf().visit({ insert: [rowOf('c')] });
	expect(row).toMatchObject(rowOf('a'));
	expect(Math.abs(Date.now() - (row?.createdAt ?? 0))).toBeLessThan(60_000);
	expect(n8n.tables.map(({ name, rows }) => [name, rows.length])).toEqual([[NAME, 3]]);
});

it('writing, removing and reading are one workflow, of which n8n stores nothing', async () => {
	const table = tableOf();
	const [a, b] = await table.visit({
		insert: [rowOf('a'), rowOf('b')],
		read: ['a', 'b'],
	});
	n8n.visits.length = 0;
	const left = await table.visit({
		insert: [rowOf('c')],
		remove: [a?.id ?? 0],
		read: ['a', 'b', 'c'],
	});

	expect(n8n.visits).toEqual([['row insert', 'row deleteRows', 'row get']]);
	expect(left.map(({ key }) => key)).toEqual(['b', 'c']);
	await table.visit({ remove: [b?.id ?? 0, 99] });
	expect(n8n.named(NAME)?.rows.map(({ key }) => key)).toEqual(['c']);
	n8n.visits.length = 0;
	expect(await table.visit({})).toEqual([]);
	expect(n8n.visits).toEqual([]);
});

it('a row that is only inserted if its key is new: nothing is written where there is one, and all are read', async () => {
	const table = tableOf();
	await table.visit({ insert: [rowOf('a')] });
	n8n.visits.length = 0;
	const again = rowOf('a', { attempt: 'again' });
	const rows = await table.visit({ insertIfNew: [again, rowOf('b')], read: ['a', 'b'] });
	expect(rows.map(({ attempt }) => attempt)).toEqual(['attempt of a', 'attempt of b']);
	expect(n8n.visits).toEqual([
		['row rowNotExists', 'row insert'],
		['row rowNotExists', 'row insert', 'row get'],
	]);

	expect(await table.visit({ insertIfNew: [again], read: ['a'] })).toHaveLength(1);
	expect(await table.visit({ insertIfNew: [rowOf('e')] })).toEqual([]);
	await table.visit({ remove: [n8n.named(NAME)?.rows.at(-1)?.id as number] });
	expect(n8n.named(NAME)?.rows).toHaveLength(2);
	const [row] = await table.visit({
		insert: [rowOf('c')],
		insertIfNew: [rowOf('c'), rowOf('d')],
		remove: [rows[0]?.id ?? 0],
		read: ['d'],
	});
	expect(row?.key).toBe('d');
	expect(n8n.named(NAME)?.rows.map(({ key }) => key)).toEqual(['b', 'c', 'd']);
});

it('what nothing replaces is taken back before something is written, and the rest removed after it', async () => {
	const ids = async (keys: string[]) =>
		(await tableOf().visit({ insert: keys.map((key) => rowOf(key)), read: keys })).map(
			({ id }) => id,
		);
	const visits = [
		{ insert: [rowOf('x')], remove: await ids(['a']), takeBack: await ids(['b']) },
		{
			insertIfNew: [rowOf('y')],
			remove: await ids(['c']),
			takeBack: await ids(['d']),
			read: ['y'],
		},
		{ takeBack: await ids(['e']) },
	];
	const steps: string[] = [];
	n8n.onStep = (operation) => steps.push(operation);
	for (const visit of visits) await tableOf().visit(visit);
	expect(steps).toEqual([
		...['row deleteRows', 'row insert', 'row deleteRows'],
		...['row deleteRows', 'row deleteRows', 'row rowNotExists', 'row insert', 'row get'],
		'row deleteRows',
	]);
	expect(n8n.named(NAME)?.rows.map(({ key }) => key)).toEqual(['x', 'y']);
});

it('rows are removed and read once, however many were written', async () => {
	const insert = ['a', 'b', 'c'].map((key) => rowOf(key));
	const rows = await tableOf().visit({ insert, read: ['a', 'b', 'c'] });
	expect(rows).toHaveLength(3);
	expect(await tableOf().visit({ insert, remove: [rows[0]?.id ?? 0], read: ['a'] })).toHaveLength(
		1,
	);
});

it('what n8n adds to a row is not written back', async () => {
	const [row] = await tableOf().visit({ insert: [rowOf('a')], read: ['a'] });
	const again = row === undefined ? [] : [{ ...row, outcome: 'found' as const }];
	await tableOf().visit({ insert: again });
	expect(n8n.named(NAME)?.rows.map(({ outcome }) => outcome)).toEqual(['asked', 'found']);
});

it('more keys than a statement can hold are read in parts', async () => {
	const keys = Array.from({ length: 1201 }, (_, index) => `k${index}`);
	const rows = await tableOf().visit({
		insert: keys.map((key) => rowOf(key)),
		read: keys,
	});
	expect(rows.map(({ key }) => key).sort()).toEqual([...keys].sort());
	expect(n8n.visits.filter((steps) => steps.includes('row get'))).toHaveLength(3);
});

it('what has more rows than n8n reads in one statement is read whole, also while rows change', async () => {
	const table = tableOf();
	const many = Array.from({ length: 2500 }, (_, index) => rowOf('a', { attempt: `a ${index}` }));
	await table.visit({ insert: [...many, rowOf('b'), rowOf('c')] });
	expect(await table.visit({ read: ['a', 'b', 'c'] })).toHaveLength(2502);
	expect(await table.since('ecore', 0)).toHaveLength(2502);

	// With each read an old row goes, as when an answer takes the place of what was asked.
	const rows = n8n.named(NAME)?.rows ?? [];
	n8n.onStep = (operation) => {
		if (operation !== 'row get') return;
		const [old] = rows.splice(0, 1);
		n8n.named(NAME)?.rows.push({ ...old, id: 10_000 + Number(old?.id) });
	};
	const kept = (await table.since('ecore', 0)).map(({ attempt }) => attempt);
	n8n.onStep = () => {};
	expect(new Set(kept).size).toBe(2502);
});

it('the sum is about one vendor, and rows that are young enough', async () => {
	const table = tableOf();
	await table.visit({ insert: [rowOf('a'), rowOf('b', { vendor: 'lensmor' })] });
	const old = n8n.named(NAME)?.rows[0];
	await table.visit({ insert: [rowOf('c')] });
	if (old !== undefined) old.createdAt = '2020-01-01T00:00:00.000Z';

	expect((await table.since('ecore', Date.parse('2026-01-01'))).map(({ key }) => key)).toEqual([
		'c',
	]);
	expect((await table.since('ecore', 0)).map(({ key }) => key)).toEqual(['a', 'c']);
});

it('another table whose name contains this one is another table', async () => {
	const other = n8n.make('Credit purchases (old)', []);
	await tableOf().visit({ insert: [rowOf('a')] });
	expect(other.rows).toEqual([]);
	expect(n8n.named(NAME)?.rows).toHaveLength(1);
});

it('a table that a person deletes is made again when something is written, and reads as empty', async () => {
	const table = tableOf();
	await table.visit({ insert: [rowOf('a')] });
	n8n.tables.length = 0;
	expect(await table.visit({ read: ['a'] })).toEqual([]);
	expect(n8n.tables).toEqual([]);

	await table.visit({ insert: [rowOf('b')] });
	n8n.tables.length = 0;
	const rows = await table.visit({ insert: [rowOf('c')], read: ['a', 'b', 'c'] });
	expect(rows.map(({ key }) => key)).toEqual(['c']);
});

it('a table that another execution makes at the same moment is used', async () => {
	const made = tableOf().visit({ insert: [rowOf('a')] });
	const again = new DataTable(n8n.contextOf('another workflow'), NAME);
	await Promise.all([made, again.visit({ insert: [rowOf('b')] })]);
	expect(n8n.tables).toHaveLength(1);
	expect(n8n.named(NAME)?.rows).toHaveLength(2);
});

it.each([
	['table list', 'the module is disabled', ['table list', 'table list']],
	[
		'table create',
		'no permission',
		['table list', 'table create', 'table list', 'table list', 'table create', 'table list'],
	],
	[
		'row insert',
		'Data table size limit exceeded',
		['table list', 'table create', 'row insert', 'row insert', 'table list'],
	],
])(
	'%s fails: the error has its words, and nothing is tried twice',
	async (operation, message, tried) => {
		n8n.failure = { operation, message };
		for (let times = 0; times < 2; times += 1) {
			const visit = tableOf().visit({ insert: [rowOf('a')] });
			await expect(visit).rejects.toThrow(message);
		}
		expect(n8n.visits.flat()).toEqual(tried);
		n8n.failure = undefined;
		await tableOf().visit({ insert: [rowOf('b')] });
		expect(n8n.named(NAME)?.rows.map(({ key }) => key)).toEqual(['b']);
	},
);

it('a table that another workflow has made is looked for, and not made', async () => {
	await tableOf().visit({ insert: [rowOf('a')] });
	n8n.visits.length = 0;
	await new DataTable(n8n.contextOf('the other workflow'), NAME).visit({ insert: [rowOf('b')] });
	expect(n8n.visits).toEqual([['table list'], ['row insert']]);
});

it('a row that stands for no purchase says so', async () => {
	await tableOf().visit({ insert: [rowOf('', { outcome: 'answered', saved: 15 })] });
	expect(await tableOf().since('ecore', 0)).toMatchObject([{ outcome: 'answered', saved: 15 }]);
});

it('a table that is full although it was written before: the error has its words, and nothing is made', async () => {
	const table = tableOf();
	await table.visit({ insert: [rowOf('a')] });
	n8n.failure = { operation: 'row insert', message: 'Data table size limit exceeded' };
	await expect(table.visit({ insert: [rowOf('b')] })).rejects.toThrow('size limit');
	expect(n8n.tables).toHaveLength(1);
});

it('a row that a person has edited says that nobody knows, and never that something may be bought', async () => {
	const table = tableOf();
	await table.visit({ insert: [rowOf('a', { outcome: 'found', result: '{}' })] });
	const row = n8n.named(NAME)?.rows[0] ?? {};
	Object.assign(row, {
		outcome: 'perhaps',
		credits: null,
		saved: null,
		result: null,
		about: null,
		operation: null,
		execution: null,
		workflow: null,
		attempt: null,
		validForMs: null,
	});

	expect(await table.visit({ read: ['a'] })).toEqual([
		{
			...rowOf('a'),
			id: row.id,
			createdAt: Date.parse(row.createdAt as string),
			outcome: 'asked',
			credits: 0,
			about: '',
			operation: '',
			execution: '',
			workflow: '',
			attempt: `row ${row.id as number}`,
			validForMs: 0,
		},
	]);
});

it('a table that a person gives another name is left alone after a minute', async () => {
	jest.useFakeTimers();
	const table = tableOf();
	await table.visit({ insert: [rowOf('a')] });
	const renamed = n8n.named(NAME);
	if (renamed !== undefined) renamed.name = 'Old purchases';
	jest.advanceTimersByTime(59_999);
	await table.visit({ insert: [rowOf('b')] });
	jest.advanceTimersByTime(1);
	await table.visit({ insert: [rowOf('c')] });
	jest.useRealTimers();

	expect(renamed?.rows.map(({ key }) => key)).toEqual(['a', 'b']);
	expect(n8n.named(NAME)?.rows.map(({ key }) => key)).toEqual(['c']);
});

it('two workflows do not share what was found out about a table: they may be in two projects', async () => {
	await tableOf().visit({ insert: [rowOf('a')] });
	n8n.visits.length = 0;
	await new DataTable(n8n.contextOf('elsewhere'), NAME).visit({ read: ['a'] });
	expect(n8n.visits).toEqual([['table list'], ['row get']]);
});

describe('the workflows that n8n is asked to run', () => {
	// An exact picture: what n8n does with each part is shown in a whole n8n (test/e2e/book.e2e.ts).
	const start = {
		id: '0',
		name: 'Start',
		type: 'n8n-nodes-base.executeWorkflowTrigger',
		typeVersion: 1.1,
		position: [0, 0],
		parameters: { inputSource: 'passthrough' },
	};
	const tableNode = (
		id: string,
		branch: number,
		index: number,
		dataTableId: string,
		more: object,
	) => ({
		id,
		name: `Table ${branch}.${index}`,
		type: 'n8n-nodes-base.dataTable',
		typeVersion: 1.1,
		position: [200 * (index + 1), 200 * branch],
		...more,
		parameters: {
			...(more as { parameters: object }).parameters,
			dataTableId: { __rl: true, mode: 'id', value: dataTableId },
		},
	});
	const insert = {
		alwaysOutputData: true,
		parameters: {
			resource: 'row',
			operation: 'insert',
			columns: { mappingMode: 'autoMapInputData', value: {}, matchingColumns: [], schema: [] },
			options: { optimizeBulk: true },
		},
	};
	const get = (matchType: string, conditions: object[]) => ({
		executeOnce: true,
		parameters: {
			resource: 'row',
			operation: 'get',
			matchType,
			filters: { conditions },
			limit: 1000,
			orderBy: true,
			orderByColumn: 'id',
			orderByDirection: 'ASC',
		},
	});
	const is = (keyName: string, keyValue: unknown) => ({ keyName, condition: 'eq', keyValue });
	const to = (...names: string[]) => ({
		main: [names.map((node) => ({ node, type: 'main', index: 0 }))],
	});
	const last = () => {
		const { createdAt, updatedAt, ...workflow } = n8n.workflows.at(-1) ?? {};
		expect([createdAt, updatedAt]).toEqual([expect.any(Date), expect.any(Date)]);
		return workflow;
	};
	const rest = {
		id: '',
		name: 'Purchase book',
		active: false,
		isArchived: false,
		activeVersionId: null,
		settings: {
			executionOrder: 'v1',
			saveDataSuccessExecution: 'none',
			saveDataErrorExecution: 'none',
			saveManualExecutions: false,
			saveExecutionProgress: false,
		},
	};

	it('looking for the table, and making it', async () => {
		await tableOf().visit({ insert: [rowOf('a')] });
		const [list, create] = n8n.workflows;
		expect(list?.nodes).toEqual([
			start,
			tableNode('1', 0, 0, '', {
				executeOnce: undefined,
				parameters: {
					resource: 'table',
					operation: 'list',
					returnAll: true,
					options: { filterName: NAME },
				},
			}),
		]);
		const types = { credits: 'number', saved: 'number', validForMs: 'number' };
		const names = Object.keys(rowOf('a')).sort();
		expect(create?.nodes[1]?.parameters).toMatchObject({
			resource: 'table',
			operation: 'create',
			tableName: NAME,
			options: { createIfNotExists: false },
		});
		const { column } = create?.nodes[1]?.parameters.columns as {
			column: Array<{ name: string; type: string }>;
		};
		expect([...column].sort((a, b) => a.name.localeCompare(b.name, 'en'))).toEqual(
			names
				.sort((a, b) => a.localeCompare(b, 'en'))
				.map((name) => ({ name, type: name in types ? 'number' : 'string' })),
		);
	});

	it('writing, removing and reading, one after the other', async () => {
		const table = tableOf();
		await table.visit({ insert: [rowOf('a')] });
		const id = n8n.named(NAME)?.id ?? '';
		await table.visit({ insert: [rowOf('b')], remove: [7], read: ['a', 'b'] });
		expect(last()).toEqual({
			...rest,
			nodes: [
				start,
				tableNode('1', 0, 0, id, insert),
				tableNode('2', 0, 1, id, {
					executeOnce: true,
					alwaysOutputData: true,
					parameters: {
						resource: 'row',
						operation: 'deleteRows',
						matchType: 'anyCondition',
						filters: { conditions: [is('id', 7)] },
						options: {},
					},
				}),
				tableNode('3', 0, 2, id, get('anyCondition', [is('key', 'a'), is('key', 'b')])),
			],
			connections: {
				Start: to('Table 0.0'),
				'Table 0.0': to('Table 0.1'),
				'Table 0.1': to('Table 0.2'),
				'Table 0.2': to(),
			},
		});
	});

	it('writing only what is new, and reading in a branch below it', async () => {
		const table = tableOf();
		await table.visit({ insert: [rowOf('a')] });
		const id = n8n.named(NAME)?.id ?? '';
		await table.visit({ insertIfNew: [rowOf('b')], read: ['b'] });
		expect(last()).toEqual({
			...rest,
			nodes: [
				start,
				tableNode('1', 0, 0, id, {
					parameters: {
						resource: 'row',
						operation: 'rowNotExists',
						matchType: 'allConditions',
						filters: { conditions: [is('key', 'b')] },
					},
				}),
				tableNode('2', 0, 1, id, insert),
				tableNode('3', 1, 0, id, get('anyCondition', [is('key', 'b')])),
			],
			connections: {
				Start: to('Table 0.0', 'Table 1.0'),
				'Table 0.0': to('Table 0.1'),
				'Table 0.1': to(),
				'Table 1.0': to(),
			},
		});
	});

	it('adding up', async () => {
		const table = tableOf();
		await table.visit({ insert: [rowOf('a')] });
		const id = n8n.named(NAME)?.id ?? '';
		await table.since('ecore', 0);
		const conditions = [
			is('vendor', 'ecore'),
			{ keyName: 'createdAt', condition: 'gte', keyValue: '1970-01-01T00:00:00.000Z' },
			{ keyName: 'id', condition: 'gt', keyValue: 0 },
		];
		expect(n8n.workflows.at(-1)?.nodes).toEqual([
			start,
			tableNode('1', 0, 0, id, get('allConditions', conditions)),
		]);
	});
});
