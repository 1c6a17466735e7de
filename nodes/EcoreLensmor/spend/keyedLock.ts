/**
 * Locks what is being bought. Two requests that could pay for the same thing need the same key, so they
 * are never under way at the same time: the later one waits, and then finds the receipt in the memory.
 *
 * No package does this: a request can hold up to 1,000 keys at once, and must look into the memory after
 * each wait.
 */
export class KeyedLock {
	private readonly doneByKey = new Map<string, Promise<void>>();

	/** Resolves when the work that holds one of these keys is done; `undefined` if none of them is held. */
	holderOf(keys: string[]): Promise<void> | undefined {
		for (const key of keys) {
			const done = this.doneByKey.get(key);
			if (done !== undefined) return done;
		}
		return undefined;
	}

	/**
	 * Holds these keys until the work is done. The caller has seen just before, without an `await` in
	 * between, that `holderOf` is `undefined` for them. Throws what `work` throws.
	 */
	async hold<Result>(keys: string[], work: () => Promise<Result>): Promise<Result> {
		let release = () => {};
		const done = new Promise<void>((resolve) => (release = resolve));
		for (const key of keys) this.doneByKey.set(key, done);
		try {
			return await work();
		} finally {
			for (const key of keys) this.doneByKey.delete(key);
			release();
		}
	}
}
