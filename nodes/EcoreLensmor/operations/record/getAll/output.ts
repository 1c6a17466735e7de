import { z } from 'zod';

import { flag, text } from '../../outputFields';

/** A record as it comes out (api-contract A.2). */
export const record = z.object({
	uuid: z.string(),
	firstName: text,
	lastName: text,
	companyName: text,
	jobTitle: text,
	linkedinUrl: text,
	email: text,
	directPhone: text,
	mobilePhone: text,
	isEmailUnlocked: flag,
	isPhoneUnlocked: flag,
});
