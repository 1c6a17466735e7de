import { z } from 'zod';

import { eventField } from '../eventField';
import type { OperationDescription } from '../../operation';

/** What the user sees of Event → Unlock. */
export const description: OperationDescription = {
	resourceName: 'Event',
	name: 'Unlock',
	action: 'Unlock event (2000 credits, 0 if already unlocked)',
	description:
		"Open a trade-show event's exhibitors and people (2000 credits, 0 if already unlocked)",
	fields: [eventField],
	options: [
		{
			displayName: 'Call Source',
			name: 'callSource',
			type: 'options',
			default: 'auto',
			options: [
				{ name: 'Agent', value: 'agent', description: 'Say that an AI agent asked' },
				{ name: 'API', value: 'api', description: 'Say that a workflow asked' },
				{
					name: 'Automatic',
					value: 'auto',
					description: 'Agent when the node runs as an AI tool, API otherwise',
				},
			],
			description: "What Lensmor's usage statistics should say about where the call comes from",
		},
	],
	output: z.object({
		eventId: z.string().nullable(),
		alreadyUnlocked: z.boolean().nullable(),
		event: z
			.object({ id: z.string(), eventId: z.string(), name: z.string().nullable() })
			.partial()
			.nullable(),
		balance: z
			.object({
				subscriptionBalance: z.number(),
				permanentBalance: z.number(),
				totalBalance: z.number(),
				unlimited: z.boolean(),
			})
			.partial()
			.nullable(),
	}),
};
