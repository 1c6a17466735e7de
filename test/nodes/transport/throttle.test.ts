import { Throttle, type Ticket } from '../../../nodes/EcoreLensmor/transport/throttle';
import { inTime } from '../fakeClock';

// By which part of a quarter a wait is longer than asked for.
let random = 0;
let origin = 0;

beforeEach(() => {
	jest.useFakeTimers();
	// As Node's timers: in whole milliseconds, and at least one.
	const { setTimeout: timer } = globalThis;
	jest
		.spyOn(globalThis, 'setTimeout')
		.mockImplementation((work, ms = 0) => timer(work, Math.max(1, Math.ceil(ms))));
	random = 0;
	jest.spyOn(Math, 'random').mockImplementation(() => random);
	jest.advanceTimersByTime(1000);
	origin = performance.now();
});
afterEach(() => {
	jest.restoreAllMocks();
	jest.useRealTimers();
});

const never = () => false;
const pass = async (ms: number) => await jest.advanceTimersByTimeAsync(ms);
const upTo = (count: number) => [...Array(count).keys()];

/** A throttle, and when it let requests through, in milliseconds after the beginning of the test. */
function watched() {
	const throttle = new Throttle();
	const startedAt: number[] = [];
	const tickets: Ticket[] = [];
	/** Starts that many, which end at once, unless they are to stay under way. */
	const ask = async (count: number, isOver = never, staysUnderWay = false) => {
		const asked = upTo(count).map(async () => {
			const ticket = await throttle.ready(isOver);
			if (!staysUnderWay && ticket !== undefined) throttle.ended();
			if (ticket !== undefined) tickets.push(ticket);
			startedAt.push(performance.now() - origin);
		});
		await Promise.all(asked);
	};
	const ticketOf = (one: number): Ticket => tickets[one] ?? { startedAt: Number.NaN };
	const begin = async (count: number) => await ask(count, never, true);
	const serve = (...which: number[]) => {
		for (const one of which) throttle.served(ticketOf(one));
	};
	const turnAway = (which: number, waitMs = 1000) => throttle.turnedAway(ticketOf(which), waitMs);
	/** When the next ones start. */
	const next = async (count: number) => {
		const before = startedAt.length;
		await inTime(ask(count));
		return startedAt.slice(before);
	};
	return { throttle, startedAt, tickets, ask, begin, serve, turnAway, next };
}

/** After a round of 10 requests, of which the first few were served, and the last is turned away at 100 ms. */
async function afterARound(served: number, waitMs = 1000) {
	const all = watched();
	const asking = all.ask(10);
	await pass(100);
	await asking;
	all.serve(...upTo(served));
	all.turnAway(9, waitMs);
	return all;
}

/** After another round, of 4 requests, of which 3 were served, and the last is turned away at 2100 ms. */
async function afterTwoRounds() {
	const all = await afterARound(4);
	const asking = all.ask(4);
	await pass(2000);
	await asking;
	all.serve(10, 11, 12);
	all.turnAway(13);
	return all;
}

describe('a run begins gently', () => {
	it('with two requests, until one is answered', async () => {
		const { begin, startedAt } = watched();
		void begin(7);
		await pass(10_000);
		expect(startedAt).toEqual([0, 0]);
	});

	it.each([
		[20, 2],
		[100, 10],
		[105, 10],
		[110, 11],
	])('with a tenth of its requests where these are many: of %i, %i', async (requests, atOnce) => {
		const { throttle, begin, startedAt } = watched();
		throttle.begin(requests);
		void begin(requests);
		await pass(10_000);
		expect(startedAt).toHaveLength(atOnce);
	});

	it('also where a smaller run begins at the same time', async () => {
		const { throttle, begin, startedAt } = watched();
		throttle.begin(100);
		throttle.begin(1);
		void begin(20);
		await pass(10_000);
		expect(startedAt).toHaveLength(10);
	});

	it('a ticket tells when its request started', async () => {
		const { tickets, ask } = watched();
		await ask(1);
		await pass(20);
		await ask(1);
		expect(tickets.map(({ startedAt }) => startedAt - origin)).toEqual([0, 20]);
	});

	it.each([
		[1, 3],
		[2, 4],
		[10, 12],
	])('each one served permits one more: after %i of them %i at once', async (answers, atOnce) => {
		const { ask, begin, serve, startedAt } = watched();
		await ask(2);
		serve(...Array<number>(answers).fill(0));
		void begin(40);
		await pass(10_000);
		expect(startedAt).toHaveLength(2 + atOnce);
	});

	it('what ended without being served makes room for one', async () => {
		const { throttle, begin, startedAt } = watched();
		void begin(7);
		await pass(1);
		throttle.ended();
		await pass(10_000);
		expect(startedAt).toEqual([0, 0, 2]);
	});

	it('at most 20 start in a turn of the event loop', async () => {
		const { ask, serve, next } = watched();
		await ask(2);
		serve(...Array<number>(100).fill(0));
		expect(await next(45)).toEqual([
			...Array<number>(18).fill(0),
			...Array<number>(20).fill(1),
			...Array<number>(7).fill(2),
		]);
	});
});

