/**
 * What is being bought at this moment. Two requests that could pay for the same thing never travel at
 * the same time: the later one waits, and then finds the answer of the earlier one in the memo.
 */
export class Claims {
	private readonly held = new Map<string, Promise<void>>();

	/** The end of a purchase that stands in the way of these; `undefined` when nothing does. */
	inTheWayOf(claims: string[]): Promise<void> | undefined {
		for (const claim of claims) {
			const held = this.held.get(claim);
			if (held !== undefined) return held;
		}
		return undefined;
	}

	/** Holds these until the answer has come and was written down. Throws what `work` throws. */
	async during<Result>(claims: string[], work: () => Promise<Result>): Promise<Result> {
		let release = () => {};
		const end = new Promise<void>((resolve) => (release = resolve));
		for (const claim of claims) this.held.set(claim, end);
		try {
			return await work();
		} finally {
			for (const claim of claims) this.held.delete(claim);
			release();
		}
	}
}
