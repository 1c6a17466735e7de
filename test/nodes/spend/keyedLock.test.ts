import { Claims } from '../../../nodes/EcoreLensmor/spend/keyedLock';

it.each(['comes to its end', 'fails'])(
	'what is being bought is in the way until it %s',
	async (how) => {
		const claims = new Claims();
		let end = () => {};
		const work = new Promise<string>((resolve, reject) => {
			end = () => (how === 'fails' ? reject(new Error(how)) : resolve(how));
		});
		const during = claims.during(['a', 'b'], async () => await work).catch(() => 'failed');
		const waits = ['a', 'b'].map((one) => claims.inTheWayOf(['x', one]));
		const seen: string[] = [];
		const waited = Promise.all(
			waits.map(async (wait) => {
				await wait;
				seen.push(claims.inTheWayOf(['a', 'b']) === undefined ? 'free' : 'taken');
			}),
		);

		expect(waits.every((wait) => wait instanceof Promise)).toBe(true);
		expect(claims.inTheWayOf(['x', 'y'])).toBeUndefined();
		expect(seen).toEqual([]);
		end();
		expect(await during).toBe(how === 'fails' ? 'failed' : how);
		await waited;
		expect(seen).toEqual(['free', 'free']);
	},
);
