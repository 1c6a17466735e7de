import { emailEnrich } from './emailEnrich';
import { eventUnlock } from './eventUnlock';
import type { Operation } from './operation';
import { phoneEnrich } from './phoneEnrich';
import { recordUnlock } from './recordUnlock';

/** Every operation of the node; dropdowns, fields and dispatch are derived from this list. */
export const operations: readonly Operation[] = [
	emailEnrich,
	eventUnlock,
	phoneEnrich,
	recordUnlock,
];
