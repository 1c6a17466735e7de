const MAX_CHARACTERS = 60;

/** A value as a sentence can quote it: a short text, or the kind of value. */
export function quote(value: unknown): string {
	if (value === undefined || value === null) return 'nothing';
	if (typeof value === 'string') {
		if (value.trim() === '') return 'nothing';
		const text = value.length > MAX_CHARACTERS ? `${value.slice(0, MAX_CHARACTERS)}…` : value;
		return `"${text}"`;
	}
	if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
	if (typeof value === 'object') return 'an object';
	return typeof value === 'number' || typeof value === 'boolean'
		? `the ${typeof value} ${value}`
		: `a ${typeof value}`;
}

/** A number with its noun: "1 credit", "2 credits". */
export function count(number: number, noun: string): string {
	return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
