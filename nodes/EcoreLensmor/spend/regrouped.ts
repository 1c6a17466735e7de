import { tryOperation } from '../operations/defect';
import type { PaidOperation, Part } from '../operations/operation';
import { afterALostAnswer, sentences, withoutAnswer, type Receipt } from '../operations/outcome';
import { count } from '../operations/quote';
import { mapInSlices } from '../timeSlices';
import type { ReusableRequest } from './memory';
import type { KeyedRequest } from './purchase';

const LOST = 'An earlier answer about this was lost, so it may or may not have been charged';

/** What a run asks for, and the first item that wants it. */
export interface WantedRequest extends KeyedRequest {
	item: number;
}

/** A request of an earlier run that this one does not ask for as it is, and the requests that ask for parts of it. */
interface Group {
	earlier: ReusableRequest;
	things: Set<string>;
	askedBy: Array<WantedRequest & { things: string[] }>;
	/** Whether each of those tells its own share of the credits; otherwise the first tells all of them. */
	isShared: boolean;
}

/**
 * What an earlier run of this execution asked for in other groups: a person may choose One Request per
 * Item, or another Batch Size, before pressing Retry. Without this the credits of those groups would
 * stand on no item.
 */
export class Regrouped {
	private readonly groupsWith = new Map<string, Group[]>();
	private readonly groups: Group[] = [];
	/** What is told of requests that share a charge with an earlier one, by key. */
	readonly shares = new Map<string, Receipt>();

	private constructor(private readonly operation: PaidOperation) {}

	/** `reusable`: the requests whose receipts no output carries yet. `wanted`: what this run asks for.
	 * `claim`: whether this run is the one to tell of a request. */
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

	/** The keys of the requests whose credits items of this run tell. */
	get keys(): string[] {
		return this.groups
			.filter(({ askedBy, earlier }) => askedBy.length > 0 && !earlier.isInDoubt)
			.map(({ earlier }) => earlier.key);
	}

	/** The receipt for a request that an answer to a larger one covers; `undefined` where it must be asked for. */
	answerFor({ key, request }: KeyedRequest): Receipt | undefined {
		const groups = this.groupsOf(request);
		if (groups.some(({ earlier }) => earlier.isInDoubt)) return undefined;
		const things = this.thingsIn(request);
		for (const { earlier, things: all, isShared } of groups) {
			if (!things.every((thing) => all.has(thing))) continue;
			const part = this.partOf(earlier, request);
			if (part === undefined) continue;
			const { outcome, fields, creditsCharged = 0 } = part;
			const reason = isShared
				? 'Bought together with others by an earlier run of this execution'
				: earlier.receipt.reason;
			const own = { ...earlier.receipt, outcome, fields, reason };
			const credits = isShared ? creditsCharged : 0;
			return this.withEarlier(
				{ key, request },
				{ ...own, creditsCharged: own.creditsCharged === null ? null : credits },
			);
		}
		return undefined;
	}

	/** A receipt with what earlier answers say beside it: their credits, and the doubt they left. */
	withEarlier({ key, request }: KeyedRequest, receipt: Receipt): Receipt {
		const groups = this.groupsOf(request);
		if (groups.length === 0) return receipt;
		const full = groups.reduce((soFar, group) => this.withGroup(key, soFar, group), receipt);
		if (full.outcome !== 'refused' && full.outcome !== 'not_sent') this.shares.set(key, full);
		return full;
	}

	private withGroup(
		key: string,
		soFar: Receipt,
		{ earlier, things, askedBy, isShared }: Group,
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
		if (first === undefined || isShared || credits === 0) return soFar;
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
		await mapInSlices(wanted, (one) => {
			if (!byKey.has(one.key)) byKey.set(one.key, one);
		});
		await mapInSlices(reusable, (one) => {
			// The memory answers for what is asked for as it was.
			if (byKey.has(one.key)) return;
			const things = new Set(this.thingsIn(one.request));
			const group: Group = { earlier: one, things, askedBy: [], isShared: false };
			this.groups.push(group);
			for (const thing of things) {
				const others = this.groupsWith.get(thing);
				if (others === undefined) this.groupsWith.set(thing, [group]);
				else others.push(group);
			}
		});
		if (this.groups.length === 0) return;
		await mapInSlices(byKey.values(), (one) => {
			const things = this.thingsIn(one.request);
			for (const group of this.groupsOf(one.request)) group.askedBy.push({ ...one, things });
		});
		for (const group of [...this.groups]) {
			if (group.askedBy.length > 0 && !claim(group.earlier.key)) this.remove(group);
		}
		await mapInSlices(this.groups, (group) => (group.isShared = this.canBeShared(group)));
	}

	private remove(group: Group): void {
		this.groups.splice(this.groups.indexOf(group), 1);
		for (const thing of group.things) {
			const others = this.groupsWith.get(thing) ?? [];
			this.groupsWith.set(
				thing,
				others.filter((one) => one !== group),
			);
		}
	}

	/** Whether the requests that ask for parts of a group are just its parts, and each part's price is known. */
	private canBeShared({ earlier, things, askedBy }: Group): boolean {
		const parts = askedBy.flatMap((one) => one.things);
		return (
			earlier.receipt.creditsCharged !== null &&
			parts.length === things.size &&
			new Set(parts).size === things.size &&
			parts.every((thing) => things.has(thing) && this.groupsWith.get(thing)?.length === 1) &&
			askedBy.every(({ request }) => {
				const part = this.partOf(earlier, request);
				return part?.creditsCharged !== undefined;
			})
		);
	}

	private groupsOf(request: unknown): Group[] {
		if (this.groups.length === 0) return [];
		return [
			...new Set(this.thingsIn(request).flatMap((thing) => this.groupsWith.get(thing) ?? [])),
		];
	}

	/** Where the operation's code throws, it has nothing to tell. */
	private partOf({ receipt, request }: ReusableRequest, part: unknown): Part | undefined {
		const result = tryOperation(() => this.operation.part?.(receipt, request, part));
		return 'defect' in result ? undefined : result.result;
	}

	private thingsIn(request: unknown): string[] {
		const things = tryOperation(() => this.operation.locks?.(request) ?? []);
		return 'defect' in things ? [] : things.result;
	}
}
