import type {
	IDataObject,
	IExecuteFunctions,
	INode,
	IWorkflowBase,
	NodeOperationError,
} from 'n8n-workflow';
import { z } from 'zod';

import { nodeError } from '../../items/nodeError';
import { OUTCOMES } from '../../operations/outcome';
import type { NewRow, Row } from './rows';
import type { BookTable, Visit } from './table';

/** The columns of a purchase book, beside those that n8n adds itself (docs/n8n-behaviour.md). */
const COLUMNS: Record<keyof NewRow, 'string' | 'number'> = {
	about: 'string',
	operation: 'string',
	outcome: 'string',
	credits: 'number',
	saved: 'number',
	result: 'string',
	vendor: 'string',
	workflow: 'string',
	execution: 'string',
	key: 'string',
	attempt: 'string',
	validForMs: 'number',
};

// As n8n gives it back. A person may have edited it: what a cell must be to be understood is checked here.
const storedRow = z.object({
	id: z.number(),
	createdAt: z.string().transform((text) => Date.parse(text)),
	key: z.string(),
	vendor: z.string().catch(''),
	operation: z.string().catch(''),
	about: z.string().catch(''),
	outcome: z.enum(['asked', 'answered', ...OUTCOMES]).catch('asked'),
	credits: z.number().catch(0),
	saved: z.number().catch(0),
	result: z.string().catch(''),
	execution: z.string().catch(''),
	workflow: z.string().catch(''),
	attempt: z.string().catch(''),
	validForMs: z.number().catch(0),
});

// More conditions than this make a statement that SQLite refuses.
const MAX_CONDITIONS = 500;

// n8n reads more in several statements, and rows that are changed between two of them can make it miss others.
const ROWS_AT_ONCE = 1_000;

const TABLE_NODE = { type: 'n8n-nodes-base.dataTable', typeVersion: 1.1 };
type Step = Pick<INode, 'parameters' | 'executeOnce' | 'alwaysOutputData'>;
type Condition = { keyName: keyof Row; condition: string; keyValue: string | number };

// Asking for a table's id takes as long as writing a row. By workflow, because the tables are those of its
// project, and by name.
const tableIds = new Map<string, { id: string; foundAt: number }>();
// A person may give a table another name, and all processes should soon agree on which one is meant.
const BELIEVE_FOR_MS = 60_000;

/**
 * A purchase book in an n8n data table of the workflow's project, which is made when a row is first written. A
 * community node reaches data tables only through n8n's own node, in a workflow that this node runs
 * (docs/n8n-behaviour.md).
 */
export class DataTable implements BookTable {
	constructor(
		private readonly context: IExecuteFunctions,
		private readonly name: string,
	) {}

	async visit(visit: Visit): Promise<Row[]> {
		const { takeBack = [], insert = [], insertIfNew = [], remove = [], read = [] } = visit;
		const keys = [...read];
		const first = keys.splice(0, MAX_CONDITIONS);
		const change = [...(insert.length === 0 ? [] : [INSERT]), ...partsOf(remove).map(removeRows)];
		// A branch of its own: what is inserted is what the workflow begins with.
		const before = partsOf(takeBack).map(removeRows);
		const look = first.length === 0 ? [] : [readKeys(first)];
		const [row, ...others] = insertIfNew;
		let rows: IDataObject[];
		if (row === undefined) rows = await this.run(insert, before, [...change, ...look]);
		else {
			await this.run(insert, before, change);
			// Rarely more than one: only a run for a single request has not read the table before.
			for (const other of others) await this.run([other], [keyIsNew(other), INSERT]);
			// Nothing comes after a row that is not new, so reading is a branch of its own.
			rows = await this.run([row], [keyIsNew(row), INSERT], look);
		}
		const found = first.length === 0 ? [] : await this.whole(rows, first);
		while (keys.length > 0) {
			const next = keys.splice(0, MAX_CONDITIONS);
			found.push(...(await this.whole(await this.run([], [readKeys(next)]), next)));
		}
		return found.map(asRow);
	}

	/** All rows of these keys, of which `rows` are the first. */
	private async whole(rows: IDataObject[], keys: string[]): Promise<IDataObject[]> {
		if (rows.length < ROWS_AT_ONCE) return rows;
		const [key = '', ...others] = keys;
		if (others.length === 0)
			return await this.pages([{ keyName: 'key', condition: 'eq', keyValue: key }]);
		const half = Math.ceil(keys.length / 2);
		const halves = [keys.slice(0, half), keys.slice(half)];
		const all: IDataObject[] = [];
		for (const part of halves) {
			all.push(...(await this.whole(await this.run([], [readKeys(part)]), part)));
		}
		return all;
	}

