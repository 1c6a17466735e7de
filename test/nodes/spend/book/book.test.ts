import { PurchaseBook, type Wanted } from '../../../../nodes/EcoreLensmor/spend/book/book';
import type { SpendingLimit } from '../../../../nodes/EcoreLensmor/spend/book/limits';
import type { NewRow, Row } from '../../../../nodes/EcoreLensmor/spend/book/rows';
import type { Visit } from '../../../../nodes/EcoreLensmor/spend/book/table';

const DATABASE = 1_000_000_000;

/** A table in memory, a clock that only pauses move, and a book over both. */
class Bench {
	now = 7_000;
	rows: Row[] = [];
	readonly visits: Visit[] = [];
	readonly pauses: number[] = [];
	/** What happens in a pause, by its number. */
	readonly meanwhile = new Map<number, () => void>();
	failure: string | undefined;
	/** Whether the next visit fails, before or after it has changed the table. */
	failsOnce = false;
	failsAfterOnce = false;
	turn = async (): Promise<void> => await Promise.resolve();
	private ids = 0;

	readonly table = {
		visit: async (visit: Visit): Promise<Row[]> => {
			this.visits.push(visit);
			if (this.failure !== undefined) throw new Error(this.failure);
			if (this.failsOnce) {
				this.failsOnce = false;
				throw new Error('once');
			}
			const isIn =
				(ids: number[] = []) =>
				({ id }: Row) =>
					ids.includes(id);
			this.rows = this.rows.filter((row) => !isIn(visit.takeBack)(row));
			for (const row of visit.insert ?? []) this.add(row);
			for (const row of visit.insertIfNew ?? []) {
				if (this.rows.every(({ key }) => key !== row.key)) this.add(row);
			}
			this.rows = this.rows.filter((row) => !isIn(visit.remove)(row));
			if (this.failsAfterOnce) {
				this.failsAfterOnce = false;
				throw new Error('after');
			}
			return await Promise.resolve(
				this.rows.filter(({ key }) => (visit.read ?? []).includes(key)).map((row) => ({ ...row })),
			);
		},
		since: async () => await Promise.resolve(this.rows),
	};

	add(row: Partial<NewRow>, createdAt = DATABASE + this.now): Row {
		this.ids += 1;
		const whole: Row = {
			key: 'k',
			vendor: 'ecore',
			operation: 'phone.enrich',
			about: 'ann@acme.com',
			outcome: 'asked',
			credits: 5,
			saved: 0,
			result: '',
			execution: 'other',
			workflow: 'Leads',
			attempt: `other ${this.ids}`,
			validForMs: 1000,
			...row,
			id: this.ids,
			createdAt,
		};
		this.rows.push(whole);
		return whole;
	}

	book(
		more: {
			unwritten?: NewRow[];
			attempt?: string;
			isRepeatFree?: boolean;
			limits?: SpendingLimit[];
		} = {},
	) {
		let attempts = 0;
		return new PurchaseBook(
			this.table,
			{
				name: 'Credit purchases',
				vendor: 'ecore',
				operation: 'phone.enrich',
				isRepeatFree: more.isRepeatFree ?? false,
				rememberForMs: 10_000_000,
				limits: more.limits ?? [],
				startWithinMs: 20_000,
				validForMs: 60_000,
				execution: '7',
				workflow: 'Leads',
			},
			{
				now: () => this.now,
				today: () => DATABASE + this.now,
				turn: async () => await this.turn(),
				pause: async (ms) => {
					this.meanwhile.get(this.pauses.length)?.();
					this.pauses.push(ms);
					this.now += ms;
					await Promise.resolve();
				},
			},
			more.unwritten ?? [],
			() => {
				attempts += 1;
				return `${more.attempt ?? 'm'} ${attempts}`;
			},
		);
	}

	get outcomes() {
		return this.rows.map(({ key, outcome, credits }) => [key, outcome, credits]);
	}
}

