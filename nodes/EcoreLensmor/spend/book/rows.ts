import type { IDataObject } from 'n8n-workflow';

import type { Outcome } from '../../operations/outcome';

/**
 * One attempt to buy something, as the purchase book keeps it. Before the request is sent, its row says
 * `asked`. When the answer is known, a row with the same `attempt` and what came back takes its place.
 */
export interface NewRow {
	/** The key of the purchase, as in the memory; empty if the row stands for none. */
	key: string;
	vendor: string;
	/** Resource and operation, such as `phone.enrich`. */
	operation: string;
	/** What was asked for, in words that a person recognizes. */
	about: string;
	/**
	 * `asked` as long as nobody knows what came of it. `uncertain` if nobody ever will, but a person had it asked
	 * again since, and that was answered. `answered` if the row stands for no purchase, but for answers of the book.
	 */
	outcome: Outcome | 'asked' | 'answered';
	/** What it cost, in credits; the most that it can have cost as long as nobody knows. */
	credits: number;
	/** What answers of the book saved, in credits; 0 in the row of a purchase. */
	saved: number;
	/**
	 * The output fields of the answer as JSON; empty if there is none to give again. In a row that says `asked`: the
	 * vendor's task that works on it, as JSON.
	 */
	result: string;
	execution: string;
	workflow: string;
	/** The same in the row that is written before a request and in the one that is written after it. */
	attempt: string;
	/**
	 * How long a row that says `asked` can stand for a request under way, in milliseconds. Later, nobody knows
	 * what came of the request. 0 if that is known already.
	 */
	validForMs: number;
}

/** A row that is written. */
export interface Row extends NewRow {
	/** n8n's number of the row. */
	id: number;
	/** When it was written, by the clock of n8n's database: milliseconds since 1970. */
	createdAt: number;
}

/** What the rows of one key say. */
export type Finding =
	/** The youngest answer that was paid for. */
	| { kind: 'bought'; row: Row }
	/** Requests were sent, and nobody knows what came of them. */
	| { kind: 'unknown'; row: Row }
	/** The vendor works on it, in a task. */
	| { kind: 'processing'; row: Row; taskId: string }
	/** Others are asking right now. */
	| { kind: 'asking'; rows: Row[] }
	| { kind: 'nothing' };

/** How to read the rows of one key. */
export interface Reading {
	/** The time by this process's clock, in milliseconds since 1970: good enough for days. */
	today: number;
	/**
	 * The time by the clock of n8n's database, in milliseconds since 1970; `undefined` if it is not known yet,
	 * and then no request is taken for one of a process that died.
	 */
	now: number | undefined;
	/** How old an answer may be to be given again, in milliseconds. */
	rememberForMs: number;
	/** The reader's own attempt, which is not read; `undefined` if it has none. */
	ownAttempt: string | undefined;
}

/** Reads what the rows of one key say. */
export function findingIn(rows: Row[], reading: Reading): Finding {
	const { today, now, rememberForMs, ownAttempt } = reading;
	const bought: Row[] = [];
	const unknown: Row[] = [];
	const asking: Row[] = [];
	for (const [attempt, ofAttempt] of rowsBy('attempt', rows)) {
		if (attempt === ownAttempt) continue;
		const row = latestOf(ofAttempt);
		if (row.outcome !== 'asked') {
			// A person may have emptied the result of a purchase: it was paid all the same.
			if (row.result !== '' || row.outcome === 'found') bought.push(row);
		} else if (ofAttempt.every((one) => isAlive(one, now))) asking.push(row);
		else unknown.push(row);
	}
	const lastBought = youngest(bought);
	if (lastBought !== undefined && today - lastBought.createdAt < rememberForMs) {
		return { kind: 'bought', row: lastBought };
	}
	for (const row of [...asking, ...unknown]) {
		const taskId = taskIdOf(row);
		if (taskId !== undefined) return { kind: 'processing', row, taskId };
	}
	// Whoever asks now may answer what nobody knows yet.
	if (asking.length > 0) return { kind: 'asking', rows: asking };
	const doubt = youngest(unknown);
	return doubt === undefined ? { kind: 'nothing' } : { kind: 'unknown', row: doubt };
}

/** The attempts of which nobody knows what came of them, and nobody is asking any more; the rows of each. */
export function doubtsIn(rows: Row[], now: number | undefined): Row[][] {
	return [...rowsBy('attempt', rows).values()]
		.filter((ofAttempt) => ofAttempt.every(({ outcome }) => outcome === 'asked'))
		.filter((ofAttempt) => !ofAttempt.every((row) => isAlive(row, now)));
}

/**
 * The row of an attempt that knows most. An attempt has two rows while one replaces the other, and keeps them if
 * n8n is killed at that moment.
 */
export function latestOf(ofAttempt: Row[]): Row {
	return (
		ofAttempt.find(({ outcome }) => outcome !== 'asked') ??
		ofAttempt.find((row) => taskIdOf(row) !== undefined) ??
		(ofAttempt[0] as Row)
	);
}

/** The vendor's task that works on a request; `undefined` if its row names none. */
export function taskIdOf(row: Row): string | undefined {
	if (row.outcome !== 'asked') return undefined;
	const taskId = fieldsOf(row)?.taskId;
	return typeof taskId === 'string' && taskId !== '' ? taskId : undefined;
}

/** Whether a row can stand for a request that is under way now; `now` as in `Reading`. */
export function isAlive({ outcome, createdAt, validForMs }: Row, now: number | undefined): boolean {
	return outcome === 'asked' && (now === undefined ? validForMs > 0 : now - createdAt < validForMs);
}

/** Rows by their key, or by their attempt. */
export function rowsBy(name: 'key' | 'attempt', rows: Row[]): Map<string, Row[]> {
	const groups = new Map<string, Row[]>();
	for (const row of rows) {
		const group = groups.get(row[name]);
		if (group === undefined) groups.set(row[name], [row]);
		else group.push(row);
	}
	return groups;
}

/** The output fields that a row gives again; `undefined` if they cannot be read, as a person may have edited them. */
export function fieldsOf({ result }: Row): IDataObject | undefined {
	try {
		const fields: unknown = JSON.parse(result);
		return typeof fields === 'object' && fields !== null ? (fields as IDataObject) : undefined;
	} catch {
		return undefined;
	}
}

function youngest(rows: Row[]): Row | undefined {
	return rows.reduce<Row | undefined>(
		(last, row) => (last === undefined || row.createdAt > last.createdAt ? row : last),
		undefined,
	);
}
