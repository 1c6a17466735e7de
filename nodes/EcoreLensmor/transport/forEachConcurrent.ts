import pMap from 'p-map';

import { TimeSlices } from '../timeSlices';

/**
 * Works through tasks in their order, with so many under way at once. Other work of n8n has its turn in
 * between, also where no task waits for anything. Throws what `work` throws.
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
