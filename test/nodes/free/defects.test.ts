import { eventGet } from '../../../nodes/EcoreLensmor/operations/event/get';
import { pagesOf } from '../../../nodes/EcoreLensmor/free/pages';
import { requestFree } from '../../../nodes/EcoreLensmor/free/requestFree';
import { shipped } from '../../sandbox/world';
import { inTime, useFakeClock } from '../fakeClock';
import { FakeVendor } from '../fakeVendor';
import { play } from '../fakeExecution';
import { scripted } from '../scriptedSession';
import { holding, shelves } from './shelves';

useFakeClock();

const DEFECT = expect.stringMatching(/^This is a defect of the node, .* \(it broke\)/) as string;
const broken = () => {
	throw new Error('it broke');
};

it('a request that cannot be made is refused, and nothing is sent', async () => {
	const { session, asked } = scripted();
	const endpoint = { ...shelves.endpoint, toWire: broken };
	const result = await inTime(requestFree(session, endpoint, { shelf: 'a', page: 1 }));

	expect(result).toEqual({ kind: 'failed', outcome: 'refused', reason: DEFECT });
	expect(asked).toEqual([]);
});

it('a page that cannot be read ends its list, and says why', async () => {
	const { session, asked } = scripted(holding(['book'], true));
	const pages = [];
	const list = { ...shelves, page: broken };
	for await (const page of pagesOf(session, list, { shelf: 'a', page: 1 }, 5)) pages.push(page);

	expect(pages).toEqual([{ kind: 'failed', outcome: 'refused', reason: DEFECT }]);
	expect(asked).toHaveLength(1);
});

it.each(['parse', 'page', 'simplify'] as const)(
	'where %s throws, each item is refused, and the reason is no expression',
	async (part) => {
		const spy = jest.spyOn(eventGet, part as 'page').mockImplementation(broken);
		const [first, second] = shipped.events;
		const { json, error } = await play({
			vendor: new FakeVendor(),
			parameters: {
				resource: 'event',
				operation: 'get',
				eventId: '={{ $json.key }}',
				output: 'simplified',
			},
			items: [{ json: { key: first?.eventId } }, { json: { key: second?.eventId } }],
			onError: 'continueRegularOutput',
		});
		spy.mockRestore();

		expect(error).toBeUndefined();
		expect(json).toEqual([
			{ outcome: 'refused', reason: DEFECT },
			{ outcome: 'refused', reason: DEFECT },
		]);
	},
);
