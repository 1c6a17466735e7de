import { settled, TICK_MS, World, type VendorDoes, type WorldSettings } from './model';

/** A choice of what happens next. */
interface Action {
	name: string;
	act: () => void;
}

interface Bounds {
	crashes: number;
	ticks: number;
}

/** A world in which choices were made, and what can be chosen next. */
class Play {
	readonly world: World;
	private crashesLeft: number;
	private ticksLeft: number;
	private thirdStarted = false;

	constructor(
		settings: WorldSettings,
		private readonly names: [string, string, string],
		bounds: Bounds,
	) {
		this.world = new World(settings);
		this.crashesLeft = bounds.crashes;
		this.ticksLeft = bounds.ticks;
		this.world.start(names[0], [PERSON]);
		this.world.start(names[1], [PERSON]);
	}

	get actions(): Action[] {
		const { world } = this;
		const all: Action[] = [];
		for (const process of world.processes) {
			const { next } = process;
			if (process.isDead || next === undefined) continue;
			all.push({ name: `${process.name}: ${next.label}`, act: () => next.perform() });
			if (this.crashesLeft > 0 && !this.thirdStarted) {
				const act = () => {
					this.crashesLeft -= 1;
					world.crash(process);
				};
				all.push({ name: `${process.name}: crash`, act });
			}
		}
		for (const orphan of world.orphans) {
			const gone = () => world.orphans.splice(world.orphans.indexOf(orphan), 1);
			all.push({ name: 'orphan: arrives', act: () => (gone(), orphan.perform()) });
			all.push({ name: 'orphan: is lost', act: () => void gone() });
		}
		if (this.ticksLeft > 0 && world.mayTick && !this.isOver) {
			const act = () => {
				this.ticksLeft -= 1;
				world.now += TICK_MS;
			};
			all.push({ name: 'tick', act });
		}
		if (!this.thirdStarted && world.processes.every((one) => one.isDead || one.isDone)) {
			const act = () => {
				this.thirdStarted = true;
				world.start(this.names[2], [PERSON]);
			};
			all.push({ name: 'third', act });
		}
		return all;
	}

	get isOver(): boolean {
		return this.thirdStarted && this.world.processes.every((one) => one.isDead || one.isDone);
	}

	get state(): string {
		return `${this.world.state} ${this.crashesLeft} ${this.ticksLeft}`;
	}
}

const PERSON = 'ann@acme.com';

/** Plays all orders of what can happen, each state once. Returns how many states and ends there are. */
async function explore(
	settings: WorldSettings,
	names: [string, string, string],
	bounds: Bounds,
	check: (play: Play, path: string[]) => void,
) {
	const successors = new Map<string, Set<string>>();
	const ends = new Set<string>();
	const open: number[][] = [[]];
	let replays = 0;
	while (open.length > 0) {
		const choices = open.pop() ?? [];
		const play = new Play(settings, names, bounds);
		replays += 1;
		await settled();
		const path: string[] = [];
		let from: string | undefined;
		for (const [depth, choice] of choices.entries()) {
			if (depth === choices.length - 1) from = play.state;
			const action = play.actions[choice];
			if (action === undefined) throw new Error(`no such choice after ${path.join('\n')}`);
			path.push(action.name);
			action.act();
			await settled();
		}
		for (;;) {
			const { state } = play;
			if (from !== undefined) successors.get(from)?.add(state);
			if (successors.has(state)) break;
			successors.set(state, new Set());
			check(play, path);
			if (play.isOver) {
				ends.add(state);
				break;
			}
			const { actions } = play;
			if (actions.length === 0) throw new Error(`nothing can happen after\n${path.join('\n')}`);
			for (let other = actions.length - 1; other > 0; other -= 1) open.push([...choices, other]);
			choices.push(0);
			from = state;
			path.push(actions[0]?.name ?? '');
			actions[0]?.act();
			await settled();
		}
	}
	return { successors, ends, replays };
}

const outcomes: VendorDoes[][] = [
	['finds'],
	['finds nothing', 'finds'],
	['finds, answer lost', 'finds'],
	['answer lost', 'finds'],
	['refuses', 'finds'],
];

it.each(outcomes.map((vendorDoes) => ({ vendorDoes })))(
	'$vendorDoes: in all orders, one person is charged once at most, and every execution ends',
	async ({ vendorDoes }) => {
		let states = 0;
		let replayed = 0;
		for (const names of [
			['b', 'c', 'a'],
			['c', 'b', 'd'],
		] as Array<[string, string, string]>) {
			const bounds = { crashes: 1, ticks: 2 };
			const { successors, replays } = await explore({ vendorDoes }, names, bounds, (play, path) => {
				if (play.world.charged.length > 1) throw new Error(`paid twice:\n${path.join('\n')}`);
			});
			states += successors.size;
			replayed += replays;
		}
		console.log(`${vendorDoes.join()}: ${states} states, ${replayed} replays`);
	},
	600_000,
);
