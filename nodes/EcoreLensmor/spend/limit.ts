/** Why a limit held a request back, which could have cost `cost`; all amounts in credits. */
export function whyOverLimit(name: string, spent: number, limit: number, cost: number): string {
	const reached = `${name} is reached: ${spent} of ${limit} credits are spent`;
	return cost === 0 ? reached : `${reached}, and this could have cost ${cost} more`;
}

/**
 * The limit that Maximum Credits sets. Each request reserves the most it can cost before it is sent, and
 * gives the reservation back when its cost is known. So the limit holds in whatever order answers come.
 */
export class Limit {
	private reserved = 0;
	private queue: Promise<unknown> = Promise.resolve();
	private readonly waiting: Array<() => void> = [];

	/** `spent` returns the credits that the execution has spent so far. */
	constructor(readonly spent: () => number) {}

	/**
	 * Reserves credits. Resolves to `false` if they could exceed `maximum` (credits; `undefined` for no
	 * limit), but first waits for the requests under way: they may cost less than they reserved.
	 */
	async reserve(credits: number, maximum: number | undefined): Promise<boolean> {
		// In the order of the calls: which request gets the last credits must not depend on the network.
		const turn = this.queue.then(async () => await this.reserveNext(credits, maximum ?? Infinity));
		this.queue = turn;
		return await turn;
	}

	/** Gives a reservation of credits back. To be called when `spent` contains the real cost. */
	release(credits: number): void {
		this.reserved -= credits;
		for (const wake of this.waiting.splice(0)) wake();
	}

	private async reserveNext(credits: number, maximum: number): Promise<boolean> {
		while (this.spent() + this.reserved + credits > maximum) {
			if (this.reserved === 0) return false;
			await new Promise<void>((resolve) => this.waiting.push(resolve));
		}
		this.reserved += credits;
		return true;
	}
}
