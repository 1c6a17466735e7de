import type { Account } from '../vendors/account';

// Shorter "tokens" would cut holes into ordinary answers; no vendor hands out such.
const SHORTEST_SECRET = 8;

/** What takes the tokens of these accounts out of a text that a vendor answered: as they are, and URL-encoded. */
export function secretsOf(accounts: Account[]) {
	const tokens = accounts.map(({ token }) => token).filter((one) => one.length >= SHORTEST_SECRET);
	const pattern =
		tokens.length === 0 ? undefined : new RegExp(tokens.map(spellings).join('|'), 'g');

	// In texts and names only: a number that happens to hold the same digits is no secret.
	const hide = (value: unknown): unknown => {
		if (pattern === undefined) return value;
		if (typeof value === 'string') return value.replace(pattern, '[hidden]');
		if (Array.isArray(value)) return value.map(hide);
		if (typeof value !== 'object' || value === null) return value;
		return Object.fromEntries(
			Object.entries(value).map(([name, one]) => [hide(name), hide(one)] as [string, unknown]),
		);
	};

	return {
		/** The value of a text without secrets; `undefined` where it is nested too deep to be looked through. */
		hiddenIn(text: string, parse: (text: string) => unknown): unknown {
			try {
				const value = parse(text);
				// Written anew, nothing hides behind an escape of JSON's.
				const hasSecret = (JSON.stringify(value) ?? '').search(pattern ?? NOTHING) !== -1;
				return hasSecret ? hide(value) : value;
			} catch {
				// Nothing that a vendor documents: the status still counts.
				return undefined;
			}
		},
	};
}

const NOTHING = /(?!)/;

/** A pattern for a token, whichever of its characters are URL-encoded, or escaped in JSON. */
function spellings(token: string): string {
	return [...token]
		.map((character) => {
			const encoded = `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`.replace(
				/[a-f]/g,
				(digit) => `[${digit}${digit.toUpperCase()}]`,
			);
			const escaped = character.replace(/[\\^$.*+?()[\]{}|/-]/, '\\$&');
			const inJson = /["\\]/.test(character) ? '\\\\?' : '';
			return `(?:${inJson}${escaped}|${encoded})`;
		})
		.join('');
}