	/**
	 * All rows that meet these conditions, page by page after the last id: what is changed in the meantime gets a
	 * higher id, so no row is missed that was there before and still is.
	 */
	private async pages(conditions: Condition[]): Promise<IDataObject[]> {
		const all: IDataObject[] = [];
		for (let last = 0; ;) {
			const after: Condition = { keyName: 'id', condition: 'gt', keyValue: last };
			const rows = await this.run([], [readRows('allConditions', [...conditions, after])]);
			all.push(...rows);
			if (rows.length < ROWS_AT_ONCE) return all;
			last = rows.at(-1)?.id as number;
		}
	}

	async since(vendor: string, time: number): Promise<Row[]> {
		const conditions: Condition[] = [
			{ keyName: 'vendor', condition: 'eq', keyValue: vendor },
			{ keyName: 'createdAt', condition: 'gte', keyValue: new Date(time).toISOString() },
		];
		return (await this.pages(conditions)).map(asRow);
	}

	/**
	 * Runs branches of steps on the table, one after the other, and once more if the table is not there any more.
	 * Returns what the last step gives.
	 */
	private async run(rows: NewRow[], ...given: Step[][]): Promise<IDataObject[]> {
		const branches = given.filter((steps) => steps.length > 0);
		if (branches.length === 0) return [];
		const known = this.knownId;
		const id = known ?? (await this.tableId(rows.length > 0));
		if (id === undefined) return [];
		try {
			return await this.execute(rows, branches, id);
		} catch (error) {
			if (known === undefined) throw this.asNodeError(error);
			// A person may have deleted the table. If so, nothing was written, and a new one is made.
			const now = await this.tableId(rows.length > 0);
			if (now === known) throw this.asNodeError(error);
			return now === undefined ? [] : await this.execute(rows, branches, now);
		}
	}

	private asNodeError(error: unknown): NodeOperationError {
		return nodeError(this.context.getNode(), (error as Error).message);
	}

	private get knownId(): string | undefined {
		const known = tableIds.get(this.cacheKey);
		const isRecent = known !== undefined && performance.now() - known.foundAt < BELIEVE_FOR_MS;
		return isRecent ? known.id : undefined;
	}

	private get cacheKey(): string {
		return `${this.context.getWorkflow().id} ${this.name}`;
	}

	/** The id of the table. If there is none of this name, it is made if `make`; otherwise `undefined`. */
	private async tableId(make: boolean): Promise<string | undefined> {
		tableIds.delete(this.cacheKey);
		let id = await this.existingId();
		if (id === undefined && make) {
			try {
				id = idOf((await this.execute([], [[createTable(this.name)]], ''))[0]);
			} catch (error) {
				// Another execution may have made it at the same moment.
				id = await this.existingId();
				if (id === undefined) throw this.asNodeError(error);
			}
		}
		if (id !== undefined) tableIds.set(this.cacheKey, { id, foundAt: performance.now() });
		return id;
	}

	private async existingId(): Promise<string | undefined> {
		const tables = await this.execute([], [[listTables(this.name)]], '');
		const table = tables.find(({ name }) => name === this.name);
		return table === undefined ? undefined : idOf(table);
	}

	private async execute(
		rows: NewRow[],
		branches: Step[][],
		tableId: string,
	): Promise<IDataObject[]> {
		const items = rows.length === 0 ? [{ json: {} }] : rows.map((row) => ({ json: cellsOf(row) }));
		const { data } = await this.context.executeWorkflow(
			{ code: workflowOf(branches, tableId) },
			items,
		);
		return (data[0] ?? []).map(({ json }) => json);
	}
}

// n8n sets the other columns itself.
function cellsOf(row: NewRow): IDataObject {
	const names = Object.keys(COLUMNS) as Array<keyof NewRow>;
	return Object.fromEntries(names.map((name) => [name, row[name]]));
}

// A step gives one item for each row that it touched, and the next one is to run once.
const ONCE = { executeOnce: true };

const INSERT: Step = {
	alwaysOutputData: true,
	parameters: {
		resource: 'row',
		operation: 'insert',
		columns: { mappingMode: 'autoMapInputData', value: {}, matchingColumns: [], schema: [] },
		options: { optimizeBulk: true },
	},
};