const wanted = (key = 'k', despiteDoubt = false): Wanted => ({
	key,
	about: 'ann@acme.com',
	worstCase: 5,
	despiteDoubt,
});
const never = () => false;
const FOUND = { outcome: 'found' as const, credits: 5, result: '{"phone":"1"}' };
const bought = { outcome: 'found' as const, result: '{"phone":"1"}', validForMs: 0 };

/** Opens a request that may be sent. */
async function claimOf(book: PurchaseBook, key = 'k', despiteDoubt = false) {
	const opening = await book.open(wanted(key, despiteDoubt), never);
	if (opening.kind !== 'claimed') throw new Error(`it is ${opening.kind}`);
	return opening.claim;
}
const done = async (book: PurchaseBook) => await book.finish({ answers: 0, saved: 0 });

it('what is new is looked up and written down in one visit, and its answer takes its place', async () => {
	const bench = new Bench();
	const book = bench.book();
	const claim = await claimOf(book);
	expect(bench.visits).toEqual([
		{
			takeBack: [],
			insert: [],
			insertIfNew: [
				{
					key: 'k',
					vendor: 'ecore',
					operation: 'phone.enrich',
					about: 'ann@acme.com',
					outcome: 'asked',
					credits: 5,
					saved: 0,
					result: '',
					execution: '7',
					workflow: 'Leads',
					attempt: 'm 1',
					validForMs: 60_000,
				},
			],
			remove: [],
			read: ['k'],
		},
	]);
	claim.settle(FOUND);
	await done(book);
	expect(bench.rows).toHaveLength(1);
	expect(bench.rows[0]).toMatchObject({ ...FOUND, attempt: 'm 1', validForMs: 0, execution: '7' });
	expect(bench.visits).toHaveLength(2);
	expect(bench.pauses).toEqual([]);
});

it('what was read and is not there is written down without another look', async () => {
	const bench = new Bench();
	const book = bench.book();
	await book.read(['k', 'l']);
	await claimOf(book);
	expect(
		bench.visits.map(({ insert, insertIfNew, read }) => [
			insert?.length,
			insertIfNew?.length,
			read,
		]),
	).toEqual([
		[0, 0, ['k', 'l']],
		[1, 0, ['k']],
	]);
	expect(book.lookUp('k')).toBeUndefined();
});

it('what was bought is given, and nothing is written', async () => {
	const bench = new Bench();
	const row = bench.add(bought);
	const book = bench.book();
	expect(await book.open(wanted(), never)).toEqual({ kind: 'bought', row });
	await book.read(['k']);
	expect(book.lookUp('k')).toEqual(row);
	expect(await book.open(wanted(), never)).toEqual({ kind: 'bought', row });
	expect(bench.rows).toEqual([row]);
});

it('what may be minutes old is read again before it counts', async () => {
	const bench = new Bench();
	const row = bench.add(bought);
	const book = bench.book();
	await book.read(['k']);
	bench.rows = [];
	expect((await book.open(wanted(), never)).kind).toBe('claimed');
	expect(bench.rows[0]?.attempt).not.toBe(row.attempt);
});

it('where a repeat is free, what was bought or is unknown is asked for all the same', async () => {
	const bench = new Bench();
	bench.add(bought);
	bench.add({ key: 'l', validForMs: 0 });
	const book = bench.book({ isRepeatFree: true });
	await claimOf(book);
	await claimOf(book, 'l');
});

it('what nobody knows is told, and asked again only if a person wants it', async () => {
	const bench = new Bench();
	const row = bench.add({ validForMs: 0 });
	const book = bench.book();
	expect(await book.open(wanted(), never)).toEqual({ kind: 'unknown', row });
	const claim = await claimOf(book, 'k', true);
	claim.settle(FOUND);
	await done(book);
	// The doubt is closed: it still counts at its worst, and is no reason to ask anybody again.
	expect(bench.outcomes).toEqual([
		['k', 'found', 5],
		['k', 'uncertain', 5],
	]);
});

