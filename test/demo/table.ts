/** The widest line that is printed, in characters. */
export const WIDTH = 120;

const GAP = '  ';
const INDENT = '      ';

/** A heading, and on which side its cells are flush. */
export interface Column {
	heading: string;
	align?: 'right';
}

/** One line of a table, and what is said below it. */
export interface Row {
	cells: string[];
	note?: string;
}

/** A value as a cell shows it: empty unless it is a text or a number. */
export function text(value: unknown): string {
	return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
}

/** A table as text of at most `WIDTH` characters per line: long cells are cut, notes are wrapped. */
export function table(columns: readonly Column[], rows: readonly Row[]): string {
	const widths = widthsOf(columns, rows);
	const line = (cells: readonly string[]) =>
		widths
			.map((width, index) => {
				const cell = cut(cells[index] ?? '', width);
				return columns[index]?.align === 'right' ? cell.padStart(width) : cell.padEnd(width);
			})
			.join(GAP)
			.trimEnd();
	return [
		line(columns.map(({ heading }) => heading)),
		widths.map((width) => '-'.repeat(width)).join(GAP),
		...rows.flatMap(({ cells, note = '' }) => [line(cells), ...wrapped(note, INDENT)]),
	].join('\n');
}

/** A sentence as lines of at most `WIDTH` characters, each indented. */
export function wrapped(sentence: string, indent = ''): string[] {
	const lines: string[] = [];
	let line = '';
	for (const word of sentence.split(' ').filter(Boolean)) {
		if (line !== '' && `${indent}${line} ${word}`.length > WIDTH) {
			lines.push(indent + line);
			line = word;
		} else {
			line = line === '' ? word : `${line} ${word}`;
		}
	}
	return line === '' ? lines : [...lines, indent + line];
}

// The widest column gives way until the line fits.
function widthsOf(columns: readonly Column[], rows: readonly Row[]): number[] {
	const widths = columns.map(({ heading }, index) =>
		Math.max(heading.length, ...rows.map(({ cells }) => cells[index]?.length ?? 0)),
	);
	const room = WIDTH - GAP.length * (columns.length - 1);
	for (let all = sum(widths); all > room; all -= 1) {
		const widest = widths.indexOf(Math.max(...widths));
		widths[widest] = (widths[widest] ?? 0) - 1;
	}
	return widths;
}

function sum(numbers: number[]): number {
	return numbers.reduce((total, number) => total + number, 0);
}

function cut(cell: string, width: number): string {
	return cell.length <= width ? cell : `${cell.slice(0, width - 1)}…`;
}