/** What may be under way at once, after 26 were served and then one was turned away, and further ones were served. */
it.each([
	[0, 7],
	[7, 7],
	[8, 8],
])(
	'once one is turned away, fewer are under way at once: with %i served since, %i',
	async (served, most) => {
		const { ask, begin, serve, turnAway, startedAt } = watched();
		await ask(2);
		serve(...Array<number>(26).fill(0));
		turnAway(1, 10);
		await inTime(ask(1));
		void begin(20);
		serve(...Array<number>(served).fill(2));
		await pass(60_000);
		expect(startedAt).toHaveLength(3 + most);
	},
);

describe('after a round of requests that ended with one turned away', () => {
	it.each([
		// Nobody was served: one request for each wait.
		[0, 1000, [1100, 2300, 3500]],
		[1, 1000, [1100, 2300, 3500]],
		[2, 1000, [1100, 1760, 2420]],
		[4, 1000, [1100, 1430, 1760]],
		[9, 1000, [1100, 1247, 1394]],
		[1, 2000, [2100, 4500, 6900]],
		[5, 5000, [5100, 6324, 7548]],
	])('in which %i were served, and the wait was %i ms', async (served, waitMs, startedAt) => {
		const { next } = await afterARound(served, waitMs);
		expect(await next(3)).toEqual(startedAt);
	});

	it('a larger run that begins later has no larger window: the pace stays', async () => {
		const all = await afterARound(4);
		all.throttle.begin(1000);
		void all.begin(20);
		await pass(60_000);
		// None of them is answered, so no more than the window starts.
		expect(all.startedAt.length - 10).toBeLessThanOrEqual(4);
	});

	it('a burst that is turned away is one round', async () => {
		const { throttle, turnAway, next } = await afterARound(4);
		await pass(50);
		for (const one of upTo(10)) turnAway(one, 30_000);
		expect(throttle.turnedAwayInARow).toBe(1);
		expect(await next(2)).toEqual([1100, 1430]);
	});

	it('what was answered late counts for the round in which it started', async () => {
		const { serve, next } = await afterARound(2);
		serve(5);
		expect(await next(3)).toEqual([1100, 1540, 1980]);
	});

	it('also where nobody seemed to be served', async () => {
		const { serve, next } = await afterARound(0);
		serve(5, 6, 7, 8);
		expect(await next(3)).toEqual([1100, 1430, 1760]);
	});

	it.each([
		['when the round ended counts for that round', 100, 1, [1760, 2200]],
		['later counts for the next one', 101, 0, [1661, 2222]],
	])('an answer to what started %s', async (_what, startedAt, turnedAwayInARow, expected) => {
		const { throttle, ask, next } = await afterARound(2);
		const first = ask(1);
		await pass(1000);
		await first;
		throttle.served({ startedAt: origin + startedAt });
		expect(throttle.turnedAwayInARow).toBe(turnedAwayInARow);
		expect(await next(2)).toEqual(expected);
	});

	it.each([
		[100, 1],
		[101, 2],
	])('a request that started at %i ms is turned away in round %i', async (startedAt, round) => {
		const { throttle } = await afterARound(2);
		throttle.turnedAway({ startedAt: origin + startedAt }, 1000);
		expect(throttle.turnedAwayInARow).toBe(round);
	});

	it.each([
		[1, [1100, 1661, 2222]],
		[2, [1100, 1577, 2054]],
		[3, [1100, 1506, 1911]],
	])('it becomes faster while its pace is a guess: after %i answers', async (answers, expected) => {
		const { ask, serve, startedAt, next } = await afterARound(2);
		const first = ask(1);
		await pass(1000);
		await first;
		serve(...Array<number>(answers).fill(10));
		await next(2);
		expect(startedAt.slice(10)).toEqual(expected);
	});

	it('with nobody served, an answer ends the caution', async () => {
		const { ask, serve, startedAt, next } = await afterARound(0);
		const first = ask(1);
		await pass(1000);
		await first;
		serve(10);
		await pass(100);
		await next(5);
		expect(startedAt.slice(10)).toEqual([1100, 1200, 1200, 1200, 1200, 1200]);
	});
});

