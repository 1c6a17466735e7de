import type { Execution } from '../engine/engine';
import type { Charge } from '../sandbox/world';
import type { DemoWorkflow } from './workflows';

/** Credits on an execution's items, as the node says. */
export function creditsOnItems({ output }: Execution): number {
	return output.reduce((sum, { json }) => sum + Number(json.creditsCharged ?? 0), 0);
}

/** Credits of some charges. */
export function creditsIn(charges: readonly Charge[]): number {
	return charges.reduce((sum, { credits }) => sum + credits, 0);
}

/** What an execution did other than it should have, each as a sentence. `charges` are those that the vendors made meanwhile. */
export function differencesIn(
	{ title, expected }: DemoWorkflow,
	execution: Execution,
	charges: readonly Charge[],
): string[] {
	if (execution.error !== undefined) return [`${title}: stopped with "${execution.error.message}"`];
	const { output } = execution;
	const differences: string[] = [];
	if (output.length !== expected.length) {
		differences.push(`${title}: ${output.length} items came out, ${expected.length} were expected`);
	}
	for (const [item, should] of expected.entries()) {
		const is = output[item]?.json;
		if (is === undefined) continue;
		if (is.outcome !== should.outcome) {
			differences.push(
				`${title}, item ${item}: outcome is ${JSON.stringify(is.outcome)}, expected ${JSON.stringify(should.outcome)}`,
			);
		}
		if (is.creditsCharged !== should.credits) {
			differences.push(
				`${title}, item ${item}: creditsCharged is ${JSON.stringify(is.creditsCharged)}, expected ${should.credits}`,
			);
		}
	}
	const [said, taken] = [creditsOnItems(execution), creditsIn(charges)];
	if (said !== taken) {
		differences.push(`${title}: the items say ${said} credits, the vendors took ${taken}`);
	}
	return differences;
}

/** Every person, record or event that was charged more than once, each as a sentence. */
export function chargedTwice(ledger: readonly Charge[]): string[] {
	const times = new Map<string, number>();
	for (const { what, key } of ledger) {
		times.set(`${what} ${key}`, (times.get(`${what} ${key}`) ?? 0) + 1);
	}
	return [...times]
		.filter(([, number]) => number > 1)
		.map(([thing, number]) => `${thing} was charged ${number} times`);
}
