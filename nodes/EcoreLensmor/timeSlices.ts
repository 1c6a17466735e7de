import { sleep } from 'n8n-workflow';

// n8n runs in one process. While this node computes, n8n's web server and its other executions wait, and
// an answer that was paid for can miss its timeout.
const LONGEST_SLICE_MS = 15;

/**
 * Maps items in slices of about 15 milliseconds, and lets n8n do other work between them. Throws what `map`
 * throws.
 */
export async function mapInSlices<Item, Result>(
	items: Iterable<Item>,
	map: (item: Item, index: number) => Result,
): Promise<Result[]> {
	const results: Result[] = [];
	let sliceStart = performance.now();
	for (const item of items) {
		results.push(map(item, results.length));
		if (performance.now() - sliceStart < LONGEST_SLICE_MS) continue;
		await sleep(0);
		sliceStart = performance.now();
	}
	return results;
}

/**
 * Time slices for work that sometimes waits for a vendor and sometimes does not: receipts from the memory
 * come without a wait, and many of them in a row would keep n8n's process busy.
 */
export class TimeSlices {
	private turnOfEventLoop: Promise<void> | undefined;
	private sliceStart = 0;

	/**
	 * Whether the current slice is used up, so that the caller must wait for `turn()`. To be called right
	 * before the work, because all callers share one slice.
	 */
	isUsedUp(): boolean {
		if (this.turnOfEventLoop === undefined) {
			this.sliceStart = performance.now();
			this.turnOfEventLoop = sleep(0).then(() => (this.turnOfEventLoop = undefined));
			return false;
		}
		return performance.now() - this.sliceStart >= LONGEST_SLICE_MS;
	}

	/** Resolves when n8n had the chance to do other work. */
	async turn(): Promise<void> {
		await this.turnOfEventLoop;
	}
}
