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
	/** Why nothing more is sent in this run; `undefined` as long as requests may be sent. */
	halted: string | undefined;
	/** Whether every problem ends the run (Stop Workflow), and not only one that all further requests would have. */
	haltOnProblem: boolean;
}

/** Lets nothing more be sent in this run, for the first reason that was given. */
export function halt(session: Session, reason: string): void {
	session.halted ??= `Held back after an earlier answer: ${reason}`;
}
