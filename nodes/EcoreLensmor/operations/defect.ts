import { bugs } from '../../../package.json';

/** What is told of an item that the node's own code could not deal with: a defect, and where to report it. */
export function defect(error: unknown): string {
	const what = error instanceof Error ? error.message : String(error);
	return `This is a defect of the node, not of your data or the vendor (${what}). Please report it at ${bugs.url}`;
}

/** The result of an operation's code, or what to tell where it throws. Never throws. */
export function tryOperation<Result>(run: () => Result): { result: Result } | { defect: string } {
	try {
		return { result: run() };
	} catch (error) {
		return { defect: defect(error) };
	}
}
