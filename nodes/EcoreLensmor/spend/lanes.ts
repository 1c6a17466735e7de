import { sleep } from 'n8n-workflow';

// Requests that leave together come back together, and then each waits until all are handled: lanes
// that start a moment apart stay apart.
const APART_MS = 1;

/** Works through tasks with that many under way at once; a free lane takes the next task, whatever its neighbours do. */
export async function inLanes<Task>(
	tasks: readonly Task[],
	lanes: number,
	work: (task: Task) => Promise<void>,
): Promise<void> {
	const queue = tasks.values();
	const lane = async (_: unknown, index: number) => {
		if (index > 0) await sleep(index * APART_MS);
		for (const task of queue) await work(task);
	};
	await Promise.all(Array.from({ length: Math.min(lanes, tasks.length) }, lane));
}
