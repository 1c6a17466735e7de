import pMap from 'p-map';

import { TimeSlices } from '../timeSlices';

/**
 * Runs `work` on the tasks in their order, at most `concurrency` of them at a time. Lets n8n do other work
 * in between, even if no task waits for anything. Throws what `work` throws.
 */
export async function forEachConcurrent<Task>(
	tasks: Iterable<Task>,
	concurrency: number,
	work: (task: Task) => Promise<void>,
): Promise<void> {
	const slices = new TimeSlices();
	await pMap(
		tasks,
		async (task) => {
			while (slices.isUsedUp()) await slices.turn();
			await work(task);
		},
		{ concurrency },
	);
}
