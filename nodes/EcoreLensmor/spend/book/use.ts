import type { PaidOperation } from '../../operations/operation';
import { OUTCOMES, withoutAnswer, type Receipt } from '../../operations/outcome';
import { halt } from '../../transport/session';
import type { Spending } from '../purchase';
import { whyOverLimit } from '../limit';
import type { Claim, Wanted } from './book';
import { fieldsOf, type Row } from './rows';

// What writing and reading the table may take, beside waiting for a task.
const GRACE_MS = 20_000;

/** What a run's purchase book says before a request is sent. */
type Opened =
	/** There is nothing to send. */
	| { kind: 'known'; receipt: Receipt }
	/**
	 * The vendor works on it because another execution asked, which paid so many credits at most; `receipt` is what
	 * is known of it so far.
	 */
	| { kind: 'processing'; receipt: Receipt; paid: number }
	/** It must not be sent now. */
	| { kind: 'heldBack'; outcome: 'refused' | 'not_sent'; reason: string; isLimit: boolean }
	/** It may be sent; without `claim` if the user has named no purchase book. */
	| { kind: 'open'; claim?: Claim };

type Operation = Pick<PaidOperation, 'fieldsWithoutAnswer' | 'description'>;

/** The receipt of what was bought before, as far as the book was read; nothing is written. */
export function boughtBefore(
	spending: Spending,
	operation: Operation,
	key: string,
): Receipt | undefined {
	const row = spending.book?.lookUp(key);
	return row === undefined ? undefined : receiptOf(spending, operation, row);
}

/** Asks the book about a request, and has it written down if it may be sent. Never throws. */
export async function open(
	spending: Spending,
	operation: Operation,
	wanted: Wanted,
): Promise<Opened> {
	const { book } = spending;
	if (book === undefined) return { kind: 'open' };
	try {
		const opening = await book.open(wanted, () => isOver(spending));
		switch (opening.kind) {
			case 'claimed':
				return { kind: 'open', claim: opening.claim };
			case 'bought':
				return { kind: 'known', receipt: receiptOf(spending, operation, opening.row) };
			case 'processing': {
				const { row, taskId } = opening;
				const fields = { ...operation.fieldsWithoutAnswer('processing'), taskId };
				const receipt: Receipt = {
					outcome: 'processing',
					creditsCharged: 0,
					creditsRemaining: spending.balance,
					reason: whyProcessing(row),
					fields,
				};
				return { kind: 'processing', receipt, paid: row.credits };
			}
			case 'unknown': {
				const reason = whyUnknown(book.settings.name, opening.row);
				spending.memory.noteDoubtOfOthers(wanted.key);
				return { kind: 'known', receipt: uncertain(spending, operation, reason) };
			}
			case 'overLimit':
				return {
					kind: 'heldBack',
					outcome: 'not_sent',
					reason: whyOverLimit(
						opening.limit.name,
						opening.spent,
						opening.limit.credits,
						wanted.worstCase,
					),
					isLimit: true,
				};
			case 'stopped':
				return {
					kind: 'heldBack',
					outcome: 'not_sent',
					reason: spending.haltReason ?? 'The execution was stopped',
					isLimit: false,
				};
		}
	} catch (error) {
		const reason = whyOutOfReach(book.settings.name, error);
		halt(spending, reason);
		return { kind: 'heldBack', outcome: 'refused', reason, isLimit: false };
	}
}

/** Has the book write down that the vendor works on a request, which this run waits for that many milliseconds. */
export function process(claim: Claim | undefined, { fields }: Receipt, waitMs: number): void {
	// Without a task, the row goes on saying that nobody knows.
	if (typeof fields.taskId === 'string') claim?.process(fields.taskId, waitMs + GRACE_MS);
}

/** Has the book write down what a request came to. */
export function settle(
	claim: Claim | undefined,
	{ outcome, creditsCharged, fields }: Receipt,
): void {
	if (outcome === 'processing') {
		if (typeof fields.taskId === 'string') return;
		if (creditsCharged === 0) claim?.takeBack();
		else claim?.leaveUnknown();
	} else if (outcome === 'uncertain') claim?.leaveUnknown();
	else {
		claim?.settle({
			outcome,
			credits: creditsCharged ?? undefined,
			// Only a lookup finds something that is given again.
			result: outcome === 'found' ? JSON.stringify(fields) : '',
		});
	}
}

/** Whether nothing more is sent in this run. */
export function isOver({ cancelled, haltReason }: Spending): boolean {
	return cancelled() || haltReason !== undefined;
}

/** Why nothing was sent, if the book is out of reach. */
export function whyOutOfReach(name: string, error: unknown): string {
	return `The purchase book "${name}" is out of reach, so nothing was sent: ${(error as Error).message}`;
}

function receiptOf(spending: Spending, operation: Operation, row: Row): Receipt {
	const { createdAt, credits } = row;
	const boughtAt = new Date(createdAt).toISOString();
	const fields = operation.description.output.partial().safeParse(fieldsOf(row));
	const outcome = OUTCOMES.find((one) => one === row.outcome);
	if (outcome === undefined || !fields.success) {
		const name = spending.book?.settings.name;
		const reason = `This was bought on ${boughtAt}, but its row in the data table "${name}" cannot be read. Delete the row to have it bought again`;
		return uncertain(spending, operation, reason);
	}
	return {
		outcome,
		creditsCharged: 0,
		creditsRemaining: spending.balance,
		reason: '',
		fields: fields.data,
		fromBook: { boughtAt, credits },
	};
}

/** The receipt if nothing was sent because of what an earlier execution left in doubt: this one spent nothing. */
function uncertain(spending: Spending, operation: Operation, reason: string): Receipt {
	// The run would end because of it, so nothing more should be spent in it.
	if (spending.haltOnProblem) halt(spending, reason);
	return { ...withoutAnswer(operation, 'uncertain', reason), creditsCharged: 0 };
}

function whyProcessing({ execution, workflow, createdAt }: Row): string {
	const at = new Date(createdAt).toISOString();
	return `Execution ${execution} of workflow ${workflow} asked for this on ${at}, and it is not ready yet. Ask for it again later`;
}

function whyUnknown(name: string, { execution, workflow, createdAt, credits }: Row): string {
	const at = new Date(createdAt).toISOString();
	return `Execution ${execution} of workflow ${workflow} asked for this on ${at}, and nobody knows what came of it: it may have cost up to ${credits} credits. It is not asked again by itself. To have it asked anew, delete its row in the data table "${name}", or press Retry on this execution`;
}
