import { sleep } from 'n8n-workflow';

// n8n is one process: its web server, its other executions and their timeouts wait while this node
// computes. An answer that was paid for can lose against a timeout meanwhile.
const LONGEST_SLICE_MS = 15;

/** Maps items in slices of a few milliseconds, between which n8n's other work goes on. Throws what `map` throws. */
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
 * The same for work that sometimes waits for a vendor and sometimes does not: answers out of the
 * memory come one after the other without a pause.
 */
export class TimeSlices {
	private turnOfEventLoop: Promise<void> | undefined;
	private sliceStart = 0;

	/**
	 * Whether others should have their turn first. Asked right before the work: many may wait, and all
	 * of them share a slice.
	 */
	isUsedUp(): boolean {
		if (this.turnOfEventLoop === undefined) {
			this.sliceStart = performance.now();
			this.turnOfEventLoop = sleep(0).then(() => (this.turnOfEventLoop = undefined));
			return false;
		}
		return performance.now() - this.sliceStart >= LONGEST_SLICE_MS;
	}

	/** Resolves when the event loop has turned. */
	async turn(): Promise<void> {
		await this.turnOfEventLoop;
	}
}
