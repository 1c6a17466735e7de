import { mapInSlices, TimeSlices } from '../../nodes/EcoreLensmor/timeSlices';

// How long this code has kept n8n's process busy, in milliseconds.
let busyMs = 0;

beforeEach(() => {
	jest.useFakeTimers();
	// As Node's timers: at least a millisecond.
	const { setTimeout: timer } = globalThis;
	jest
		.spyOn(globalThis, 'setTimeout')
		.mockImplementation((work, ms = 0) => timer(work, Math.max(1, ms)));
	busyMs = 0;
	const clock = performance.now.bind(performance);
	jest.spyOn(performance, 'now').mockImplementation(() => clock() + busyMs);
});
afterEach(() => {
	jest.restoreAllMocks();
	jest.useRealTimers();
});

const upTo = (count: number) => [...Array(count).keys()];

/** Lets the clock run until something ends, and answers it. */
async function ended<Result>(work: Promise<Result>): Promise<Result> {
	let isOver = false;
	void work.finally(() => (isOver = true)).catch(() => {});
	for (let turn = 0; turn < 100 && !isOver; turn += 1) await jest.advanceTimersByTimeAsync(1);
	return await work;
}

/** Where n8n's other work came in between, as it does in every turn of the event loop. */
function watchOthers(note: () => void) {
	const timer = setInterval(note, 1);
	return () => clearInterval(timer);
}

describe('mapping in slices', () => {
	it.each([
		['a list', ['a', 'b', 'c']],
		['a set', new Set(['a', 'b', 'c'])],
	])('keeps the order of %s and tells each item’s number', async (_what, items) => {
		const results = await ended(mapInSlices(items, (item, index) => `${item}${index}`));
		expect(results).toEqual(['a0', 'b1', 'c2']);
	});

	it('of nothing is nothing', async () => {
		expect(await ended(mapInSlices([], () => 1))).toEqual([]);
	});

	it.each([
		[0, 9, []],
		[1, 30, [15, 30]],
		[4, 9, [4, 8]],
		[5, 9, [3, 6, 9]],
		[14.9, 5, [2, 4]],
		[15, 3, [1, 2, 3]],
	])('with items of %f ms n8n goes on in between: of %i after those %j', async (...one) => {
		const [ms, count, pauses] = one;
		let done = 0;
		const seen: number[] = [];
		const stop = watchOthers(() => seen.push(done));
		const work = mapInSlices(upTo(count), () => {
			busyMs += ms;
			done += 1;
		});
		await ended(work);
		stop();

		expect([...new Set(seen)].filter((at) => at < count)).toEqual(
			pauses.filter((at) => at < count),
		);
		expect(done).toBe(count);
	});

	it('without a pause leaves no timer', async () => {
		await mapInSlices(upTo(99), () => 1);
		expect(jest.getTimerCount()).toBe(0);
	});

	it('throws what an item throws, and goes no further', async () => {
		const seen: number[] = [];
		const work = mapInSlices(upTo(3), (item) => {
			seen.push(item);
			if (item === 1) throw new Error('No');
		});
		await expect(ended(work)).rejects.toThrow('No');
		expect(seen).toEqual([0, 1]);
	});
});

describe('slices of work that may wait for a vendor', () => {
	/** Works through items of so many milliseconds, and says after which of them others came in. */
	async function interruptions(ms: number, count: number, wait?: () => Promise<void>) {
		const slices = new TimeSlices();
		const seen: number[] = [];
		let done = 0;
		const stop = watchOthers(() => seen.push(done));
		const work = (async () => {
			for (let item = 0; item < count; item += 1) {
				while (slices.isUsedUp()) await slices.turn();
				busyMs += ms;
				done += 1;
				await wait?.();
			}
		})();
		await ended(work);
		stop();
		return [...new Set(seen)].filter((at) => at < count);
	}

	it.each([
		[0, 9, []],
		[5, 12, [3, 6, 9]],
		[4, 12, [4, 8]],
		[15, 4, [1, 2, 3]],
	])('with items of %f ms n8n goes on in between: of %i after those %j', async (...one) => {
		const [ms, count, pauses] = one;
		expect(await interruptions(ms, count)).toEqual(pauses);
	});

	it('what waits by itself has used up nothing', async () => {
		const wait = async () => await new Promise<void>((resolve) => setTimeout(resolve, 3));
		const slices = new TimeSlices();
		let done = 0;
		const work = (async () => {
			for (let item = 0; item < 3; item += 1) {
				const before = performance.now();
				while (slices.isUsedUp()) await slices.turn();
				expect(performance.now()).toBe(before);
				busyMs += 100;
				await wait();
				done += 1;
			}
		})();
		await ended(work);
		expect(done).toBe(3);
	});

	it('leave no timer behind', async () => {
		const slices = new TimeSlices();
		while (slices.isUsedUp()) await slices.turn();
		while (slices.isUsedUp()) await slices.turn();
		await jest.advanceTimersByTimeAsync(1);
		expect(jest.getTimerCount()).toBe(0);
	});
});

it('in real time, many lanes that wait for a turn do not all go on in the same one', async () => {
	jest.restoreAllMocks();
	jest.useRealTimers();
	const slices = new TimeSlices();
	let done = 0;
	let before = 0;
	let mostInATurn = 0;
	const watch = setInterval(() => {
		mostInATurn = Math.max(mostInATurn, done - before);
		before = done;
	}, 0);
	const lanes = upTo(30).map(async () => {
		for (let item = 0; item < 3; item += 1) {
			while (slices.isUsedUp()) await slices.turn();
			const until = performance.now() + 3;
			while (performance.now() < until);
			done += 1;
		}
	});
	await Promise.all(lanes);
	clearInterval(watch);

	// A slice has room for five of them; timers may be late by one turn.
	expect(mostInATurn).toBeLessThanOrEqual(12);
});
