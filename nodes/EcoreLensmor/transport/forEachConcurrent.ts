import { sleep } from 'n8n-workflow';

import { TimeSlices } from '../timeSlices';

// Requests that leave in one burst come back in one burst, and then each queues behind the others.
// So tasks start apart: by half an even share of what the last one took, and no more than this.
const MOST_APART_MS = 2;
// Less is not worth waiting for.
const LEAST_APART_MS = 0.2;
// Until one has been measured: about what it takes to send one.
const FIRST_APART_MS = 0.4;

/** Works through tasks with that many under way at once; a free lane takes the next task, whatever its neighbours do. */
export async function inLanes<Task>(
	tasks: readonly Task[],
	lanes: number,
	work: (task: Task) => Promise<void>,
): Promise<void> {
	const queue = tasks.values();
	const slices = new TimeSlices();
	let apart = FIRST_APART_MS;
	let nextStart = 0;
	const lane = async () => {
		for (;;) {
			const early = nextStart - performance.now();
			nextStart += Math.max(0, -early) + apart;
			if (early > 0) await sleep(early);
			while (slices.isUsedUp()) await slices.turn();
			// Taken only now: tasks start in their order.
			const { done, value: task } = queue.next();
			if (done === true) return;
			const start = performance.now();
			await work(task);
			const share = (performance.now() - start) / lanes / 2;
			apart = share < LEAST_APART_MS ? 0 : Math.min(share, MOST_APART_MS);
		}
	};
	await Promise.all(Array.from({ length: Math.min(lanes, tasks.length) }, lane));
}