it('another execution that asks is waited for, longer each time up to a second', async () => {
	const bench = new Bench();
	const other = bench.add({ validForMs: 60_000, attempt: 'a' });
	bench.meanwhile.set(7, () => {
		bench.rows = [];
		bench.add({ ...bought, attempt: other.attempt });
	});
	const opening = await bench.book().open(wanted(), never);
	expect(opening.kind).toBe('bought');
	expect(bench.pauses).toEqual([50, 100, 200, 400, 800, 1000, 1000, 1000]);
	expect(bench.rows).toHaveLength(1);
});

it('of two that ask at once the first in the alphabet keeps its row and waits, the other takes it back', async () => {
	for (const [attempt, keeps] of [
		['a', true],
		['z', false],
	] as const) {
		const bench = new Bench();
		const book = bench.book({ attempt });
		await book.read(['k']);
		const other = bench.add({ attempt: 'm', validForMs: 60_000 });
		const own = () => bench.rows.filter((row) => row.attempt.startsWith(attempt)).length;
		const seen: number[] = [];
		bench.meanwhile.set(0, () => seen.push(own()));
		bench.meanwhile.set(1, () => {
			seen.push(own());
			bench.rows = bench.rows.filter(({ id }) => id !== other.id);
		});
		expect((await book.open(wanted(), never)).kind).toBe('claimed');
		expect(seen).toEqual(keeps ? [1, 1] : [0, 0]);
		expect(bench.pauses).toEqual([50, 100]);
	}
});

it('of three that ask at once only the very first keeps its row', async () => {
	const bench = new Bench();
	const book = bench.book({ attempt: 'm' });
	await book.read(['k']);
	bench.add({ attempt: 'a', validForMs: 60_000 });
	bench.add({ attempt: 'z', validForMs: 60_000 });
	bench.meanwhile.set(0, () => {
		expect(bench.rows.map(({ attempt }) => attempt)).toEqual(['a', 'z']);
		bench.rows = [];
	});
	expect((await book.open(wanted(), never)).kind).toBe('claimed');
});

it.each([
	['where a repeat is free', true, false],
	['although a person wants it despite a doubt', false, true],
])('another that asks is waited for %s', async (_what, isRepeatFree, despiteDoubt) => {
	const bench = new Bench();
	bench.add({ validForMs: 60_000, attempt: 'a' });
	bench.meanwhile.set(0, () => (bench.rows = []));
	const opening = await bench.book({ isRepeatFree }).open(wanted('k', despiteDoubt), never);
	expect(opening.kind).toBe('claimed');
	expect(bench.pauses).toEqual([50]);
});

it('a claim of a process that died is told as unknown, by the clock of the database', async () => {
	const bench = new Bench();
	const dead = bench.add({ validForMs: 1000 }, DATABASE + bench.now - 1001);
	const book = bench.book();
	// The first row that it writes tells it the time of the database.
	await claimOf(book, 'l');
	expect(await book.open(wanted(), never)).toEqual({ kind: 'unknown', row: dead });
	const alive = bench.add({ key: 'm', validForMs: 1000 }, DATABASE + bench.now - 900);
	bench.meanwhile.set(0, () => (bench.rows = bench.rows.filter(({ id }) => id !== alive.id)));
	expect((await book.open(wanted('m'), never)).kind).toBe('claimed');
});

it('a table that fails once after a row was written: nothing may be sent, and the row is taken back', async () => {
	const bench = new Bench();
	const book = bench.book({ attempt: 'a' });
	await book.read(['k']);
	const other = bench.add({ attempt: 'm', validForMs: 60_000 });
	bench.meanwhile.set(0, () => (bench.failsOnce = true));
	await expect(book.open(wanted(), never)).rejects.toThrow('once');
	expect(bench.rows).toEqual([other]);
});

