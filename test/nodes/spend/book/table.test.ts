import type { NewRow, Row } from '../../../../nodes/EcoreLensmor/spend/book/rows';
import { JointVisits, type Visit } from '../../../../nodes/EcoreLensmor/spend/book/table';

const row = (key: string) => ({ key }) as Row;
const newRow = (key: string) => ({ key }) as NewRow;

/** A table that notes its visits, each of which ends when the test says so. */
function table() {
	const visits: Visit[] = [];
	const ends: Array<(rows: Row[] | Error) => void> = [];
	const joint = new JointVisits(
		{
			visit: async (visit) => {
				visits.push(visit);
				return await new Promise<Row[]>((resolve, reject) => {
					ends.push((rows) => (rows instanceof Error ? reject(rows) : resolve(rows)));
				});
			},
			since: async () => await Promise.resolve([]),
		},
		async () => await new Promise((done) => setImmediate(done)),
	);
	const turn = async () => await new Promise((done) => setTimeout(done, 5));
	return { joint, visits, ends, turn };
}

it('what several want at the same time is one visit, and each gets the rows of its own keys', async () => {
	const { joint, visits, ends, turn } = table();
	const both = Promise.all([
		joint.visit({ insert: [newRow('a')], read: ['a', 'b'] }),
		joint.visit({ takeBack: [8], remove: [7], read: ['b'] }),
		joint.visit({ insertIfNew: [newRow('c')], read: ['c'] }),
	]);
	await turn();
	expect(visits).toEqual([
		{
			takeBack: [8],
			insert: [newRow('a')],
			insertIfNew: [newRow('c')],
			remove: [7],
			read: ['a', 'b', 'c'],
		},
	]);
	ends[0]?.([row('a'), row('b'), row('b')]);
	expect(await both).toEqual([[row('a'), row('b'), row('b')], [row('b'), row('b')], []]);
});

it('one visit at a time: who comes meanwhile waits for the next, and nobody waits for those after it', async () => {
	const { joint, visits, ends, turn } = table();
	const first = joint.visit({ read: ['a'] });
	await turn();
	const second = joint.visit({ read: ['b'] });
	const third = joint.visit({ insert: [newRow('c')] });
	await turn();
	expect(visits).toHaveLength(1);
	ends[0]?.([row('a')]);
	expect(await first).toEqual([row('a')]);
	await turn();
	expect(visits[1]).toEqual({
		takeBack: [],
		insert: [newRow('c')],
		insertIfNew: [],
		remove: [],
		read: ['b'],
	});
	ends[1]?.([]);
	expect(await Promise.all([second, third])).toEqual([[], []]);
});

it('a visit that fails fails for all that share it, and the next one is made', async () => {
	const { joint, ends, turn } = table();
	const shared = [joint.visit({ read: ['a'] }), joint.visit({ read: ['b'] })];
	const outcomes = Promise.allSettled(shared);
	await turn();
	ends[0]?.(new Error('full'));
	expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
	const next = joint.visit({ read: ['a'] });
	await turn();
	ends[1]?.([row('a')]);
	expect(await next).toEqual([row('a')]);
});
