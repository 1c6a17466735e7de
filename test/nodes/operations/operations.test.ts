import type { IDataObject } from 'n8n-workflow';
import { z } from 'zod';

import { operations } from '../../../nodes/EcoreLensmor/operations';
import { paidOperations, withOptions } from '../../fixtures/paidOperations';
import { freeOperations } from '../../fixtures/freeOperations';
import { outputOf } from '../../schema/files';
import { useFakeClock } from '../fakeClock';
import { play } from '../fakeExecution';
import { FakeVendor } from '../fakeVendor';
import { CONTINUE, keyed } from '../runs';

useFakeClock();

const named = ({ resource, operation }: { resource?: unknown; operation?: unknown }) =>
	`${resource as string} ${operation as string}`;

it.each([
	['paid', paidOperations],
	['free', freeOperations],
])('every %s operation is in the table that the tests run on', (kind, table) => {
	expect(table.map(({ parameters }) => named(parameters)).sort()).toEqual(
		operations
			.filter((operation) => operation.kind === kind)
			.map(named)
			.sort(),
	);
});

it('there is no operation of another kind', () => {
	expect(paidOperations.length + freeOperations.length).toBe(operations.length);
});

/** What an item may have, no more and no less: as the editor shows it before the first run. */
function shownOf({ parameters }: { parameters: IDataObject }) {
	const operation = operations.find((one) => named(one) === named(parameters));
	if (operation === undefined) throw new Error(`no operation ${named(parameters)}`);
	const shown = outputOf(operation).strict();
	const always = Object.keys(shown.shape).filter(
		(name) => !(shown.shape[name] instanceof z.ZodOptional),
	);
	return { shown, always };
}

describe.each([...paidOperations, ...freeOperations])('$name', (operation) => {
	it('what comes out has the fields that the editor shows, in their order', async () => {
		const { shown, always } = shownOf(operation);
		const { json } = await play({
			vendor: new FakeVendor(),
			parameters: { returnAll: false, limit: 3, ...operation.parameters },
			items: keyed(...operation.keys.slice(0, 2)),
		});

		expect(json.length).toBeGreaterThanOrEqual(2);
		for (const one of json) {
			expect(shown.parse(one)).toEqual(one);
			expect(Object.keys(one)).toEqual(Object.keys(shown.shape).filter((name) => name in one));
			expect(Object.keys(one)).toEqual(expect.arrayContaining(always));
		}
	});
});

describe.each(paidOperations)('$name', (operation) => {
	it('so has what was planned, refused, uncertain, not found or asked twice', async () => {
		const { shown } = shownOf(operation);
		const [first = '', second = ''] = operation.keys;
		for (const options of [{ dryRun: true }, {}]) {
			const vendor = new FakeVendor().fault({ kind: 'malformed', on: second });
			const { json } = await play({
				vendor,
				parameters: { ...withOptions(operation, options), returnContactDetails: true },
				items: keyed(first, first, second, operation.unknownKey, null),
				onError: CONTINUE,
			});

			expect(json).toHaveLength(5);
			for (const one of json) expect(shown.parse(one)).toEqual(one);
		}
	});
});
