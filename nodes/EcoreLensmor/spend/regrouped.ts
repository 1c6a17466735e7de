import type { Operation } from '../operations/operation';
import { afterALostAnswer, isProblem, type Receipt } from '../outcome';
import type { Standing } from './memo';

/** A request for several things, and which item of this run tells what they cost. */
interface Group {
	standing: Standing;
	things: Set<string>;
	/** The item that tells the credits of all; -1 where each item tells its own. */
	toldBy?: number;
}

/**
 * What an earlier run of this execution asked for in other groups: a person may choose One Request per
 * Item before pressing Retry. Without this the credits of those groups would stand on no item.
 */
export class Regrouped {
	private readonly groupOf = new Map<string, Group>();
	private readonly used = new Set<string>();

	/** `standing`: the requests whose receipts no output carries yet. */
	constructor(
		private readonly operation: Operation,
		standing: Standing[],
	) {
		for (const one of standing) {
			const things = new Set(this.thingsIn(one.request));
			const group: Group = { standing: one, things };
			// A request for one thing is found by its key.
			if (things.size > 1) for (const thing of things) this.groupOf.set(thing, group);
		}
	}

	/** The keys of the requests that items of this run speak for. */
	get keys(): Iterable<string> {
		return this.used;
	}

	/** The receipt for a request that an answer to a larger one covers; `undefined` where it must be sent. */
	answerFor(request: unknown, item: number): Receipt | undefined {
		const [group, ...others] = this.groupsOf(request);
		if (group === undefined || others.length > 0 || group.standing.isInDoubt) return undefined;
		if (!this.thingsIn(request).every((thing) => group.things.has(thing))) return undefined;
		const { receipt, request: whole } = group.standing;
		const part = this.operation.part?.(receipt, whole, request);
		if (part === undefined) return undefined;
		const { outcome, fields, creditsCharged } = part;
		const own: Receipt = { ...receipt, outcome, fields, creditsCharged: creditsCharged ?? 0 };
		if (creditsCharged === undefined) return this.withCreditsOf(group, own, item);
		group.toldBy = -1;
		this.used.add(group.standing.key);
		return { ...own, reason: 'Bought together with others by an earlier run of this execution' };
	}

	/** A receipt with what earlier answers say beside it: their credits, and the doubt they left. */
	withEarlier(request: unknown, receipt: Receipt, item: number): Receipt {
		return this.groupsOf(request).reduce(
			(told, group) =>
				group.standing.isInDoubt ? afterALostAnswer(told) : this.withCreditsOf(group, told, item),
			receipt,
		);
	}

	private withCreditsOf(group: Group, receipt: Receipt, item: number): Receipt {
		const { standing, things } = group;
		const { creditsCharged: credits } = standing.receipt;
		if (credits === 0 || credits === null || group.toldBy === -1) return receipt;
		// A problem may be asked again, and is then the one that tells.
		if (isProblem(receipt)) return receipt;
		this.used.add(standing.key);
		const isFirst = group.toldBy === undefined;
		group.toldBy ??= item;
		const together = `An earlier run of this execution paid ${credits} credits for ${things.size} records together, which item ${group.toldBy} carries`;
		return {
			...receipt,
			creditsCharged:
				receipt.creditsCharged === null ? null : receipt.creditsCharged + (isFirst ? credits : 0),
			reason: [receipt.reason, together].filter(Boolean).join('. '),
		};
	}

	private groupsOf(request: unknown): Group[] {
		if (this.groupOf.size === 0) return [];
		const groups = this.thingsIn(request).map((thing) => this.groupOf.get(thing));
		return [...new Set(groups)].filter((group) => group !== undefined);
	}

	private thingsIn(request: unknown): string[] {
		return this.operation.claims?.(request) ?? [];
	}
}
