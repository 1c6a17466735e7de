import { inLanes } from '../../../nodes/EcoreLensmor/transport/forEachConcurrent';

it('works through every task, with no more under way at once than there are lanes', async () => {
	const done: number[] = [];
	let underWay = 0;
	let most = 0;
	await inLanes([...Array(25).keys()], 4, async (task) => {
		underWay += 1;
		most = Math.max(most, underWay);
		await new Promise((resolve) => setTimeout(resolve, task % 3));
		underWay -= 1;
		done.push(task);
	});

	expect(most).toBe(4);
	expect(done.sort((a, b) => a - b)).toEqual([...Array(25).keys()]);
});

it('a free lane goes on while a neighbour is slow', async () => {
	const done: string[] = [];
	let finishSlow = () => {};
	const slow = new Promise<void>((resolve) => (finishSlow = resolve));
	let otherLaneDone = () => {};
	const others = new Promise<void>((resolve) => (otherLaneDone = resolve));
	const all = inLanes(['slow', 'a', 'b', 'c'], 2, async (task) => {
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
	await expect(inLanes([], 5, () => Promise.reject(new Error('no task')))).resolves.toBeUndefined();
});

it('tasks start in their order, also where lanes wait to start apart', async () => {
	const started: number[] = [];
	await inLanes([...Array(200).keys()], 20, async (task) => {
		started.push(task);
		await new Promise((resolve) => setTimeout(resolve, task % 3));
	});

	expect(started).toEqual([...Array(200).keys()]);
});

describe('on a clock of its own', () => {
	beforeEach(() => {
		jest.useFakeTimers();
		jest.advanceTimersByTime(1000);
	});
	afterEach(() => jest.useRealTimers());

	it.each([
		[100, 2],
		[10, 1],
		[1, 0],
	])('after tasks of %i ms the next ones start %i ms apart', async (takesMs, apartMs) => {
		const startedAt: number[] = [];
		const all = inLanes([...Array(10).keys()], 5, async () => {
			startedAt.push(performance.now());
			await new Promise((resolve) => setTimeout(resolve, takesMs));
		});
		await jest.advanceTimersByTimeAsync(1000);
		await all;

		const [first = 0, ...others] = startedAt.slice(5);
		expect(others.map((at) => at - first)).toEqual([1, 2, 3, 4].map((task) => task * apartMs));
	});
});
