import { tryOperation } from '../operations/defect';
import type { PaidOperation, Part } from '../operations/operation';
import {
	afterALostAnswer,
	sentences,
	withoutAnswer,
	type Outcome,
	type Receipt,
} from '../operations/outcome';
import { count } from '../operations/quote';
import { mapInSlices } from '../timeSlices';
import type { ReusableRequest } from './memory';
import type { KeyedRequest } from './purchase';

const LOST = 'An earlier answer about this was lost, so it may or may not have been charged';

// A later run may ask again: nothing of it is kept.
const UNANSWERED: Outcome[] = ['refused', 'not_sent', 'uncertain'];

/** A request of this run, and the first item that asks for it. */
export interface WantedRequest extends KeyedRequest {
	item: number;
}

/** A request of an earlier run that this run does not ask for in the same form, and what this run asks for of it. */
interface Group {
	earlier: ReusableRequest;
	/** The lock keys of all that the earlier request asked for, such as one for each record. */
	things: Set<string>;
	/** The requests of this run that ask for at least one of these things. */
	askedBy: Array<WantedRequest & { things: string[] }>;
	/** Whether the credits are divided among these requests; otherwise the first one carries all of them. */
	isDivided?: boolean;
}

/**
 * What an earlier run of this execution asked for in other groups: a person may choose One Request per
 * Item, or another Batch Size, before pressing Retry. Without this class, the credits of those groups
 * would be on no item.
 */
export class Regrouped {
	private readonly groupsByThing = new Map<string, Set<Group>>();
	private readonly groups = new Set<Group>();
	/** What is told of requests that share a charge with an earlier one, by key. */
	readonly shares = new Map<string, Receipt>();

	private constructor(private readonly operation: PaidOperation) {}

	/**
	 * Compares the requests of earlier runs whose receipts no output carries yet (`reusable`) with the
	 * requests of this run (`wanted`). `claim` returns whether this run is the one to tell of a request.
	 */
	static async from(
		operation: PaidOperation,
		reusable: ReusableRequest[],
		wanted: Iterable<WantedRequest>,
		claim: (key: string) => boolean,
	): Promise<Regrouped> {
		const regrouped = new Regrouped(operation);
		if (reusable.length > 0) await regrouped.compare(reusable, wanted, claim);
		return regrouped;
	}

	/** The keys of the earlier requests whose credits are on items of this run. */
	get keys(): string[] {
		return [...this.groups]
			.filter(({ askedBy, earlier }) => askedBy.length > 0 && !earlier.isInDoubt)
			.map(({ earlier }) => earlier.key);
	}

	/** The receipt for a request that an earlier, larger one has bought; `undefined` if it must be sent. */
	answerFor({ key, request }: KeyedRequest): Receipt | undefined {
		const groups = this.groupsOf(request);
		if (groups.some(({ earlier }) => earlier.isInDoubt)) return undefined;
		const things = this.thingsIn(request);
		for (const { earlier, things: bought, isDivided } of groups) {
			if (!things.every((thing) => bought.has(thing))) continue;
			const part = this.partOf(earlier, request);
			if (part === undefined) continue;
			const { outcome, fields, creditsCharged = 0 } = part;
			const reason = isDivided
				? 'Bought together with others by an earlier run of this execution'
				: earlier.receipt.reason;
			const own = isDivided ? creditsCharged : 0;
			const receipt: Receipt = {
				...earlier.receipt,
				outcome,
				fields,
				reason,
				creditsCharged: earlier.receipt.creditsCharged === null ? null : own,
			};
			return this.withEarlier({ key, request }, receipt);
		}
		return undefined;
	}

	/** A receipt with what earlier requests for the same things add to it: their credits, or their doubt. */
	withEarlier({ key, request }: KeyedRequest, receipt: Receipt): Receipt {
		const groups = this.groupsOf(request);
		if (groups.length === 0) return receipt;
		const full = groups.reduce((soFar, group) => this.withGroup(key, soFar, group), receipt);
		if (!UNANSWERED.includes(full.outcome)) this.shares.set(key, full);
		return full;
	}

