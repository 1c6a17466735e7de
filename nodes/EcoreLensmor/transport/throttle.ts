import { sleep } from 'n8n-workflow';

// In this file, a request is "turned away" if its answer is HTTP 429 with a wait that the node accepts, and
// "served" if its answer has any other status. Two numbers limit the requests of a run: the window is how many
// may be under way at once, and the interval is the least time between two starts. The interval is 0 until the
// vendor turns a request away.

// Waits are cut into slices of this length, so that the Stop button ends them at once.
const SLICE_MS = 100;
// Each wait is longer by a random part of it, up to this one, so that requests with the same wait do not all
// start together after it.
const MAX_JITTER = 0.25;
// A run begins with a tenth of its requests under way, and each served request permits one more (TCP's "slow
// start"). So a vendor with a rate limit turns few requests away at the beginning, however slow its answers are.
const FIRST_WINDOW_SHARE = 0.1;
const MIN_WINDOW = 2;
// When a request is turned away, the window is divided by this. Then it grows by about one per window of answers.
const WINDOW_DIVISOR = 4;
// How often a request checks whether the window has room.
const CHECK_WINDOW_MS = 2;
// Sending one request keeps n8n's process busy for half a millisecond, so other work goes on after this many.
const MAX_STARTS_PER_TURN = 20;
// A timer ends about a millisecond late. A start may make up for this much delay, and this many requests may start
// in one turn of the event loop.
const MAX_CATCH_UP_MS = 2;
const MAX_PACED_STARTS_PER_TURN = 2;
// The interval is longer by this factor than the one that the vendor seems to allow.
const INTERVAL_MARGIN = 1.2;
// The part by which a served request shortens the interval. It begins small and grows with each served request
// of a period. An interval from one period is only an estimate: it shortens fast, once there were enough
// served requests for each one that was turned away.
const SHORTEN_ESTIMATE = 0.15;
const SHORTEN = 0.005;
const SHORTEN_MORE_PER_SERVED = 0.001;
const MAX_SHORTEN = 0.5;
const SERVED_PER_TURNED_AWAY = 3;
const ENOUGH_SERVED = 12;

/** A request that may start, and when it started, in milliseconds of `performance.now()`. */
export interface Ticket {
	readonly startedAt: number;
}

/** The time between two moments at which the vendor turned requests away. */
interface Period {
	/** When its first request started. */
	start: number | undefined;
	/** How many of the requests that started in it were served. */
	served: number;
}

/** A period that has ended because a request was turned away. */
interface EndedPeriod extends Period {
	endedAt: number;
	/** How long the vendor wanted no requests after it. */
	waitMs: number;
	/** The interval in this period, which was too short; absent if there was no interval yet. */
	intervalMs?: number;
}

/**
 * Decides when the next request may start. All requests of a run share it: if the vendor tells one of them
 * to wait, all wait, and then they continue at a pace that the vendor allows.
 */
export class Throttle {
	private heldUntil = 0;
	/** The least time between the starts of two requests, in milliseconds. */
	private intervalMs = 0;
	/** How many requests are under way. */
	private underWay = 0;
	/** How many requests may be under way. */
	private window = MIN_WINDOW;
	private nextStart = 0;
	private queue: Promise<unknown> = Promise.resolve();
	private period: Period = { start: undefined, served: 0 };
	private lastPeriod: EndedPeriod | undefined;
	private startsInTurn = 0;
	private lastStart = 0;
	/** From how many periods the interval was calculated. */
	private intervalFrom: 'noPeriod' | 'onePeriod' | 'severalPeriods' = 'noPeriod';
	private periodsInARow = 0;
	private servedInAll = 0;
	private turnedAwayInAll = 0;

	/** How many periods in a row ended with HTTP 429 since the vendor last served a request. */
	get turnedAwayInARow(): number {
		return this.periodsInARow;
	}

	/** Begins a run with this number of requests. A pace that was found before stays. */
	begin(requests: number): void {
		if (this.intervalFrom !== 'noPeriod') return;
		this.window = Math.max(this.window, requests * FIRST_WINDOW_SHARE);
	}

	/** Sets `turnedAwayInARow` to 0. */
	forgetRefusals(): void {
		this.periodsInARow = 0;
	}

	/** Lets no request of the run start for that many milliseconds, and up to a quarter more. */
	hold(ms: number): void {
		this.heldUntil = Math.max(this.heldUntil, performance.now() + withJitter(ms));
	}

	/**
	 * Resolves when a request may start, in the order of the calls. From then on it is under way, until
	 * `ended`. Resolves at once, with nothing, if `isOver` returns true.
	 */
	async ready(isOver: () => boolean): Promise<Ticket | undefined> {
		const turn = this.queue.then(async () => await this.nextTurn(isOver));
		this.queue = turn;
		return await turn;
	}

	/** Notes that a request is no longer under way, whatever its result. */
	ended(): void {
		this.underWay -= 1;
	}