describe('after a second round', () => {
	it('the pace lies between what was too fast and what the vendor kept up', async () => {
		const { startedAt, next } = await afterTwoRounds();
		await next(3);
		expect(startedAt.slice(10)).toEqual([1100, 1430, 1760, 2090, 3100, 3542, 3983]);
	});

	it.each([
		[1, [3100, 3539, 3977, 4416]],
		[2, [3100, 3536, 3971, 4407]],
		[10, [3100, 3497, 3894, 4291]],
		[300, [3100, 3100, 3101, 3101]],
	])('each answer makes it a little faster: after %i', async (answers, expected) => {
		const { ask, serve, startedAt, next } = await afterTwoRounds();
		const first = ask(1);
		await pass(1000);
		await first;
		serve(...Array<number>(answers).fill(14));
		await next(3);
		expect(startedAt.slice(14)).toEqual(expected);
	});

	it('in which nobody is served, it is one request for each wait again', async () => {
		const { ask, turnAway, startedAt, next } = await afterTwoRounds();
		const first = ask(1);
		await pass(1000);
		await first;
		turnAway(14, 2000);
		await next(3);
		expect(startedAt.slice(14)).toEqual([3100, 5100, 7500, 9900]);
	});
});

describe('rounds in a row that ended with one turned away', () => {
	/** Ends as many further rounds, with nobody served. */
	async function endRounds({ ask, turnAway, tickets }: ReturnType<typeof watched>, count: number) {
		for (let round = 0; round < count; round += 1) {
			await inTime(ask(1));
			turnAway(tickets.length - 1);
		}
	}

	it('are counted while nobody is served', async () => {
		const all = watched();
		const counts = [all.throttle.turnedAwayInARow];
		for (let round = 0; round < 3; round += 1) {
			await endRounds(all, 1);
			counts.push(all.throttle.turnedAwayInARow);
		}
		expect(counts).toEqual([0, 1, 2, 3]);
	});

	it('are none once somebody is served', async () => {
		const all = watched();
		await endRounds(all, 3);
		await inTime(all.ask(1));
		all.serve(3);
		expect(all.throttle.turnedAwayInARow).toBe(0);
	});

	it('are no more than the last one once an answer to it comes late', async () => {
		const all = watched();
		await endRounds(all, 3);
		all.serve(2);
		expect(all.throttle.turnedAwayInARow).toBe(1);
	});

	it('a late answer is no reason to count one where none is counted', async () => {
		const all = watched();
		await endRounds(all, 1);
		all.throttle.forgetRefusals();
		all.serve(0);
		expect(all.throttle.turnedAwayInARow).toBe(0);
	});

	it('are forgotten by the next run, which keeps the pace', async () => {
		const { throttle, next } = await afterARound(4);
		throttle.forgetRefusals();
		expect(throttle.turnedAwayInARow).toBe(0);
		expect(await next(3)).toEqual([1100, 1430, 1760]);
	});
});

describe('a hold', () => {
	it.each([
		[0, 1000],
		[0.5, 1125],
		[1, 1250],
	])('holds back every request, up to a quarter longer: with %f of it', async (part, ms) => {
		random = part;
		const { throttle, next } = watched();
		throttle.hold(1000);
		expect(await next(2)).toEqual([ms, ms]);
	});

	it('that is the longest counts, also one that comes while others wait', async () => {
		const { throttle, ask, startedAt } = watched();
		throttle.hold(1000);
		const waiting = ask(1);
		await pass(500);
		throttle.hold(2000);
		throttle.hold(10);
		await inTime(waiting);
		expect(startedAt).toEqual([2500]);
	});

	it('that nobody waits for leaves no timer', async () => {
		const { throttle } = watched();
		throttle.hold(60_000);
		throttle.hold(30_000);
		await pass(0);
		expect(jest.getTimerCount()).toBe(0);
	});
});

