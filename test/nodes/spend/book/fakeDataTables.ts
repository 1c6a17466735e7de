import type {
	ExecuteWorkflowData,
	IDataObject,
	IExecuteFunctions,
	IExecuteWorkflowInfo,
	IWorkflowBase,
	INode,
	INodeExecutionData,
} from 'n8n-workflow';

interface Table {
	id: string;
	name: string;
	columns: string[];
	rows: IDataObject[];
}

// No two tables have the same id, as in n8n.
let tablesMade = 0;

/** n8n's data tables, as far as its Data Table node is used here; each workflow that is run is noted. */
export class FakeDataTables {
	readonly tables: Table[] = [];
	/** The operations of each workflow that was run, such as `row insert`. */
	readonly visits: string[][] = [];
	/** Each workflow that was run. */
	readonly workflows: IWorkflowBase[] = [];
	/** Thrown by each operation of that name. */
	failure: { operation: string; message: string } | undefined;
	/** Called after each operation. */
	onStep: (operation: string) => void = () => {};
	/** How long a workflow takes before it does something, and after that, in milliseconds. */
	tripMs: () => number = () => 0;
	private lastId = 0;

	/** What n8n gives to a node of this workflow. */
	contextOf(workflow: string): IExecuteFunctions {
		return {
			getNode: () => ({ name: 'eCore & Lensmor' }),
			getWorkflow: () => ({ id: workflow, name: workflow }),
			executeWorkflow: async ({ code }: IExecuteWorkflowInfo, items: INodeExecutionData[]) => {
				await this.trip();
				const result = this.run(code, items);
				await this.trip();
				return result;
			},
		} as unknown as IExecuteFunctions;
	}

	private async trip(): Promise<void> {
		const ms = this.tripMs();
		if (ms > 0) await new Promise((done) => setTimeout(done, ms));
	}

	make(name: string, columns: string[] = []): Table {
		tablesMade += 1;
		const table = { id: `t${tablesMade}`, name, columns, rows: [] };
		this.tables.push(table);
		return table;
	}

	named(name: string): Table | undefined {
		return this.tables.find((table) => table.name === name);
	}

	private run(code: IWorkflowBase | undefined, items: INodeExecutionData[]): ExecuteWorkflowData {
		const [start, ...nodes] = code?.nodes ?? [];
		if (start?.type !== 'n8n-nodes-base.executeWorkflowTrigger') throw new Error('no trigger');
		if (code !== undefined) this.workflows.push(code);
		this.visits.push(nodes.map(nameOf));
		const after = (name: string): INode[] =>
			(code?.connections[name]?.main?.[0] ?? []).flatMap(({ node }) =>
				nodes.filter((one) => one.name === node),
			);
		let last: IDataObject[] = [];
		for (const first of after(start.name).sort((a, b) => a.position[1] - b.position[1])) {
			let current = items.map(({ json }) => json);
			for (let node: INode | undefined = first; node !== undefined; [node] = after(node.name)) {
				if (current.length === 0) break;
				current = this.performAll(node, current);
			}
			last = current;
		}
		return { executionId: '1', data: [last.map((json) => ({ json }))] };
	}

	private performAll(node: INode, items: IDataObject[]): IDataObject[] {
		const chosen = node.executeOnce === true ? items.slice(0, 1) : items;
		const isBulk = node.parameters.operation === 'insert';
		const given = (isBulk ? [chosen] : chosen.map((json) => [json])).flatMap((input) =>
			this.perform(node, input),
		);
		this.onStep(nameOf(node));
		return given.length === 0 && node.alwaysOutputData === true ? [{}] : given;
	}

	private perform({ parameters, ...node }: INode, items: IDataObject[]): IDataObject[] {
		const operation = nameOf({ parameters });
		if (node.type !== 'n8n-nodes-base.dataTable') throw new Error(`no node ${node.type}`);
		if (this.failure?.operation === operation) throw new Error(this.failure.message);
		if (operation === 'table list') {
			const { filterName } = parameters.options as { filterName: string };
			return this.tables
				.filter(({ name }) => name.toLowerCase().includes(filterName.toLowerCase()))
				.map(({ id, name }) => ({ id, name }));
		}
		if (operation === 'table create') {
			const name = parameters.tableName as string;
			if (this.named(name) !== undefined) throw new Error(`${name} already exists`);
			const { column } = parameters.columns as { column: Array<{ name: string }> };
			return [
				{
					id: this.make(
						name,
						column.map((one) => one.name),
					).id,
				},
			];
		}
		const { value } = parameters.dataTableId as { value: string };
		const table = this.tables.find(({ id }) => id === value);
		if (table === undefined) throw new Error(`no data table ${value}`);
		if (operation === 'row insert') {
			for (const json of items) {
				const unknown = Object.keys(json).find((name) => !table.columns.includes(name));
				if (unknown !== undefined) throw new Error(`unknown column ${unknown}`);
				this.lastId += 1;
				const createdAt = new Date(Date.now()).toISOString();
				table.rows.push({ ...json, id: this.lastId, createdAt });
			}
			return [{ success: true, insertedRows: items.length }];
		}
		const matched = table.rows.filter(matching(parameters as unknown as Matching));
		const isRead = operation === 'row get';
		// n8n reads more in several statements, between which rows may change.
		if (isRead && parameters.limit !== 1000) throw new Error('not read in one statement');
		const chosen = isRead ? matched.slice(0, 1000) : matched;
		if (operation === 'row rowNotExists') return chosen.length === 0 ? items : [];
		if (operation === 'row deleteRows') {
			table.rows = table.rows.filter((row) => !chosen.includes(row));
		}
		return chosen.map((row) => ({ ...row }));
	}
}

interface Matching {
	matchType: 'anyCondition' | 'allConditions';
	filters: { conditions: Array<{ keyName: string; condition: string; keyValue: string | number }> };
}

function matching({ matchType, filters: { conditions } }: Matching) {
	if (conditions.length > 500) throw new Error('too many conditions');
	const one = (row: IDataObject) => (condition: Matching['filters']['conditions'][number]) => {
		const { keyName, keyValue } = condition;
		const value = row[keyName] as string | number;
		if (condition.condition === 'gt') return value > keyValue;
		return condition.condition === 'gte' ? value >= keyValue : value === keyValue;
	};
	return (row: IDataObject) =>
		matchType === 'anyCondition' ? conditions.some(one(row)) : conditions.every(one(row));
}

function nameOf({ parameters }: Pick<INode, 'parameters'>): string {
	return `${parameters.resource as string} ${parameters.operation as string}`;
}
