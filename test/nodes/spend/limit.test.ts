import { Limit } from '../../../nodes/EcoreLensmor/spend/limit';

const soon = async () => await new Promise((resolve) => setImmediate(resolve));

it('without a maximum everything may be sent', async () => {
	const limit = new Limit(() => 1e9);
	expect(await limit.reserve(2000, undefined)).toBe(true);
	expect(await limit.reserve(2000, undefined)).toBe(true);
});

it('what is spent and what is reserved never pass the maximum together', async () => {
	let spent = 5;
	const limit = new Limit(() => spent);
	expect(await limit.reserve(5, 15)).toBe(true);
	expect(await limit.reserve(5, 15)).toBe(true);
	spent += 10;
	limit.release(5);
	limit.release(5);
	expect(await limit.reserve(1, 15)).toBe(false);
	expect(await limit.reserve(0, 15)).toBe(true);
	// A limit that was lowered since binds also what would add nothing to what is counted.
	expect(await limit.reserve(0, 14)).toBe(false);
});

it('a request that could pass the maximum waits until it is known what the others cost', async () => {
	let spent = 0;
	const limit = new Limit(() => spent);
	await limit.reserve(5, 10);
	await limit.reserve(5, 10);
	const answers: string[] = [];
	const third = limit.reserve(5, 10).then((granted) => answers.push(`third ${granted}`));
	const fourth = limit.reserve(5, 10).then((granted) => answers.push(`fourth ${granted}`));
	await soon();
	expect(answers).toEqual([]);

	limit.release(5); // it found nothing, and cost nothing
	await soon();
	expect(answers).toEqual(['third true']);

	spent += 5;
	limit.release(5);
	await soon();
	expect(answers).toEqual(['third true']);

	spent += 5;
	limit.release(5);
	await Promise.all([third, fourth]);
	expect(answers).toEqual(['third true', 'fourth false']);
});

it('a small request does not overtake a large one that waits', async () => {
	let spent = 0;
	const limit = new Limit(() => spent);
	await limit.reserve(6, 10);
	const large = limit.reserve(5, 10);
	const small = limit.reserve(1, 10);
	spent += 6;
	limit.release(6);
	expect(await large).toBe(false);
	expect(await small).toBe(true);
});
