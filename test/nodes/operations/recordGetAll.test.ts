import { firstSearch, recordGetAll } from '../../../nodes/EcoreLensmor/operations/record/getAll';
import { itemWith } from './itemWith';

const read = (filters: object, limit: unknown = 50) =>
	recordGetAll.parse(itemWith({ returnAll: false, limit, filters }));

it('filters travel under eCore’s names', () => {
	const filters = {
		companyName: 'a',
		contactOfficeCountry: 'b',
		employeeRange: 'c',
		industry: 'd',
		jobLevel: 'e',
		jobTitle: 'f',
		revenueRange: 'g',
	};
	const request = {
		filters: {
			company_name: 'a',
			contact_office_country: 'b',
			employee_range: 'c',
			industry: 'd',
			job_level: 'e',
			job_title: 'f',
			revenue_range: 'g',
		},
		limit: 50,
		offset: 0,
	};
	expect(read(filters)).toEqual({ request, limit: 50 });
});

it('a limit or a filter that is none is told', () => {
	expect(read({}, 0)).toEqual({
		bad: 'Limit must be a whole number, 1 or more, not the number 0',
	});
	expect(read({ jobTitle: true })).toEqual({
		bad: 'Job Title must be text, not the boolean true',
	});
});

it.each([
	[1, 1],
	[100, 100],
	[101, 100],
	[Infinity, 100],
])('whoever wants %p records asks for %i at once', (most, limit) => {
	expect(firstSearch({ industry: 'x' }, most)).toEqual({
		filters: { industry: 'x' },
		limit,
		offset: 0,
	});
});

const numbered = (length: number) => Array.from({ length }, (_, index) => ({ uuid: `A-${index}` }));
const search = { filters: { industry: 'x' }, limit: 10, offset: 30 };

it.each([
	['a full page of an unknown total', 10, undefined, 40],
	['a short page of an unknown total', 9, undefined, 39],
	['a page before the total', 10, 41, 40],
	['a short page before the total', 3, 41, 33],
	['the page that reaches the total', 10, 40, undefined],
	['a page behind a total that shrank', 10, 39, undefined],
])('after %s: where the list goes on', (_what, length, count, offset) => {
	const { entries, next, isMorePromised } = recordGetAll.page(
		{ results: numbered(length), count },
		search,
	);
	expect(entries).toHaveLength(length);
	expect(next).toEqual(offset === undefined ? undefined : { ...search, offset });
	expect(isMorePromised).toBe(count !== undefined);
});

it('a record is the same in any case of its UUID, and comes as eCore sent it', () => {
	const results = [{ uuid: 'AbC', more: 1 }, { uuid: 'd' }];
	expect(recordGetAll.page({ results }, search).entries).toEqual([
		{ key: 'abc', json: { uuid: 'AbC', more: 1 } },
		{ key: 'd', json: { uuid: 'd' } },
	]);
});

it('simplified it has the few fields that most workflows need, null where eCore is odd', () => {
	const nothing = {
		firstName: null,
		lastName: null,
		companyName: null,
		jobTitle: null,
		linkedinUrl: null,
		email: null,
		directPhone: null,
		mobilePhone: null,
		isEmailUnlocked: null,
	};
	expect(
		recordGetAll.simplify({
			uuid: '1',
			first_name: 'Ann',
			last_name: 'Lee',
			company_name: 'Acme',
			job_title: 'CEO',
			contact_linkedin_url: 'https://linkedin.com/in/ann',
			contact_email: 'ann@acme.com',
			contact_direct_phone: '+1',
			contact_mobile_phone: '+2',
			is_email_unlocked: true,
			is_phone_unlocked: false,
			job_level: 'C Level',
		}),
	).toEqual({
		uuid: '1',
		firstName: 'Ann',
		lastName: 'Lee',
		companyName: 'Acme',
		jobTitle: 'CEO',
		linkedinUrl: 'https://linkedin.com/in/ann',
		email: 'ann@acme.com',
		directPhone: '+1',
		mobilePhone: '+2',
		isEmailUnlocked: true,
	});
	expect(recordGetAll.simplify({ uuid: '1' })).toEqual({ uuid: '1', ...nothing });
	expect(recordGetAll.simplify({ uuid: '1', first_name: 7, is_email_unlocked: 'yes' })).toEqual({
		uuid: '1',
		...nothing,
	});
});
