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