/** Lets the row through if no row has its key. Without an expression: n8n takes long to make ready for one. */
function keyIsNew({ key }: NewRow): Step {
	const condition: Condition = { keyName: 'key', condition: 'eq', keyValue: key };
	return {
		parameters: {
			resource: 'row',
			operation: 'rowNotExists',
			matchType: 'allConditions',
			filters: { conditions: [condition] },
		},
	};
}

// n8n's "create if not exists" looks at one table only, which may be another whose name contains this one.
function createTable(tableName: string): Step {
	const column = Object.entries(COLUMNS).map(([name, type]) => ({ name, type }));
	return {
		parameters: {
			resource: 'table',
			operation: 'create',
			tableName,
			columns: { column },
			options: { createIfNotExists: false },
		},
	};
}

function listTables(name: string): Step {
	return {
		parameters: {
			resource: 'table',
			operation: 'list',
			returnAll: true,
			options: { filterName: name },
		},
	};
}

/** In parts that make a statement each. */
function partsOf(ids: number[]): number[][] {
	const count = Math.ceil(ids.length / MAX_CONDITIONS);
	return Array.from({ length: count }, (_, part) =>
		ids.slice(part * MAX_CONDITIONS, (part + 1) * MAX_CONDITIONS),
	);
}

function removeRows(ids: number[]): Step {
	const conditions = ids.map((id): Condition => ({
		keyName: 'id',
		condition: 'eq',
		keyValue: id,
	}));
	return {
		...ONCE,
		alwaysOutputData: true,
		parameters: {
			resource: 'row',
			operation: 'deleteRows',
			matchType: 'anyCondition',
			filters: { conditions },
			options: {},
		},
	};
}

function readKeys(keys: string[]): Step {
	const conditions = keys.map((key): Condition => ({
		keyName: 'key',
		condition: 'eq',
		keyValue: key,
	}));
	return readRows('anyCondition', conditions);
}

function readRows(matchType: string, conditions: Condition[]): Step {
	return {
		...ONCE,
		parameters: {
			resource: 'row',
			operation: 'get',
			matchType,
			filters: { conditions },
			limit: ROWS_AT_ONCE,
			orderBy: true,
			orderByColumn: 'id',
			orderByDirection: 'ASC',
		},
	};
}

/** n8n runs the branches in the order of their positions, from the top. */
function workflowOf(branches: Step[][], tableId: string): IWorkflowBase {
	const start = {
		name: 'Start',
		type: 'n8n-nodes-base.executeWorkflowTrigger',
		typeVersion: 1.1,
		position: [0, 0] as [number, number],
		parameters: { inputSource: 'passthrough' },
	};
	const dataTableId = { __rl: true, mode: 'id', value: tableId };
	const rows = branches.map((steps, branch) =>
		steps.map((step, index) => ({
			...step,
			...TABLE_NODE,
			name: `Table ${branch}.${index}`,
			position: [200 * (index + 1), 200 * branch] as [number, number],
			parameters: { ...step.parameters, dataTableId },
		})),
	);
	const nodes = [start, ...rows.flat()].map((node, index) => ({ id: String(index), ...node }));
	const to = (targets: Array<{ name: string } | undefined>) => ({
		main: [
			targets.flatMap((target) =>
				target === undefined ? [] : [{ node: target.name, type: 'main' as const, index: 0 }],
			),
		],
	});
	const connections = Object.fromEntries([
		[start.name, to(rows.map(([first]) => first))],
		...rows.flatMap((row) => row.map(({ name }, index) => [name, to([row[index + 1]])] as const)),
	]);
	return {
		id: '',
		name: 'Purchase book',
		nodes,
		connections,
		active: false,
		isArchived: false,
		activeVersionId: null,
		createdAt: new Date(),
		updatedAt: new Date(),
		// Otherwise each visit to the table would be in n8n's list of executions.
		settings: {
			executionOrder: 'v1',
			saveDataSuccessExecution: 'none',
			saveDataErrorExecution: 'none',
			saveManualExecutions: false,
			saveExecutionProgress: false,
		},
	};
}

function idOf(table: IDataObject | undefined): string {
	return z.object({ id: z.string() }).parse(table).id;
}

function asRow(json: IDataObject): Row {
	const row = storedRow.parse(json);
	// Rows whose attempt a person has deleted are not of one attempt.
	return row.attempt === '' ? { ...row, attempt: `row ${row.id}` } : row;
}
