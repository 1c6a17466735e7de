import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';

function description(name: string, outputs: number): INodeTypeDescription {
	return {
		displayName: name,
		name,
		group: ['transform'],
		version: 1,
		description: '',
		defaults: { name },
		inputs: ['main'],
		outputs: Array.from({ length: outputs }, () => 'main' as const),
		properties: [],
	};
}

const pass = (name: string): INodeType => ({
	description: description(name, 1),
	async execute(this: IExecuteFunctions) {
		return [this.getInputData()];
	},
});

/** Gives what an expression comes out as for each item, as Edit Fields does. */
const evaluate: INodeType = {
	description: {
		...description('evaluate', 1),
		properties: [{ displayName: 'Value', name: 'value', type: 'string', default: '' }],
	},
	async execute(this: IExecuteFunctions) {
		const values = this.getInputData().map((_, item) => ({
			json: { value: this.getNodeParameter('value', item) as string },
			pairedItem: { item },
		}));
		return [values];
	},
};

/** Does what Loop Over Items does: hands the items on in rounds through its second output, and all results through its first. */
const loop: INodeType = {
	description: {
		...description('loop', 2),
		properties: [{ displayName: 'Size', name: 'size', type: 'number', default: 1 }],
	},
	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const state = this.getContext('node') as unknown as {
			left?: INodeExecutionData[];
			done?: INodeExecutionData[];
		};
		if (state.left === undefined) state.left = [...this.getInputData()];
		else state.done = [...(state.done ?? []), ...this.getInputData()];
		const size = this.getNodeParameter('size', 0) as number;
		const round = state.left.splice(0, size);
		return round.length > 0 ? [[], round] : [state.done ?? [], []];
	},
};

/** Nodes of n8n's that tests need around ours, in their simplest form. */
export const standInNodes: Record<string, INodeType> = {
	'test.items': pass('items'),
	'test.pass': pass('pass'),
	'test.evaluate': evaluate,
	'test.loop': loop,
};
