import { emailEnrich } from './emailEnrich';
import { eventUnlock } from './eventUnlock';
import type { AnyOperation } from './operation';
import { phoneEnrich } from './phoneEnrich';
import { recordGetAll } from './recordGetAll';
import { recordUnlock } from './recordUnlock';

/** Every operation of the node; dropdowns, fields and dispatch are derived from this list. */
export const operations: readonly AnyOperation[] = [
	emailEnrich,
	eventUnlock,
	phoneEnrich,
	recordGetAll,
	recordUnlock,
];
