import { sleep } from 'n8n-workflow';

// Short enough that the Stop button is felt at once.
const SLICE_MS = 100;
// Spreads requests that were told the same time to come back.
const MOST_JITTER = 0.25;

/** When the next request may go out: one pace for all requests of a run, so that one being told to wait holds back all. */
export class Pace {
	private heldUntil = 0;
	// Only those who want to send wait, so no timer outlives them.
	private slice: Promise<void> | undefined;

	constructor(private readonly cancelled: () => boolean) {}

	/** Holds every request of the run back for that many milliseconds. */
	hold(ms: number): void {
		this.heldUntil = Math.max(this.heldUntil, performance.now() + withJitter(ms));
	}

	/** Resolves when nothing holds requests back, or the execution is cancelled. */
	async ready(): Promise<void> {
		for (;;) {
			const left = this.heldUntil - performance.now();
			if (left <= 0 || this.cancelled()) return;
			this.slice ??= sleep(Math.min(left, SLICE_MS)).then(() => (this.slice = undefined));
			await this.slice;
		}
	}

	/** Waits that many milliseconds and up to a quarter more; ends early when the execution is cancelled. */
	async pause(ms: number): Promise<void> {
		for (let left = withJitter(ms); left > 0; left -= SLICE_MS) {
			if (this.cancelled()) return;
			await sleep(Math.min(left, SLICE_MS));
		}
	}
}

function withJitter(ms: number): number {
	return ms * (1 + Math.random() * MOST_JITTER);
}
