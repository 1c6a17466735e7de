import { sleep } from 'n8n-workflow';

// Short enough that the Stop button is felt at once.
const SLICE_MS = 100;
// Spreads requests that were told the same time to come back.
const MAX_JITTER = 0.25;
// A run begins with a tenth of its requests under way, and each one that the vendor serves permits one more (the
// "slow start" of TCP): a vendor that limits turns away few then, however long its answers take.
const FIRST_PART = 0.1;
const MIN_WINDOW = 2;
// Once it has turned one away, they become fewer at once, and more again by one in a round trip.
const FEWER = 4;
// How often a request looks whether there is room for it.
const LOOK_AGAIN_MS = 2;
// To send one keeps n8n's process busy for half a millisecond: others have their turn in between.
const MAX_STARTS_IN_A_TURN = 20;
// A timer is a millisecond or so late: what it lost is made up for, with so many in a turn of the event loop.
const MAKE_UP_MS = 2;
const MAX_MADE_UP_IN_A_TURN = 2;
// By how much the interval is longer than the one that the vendor is taken to keep up.
const MARGIN = 1.2;
// By which part an answer shortens the interval: little at first, and more with every answer of a round.
// Much while the interval is a first guess, as soon as there are some answers for each refusal.
const SPEED_UP_FROM_GUESS = 0.15;
const SPEED_UP = 0.005;
const MORE_SPEED_UP = 0.001;
const ANSWERS_PER_REFUSAL = 3;
const MANY_ANSWERS = 12;

/** A request that was let through, and when, in milliseconds of `performance.now()`. */
export interface Ticket {
	readonly startedAt: number;
}

/** The time between two moments at which requests are turned away. */
interface Round {
	/** When its first request started. */
	start: number | undefined;
	/** How many requests were answered that started in it. */
	served: number;
}

/** A round that ended. */
interface LastRound extends Round {
	endedAt: number;
	/** How long the vendor wanted to be left alone. */
	waitMs: number;
	/** The interval that was too short; absent where it meant nothing yet. */
	intervalMs?: number;
}

/**
 * When the next request may go out. All requests of a run share it: one that is told to wait holds
 * back all, and they find a pace that the vendor keeps up.
 */
export class Throttle {
	private heldUntil = 0;
	/** The least time between the starts of two requests, in milliseconds. */
	private intervalMs = 0;
	/** How many requests are under way, and may be. */
	private underWay = 0;
	private window = MIN_WINDOW;
	private nextStart = 0;
	private queue: Promise<unknown> = Promise.resolve();
	private round: Round = { start: undefined, served: 0 };
	/** The round before, which ended when a request was turned away. */
	private last: LastRound | undefined;
	private startsInTurn = 0;
	private lastStart = 0;
	/** What is known of the vendor's pace: nothing, what one round told, or more. */
	private known: 'nothing' | 'guess' | 'pace' = 'nothing';
	private roundsInARow = 0;
	private servedInAll = 0;
	private turnedAwayInAll = 0;

	/** How many rounds in a row ended in "too many requests" since the vendor last served somebody. */
	get turnedAwayInARow(): number {
		return this.roundsInARow;
	}

	/** Lets a run of so many requests begin; a pace that is known stays. */
	begin(requests: number): void {
		if (this.known === 'nothing') this.window = Math.max(this.window, requests * FIRST_PART);
	}

	/** Counts the rounds in a row anew. */
	forgetRefusals(): void {
		this.roundsInARow = 0;
	}

	/** Holds every request of the run back for that many milliseconds. */
	hold(ms: number): void {
		this.heldUntil = Math.max(this.heldUntil, performance.now() + withJitter(ms));
	}

	/**
	 * Resolves when it is a request's turn, in the order of asking. From then on the request is under
	 * way, until `ended`. Resolves at once, with nothing, once `isOver`.
	 */
	async ready(isOver: () => boolean): Promise<Ticket | undefined> {
		const turn = this.queue.then(async () => await this.nextTurn(isOver));
		this.queue = turn;
		return await turn;
	}

