const HASTE = 100;
// The node waits in slices of at most this many milliseconds; whatever is longer is somebody's timeout.
const LONGEST_SLICE_MS = 100;

/**
 * Makes the node's waits a hundred times shorter, so that tests meet real back-off without sitting it
 * out. Timeouts of requests stay as they are.
 */
export function hurry(): void {
	const real = globalThis.setTimeout;
	const clock = performance.now.bind(performance);
	let saved = 0;
	performance.now = () => clock() + saved;
	const hurried = (callback: (...rest: unknown[]) => void, ms = 0, ...rest: unknown[]) => {
		if (ms > LONGEST_SLICE_MS) return real(callback, ms, ...rest);
		return real(() => {
			saved += ms - ms / HASTE;
			callback(...rest);
		}, ms / HASTE);
	};
	globalThis.setTimeout = Object.assign(hurried, real);
}
