import { settled, type VendorDoes, type World, type WorldSettings } from './model';
import { Play, type Action } from './play';

const ANN = 'ann@acme.com';

/** What was found out by playing everything. */
interface Explored {
	/** For each state, those that can follow without a crash. */
	successors: Map<string, Set<string>>;
	/** The states in which every execution is over. */
	ends: Set<string>;
}

/**
 * Plays all orders of what can happen, each state once. `check` is called in every state, with what happened
 * before it.
 */
async function explore(
	start: () => Play,
	check: (play: Play, happened: string[]) => void,
): Promise<Explored> {
	const successors = new Map<string, Set<string>>();
	const ends = new Set<string>();
	const open: number[][] = [[]];
	for (let choices = open.pop(); choices !== undefined; choices = open.pop()) {
		const play = start();
		await settled();
		const happened: string[] = [];
		// The last of the choices is new; those before it lead to where it can be made.
		let before: { state: string; action: Action } | undefined;
		for (let depth = 0; ; depth += 1) {
			const isNew = depth >= choices.length;
			if (isNew) {
				const { state } = play;
				if (before !== undefined && !before.action.name.endsWith('crash')) {
					successors.get(before.state)?.add(state);
				}
				if (successors.has(state)) break;
				successors.set(state, new Set());
				check(play, happened);
				if (play.isOver) {
					ends.add(state);
					break;
				}
			}
			const { actions } = play;
			if (isNew) {
				for (let other = 1; other < actions.length; other += 1) open.push([...choices, other]);
				choices.push(0);
			}
			const action = actions[choices[depth] ?? 0];
			if (action === undefined) throw new Error(`nothing can happen after\n${happened.join('\n')}`);
			if (depth === choices.length - 1) before = { state: play.state, action };
			happened.push(action.name);
			action.act();
			await settled();
		}
	}
	return { successors, ends };
}

/** The states from which no way leads to an end. */
function stuck({ successors, ends }: Explored): string[] {
	const predecessors = new Map<string, string[]>();
	for (const [state, next] of successors) {
		for (const one of next) predecessors.set(one, [...(predecessors.get(one) ?? []), state]);
	}
	const good = new Set(ends);
	const open = [...ends];
	for (let state = open.pop(); state !== undefined; state = open.pop()) {
		for (const one of predecessors.get(state) ?? []) {
			if (good.has(one)) continue;
			good.add(one);
			open.push(one);
		}
	}
	return [...successors.keys()].filter((state) => !good.has(state));
}

/** Throws if an execution that is over tells nothing of its person. */
function checkAllTell({ processes }: World, story: string): void {
	for (const { receipts, isDone, name } of processes) {
		if (isDone && receipts.length !== 1) throw new Error(`${name} tells nothing:\n${story}`);
	}
}

const vendors: VendorDoes[][] = [
	['finds'],
	['finds nothing', 'finds'],
	['finds, answer lost', 'finds'],
	['refuses', 'finds'],
];
// Who gives way is decided by these names, and the third execution may come before or after the others.
const orders = [
	['b', 'c', 'a'],
	['c', 'b', 'd'],
];
const ways = [false, true].flatMap((readsFirst) => orders.map((names) => ({ names, readsFirst })));
// A minute for each way: npm run test:soak plays all of them with each vendor.
const isSoak = process.env.SEARCH_RUNS !== undefined;

it.each(vendors.map((vendorDoes) => ({ vendorDoes })))(
	'$vendorDoes: in all orders, one person is charged once at most, and nobody waits for ever',
	async ({ vendorDoes }) => {
		let states = 0;
		const one = vendorDoes.length === 1 ? 3 : 0;
		for (const { names, readsFirst } of ways.filter((_, way) => isSoak || way === one)) {
			const settings: WorldSettings = { vendorDoes, readsFirst };
			const executions = names.map((name) => ({ name, people: [ANN] }));
			const explored = await explore(
				() => new Play(settings, executions, { crashes: 1, ticks: 2 }),
				({ world, isOver }, happened) => {
					const story = happened.join('\n');
					if (world.charged.length > 1) throw new Error(`paid twice:\n${story}`);
					if (!isOver) return;
					checkAllTell(world, story);
				},
			);
			expect(explored.ends.size).toBeGreaterThan(10);
			expect(stuck(explored).slice(0, 1)).toEqual([]);
			states += explored.successors.size;
		}
		// For the reader of the log: how much was tried.
		process.stdout.write(`${vendorDoes.join(', then ')}: ${states} states\n`);
	},
	600_000,
);

it.each<{ vendorDoes: VendorDoes[] }>([
	{ vendorDoes: ['finds'] },
	{ vendorDoes: ['finds nothing', 'finds'] },
])(
	'$vendorDoes: in all orders, two people do not pass a limit that allows one of them, and nobody waits for ever',
	async ({ vendorDoes }) => {
		const limits = [{ name: 'Maximum Credits per Day', periodMs: 1_000_000, credits: 5 }];
		const executions = [
			{ name: 'b', people: [ANN] },
			{ name: 'c', people: ['bob@acme.com'] },
			{ name: 'a', people: ['cid@acme.com'] },
		];
		const explored = await explore(
			() => new Play({ vendorDoes, limits }, executions, { crashes: 1, ticks: isSoak ? 2 : 1 }),
			({ world, isOver }, happened) => {
				const story = happened.join('\n');
				if (world.charged.length > 1) throw new Error(`more than the limit:\n${story}`);
				if (!isOver) return;
				checkAllTell(world, story);
				if (world.charged.length === 0 && world.processes.every(({ isDead }) => !isDead)) {
					throw new Error(`nobody was asked for, though one fits:\n${story}`);
				}
			},
		);
		expect(stuck(explored).slice(0, 1)).toEqual([]);
		process.stdout.write(
			`limit, ${vendorDoes.join(', then ')}: ${explored.successors.size} states\n`,
		);
	},
	600_000,
);
