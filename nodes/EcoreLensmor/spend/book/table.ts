import { rowsBy, type NewRow, type Row } from './rows';

/** What is done in one visit to the table, in this order. */
export interface Visit {
	/** The numbers of rows to remove that no other row replaces. */
	takeBack?: number[];
	insert?: NewRow[];
	/** Rows to insert whose key no row has. Another execution may insert one between that look and the insert. */
	insertIfNew?: NewRow[];
	/** The numbers of rows to remove that others replace: if n8n is killed before that, both are there. */
	remove?: number[];
	/** The keys whose rows are wanted. */
	read?: string[];
}

/**
 * The table of a purchase book. Each step of a visit is committed before the next one begins, and a step that
 * reads sees all rows that were committed before it began; nothing more is promised. Throws if the table is out
 * of reach.
 */
export interface BookTable {
	/** Returns the rows of the keys that `read` names. */
	visit(visit: Visit): Promise<Row[]>;
	/** The rows of a vendor that were written at that time or later (of the database, milliseconds since 1970). */
	since(vendor: string, time: number): Promise<Row[]>;
}

interface Visitor {
	visit: Visit;
	done: (rows: Row[]) => void;
	failed: (error: Error) => void;
}

/** Makes one visit of what several requests want at the same time: a visit takes as long for many as for one. */
export class JointVisits {
	private waiting: Visitor[] = [];
	private isUnderWay = false;

	constructor(
		private readonly table: BookTable,
		/** Waits for the next turn of the event loop. */
		private readonly turn: () => Promise<void>,
	) {}

	/** Visits the table. Throws what the table throws. */
	async visit(visit: Visit): Promise<Row[]> {
		const rows = new Promise<Row[]>((done, failed) => {
			this.waiting.push({ visit, done, failed });
		});
		void this.visitAll();
		return await rows;
	}

	/** Visits the table until nobody waits for a visit; at once only if nobody else does it already. */
	private async visitAll(): Promise<void> {
		if (this.isUnderWay) return;
		this.isUnderWay = true;
		// When all that want to visit now have said so.
		for (await this.turn(); this.waiting.length > 0; await this.turn()) {
			await this.visitFor(this.waiting.splice(0));
		}
		this.isUnderWay = false;
	}

	private async visitFor(visitors: Visitor[]): Promise<void> {
		try {
			const rows = await this.table.visit({
				takeBack: visitors.flatMap(({ visit }) => visit.takeBack ?? []),
				insert: visitors.flatMap(({ visit }) => visit.insert ?? []),
				insertIfNew: visitors.flatMap(({ visit }) => visit.insertIfNew ?? []),
				remove: visitors.flatMap(({ visit }) => visit.remove ?? []),
				read: [...new Set(visitors.flatMap(({ visit }) => visit.read ?? []))],
			});
			const byKey = rowsBy('key', rows);
			for (const { visit, done } of visitors) {
				done((visit.read ?? []).flatMap((key) => byKey.get(key) ?? []));
			}
		} catch (error) {
			for (const { failed } of visitors) failed(error as Error);
		}
	}
}
