import { shipped, type Charge } from '../sandbox/world';
import type { Column, Row } from './table';

/** The headings of the grouped ledger. */
export const ledgerColumns: Column[] = [
	{ heading: 'Vendor' },
	{ heading: 'What' },
	{ heading: 'Charges', align: 'right' },
	{ heading: 'Each', align: 'right' },
	{ heading: 'Credits', align: 'right' },
];

/** The ledger with equal charges on one line, and whom or what they were for below it. */
export function ledgerRows(ledger: readonly Charge[]): Row[] {
	const groups = new Map<string, Charge[]>();
	for (const charge of ledger) {
		const group = `${charge.vendor} ${charge.what} ${charge.credits}`;
		groups.set(group, [...(groups.get(group) ?? []), charge]);
	}
	return [...groups.values()].flatMap((charges) => {
		const [first] = charges;
		if (first === undefined) return [];
		const { vendor, what, credits } = first;
		const numbers = [charges.length, credits, charges.length * credits].map(String);
		return {
			cells: [vendor === 'ecore' ? 'eCore' : 'Lensmor', what, ...numbers],
			note: charges.map(nameOf).join(', '),
		};
	});
}

function nameOf({ key }: Charge): string {
	const person = shipped.people.find(({ uuid, email }) => uuid === key || email === key);
	if (person !== undefined) return `${person.first_name} ${person.last_name}`;
	return shipped.events.find(({ eventId }) => eventId === key)?.name ?? key;
}
