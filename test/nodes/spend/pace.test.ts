import { Pace } from '../../../nodes/EcoreLensmor/spend/pace';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

async function until(pace: Promise<void>) {
	let done = false;
	void pace.then(() => (done = true));
	let waited = 0;
	await jest.advanceTimersByTimeAsync(0);
	while (!done && waited < 100_000) {
		await jest.advanceTimersByTimeAsync(10);
		waited += 10;
	}
	return waited;
}

it('is ready at once while nothing holds it', async () => {
	expect(await until(new Pace(() => false).ready())).toBe(0);
});

it('one hold holds back every request, for at least as long and at most a quarter longer', async () => {
	const pace = new Pace(() => false);
	pace.hold(1000);
	const waits = Promise.all([pace.ready(), pace.ready()]).then(() => undefined);
	const waited = await until(waits);
	expect(waited).toBeGreaterThanOrEqual(1000);
	expect(waited).toBeLessThanOrEqual(1270);
});

it('the longest of several holds counts, also one that comes while others wait', async () => {
	const pace = new Pace(() => false);
	pace.hold(1000);
	const ready = pace.ready();
	await jest.advanceTimersByTimeAsync(500);
	pace.hold(2000);
	pace.hold(10);
	expect(await until(ready)).toBeGreaterThanOrEqual(1990);
});

it('a hold that nobody waits for leaves no timer', async () => {
	const pace = new Pace(() => false);
	pace.hold(60_000);
	pace.hold(30_000);
	await jest.advanceTimersByTimeAsync(0);
	expect(jest.getTimerCount()).toBe(0);
});

it('waits of several requests do not end at the same moment', async () => {
	const pace = new Pace(() => false);
	const waits = [];
	for (let index = 0; index < 20; index += 1) waits.push(await until(pace.pause(1000)));
	expect(new Set(waits).size).toBeGreaterThan(3);
	expect(Math.min(...waits)).toBeGreaterThanOrEqual(1000);
	expect(Math.max(...waits)).toBeLessThanOrEqual(1270);
});

it('a wait ends at once when the execution is cancelled, and leaves no timer', async () => {
	let cancelled = false;
	const pace = new Pace(() => cancelled);
	const waiting = pace.pause(60_000);
	await jest.advanceTimersByTimeAsync(1000);
	cancelled = true;
	expect(await until(waiting)).toBeLessThanOrEqual(110);
	expect(jest.getTimerCount()).toBe(0);
});
