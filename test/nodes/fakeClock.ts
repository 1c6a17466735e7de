const LONGEST_MS = 60_000;

/** Gives the tests of a file jest's fake clock, which begins at the same moment for each of them. */
export function useFakeClock(): void {
	beforeEach(() => jest.useFakeTimers({ now: Date.parse('2026-11-21T10:00:00Z') }));
	afterEach(() => jest.useRealTimers());
}

/** Lets jest's fake clock run until something has come to its end, and throws if that takes longer. */
export async function inTime<Result>(
	work: Promise<Result>,
	longestMs = LONGEST_MS,
): Promise<Result> {
	let ended = false;
	const end = work.finally(() => (ended = true));
	for (let ms = 0; !ended; ms += 500) {
		await jest.advanceTimersByTimeAsync(500);
		// With nothing left to wait for, it waits for itself.
		const stuck = jest.getTimerCount() === 0 || ms > longestMs;
		if (!ended && stuck) throw new Error('it never ends');
	}
	return await end;
}
