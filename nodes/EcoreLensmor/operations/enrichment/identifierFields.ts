import type { INodeProperties } from 'n8n-workflow';

/** The fields that identify a person. All of them may be filled in at once. */
export const identifierFields: INodeProperties[] = [
	{
		displayName:
			'Map as many fields as the contact has. Each lookup sends exactly one combination: the first complete one of LinkedIn URL; email; name and company website; name and company name.',
		name: 'identifiersNotice',
		type: 'notice',
		default: '',
	},
	{
		displayName: 'LinkedIn URL',
		name: 'linkedinUrl',
		type: 'string',
		default: '',
		placeholder: 'e.g. https://www.linkedin.com/in/johndoe',
		description: "Address of the person's LinkedIn profile",
	},
	{
		displayName: 'Email',
		name: 'email',
		type: 'string',
		default: '',
		placeholder: 'name@email.com',
		description: 'An email address of the person that is already known',
	},
	{
		displayName: 'First Name',
		name: 'firstName',
		type: 'string',
		default: '',
		placeholder: 'e.g. Nathan',
		description: 'Used together with Last Name and a company',
	},
	{
		displayName: 'Last Name',
		name: 'lastName',
		type: 'string',
		default: '',
		placeholder: 'e.g. Smith',
		description: 'Used together with First Name and a company',
	},
	{
		displayName: 'Company Website',
		name: 'companyWebsite',
		type: 'string',
		default: '',
		placeholder: 'e.g. acme.com',
		description: 'Used together with First Name and Last Name',
	},
	{
		displayName: 'Company Name',
		name: 'companyName',
		type: 'string',
		default: '',
		placeholder: 'e.g. Acme Corp',
		description: 'Used together with First Name and Last Name, where there is no Company Website',
	},
];

/** The option Try Next Identifier. */
export const tryNextOption: INodeProperties = {
	displayName: 'Try Next Identifier',
	name: 'tryNext',
	type: 'boolean',
	default: false,
	description:
		'Whether to look the person up by the next complete combination when one finds nothing (which is free)',
};
