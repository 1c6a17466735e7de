import { crowd, emailOf } from '../fixtures/crowd';
import { Sandbox, TokenBucket } from '../sandbox/sandbox';
import { execute } from './engine';

interface Vendor {
	/** What the vendor serves: that many a second, and so many at once after a pause. */
	perSecond: number;
	burst: number;
	latencyMs: number;
	concurrency: number;
	people: number;
}

const vendors: Vendor[] = [
	{ perSecond: 1, burst: 1, latencyMs: 0, concurrency: 5, people: 15 },
	{ perSecond: 10, burst: 10, latencyMs: 0, concurrency: 100, people: 120 },
	{ perSecond: 10, burst: 10, latencyMs: 40, concurrency: 100, people: 120 },
	{ perSecond: 10, burst: 10, latencyMs: 300, concurrency: 100, people: 120 },
	{ perSecond: 5, burst: 5, latencyMs: 10, concurrency: 20, people: 60 },
];

async function lookUp({ perSecond, burst, latencyMs, concurrency, people }: Vendor) {
	const sandbox = await Sandbox.start({ people: crowd(people), latencyMs });
	sandbox.tokenBucket = new TokenBucket(perSecond, burst);
	const execution = await execute({
		parameters: {
			resource: 'phone',
			operation: 'enrich',
			email: '={{ $json.email }}',
			options: { concurrency },
		},
		items: Array.from({ length: people }, (_, index) => ({ email: emailOf(index) })),
		credential: sandbox.credential,
	});
	await sandbox.stop();
	return { ...execution, sandbox };
}

// In real time: the vendor's clock and the node's waits are what is tried. So all at once.
it('a vendor that limits, and serves somebody, serves everybody in the end, with few requests wasted', async () => {
	const runs = await Promise.all(
		vendors.map(async (vendor) => ({ vendor, ...(await lookUp(vendor)) })),
	);
	for (const { vendor, output, sandbox } of runs) {
		const turnedAway = sandbox.seen.filter(({ status }) => status === 429).length;
		expect({ vendor, found: output.filter(({ json }) => json.found === true).length }).toEqual({
			vendor,
			found: vendor.people,
		});
		expect(sandbox.ledger).toHaveLength(vendor.people);
		expect({ vendor, turnedAway: turnedAway <= vendor.people / 3 || turnedAway }).toEqual({
			vendor,
			turnedAway: true,
		});
	}
}, 60_000);
