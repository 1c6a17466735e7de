import { createRequire } from 'node:module';

import type { IRunExecutionData } from 'n8n-workflow';

/** The size of a value in a stored execution, in bytes: as JSON, and as n8n writes it. */
export interface Size {
	json: number;
	flatted: number;
}

// n8n's own version of it.
const { stringify } = createRequire(require.resolve('@n8n/backend-common'))('flatted') as {
	stringify: (value: unknown) => string;
};

/** What n8n stores of one node: what its context remembers, and what it put out. */
export function storedOf(data: IRunExecutionData, node: string): Record<'memory' | 'output', Size> {
	const rounds = data.resultData.runData[node] ?? [];
	return {
		memory: sizeOf(data.executionData?.contextData[`node:${node}`]?.memory),
		output: sizeOf(rounds.flatMap((round) => round.data?.main?.[0] ?? [])),
	};
}

function sizeOf(value: unknown): Size {
	if (value === undefined) return { json: 0, flatted: 0 };
	return {
		json: Buffer.byteLength(JSON.stringify(value)),
		flatted: Buffer.byteLength(stringify(value)),
	};
}