	private withGroup(
		key: string,
		soFar: Receipt,
		{ earlier, things, askedBy, isDivided }: Group,
	): Receipt {
		const { creditsCharged: credits } = earlier.receipt;
		const own = soFar.creditsCharged;
		if (earlier.isInDoubt || credits === null) {
			if (own === null) return soFar;
			return soFar.outcome === 'refused' || soFar.outcome === 'not_sent'
				? withoutAnswer(this.operation, 'uncertain', sentences(soFar.reason, LOST))
				: afterALostAnswer(soFar);
		}
		const [first] = askedBy;
		if (first === undefined || isDivided || credits === 0) return soFar;
		return {
			...soFar,
			creditsCharged: own === null ? null : own + (first.key === key ? credits : 0),
			reason: sentences(
				soFar.reason,
				`An earlier run of this execution paid ${count(credits, 'credit')} for ${count(things.size, 'record')} together: they are counted at item ${first.item}`,
			),
		};
	}

	private async compare(
		reusable: ReusableRequest[],
		wanted: Iterable<WantedRequest>,
		claim: (key: string) => boolean,
	): Promise<void> {
		const byKey = new Map<string, WantedRequest>();
		await mapInSlices(wanted, (request) => {
			if (!byKey.has(request.key)) byKey.set(request.key, request);
		});
		await mapInSlices(reusable, (earlier) => {
			// If this run asks for it in the same form, the memory answers.
			if (byKey.has(earlier.key)) return;
			const things = new Set(this.thingsIn(earlier.request));
			const group: Group = { earlier, things, askedBy: [] };
			this.groups.add(group);
			for (const thing of things) {
				const others = this.groupsByThing.get(thing);
				if (others === undefined) this.groupsByThing.set(thing, new Set([group]));
				else others.add(group);
			}
		});
		await mapInSlices(byKey.values(), (wantedRequest) => {
			const { request } = wantedRequest;
			for (const group of this.groupsOf(request)) {
				group.askedBy.push({ ...wantedRequest, things: this.thingsIn(request) });
			}
		});
		await mapInSlices([...this.groups], (group) => {
			if (group.askedBy.length > 0 && !claim(group.earlier.key)) this.remove(group);
		});
		await mapInSlices(this.groups, (group) => (group.isDivided = this.canBeDivided(group)));
	}

	private remove(group: Group): void {
		this.groups.delete(group);
		for (const thing of group.things) this.groupsByThing.get(thing)?.delete(group);
	}

	/** Whether this run asks for each thing of a group exactly once and for nothing else, at known prices. */
	private canBeDivided({ earlier, things, askedBy }: Group): boolean {
		const asked = askedBy.flatMap((request) => request.things);
		return (
			earlier.receipt.creditsCharged !== null &&
			asked.length === things.size &&
			new Set(asked).size === things.size &&
			asked.every((thing) => things.has(thing) && this.groupsByThing.get(thing)?.size === 1) &&
			askedBy.every(({ request }) => {
				const part = this.partOf(earlier, request);
				return part?.creditsCharged !== undefined;
			})
		);
	}

	private groupsOf(request: unknown): Group[] {
		if (this.groups.size === 0) return [];
		return [
			...new Set(
				this.thingsIn(request).flatMap((thing) => [...(this.groupsByThing.get(thing) ?? [])]),
			),
		];
	}

	/** What an earlier receipt says of a part of its request; `undefined` also if the operation's code throws. */
	private partOf({ receipt, request }: ReusableRequest, part: unknown): Part | undefined {
		const result = tryOperation(() => this.operation.part?.(receipt, request, part));
		return 'result' in result ? result.result : undefined;
	}

	/** The lock keys of a request; none if the operation's code throws. */
	private thingsIn(request: unknown): string[] {
		const things = tryOperation(() => this.operation.locks?.(request) ?? []);
		return 'defect' in things ? [] : things.result;
	}
}
