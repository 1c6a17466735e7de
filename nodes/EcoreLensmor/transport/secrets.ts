import type { Account } from '../vendors/account';

// In characters. A shorter text is part of many ordinary answers, and no vendor gives out such a token.
const SHORTEST_SECRET = 8;

/** Hides the tokens of these accounts in what a vendor answered, also where they are URL-encoded. */
export function secretsOf(accounts: Account[]) {
	const tokens = accounts
		.map(({ token }) => token)
		.filter((token) => token.length >= SHORTEST_SECRET);
	const pattern =
		tokens.length === 0 ? undefined : new RegExp(tokens.map(spellings).join('|'), 'g');

	// Only in texts and names: a number with the same digits is not a token.
	const hide = (value: unknown): unknown => {
		if (pattern === undefined) return value;
		if (typeof value === 'string') return value.replace(pattern, '[hidden]');
		if (Array.isArray(value)) return value.map(hide);
		if (typeof value !== 'object' || value === null) return value;
		return Object.fromEntries(
			Object.entries(value).map(([name, inner]) => [hide(name), hide(inner)] as [string, unknown]),
		);
	};

	return {
		/** The parsed text, with each token replaced; `undefined` if it is nested too deep to be searched. */
		hiddenIn(text: string, parse: (text: string) => unknown): unknown {
			try {
				const value = parse(text);
				// Written as JSON again, because the vendor's text may spell a token with JSON escapes.
				const hasSecret = (JSON.stringify(value) ?? '').search(pattern ?? MATCHES_NOTHING) !== -1;
				return hasSecret ? hide(value) : value;
			} catch {
				// No vendor documents such an answer. Its status still counts.
				return undefined;
			}
		},
	};
}

const MATCHES_NOTHING = /(?!)/;

/** A pattern for a token in which any character may be URL-encoded, or escaped as in JSON. */
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