it('a row that is written although its visit fails is taken back', async () => {
	const bench = new Bench();
	const book = bench.book();
	await book.read(['k']);
	bench.failsAfterOnce = true;
	await expect(book.open(wanted(), never)).rejects.toThrow('after');
	expect(bench.rows).toEqual([]);
});

it('a row that is too old to be sent is taken back while it waits', async () => {
	const bench = new Bench();
	const book = bench.book({ attempt: 'a' });
	await book.read(['k']);
	const other = bench.add({ attempt: 'm', validForMs: 60_000 });
	// After 50 + 100 + ... + 1000 milliseconds a row is 20 seconds old.
	bench.meanwhile.set(30, () => (bench.rows = bench.rows.filter(({ id }) => id !== other.id)));
	expect((await book.open(wanted(), never)).kind).toBe('claimed');
	expect(bench.visits.filter(({ takeBack }) => (takeBack ?? []).length > 0).length).toBe(1);
});

it.each([
	['before its row is written again', 0],
	['in a pause', 1],
])('Stop pressed %s: nothing is sent, and no row stays', async (_when, stopsAt) => {
	const bench = new Bench();
	bench.add({ attempt: 'm', validForMs: 60_000 });
	const [other] = bench.rows;
	const opening = await bench
		.book({ attempt: 'a' })
		.open(wanted(), () => bench.pauses.length >= stopsAt);
	expect(opening).toEqual({ kind: 'stopped' });
	expect(bench.rows).toEqual([other]);
	expect(bench.pauses).toHaveLength(stopsAt);
});

it('what was taken back, or left unknown, stands so in the table', async () => {
	const bench = new Bench();
	const book = bench.book();
	(await claimOf(book, 'k')).takeBack();
	(await claimOf(book, 'l')).leaveUnknown();
	await done(book);
	expect(
		bench.rows.map(({ key, outcome, credits, validForMs }) => [key, outcome, credits, validForMs]),
	).toEqual([['l', 'asked', 5, 0]]);
});

it('an answer whose cost nobody knows counts at its worst', async () => {
	const bench = new Bench();
	const book = bench.book();
	(await claimOf(book)).settle({ ...FOUND, credits: undefined });
	await done(book);
	expect(bench.outcomes).toEqual([['k', 'found', 5]]);
});

it('what is asked again and again and costs nothing has one row', async () => {
	const bench = new Bench();
	for (let times = 0; times < 3; times += 1) {
		const book = bench.book({ attempt: `m${times}` });
		(await claimOf(book)).settle({ outcome: 'not_found', credits: 0, result: '' });
		await done(book);
	}
	expect(bench.outcomes).toEqual([['k', 'not_found', 0]]);
});

it('of what cost nothing no row is left that says asked, if n8n was killed while its answer was written', async () => {
	const bench = new Bench();
	bench.add({ attempt: 'killed' });
	bench.add({ attempt: 'killed', outcome: 'not_found', credits: 0, validForMs: 0 });
	for (let times = 0; times < 2; times += 1) {
		const book = bench.book({ attempt: `time ${times}` });
		const claim = await claimOf(book);
		claim.settle({ outcome: 'not_found', credits: 0, result: '' });
		await done(book);
		expect(bench.outcomes).toEqual([['k', 'not_found', 0]]);
	}
});

it('a request may be sent for twenty seconds after its row was written', async () => {
	const bench = new Bench();
	const claim = await claimOf(bench.book());
	bench.now += 19_999;
	expect(claim.mayStart()).toBe(true);
	bench.now += 1;
	expect(claim.mayStart()).toBe(false);
});

it('a table out of reach before anything is sent is an error; after an answer it is a problem', async () => {
	const bench = new Bench();
	const book = bench.book();
	const claim = await claimOf(book);
	bench.failure = 'full';
	await expect(book.read(['k'])).rejects.toThrow('full');
	await expect(book.open(wanted('l'), never)).rejects.toThrow('full');
	claim.settle(FOUND);
	await done(book);
	expect(book.problem).toBe('full');
	// The row still says that it was asked, so nobody pays again because of it.
	expect(bench.outcomes).toEqual([['k', 'asked', 5]]);
});

