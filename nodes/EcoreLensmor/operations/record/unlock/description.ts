import { z } from 'zod';

import type { PaidDescription } from '../../operation';
import { OUTPUTS_OF_UNLOCKS } from '../../outcome';

/** The default and the maximum of Options → Batch Size, in UUIDs per request. */
export const BATCH_SIZE = { default: 100, most: 1000 };

// Only with the option Return Contact Details.
const contactDetails = z.object({
	email: z.string().nullable(),
	directPhone: z.string().nullable(),
	mobilePhone: z.string().nullable(),
});

/** The output fields of Record → Unlock. */
export const output = z.object({
	uuids: z.array(z.string()),
	unlockType: z.enum(['email', 'phone']).nullable(),
	requested: z.number(),
	alreadyUnlocked: z.boolean().nullable(),
	unlocked: z.number().nullable(),
	...contactDetails.partial().shape,
	contacts: z
		.array(z.object({ uuid: z.string(), ...contactDetails.shape, reason: z.string() }))
		.optional(),
});

/** What the user sees of Record → Unlock. */
export const description: PaidDescription<typeof output> = {
	name: 'Unlock',
	action: 'Unlock record email or phone (1 or 5 credits, 0 if already unlocked)',
	description:
		'Buy the email (1 credit) or phone (5 credits; 1 where eCore holds none) of records; what is already unlocked costs 0',
	price:
		'For each record 1 credit (email) or 5 credits (phone; 1 where eCore holds no phone), 0 if it is already unlocked.',
	maximumCredits: 100,
	outputs: OUTPUTS_OF_UNLOCKS,
	fields: [
		{
			displayName: 'Record UUIDs',
			name: 'uuids',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. a1b2c3d4-e5f6-7a8b-9c0d-1e2f3a4b5c6d',
			description:
				'One UUID, or several separated by commas, spaces or new lines, or a list from an expression',
		},
		{
			displayName: 'Unlock',
			name: 'unlockType',
			type: 'options',
			default: 'email',
			options: [
				{
					name: 'Email',
					value: 'email',
					description: '1 credit per record, 0 if already unlocked',
				},
				{
					name: 'Phone',
					value: 'phone',
					description: '5 credits per record, 1 where eCore holds no phone, 0 if already unlocked',
				},
			],
			description: 'What to buy of each record',
		},
		{
			displayName: 'Requests',
			name: 'requestMode',
			type: 'options',
			noDataExpression: true,
			default: 'perItem',
			options: [
				{
					name: 'Combined',
					value: 'combined',
					description:
						'As few requests as possible. One output item per request: totals, and each record in contacts.',
				},
				{
					name: 'One Request per Item',
					value: 'perItem',
					description: 'Every item knows exactly what happened to it',
				},
			],
			description: 'How items become requests; the price is the same',
		},
		{
			displayName: 'Return Contact Details',
			name: 'returnContactDetails',
			type: 'boolean',
			noDataExpression: true,
			default: true,
			description:
				'Whether to add the email and phones of each unlocked record, found through free searches by the company and job title that the item carries',
		},
	],
	options: [
		{
			displayName: 'Batch Size',
			name: 'batchSize',
			type: 'number',
			default: 100,
			typeOptions: { minValue: 1, maxValue: 1000 },
			displayOptions: { show: { '/requestMode': ['combined'] } },
			description: 'How many UUIDs go into one combined request',
		},
	],
	output,
};
