import { z } from 'zod';

import { text } from '../../outputFields';

/** An exhibitor as it comes out; `lockedCount` is how many more an unlock would show (api-contract B.12). */
export const exhibitor = z.object({
	id: z.string(),
	companyName: text,
	domain: text,
	website: text,
	linkedinUrl: text,
	industry: text,
	country: text,
	employeeCount: z.union([z.number(), z.string()]).nullable().catch(null),
});
