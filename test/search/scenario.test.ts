import fc from 'fast-check';

import { operations } from '../../nodes/EcoreLensmor/operations';
import { parametersOf, scenarios } from './scenario';

it('every operation that costs credits is searched', () => {
	const sample = fc.sample(scenarios, { numRuns: 1000, seed: 1 });
	const searched = sample.map((scenario) => {
		const { resource, operation } = parametersOf(scenario);
		return `${resource as string} ${operation as string}`;
	});

	expect([...new Set(searched)].sort()).toEqual(
		operations
			.filter(({ kind }) => kind === 'paid')
			.map(({ resource, operation }) => `${resource} ${operation}`)
			.sort(),
	);
});
