/** How long a vendor takes to answer: log-normal, so now and then much longer than most times. */
export interface Latency {
	/** In milliseconds. */
	medianMs: number;
	/** The standard deviation of the logarithm. */
	sigma: number;
}

// Any number will do; that it is fixed makes every run draw the same latencies.
const SEED = 1;

/** Numbers from 0 up to 1 (mulberry32), the same ones each time. */
function seeded(): () => number {
	let state = SEED;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let bits = Math.imul(state ^ (state >>> 15), state | 1);
		bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
		return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** Answers the latency of the first request, then of the second, and so on, in whole milliseconds. */
export function latencies({ medianMs, sigma }: Latency): () => number {
	const random = seeded();
	return () => {
		// Box and Muller's way from even to normal. There is no logarithm of 0.
		const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
		return Math.round(medianMs * Math.exp(sigma * normal));
	};
}

/**
 * The time in milliseconds that so many requests take at least: each in its order has the lane that
 * is free first, and nothing but the latency takes time.
 */
export function idealMs(latency: Latency, requests: number, lanes: number): number {
	const draw = latencies(latency);
	const freeAt = new Array<number>(lanes).fill(0);
	for (let request = 0; request < requests; request += 1) {
		const first = freeAt.indexOf(Math.min(...freeAt));
		freeAt[first] = (freeAt[first] ?? 0) + draw();
	}
	return Math.max(...freeAt);
}
