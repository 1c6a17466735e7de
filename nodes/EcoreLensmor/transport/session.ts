import type { Account } from '../vendors/account';
import type { Send } from './send';
import type { Throttle } from './throttle';

/** What all requests of one run share. */
export interface Session {
	account: Account;
	send: Send;
	throttle: Throttle;
	/** Whether a person pressed Stop. */
	cancelled: () => boolean;
	/** Why nothing further is sent in this run; `undefined` while it goes on. */
	halted: string | undefined;
	/** Whether any problem ends the run (Stop Workflow), not only one that every further request would meet. */
	haltOnProblem: boolean;
}

/** Lets nothing further be sent in this run. */
export function halt(session: Session, reason: string): void {
	session.halted ??= `Held back after an earlier answer: ${reason}`;
}
