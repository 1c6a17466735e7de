import { z } from 'zod';

import { text } from '../../outputFields';

/** A person at an event as it comes out (api-contract B.13). */
export const person = z.object({
	id: z.string(),
	fullName: text,
	title: text,
	companyName: text,
	linkedinUrl: text,
	email: text,
	phone: text,
	contactUnlockStatus: text,
});