it('a row that was written and is not there is an error: nothing may be sent', async () => {
	const bench = new Bench();
	const book = bench.book();
	await book.read(['k']);
	const whole = bench.table.visit;
	bench.table.visit = async (visit) => {
		const rows = await whole(visit);
		return (visit.insert ?? []).length > 0 ? [] : rows;
	};
	await expect(book.open(wanted(), never)).rejects.toThrow('What was written down is not there');
	expect(bench.rows).toEqual([]);
});

it('a table that was out of reach at the start is out of reach for the whole run', async () => {
	const bench = new Bench();
	bench.failsOnce = true;
	const book = bench.book();
	await expect(book.read(['k'])).rejects.toThrow('once');
	await expect(book.open(wanted(), never)).rejects.toThrow('once');
	expect(bench.visits).toHaveLength(1);
	expect(bench.rows).toEqual([]);
});

it('what several want in the same turn of the event loop is one visit', async () => {
	const bench = new Bench();
	let next: () => void = () => undefined;
	bench.turn = async () =>
		await new Promise((resolve) => {
			next = resolve;
		});
	const book = bench.book();
	const one = book.open(wanted('one'), never);
	await Promise.resolve();
	const other = book.open(wanted('other'), never);
	next();
	expect((await one).kind).toBe('claimed');
	expect((await other).kind).toBe('claimed');
	expect(bench.visits).toHaveLength(1);
});

it('who waits for another execution writes no row as long as that one asks', async () => {
	const bench = new Bench();
	const book = bench.book();
	// Its row has told the time of the database.
	await claimOf(book, 'first');
	const other = bench.add({ validForMs: 100 });
	bench.meanwhile.set(0, () => {
		Object.assign(other, { validForMs: 60_000 });
	});
	bench.meanwhile.set(2, () => {
		bench.rows = bench.rows.filter(({ id }) => id !== other.id);
	});
	bench.visits.length = 0;
	await claimOf(book);
	const written = bench.visits.map(({ insert = [], insertIfNew = [] }) => [
		insert.length,
		insertIfNew.length,
	]);
	expect(written).toEqual([
		[0, 1],
		[0, 0],
		[0, 0],
		[0, 0],
		[1, 0],
	]);
});

it('who is stopped does not wait', async () => {
	const bench = new Bench();
	const book = bench.book();
	await claimOf(book, 'first');
	bench.add({});
	expect(await book.open(wanted(), () => true)).toEqual({ kind: 'stopped' });
	expect(bench.pauses).toEqual([]);
});

it('a row to be taken back that is gone already needs no visit', async () => {
	const bench = new Bench();
	const book = bench.book({ attempt: 'a' });
	bench.add({ attempt: 'b' });
	// A person deletes both while this one waits for the other, and Stop is pressed.
	let isStopped = false;
	bench.meanwhile.set(0, () => {
		bench.rows = [bench.add({ attempt: 'c' })];
		isStopped = true;
	});
	expect(await book.open(wanted(), () => isStopped)).toEqual({ kind: 'stopped' });
	expect(bench.visits.flatMap(({ takeBack, remove }) => [takeBack, remove]).flat()).toEqual([]);
	// It looks, writes, looks again after the pause and when it gives way: nothing is left to take back.
	expect(bench.visits).toHaveLength(4);
});

