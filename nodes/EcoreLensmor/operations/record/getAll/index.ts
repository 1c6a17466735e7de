import type { IDataObject } from 'n8n-workflow';
import type { z } from 'zod';

import { searchRecords, type SearchRequest, type SearchResponse } from '../../../vendors/ecore';
import { filtersIn } from '../../lists/filters';
import { mostWanted } from '../../lists/listFields';
import type { ItemParameters } from '../../operation';
import type { Page, ReadOperation, Wanted } from '../../freeOperation';
import { description, filters } from './description';
import { record } from './output';

/** How many records one search asks for at most; eCore states no maximum (api-contract A.2). */
export const RECORDS_PER_PAGE = 100;

const ON_THE_WIRE = {
	companyName: 'company_name',
	contactOfficeCountry: 'contact_office_country',
	employeeRange: 'employee_range',
	jobLevel: 'job_level',
	jobTitle: 'job_title',
	revenueRange: 'revenue_range',
} as const;

/** Record → Get Many: searches eCore's records; what is unlocked shows its email and phones. */
export const recordGetAll = {
	kind: 'read' as const,
	resource: 'record',
	operation: 'getAll',
	description,
	endpoint: searchRecords,
	read,
	page,
	simplified,
} satisfies ReadOperation<SearchRequest, SearchResponse>;

function read(item: ItemParameters): Wanted<SearchRequest> | { bad: string } {
	const limit = mostWanted(item);
	if ('bad' in limit) return limit;
	const set = filtersIn(item, filters, ON_THE_WIRE);
	if ('bad' in set) return set;
	return { request: firstSearch(set.filters, limit.most), ...limit };
}

/** The first request of a search that takes no more than `most` records. */
export function firstSearch(set: SearchRequest['filters'], most: number): SearchRequest {
	return { filters: set, limit: Math.min(most, RECORDS_PER_PAGE), offset: 0 };
}

function page({ results, count }: SearchResponse, request: SearchRequest): Page<SearchRequest> {
	const reached = request.offset + results.length;
	// A page may be short in the middle of a list, where eCore gives fewer than were asked for: only the
	// total and a page that brings nothing new are the end (api-contract A.2).
	const isLast = count !== undefined && reached >= count;
	return {
		entries: results.map((json) => ({ key: json.uuid.toLowerCase(), json: json as IDataObject })),
		next: isLast ? undefined : { ...request, offset: reached },
		isMorePromised: count !== undefined,
	};
}

function simplified(entry: IDataObject): z.infer<typeof record> {
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
		isPhoneUnlocked: entry.is_phone_unlocked,
	});
}
