import { eventUnlock as events } from '../../fixtures/paidOperations';
import { useFakeClock } from '../fakeClock';
import { play } from '../fakeExecution';
import { asking } from '../runs';

useFakeClock();

it.each(['asTool', 'runAsTool'])('an AI agent is told to Lensmor as such: %s', async (how) => {
	const setup = asking(events, 2, { [how]: true });
	await play(setup);
	expect(setup.vendor.sent.map(({ headers }) => headers)).toEqual([
		{ 'x-call-source': 'agent' },
		{ 'x-call-source': 'agent' },
	]);
});

it.each([
	['asTool', 'agent'],
	['asNode', 'api'],
] as const)('an old n8n says it with the type alone, and has no hints: %s', async (how, source) => {
	const setup = asking(events, 2, { inOldN8n: how });
	const { json, error } = await play(setup);
	expect(error).toBeUndefined();
	expect(json.map(({ outcome }) => outcome)).toEqual(['unlocked', 'unlocked']);
	for (const { headers } of setup.vendor.sent) expect(headers).toEqual({ 'x-call-source': source });
});
