import { forEachConcurrent } from '../../../nodes/EcoreLensmor/transport/forEachConcurrent';

it('works through every task, with no more under way at once than it is told', async () => {
	const done: number[] = [];
	let underWay = 0;
	let most = 0;
	await forEachConcurrent([...Array(25).keys()], 4, async (task) => {
		underWay += 1;
		most = Math.max(most, underWay);
		await new Promise((resolve) => setTimeout(resolve, task % 3));
		underWay -= 1;
		done.push(task);
	});

	expect(most).toBe(4);
	expect(done.sort((a, b) => a - b)).toEqual([...Array(25).keys()]);
});

it('the next task starts while an earlier one is slow', async () => {
	const done: string[] = [];
	let finishSlow = () => {};
	const slow = new Promise<void>((resolve) => (finishSlow = resolve));
	let otherLaneDone = () => {};
	const others = new Promise<void>((resolve) => (otherLaneDone = resolve));
	const all = forEachConcurrent(['slow', 'a', 'b', 'c'], 2, async (task) => {
		if (task === 'slow') await slow;
		done.push(task);
		if (task === 'c') otherLaneDone();
	});
	await others;
	expect(done).toEqual(['a', 'b', 'c']);

	finishSlow();
	await all;
	expect(done).toEqual(['a', 'b', 'c', 'slow']);
});

it('has nothing to do without tasks', async () => {
	await expect(
		forEachConcurrent([], 5, () => Promise.reject(new Error('no task'))),
	).resolves.toBeUndefined();
});

it('tasks start in their order', async () => {
	const started: number[] = [];
	await forEachConcurrent([...Array(200).keys()], 20, async (task) => {
		started.push(task);
		await new Promise((resolve) => setTimeout(resolve, task % 3));
	});

	expect(started).toEqual([...Array(200).keys()]);
});