describe('requests', () => {
	it('go in the order of asking, whatever they wait for', async () => {
		const { throttle } = watched();
		const order: number[] = [];
		throttle.hold(50);
		await inTime(
			Promise.all(
				upTo(9).map(async (one) => {
					await throttle.ready(never);
					throttle.ended();
					order.push(one);
				}),
			),
		);
		expect(order).toEqual(upTo(9));
	});

	it('that are not to be sent any more go at once, and take nobody’s turn', async () => {
		const { throttle, tickets, ask, next } = watched();
		throttle.hold(50);
		await ask(20, () => true);
		expect(tickets).toEqual([]);
		expect(performance.now()).toBe(origin);
		expect(jest.getTimerCount()).toBe(0);
		expect(await next(4)).toEqual([50, 50, 50, 50]);
	});

	it('end their wait within a tenth of a second once they are not to be sent any more', async () => {
		let isOver = false;
		const { throttle, startedAt, tickets, ask } = watched();
		throttle.hold(60_000);
		const asking = ask(3, () => isOver);
		await pass(150);
		isOver = true;
		await pass(49);
		expect(startedAt).toEqual([]);
		await pass(1);
		await asking;

		expect(startedAt).toEqual([200, 200, 200]);
		expect(tickets).toEqual([]);
		expect(jest.getTimerCount()).toBe(0);
	});
});

describe('a pause', () => {
	it.each([
		[0, 1000],
		[0.5, 1125],
		[1, 1250],
	])(
		'takes up to a quarter longer, so that not all end at once: with %f of it',
		async (part, ms) => {
			random = part;
			const pausing = watched()
				.throttle.pause(1000, never)
				.then(() => performance.now() - origin);
			expect(await inTime(pausing)).toBe(ms);
		},
	);

	it('holds back nobody else', async () => {
		const { throttle, next } = watched();
		const pausing = throttle.pause(1000, never);
		expect(await next(2)).toEqual([0, 0]);
		await inTime(pausing);
	});

	it('ends within a tenth of a second when the execution is cancelled', async () => {
		let cancelled = false;
		const pausing = watched()
			.throttle.pause(60_000, () => cancelled)
			.then(() => performance.now() - origin);
		await pass(150);
		cancelled = true;
		await pass(50);
		expect(await pausing).toBe(200);
		expect(jest.getTimerCount()).toBe(0);
	});

	it('of a cancelled execution is none', async () => {
		await watched().throttle.pause(1000, () => true);
		expect(jest.getTimerCount()).toBe(0);
	});
});

describe('with a vendor that takes so many a second, and turns the rest away', () => {
	const LATENCY_MS = 50;

	/** All requests of a run, from 20 lanes: how many were turned away, and how long it took in milliseconds. */
	async function spendAt(perSecond: number, burst: number, requests: number) {
		const throttle = new Throttle();
		let tokens = burst;
		let filledAt = performance.now();
		const waitMs = () => {
			const now = performance.now();
			tokens = Math.min(burst, tokens + ((now - filledAt) / 1000) * perSecond);
			filledAt = now;
			if (tokens < 1) return Math.ceil((1 - tokens) / perSecond) * 1000;
			tokens -= 1;
			return 0;
		};
		let left = requests;
		let turnedAway = 0;
		let mostInARow = 0;
		const lane = async () => {
			while (left > 0) {
				left -= 1;
				for (;;) {
					const ticket = await throttle.ready(never);
					if (ticket === undefined) throw new Error('nobody stopped it');
					await new Promise((resolve) => setTimeout(resolve, LATENCY_MS));
					throttle.ended();
					const ms = waitMs();
					if (ms === 0) {
						throttle.served(ticket);
						break;
					}
					turnedAway += 1;
					throttle.turnedAway(ticket, ms);
					mostInARow = Math.max(mostInARow, throttle.turnedAwayInARow);
					throttle.hold(ms);
				}
			}
		};
		const all = Promise.all(upTo(20).map(lane)).then(() => performance.now() - origin);
		let ms: number | undefined;
		void all.then((one) => (ms = one));
		while (ms === undefined) await pass(1000);
		return { turnedAway, mostInARow, ms };
	}

	it.each([
		[5, 5, 100, 22_000],
		[20, 20, 400, 22_000],
		[100, 100, 2000, 23_000],
		// Its waits are in whole seconds, so a run that is told to wait loses what a small burst cannot make up for.
		[5, 1, 100, 45_000],
		[20, 1, 400, 64_000],
		[100, 10, 2000, 66_000],
	])('%i, and %i at once: %i are served', async (perSecond, burst, requests, mostMs) => {
		random = 0.5;
		const { turnedAway, mostInARow, ms } = await spendAt(perSecond, burst, requests);
		expect(ms).toBeGreaterThanOrEqual(((requests - burst) / perSecond) * 1000);
		expect(ms).toBeLessThanOrEqual(mostMs);
		expect(turnedAway).toBeLessThanOrEqual(requests / 3);
		expect(mostInARow).toBe(1);
	});
});
