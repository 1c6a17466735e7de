import { bugs } from '../../../package.json';

/** The reason for an item on which the node's own code threw: that this is a defect, and where to report it. */
export function defect(error: unknown): string {
	const what = error instanceof Error ? error.message : String(error);
	return `This is a defect of the node, not of your data or the vendor (${what}). Please report it at ${bugs.url}`;
}

/** Runs code of an operation: its result, or the reason if it throws. Never throws. */
export function tryOperation<Result>(run: () => Result): { result: Result } | { defect: string } {
	try {
		return { result: run() };
	} catch (error) {
		return { defect: defect(error) };
	}
}
