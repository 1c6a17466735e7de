import { z } from 'zod';

import { flag, number, text } from '../outputFields';

/** The output fields of an event (docs/vendor-apis.md B.4, B.5). */
export const event = z.object({
	id: z.string(),
	eventId: text,
	name: text,
	dateStart: text,
	dateEnd: text,
	city: text,
	country: text,
	url: text,
	exhibitorCount: number,
	hasVisitors: flag,
});
