/**
 * What is being bought at this moment. Two requests that could pay for the same thing never travel at
 * the same time: the later one waits, and then finds the answer of the earlier one in the memory.
 */
export class KeyedLock {
	private readonly held = new Map<string, Promise<void>>();

	/** The end of the work that holds one of these keys; `undefined` where none is held. */
	holderOf(keys: string[]): Promise<void> | undefined {
		for (const key of keys) {
			const held = this.held.get(key);
			if (held !== undefined) return held;
		}
		return undefined;
	}

	/** Holds these keys until the work is done. Throws what `work` throws. */
	async hold<Result>(keys: string[], work: () => Promise<Result>): Promise<Result> {
		let release = () => {};
		const end = new Promise<void>((resolve) => (release = resolve));
		for (const key of keys) this.held.set(key, end);
		try {
			return await work();
		} finally {
			for (const key of keys) this.held.delete(key);
			release();
		}
	}
}
