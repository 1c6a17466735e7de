import { balanceGet } from './balance/get';
import { emailEnrich } from './email/enrich';
import { eventCheckUnlock } from './event/checkUnlock';
import { eventGet } from './event/get';
import { eventGetAll } from './event/getAll';
import { eventUnlock } from './event/unlock';
import { exhibitorGetAll } from './exhibitor/getAll';
import type { Operation } from './operation';
import { personGetAll } from './person/getAll';
import { personUnlock } from './person/unlock';
import { phoneEnrich } from './phone/enrich';
import { recordGetAll } from './record/getAll';
import { recordUnlock } from './record/unlock';

/** Every operation of the node; dropdowns, fields and dispatch are derived from this list. */
export const operations: readonly Operation[] = [
	balanceGet,
	emailEnrich,
	eventCheckUnlock,
	eventGet,
	eventGetAll,
	eventUnlock,
	exhibitorGetAll,
	personGetAll,
	personUnlock,
	phoneEnrich,
	recordGetAll,
	recordUnlock,
];