describe('near a limit', () => {
	const limit = { name: 'Day', periodMs: 100_000, credits: 12 };
	const inserts = (bench: Bench) => bench.visits.flatMap(({ insert }) => insert ?? []).length;

	it('who gave way writes nothing until there is room: rows that do not fit keep others from being sent', async () => {
		const bench = new Bench();
		const others = ['a', 'b'].map((attempt) =>
			bench.add({ key: attempt, attempt, validForMs: 90_000 }),
		);
		bench.meanwhile.set(9, () => (bench.rows = bench.rows.filter((row) => row !== others[0])));
		const book = bench.book({ limits: [limit] });
		await book.read(['k']);
		expect((await book.open(wanted(), never)).kind).toBe('claimed');
		expect(bench.pauses).toHaveLength(10);
		expect(inserts(bench)).toBe(2);
		// Read, write, take back (two visits), read; then only the limits are looked at; write.
		expect(bench.visits).toHaveLength(6);
		expect(bench.rows).toMatchObject([{ attempt: 'b' }, { attempt: 'm 1' }]);
	});

	it('a run writes no more at once than can fit', async () => {
		const bench = new Bench();
		const book = bench.book({ limits: [limit] });
		const keys = Array.from({ length: 10 }, (_, index) => `k${index}`);
		await book.read(keys);
		let most = 0;
		const openings = keys.map(async (key) => {
			const claim = await claimOf(book, key);
			most = Math.max(most, bench.rows.length);
			claim.takeBack();
		});
		await Promise.all(openings);
		expect(most).toBe(2);
		expect(inserts(bench)).toBe(10);
	});

	it('past it nothing is written, and what was bought meanwhile is answered all the same', async () => {
		const bench = new Bench();
		const book = bench.book({ limits: [{ ...limit, credits: 5 }] });
		await book.read(['k', 'l', 'm', 'n']);
		(await claimOf(book)).settle(FOUND);
		await done(book);
		const before = inserts(bench);
		expect(await book.open(wanted('l'), never)).toMatchObject({ kind: 'overLimit', spent: 5 });
		bench.add({ ...bought, key: 'm' });
		expect((await book.open(wanted('m'), never)).kind).toBe('bought');
		const asking = bench.add({ key: 'n', attempt: 'z', validForMs: 90_000 });
		bench.meanwhile.set(bench.pauses.length + 3, () => {
			bench.rows = bench.rows.filter((row) => row !== asking);
			bench.add({ ...bought, key: 'n', attempt: 'z' });
		});
		expect((await book.open(wanted('n'), never)).kind).toBe('bought');
		expect(inserts(bench)).toBe(before);
	});

	it('what waits for room ends when a person presses Stop, and when another has spent it', async () => {
		const bench = new Bench();
		bench.add({ key: 'a', attempt: 'a', credits: 10, validForMs: 90_000 });
		const book = bench.book({ limits: [limit] });
		await book.read(['k', 'l']);
		let isStopped = false;
		bench.meanwhile.set(4, () => (isStopped = true));
		expect((await book.open(wanted(), () => isStopped)).kind).toBe('stopped');
		bench.meanwhile.set(8, () => bench.add({ ...bought, key: 'a', attempt: 'a', credits: 10 }));
		expect(await book.open(wanted('l'), never)).toMatchObject({ kind: 'overLimit', spent: 10 });
		expect(inserts(bench)).toBe(1);
	});
});

