import { KeyedLock } from '../../../nodes/EcoreLensmor/spend/keyedLock';

it.each(['comes to its end', 'fails'])(
	'what is being bought is in the way until it %s',
	async (how) => {
		const lock = new KeyedLock();
		let end = () => {};
		const work = new Promise<string>((resolve, reject) => {
			end = () => (how === 'fails' ? reject(new Error(how)) : resolve(how));
		});
		const during = lock.hold(['a', 'b'], async () => await work).catch(() => 'failed');
		const waits = ['a', 'b'].map((one) => lock.holderOf(['x', one]));
		const seen: string[] = [];
		const waited = Promise.all(
			waits.map(async (wait) => {
				await wait;
				seen.push(lock.holderOf(['a', 'b']) === undefined ? 'free' : 'taken');
			}),
		);

		expect(waits.every((wait) => wait instanceof Promise)).toBe(true);
		expect(lock.holderOf(['x', 'y'])).toBeUndefined();
		expect(seen).toEqual([]);
		end();
		expect(await during).toBe(how === 'fails' ? 'failed' : how);
		await waited;
		expect(seen).toEqual(['free', 'free']);
	},
);
