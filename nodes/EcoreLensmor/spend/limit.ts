/**
 * The upper limit of credits. A request reserves its worst case before it is sent and gives the
 * reservation back when its price is known, so the limit holds in every order of events.
 */
export class Limit {
	private reserved = 0;
	private line: Promise<unknown> = Promise.resolve();
	private readonly waiting: Array<() => void> = [];

	/** `spent` tells the credits spent so far. */
	constructor(private readonly spent: () => number) {}

	/**
	 * Reserves credits, or answers `false` where they could pass `maximum`, in credits, `undefined` for
	 * no limit. Waits while others may still turn out cheaper.
	 */
	async reserve(credits: number, maximum: number | undefined): Promise<boolean> {
		// One after the other, in the order of asking: who gets the last credits must not depend on the network.
		const turn = this.line.then(async () => await this.take(credits, maximum ?? Infinity));
		this.line = turn;
		return await turn;
	}

	/** Gives a reservation back once what it came to stands in `spent`. */
	release(credits: number): void {
		this.reserved -= credits;
		for (const wake of this.waiting.splice(0)) wake();
	}

	private async take(credits: number, maximum: number): Promise<boolean> {
		while (this.spent() + this.reserved + credits > maximum) {
			if (this.reserved === 0) return false;
			await new Promise<void>((resolve) => this.waiting.push(resolve));
		}
		this.reserved += credits;
		return true;
	}
}