describe('what answers saved', () => {
	it('is written at once for several, and with the next answer for one', async () => {
		const bench = new Bench();
		const unwritten: NewRow[] = [];
		await bench.book({ unwritten }).finish({ answers: 2, saved: 10 });
		expect(bench.rows).toHaveLength(1);
		expect(bench.rows[0]).toMatchObject({
			key: '',
			vendor: 'ecore',
			operation: 'phone.enrich',
			about: 'Answers from this book',
			outcome: 'answered',
			credits: 0,
			saved: 10,
			result: '',
			execution: '7',
			workflow: 'Leads',
			validForMs: 0,
		});
		await bench.book({ unwritten }).finish({ answers: 1, saved: 5 });
		await bench.book({ unwritten }).finish({ answers: 1, saved: 5 });
		await bench.book({ unwritten }).finish({ answers: 0, saved: 0 });
		expect(bench.rows).toHaveLength(1);
		expect(unwritten).toHaveLength(1);

		const book = bench.book({ unwritten });
		(await claimOf(book)).settle(FOUND);
		await done(book);
		expect(
			bench.rows.filter(({ outcome }) => outcome === 'answered').map(({ saved }) => saved),
		).toEqual([10, 10]);
		expect(unwritten).toEqual([]);
	});

	it('is kept apart by operation and by workflow', async () => {
		const bench = new Bench();
		const unwritten: NewRow[] = [];
		await bench.book({ unwritten }).finish({ answers: 1, saved: 5 });
		const [row] = unwritten;
		if (row === undefined) throw new Error('nothing is noted');
		unwritten.unshift(
			{ ...row, operation: 'email.enrich', saved: 1 },
			{ ...row, workflow: 'Other' },
		);
		await bench.book({ unwritten }).finish({ answers: 1, saved: 5 });
		expect(unwritten.map(({ operation, workflow, saved }) => [operation, workflow, saved])).toEqual(
			[
				['email.enrich', 'Leads', 1],
				['phone.enrich', 'Other', 5],
				['phone.enrich', 'Leads', 10],
			],
		);
	});

	it('leaves what others noted as it is', async () => {
		const bench = new Bench();
		const unwritten: NewRow[] = [];
		await bench.book({ unwritten }).finish({ answers: 1, saved: 5 });
		const [row] = unwritten.splice(0);
		if (row === undefined) throw new Error('nothing is noted');
		const others = [
			{ ...row, workflow: 'One' },
			{ ...row, workflow: 'Two' },
		];
		unwritten.push(...others);
		await bench.book({ unwritten }).finish({ answers: 1, saved: 5 });
		expect(unwritten.map(({ workflow, saved }) => [workflow, saved])).toEqual([
			['One', 5],
			['Two', 5],
			['Leads', 5],
		]);
	});
});

