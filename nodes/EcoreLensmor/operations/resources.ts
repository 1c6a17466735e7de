/** The Resource dropdown, in alphabetical order: whose data it is, and what it is good for. */
export const RESOURCES = {
	balance: { name: 'Balance', description: 'Lensmor: how many credits are left (free)' },
	email: { name: 'Email', description: 'eCore: find the email of a person (1 credit if found)' },
	event: {
		name: 'Event',
		description: 'Lensmor: find trade shows (free), and unlock their exhibitors and people',
	},
	exhibitor: { name: 'Exhibitor', description: 'Lensmor: list the companies at an event (free)' },
	person: {
		name: 'Person',
		description: 'Lensmor: list the people at an event (free), and unlock their emails and phones',
	},
	phone: { name: 'Phone', description: 'eCore: find the phone of a person (5 credits if found)' },
	record: {
		name: 'Record',
		description: 'eCore: search contacts (free), and unlock their emails and phones',
	},
} as const;

/** The value of a resource in the Resource dropdown. */
export type Resource = keyof typeof RESOURCES;
