import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { z } from 'zod';

import { filtersField, filtersIn } from '../lists/filters';
import { limitFields, limitOf, outputFields } from '../lists/listFields';
import type {
	BadInput,
	FreeOperation,
	FreeRequest,
	ItemParameters,
	OperationDescription,
	Page,
} from '../operation';
import { flag, text } from '../outputFields';
import { searchRecords, type SearchRequest, type SearchResponse } from '../../vendors/ecore';

/** The output fields of a record (docs/vendor-apis.md A.2). */
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
});

/** The filters that eCore documents (docs/vendor-apis.md A.2). */
export const filters: INodeProperties[] = [
	{
		displayName: 'Company Name',
		name: 'companyName',
		type: 'string',
		default: '',
		placeholder: 'e.g. Acme Corp',
	},
	{
		displayName: 'Contact Office Country',
		name: 'contactOfficeCountry',
		type: 'string',
		default: '',
		placeholder: 'e.g. United States',
	},
	{
		displayName: 'Employee Range',
		name: 'employeeRange',
		type: 'string',
		default: '',
		placeholder: 'e.g. 1001-5000',
	},
	{
		displayName: 'Industry',
		name: 'industry',
		type: 'string',
		default: '',
		placeholder: 'e.g. Technology',
	},
	{
		displayName: 'Job Level',
		name: 'jobLevel',
		type: 'string',
		default: '',
		placeholder: 'e.g. C Level',
	},
	{
		displayName: 'Job Title',
		name: 'jobTitle',
		type: 'string',
		default: '',
		placeholder: 'e.g. Software Engineer',
	},
	{
		displayName: 'Revenue Range',
		name: 'revenueRange',
		type: 'string',
		default: '',
		placeholder: 'e.g. $100M-$500M',
	},
];

/** What the user sees of Record → Get Many. */
const description: OperationDescription<typeof record> = {
	name: 'Get Many',
	action: 'Get many records (free)',
	description: 'Search eCore for people; emails and phones are empty until unlocked',
	fields: [...limitFields, ...outputFields, filtersField(filters)],
	options: [],
	output: record,
};

/** The most records that one search asks for. eCore documents no maximum (docs/vendor-apis.md A.2). */
export const RECORDS_PER_PAGE = 100;

const ON_THE_WIRE = {
	companyName: 'company_name',
	contactOfficeCountry: 'contact_office_country',
	employeeRange: 'employee_range',
	jobLevel: 'job_level',
	jobTitle: 'job_title',
	revenueRange: 'revenue_range',
} as const;

/** Record → Get Many: searches eCore's records. Only unlocked records show their email and phones. */
export const recordGetAll = {
	kind: 'free' as const,
	resource: 'record',
	operation: 'getAll',
	description,
	endpoint: searchRecords,
	parse,
	page,
	simplify,
} satisfies FreeOperation<SearchRequest, SearchResponse>;

function parse(item: ItemParameters): FreeRequest<SearchRequest> | BadInput {
	const limit = limitOf(item);
	if ('bad' in limit) return limit;
	const set = filtersIn(item, filters, ON_THE_WIRE);
	if ('bad' in set) return set;
	return { request: firstSearch(set.filters, limit.limit), ...limit };
}

/** The first request of a search for at most `most` records. */
export function firstSearch(set: SearchRequest['filters'], most: number): SearchRequest {
	return { filters: set, limit: Math.min(most, RECORDS_PER_PAGE), offset: 0 };
}

function page({ results, count }: SearchResponse, request: SearchRequest): Page<SearchRequest> {
	const offset = request.offset + results.length;
	// eCore may give fewer records than were asked for, also in the middle of a list. So a short page is not the
	// end: the end is where `count` is reached, or a page has nothing new (docs/vendor-apis.md A.2).
	const isLast = count !== undefined && offset >= count;
	return {
		entries: results.map((json) => ({ key: json.uuid.toLowerCase(), json: json as IDataObject })),
		next: isLast ? undefined : { ...request, offset },
		isMorePromised: count !== undefined,
	};
}

function simplify(entry: IDataObject): z.infer<typeof record> {
	return record.parse({
		...entry,
		firstName: entry.first_name,
		lastName: entry.last_name,
		companyName: entry.company_name,
		jobTitle: entry.job_title,
		linkedinUrl: entry.contact_linkedin_url,
		email: entry.contact_email,
		directPhone: entry.contact_direct_phone,
		mobilePhone: entry.contact_mobile_phone,
		isEmailUnlocked: entry.is_email_unlocked,
	});
}
