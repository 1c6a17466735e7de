const HASTE = 100;
// The node waits in slices of at most this many milliseconds; whatever is longer is somebody's timeout.
const LONGEST_SLICE_MS = 100;

/**
 * Makes the node's waits a hundred times shorter, so that tests meet real back-off without sitting it
 * out. Timeouts of requests stay as they are.
 */
export function hurry(): void {
	const real = globalThis.setTimeout;
	const hurried = (callback: () => void, ms = 0, ...rest: unknown[]) =>
		real(callback, ms > LONGEST_SLICE_MS ? ms : ms / HASTE, ...(rest as []));
	globalThis.setTimeout = Object.assign(hurried, real);
}
