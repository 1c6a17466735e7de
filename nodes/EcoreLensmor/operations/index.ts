import { balanceGet } from './balanceGet';
import { emailEnrich } from './emailEnrich';
import { eventCheckUnlock } from './eventCheckUnlock';
import { eventGet } from './eventGet';
import { eventGetAll } from './eventGetAll';
import { eventUnlock } from './eventUnlock';
import { exhibitorGetAll } from './exhibitorGetAll';
import type { AnyOperation } from './operation';
import { personGetAll } from './personGetAll';
import { phoneEnrich } from './phoneEnrich';
import { recordGetAll } from './recordGetAll';
import { recordUnlock } from './recordUnlock';

/** Every operation of the node; dropdowns, fields and dispatch are derived from this list. */
export const operations: readonly AnyOperation[] = [
	balanceGet,
	emailEnrich,
	eventCheckUnlock,
	eventGet,
	eventGetAll,
	eventUnlock,
	exhibitorGetAll,
	personGetAll,
	phoneEnrich,
	recordGetAll,
	recordUnlock,
];
