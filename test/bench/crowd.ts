import type { Person } from '../sandbox/world';

/** That many people who all have a phone, so that every lookup is a purchase. */
export function crowd(size: number): Person[] {
	return Array.from({ length: size }, (_, index) => ({
		uuid: `00000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`,
		first_name: `First${index}`,
		last_name: `Last${index}`,
		company_name: `Company ${index}`,
		company_website: `company-${index}.example`,
		linkedin_url: `https://www.linkedin.com/in/person-${index}`,
		email: emailOf(index),
		phone: `+1 555 ${index}`,
		job_title: 'Buyer',
	}));
}

/** The email of one of the crowd. */
export function emailOf(index: number): string {
	return `person-${index}@crowd.example`;
}
