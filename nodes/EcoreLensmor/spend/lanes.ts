/** Works through tasks with that many under way at once; a free lane takes the next task, whatever its neighbours do. */
export async function inLanes<Task>(
	tasks: readonly Task[],
	lanes: number,
	work: (task: Task) => Promise<void>,
): Promise<void> {
	const queue = tasks.values();
	const lane = async () => {
		for (const task of queue) await work(task);
	};
	await Promise.all(Array.from({ length: Math.min(lanes, tasks.length) }, lane));
}
