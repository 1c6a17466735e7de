import { World, type WorldSettings } from './model';

/** Something that can happen next. */
export interface Action {
	name: string;
	act: () => void;
}

/** How often what is no step of an execution may happen. */
export interface Bounds {
	crashes: number;
	ticks: number;
	/** How often a person may delete a row. */
	deletions?: number;
	/** How often the table may come out of reach; it always comes back. */
	failures?: number;
}

// Enough for a claim to become invalid, twice.
const TICKS_OF_WAITING = 4;

/** Executions that share a table, and all that can happen to them. The last one starts when the others are over. */
export class Play {
	readonly world: World;
	private readonly left: Required<Bounds> & { ticksOfWaiting: number };
	private lastStarted = false;

	constructor(
		settings: WorldSettings,
		private readonly executions: Array<{ name: string; people: string[] }>,
		bounds: Bounds,
	) {
		this.world = new World(settings);
		this.left = { deletions: 0, failures: 0, ticksOfWaiting: TICKS_OF_WAITING, ...bounds };
		for (const { name, people } of executions.slice(0, -1)) this.world.start(name, people);
	}

	/** Whether every execution is over. */
	get isOver(): boolean {
		return this.lastStarted && this.areOver;
	}

	private get areOver(): boolean {
		return this.world.processes.every((one) => one.isDead || one.isDone);
	}

	/** All that decides what can happen from here, as text. */
	get state(): string {
		return `${this.world.state} ${JSON.stringify(this.left)}`;
	}

	get actions(): Action[] {
		return [
			...this.steps(),
			...this.crashes(),
			...this.ofTheNetwork(),
			...this.ofTimeAndPeople(),
			...this.start(),
		];
	}

	private steps(): Action[] {
		return this.world.processes.flatMap(({ name, next }) =>
			next.map(({ label, perform }) => ({ name: `${name}: ${label}`, act: perform })),
		);
	}

	private crashes(): Action[] {
		if (this.left.crashes === 0 || this.lastStarted) return [];
		return this.world.processes
			.filter(({ next }) => next.length > 0)
			.map((process) => ({
				name: `${process.name}: crash`,
				act: () => {
					this.left.crashes -= 1;
					this.world.crash(process);
				},
			}));
	}

	private ofTheNetwork(): Action[] {
		const { orphans } = this.world;
		return orphans.flatMap((orphan) => {
			const gone = () => void orphans.splice(orphans.indexOf(orphan), 1);
			const arrives = () => {
				gone();
				orphan.perform();
			};
			return [
				{ name: 'a request of the dead arrives', act: arrives },
				{ name: 'a request of the dead is lost', act: gone },
			];
		});
	}

	private ofTimeAndPeople(): Action[] {
		const { world, left } = this;
		const all: Action[] = [];
		// Time also passes where all that live only wait.
		const kind = left.ticks > 0 ? 'ticks' : 'ticksOfWaiting';
		const isTime = kind === 'ticks' || world.areAllWaiting;
		if (left[kind] > 0 && isTime && world.mayTick && !this.isOver) {
			const act = () => {
				left[kind] -= 1;
				world.tick();
			};
			all.push({ name: 'time passes', act });
		}
		if (left.deletions > 0) {
			for (const row of world.rows) {
				const act = () => {
					left.deletions -= 1;
					world.remove(({ id }) => id === row.id);
				};
				all.push({ name: `a person deletes ${row.attempt} ${row.outcome}`, act });
			}
		}
		if (!world.isInReach) {
			all.push({ name: 'the table is back', act: () => (world.isInReach = true) });
		} else if (left.failures > 0) {
			const act = () => {
				left.failures -= 1;
				world.isInReach = false;
			};
			all.push({ name: 'the table fails', act });
		}
		return all;
	}

	private start(): Action[] {
		const last = this.executions.at(-1);
		if (this.lastStarted || !this.areOver || last === undefined) return [];
		const act = () => {
			this.lastStarted = true;
			this.world.start(last.name, last.people);
		};
		return [{ name: `${last.name} starts`, act }];
	}
}