	/** Notes that the vendor answered a request with another status than 429. */
	served({ startedAt }: Ticket): void {
		this.servedInAll += 1;
		this.window += this.intervalFrom === 'noPeriod' ? 1 : 1 / this.window;
		const { lastPeriod } = this;
		if (lastPeriod !== undefined && startedAt <= lastPeriod.endedAt) {
			// Its request started in the period before, which therefore served one more.
			lastPeriod.served += 1;
			this.periodsInARow = Math.min(this.periodsInARow, 1);
			this.slowDownAfter(lastPeriod);
			return;
		}
		this.periodsInARow = 0;
		this.period.served += 1;
		const intervalMs = this.intervalMs * (1 - this.shareToShorten());
		this.nextStart = Math.min(this.nextStart, this.lastStart + intervalMs);
		this.intervalMs = intervalMs;
	}

	/** Notes that the vendor answered a request with HTTP 429, and wants no requests for that many milliseconds. */
	turnedAway({ startedAt }: Ticket, waitMs: number): void {
		this.turnedAwayInAll += 1;
		// This request started before an earlier refusal came in, and belongs to the period that it ended.
		if (this.lastPeriod !== undefined && startedAt <= this.lastPeriod.endedAt) return;
		const endedAt = performance.now();
		this.periodsInARow += 1;
		this.window = Math.max(MIN_WINDOW, this.window / WINDOW_DIVISOR);
		const { intervalMs, intervalFrom } = this;
		this.lastPeriod = {
			...this.period,
			endedAt,
			waitMs,
			...(intervalFrom === 'noPeriod' ? {} : { intervalMs }),
		};
		this.period = { start: undefined, served: 0 };
		this.slowDownAfter(this.lastPeriod);
		this.nextStart = endedAt + waitMs;
	}

	/** Waits that many milliseconds and up to a quarter more; ends early if `isOver` returns true. */
	async pause(ms: number, isOver: () => boolean): Promise<void> {
		for (let left = withJitter(ms); left > 0; left -= SLICE_MS) {
			if (isOver()) return;
			await sleep(Math.min(left, SLICE_MS));
		}
	}

	private async nextTurn(isOver: () => boolean): Promise<Ticket | undefined> {
		for (;;) {
			const now = performance.now();
			if (isOver()) return undefined;
			const left = Math.max(this.heldUntil, this.nextStart) - now;
			const mostInTurn = this.intervalMs === 0 ? MAX_STARTS_PER_TURN : MAX_PACED_STARTS_PER_TURN;
			const hasRoom = this.underWay + 1 <= this.window;
			if (left <= 0 && hasRoom && this.startsInTurn < mostInTurn) {
				this.underWay += 1;
				this.startsInTurn += 1;
				this.lastStart = Math.max(this.nextStart, now - MAX_CATCH_UP_MS);
				this.nextStart = this.lastStart + this.intervalMs;
				this.period.start ??= now;
				return { startedAt: now };
			}
			// At least one turn of the event loop, in which answers can come in.
			await sleep(Math.min(Math.max(left, hasRoom ? 0 : CHECK_WINDOW_MS), SLICE_MS));
			this.startsInTurn = 0;
		}
	}

	/** The part of the interval, from 0 to 1, by which a served request shortens it. */
	private shareToShorten(): number {
		if (this.intervalFrom === 'noPeriod') return 1;
		const servedFirst = Math.min(ENOUGH_SERVED, SERVED_PER_TURNED_AWAY * this.turnedAwayInAll);
		const hasServedEnough = this.servedInAll >= servedFirst;
		if (this.intervalFrom === 'onePeriod' && hasServedEnough) return SHORTEN_ESTIMATE;
		return Math.min(MAX_SHORTEN, SHORTEN + SHORTEN_MORE_PER_SERVED * this.period.served);
	}

	/**
	 * Sets the interval to one that the vendor seems to allow: at least about one request in each wait that it
	 * asks for.
	 */
	private slowDownAfter({ start = 0, served, endedAt, waitMs, intervalMs }: EndedPeriod): void {
		// The time per served request, with the vendor's wait. It may be too long, because the wait is in whole
		// seconds. The interval of the period was too short, perhaps by much, because after a pause many vendors
		// serve a burst of requests. So the geometric mean of both is taken, if both are known.
		const perServedMs = Math.min((endedAt + waitMs - start) / served, waitMs);
		if (served === 0) this.intervalFrom = 'noPeriod';
		else this.intervalFrom = intervalMs === undefined ? 'onePeriod' : 'severalPeriods';
		const allowedMs =
			this.intervalFrom === 'severalPeriods'
				? Math.sqrt(perServedMs * (intervalMs ?? perServedMs))
				: perServedMs;
		this.intervalMs = INTERVAL_MARGIN * allowedMs;
	}
}

function withJitter(ms: number): number {
	return ms * (1 + Math.random() * MAX_JITTER);
}