	/** Notes that a request is no longer under way, whatever came of it. */
	ended(): void {
		this.underWay -= 1;
	}

	/** Notes that the vendor dealt with a request, whatever it answered. */
	served({ startedAt }: Ticket): void {
		this.servedInAll += 1;
		this.window += this.known === 'nothing' ? 1 : 1 / this.window;
		const { last } = this;
		if (last !== undefined && startedAt <= last.endedAt) {
			last.served += 1;
			this.roundsInARow = Math.min(this.roundsInARow, 1);
			this.slowDownAfter(last);
			return;
		}
		this.roundsInARow = 0;
		this.round.served += 1;
		const intervalMs = this.intervalMs * (1 - this.speedUp());
		this.nextStart = Math.min(this.nextStart, this.lastStart + intervalMs);
		this.intervalMs = intervalMs;
	}

	/** Notes that the vendor did not deal with a request, and wants to be left alone for that many milliseconds. */
	turnedAway({ startedAt }: Ticket, waitMs: number): void {
		this.turnedAwayInAll += 1;
		// What started before the last one was turned away could not know.
		if (this.last !== undefined && startedAt <= this.last.endedAt) return;
		const endedAt = performance.now();
		this.roundsInARow += 1;
		this.window = Math.max(MIN_WINDOW, this.window / FEWER);
		const { intervalMs, known } = this;
		this.last = { ...this.round, endedAt, waitMs, ...(known === 'nothing' ? {} : { intervalMs }) };
		this.round = { start: undefined, served: 0 };
		this.slowDownAfter(this.last);
		this.nextStart = endedAt + waitMs;
	}

	/** Waits that many milliseconds and up to a quarter more; ends early once `isOver`. */
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
			const mostInTurn = this.intervalMs === 0 ? MAX_STARTS_IN_A_TURN : MAX_MADE_UP_IN_A_TURN;
			const hasRoom = this.underWay + 1 <= this.window;
			if (left <= 0 && hasRoom && this.startsInTurn < mostInTurn) {
				this.underWay += 1;
				this.startsInTurn += 1;
				this.lastStart = Math.max(this.nextStart, now - MAKE_UP_MS);
				this.nextStart = this.lastStart + this.intervalMs;
				this.round.start ??= now;
				return { startedAt: now };
			}
			// At least a turn of the event loop: only there can answers come in.
			await sleep(Math.min(Math.max(left, hasRoom ? 0 : LOOK_AGAIN_MS), SLICE_MS));
			this.startsInTurn = 0;
		}
	}

	/** By which part an answer shortens the interval. */
	private speedUp(): number {
		const { served } = this.round;
		if (this.known === 'nothing') return 1;
		const answersFirst = Math.min(MANY_ANSWERS, ANSWERS_PER_REFUSAL * this.turnedAwayInAll);
		const isAffordable = this.servedInAll >= answersFirst;
		if (this.known === 'guess' && isAffordable) return SPEED_UP_FROM_GUESS;
		return Math.min(0.5, SPEED_UP + MORE_SPEED_UP * served);
	}

	/** Finds the interval that the vendor keeps up, and at least one request for each wait that it asks for. */
	private slowDownAfter({ start = 0, served, endedAt, waitMs, intervalMs }: LastRound): void {
		// What it kept up, its wait included. It may be faster: the wait is in whole seconds. The interval
		// that was too short is no measure either: after a pause many may serve a burst.
		const keptUpMs = Math.min((endedAt + waitMs - start) / served, waitMs);
		this.known = served === 0 ? 'nothing' : intervalMs === undefined ? 'guess' : 'pace';
		this.intervalMs =
			MARGIN * (this.known === 'pace' ? Math.sqrt(keptUpMs * (intervalMs ?? keptUpMs)) : keptUpMs);
	}
}

function withJitter(ms: number): number {
	return ms * (1 + Math.random() * MAX_JITTER);
}