describe('what the vendor works on', () => {
	const TASK = JSON.stringify({ taskId: 't' });
	const UNLOCKED = { outcome: 'unlocked' as const, credits: 3, result: '' };

	it('names its task, which takes the place of the row that was written before, and the answer takes its place', async () => {
		const bench = new Bench();
		const book = bench.book();
		const claim = await claimOf(book);
		claim.process('t', 9_000);
		await done(book);
		expect(bench.rows).toMatchObject([
			{ outcome: 'asked', credits: 5, result: TASK, validForMs: 9_000, attempt: 'm 1' },
		]);
		claim.settle(UNLOCKED);
		await done(book);
		expect(bench.rows).toMatchObject([
			{ outcome: 'unlocked', credits: 3, result: '', validForMs: 0, attempt: 'm 1' },
		]);
	});

	it('of which nobody knows what came of it stays at its worst, without its task', async () => {
		const bench = new Bench();
		const book = bench.book();
		const claim = await claimOf(book);
		claim.process('t', 9_000);
		await done(book);
		claim.leaveUnknown();
		await done(book);
		expect(bench.rows).toMatchObject([
			{ outcome: 'asked', credits: 5, result: '', validForMs: 0, attempt: 'm 1' },
		]);
	});

	it('counts in the limits at its worst until its answer is there, and then at what it cost', async () => {
		const bench = new Bench();
		const book = bench.book({ limits: [{ name: 'Day', periodMs: 100_000, credits: 8 }] });
		const claim = await claimOf(book);
		claim.process('t', 9_000);
		const limit = { name: 'Day', periodMs: 100_000, credits: 8 };
		expect(await book.open(wanted('b'), never)).toEqual({ kind: 'overLimit', limit, spent: 5 });
		claim.settle(UNLOCKED);
		expect((await book.open(wanted('b'), never)).kind).toBe('claimed');
		expect(await book.open(wanted('c'), () => true)).toEqual({ kind: 'stopped' });
	});

	it('and has not bought in the end leaves no row that says asked, and gives its credits back', async () => {
		const bench = new Bench();
		const book = bench.book({ limits: [{ name: 'Day', periodMs: 100_000, credits: 8 }] });
		const claim = await claimOf(book);
		claim.process('t', 9_000);
		claim.takeBack();
		await done(book);
		expect(bench.rows).toMatchObject([{ outcome: 'refused', credits: 0, attempt: 'm 1' }]);
		await claimOf(book, 'b');
		// What is under way may still cost nothing.
		expect(await book.open(wanted('c'), () => bench.pauses.length > 3)).toEqual({
			kind: 'stopped',
		});
	});

	it('is told to others with its task, and not asked for again', async () => {
		const bench = new Bench();
		const row = bench.add({ result: TASK, validForMs: 60_000 });
		for (const isRepeatFree of [false, true]) {
			const opening = await bench.book({ isRepeatFree }).open(wanted('k', true), never);
			expect(opening).toEqual({ kind: 'processing', row, taskId: 't' });
		}
		expect(bench.rows).toEqual([row]);
	});

	it('closes what was in doubt before, each attempt once', async () => {
		const bench = new Bench();
		// Two rows of one attempt: n8n was killed while one replaced the other.
		bench.add({ attempt: 'dead', validForMs: 0, execution: '3' });
		bench.add({ attempt: 'dead', validForMs: 0, execution: '3' });
		const book = bench.book({ isRepeatFree: true });
		const claim = await claimOf(book);
		expect(claim.followsDoubt).toBe(true);
		claim.process('t', 9_000);
		await done(book);
		expect(bench.rows).toMatchObject([
			{ outcome: 'asked', attempt: 'm 1', result: TASK },
			{ outcome: 'uncertain', attempt: 'dead', credits: 5, execution: '3', result: '' },
		]);
	});

	it('is settled by others once the execution that waits for it must be dead, and what it cost stays', async () => {
		const bench = new Bench();
		const worked = bench.add({ attempt: 'dead', credits: 4, result: TASK, validForMs: 1_000 });
		const other = bench.add({
			attempt: 'b',
			result: JSON.stringify({ taskId: 'u' }),
			validForMs: 0,
		});
		const book = bench.book();
		const settle = async () => {
			book.settleTask('k', 't', false, { ...UNLOCKED, credits: undefined });
			await done(book);
		};
		await settle();
		expect(bench.rows).toEqual([worked, other]);
		bench.now += 1_000;
		await settle();
		expect(bench.rows).toMatchObject([other, { attempt: 'dead', outcome: 'unlocked', credits: 4 }]);
		// Another execution that followed it comes later.
		await settle();
		expect(bench.rows).toHaveLength(2);
	});

	it('leaves one row if n8n was killed while the task was written down, or its answer', async () => {
		const bench = new Bench();
		bench.add({ attempt: 'dead', validForMs: 0 });
		bench.add({ attempt: 'dead', result: TASK, validForMs: 0 });
		const answered = bench.add({ attempt: 'b', outcome: 'unlocked', credits: 5, validForMs: 0 });
		bench.add({ attempt: 'b', result: TASK, validForMs: 0 });
		const book = bench.book();
		book.settleTask('k', 't', false, UNLOCKED);
		await done(book);
		expect(bench.rows).toMatchObject([
			answered,
			{ attempt: 'dead', outcome: 'unlocked', credits: 3, result: '', validForMs: 0 },
		]);
	});

	it('that is gone from the table is not written down', async () => {
		const bench = new Bench();
		const book = bench.book();
		book.settleTask('k', 't', true, UNLOCKED);
		await done(book);
		expect(bench.rows).toEqual([]);
		expect(bench.visits).toEqual([
			{ takeBack: [], insert: [], insertIfNew: [], remove: [], read: ['k'] },
		]);
	});
});
