import type { IDataObject } from 'n8n-workflow';

import type { PaidFixture } from '../fixtures/paidOperations';
import type { Setup } from './fakeExecution';
import { FakeVendor } from './fakeVendor';

/** On Error: Continue. */
export const CONTINUE = 'continueRegularOutput' as const;

/** Items with these keys, which the fixtures' parameters map to requests. */
export const keyed = (...keys: unknown[]) => keys.map((key) => ({ json: { key } as IDataObject }));

/** A run that asks for the first keys of an operation, with any of that changed. */
export function asking(operation: PaidFixture, count: number, more: Partial<Setup> = {}): Setup {
	const items = keyed(...operation.keys.slice(0, count));
	return { vendor: new FakeVendor(), parameters: operation.parameters, items, ...more };
}

/** What became of each item, and what it says that it cost, in credits. */
export const told = (json: IDataObject[]) =>
	json.map(({ outcome, creditsCharged }) => [outcome, creditsCharged]);

/** What each item says of why. */
export const reasons = (json: IDataObject[]) => json.map(({ reason }) => reason);

/** What the vendor really charged for, in order. */
export const charged = ({ ledger }: FakeVendor) => ledger.map(({ key }) => key);
