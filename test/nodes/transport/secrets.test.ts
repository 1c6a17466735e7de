import { accountsOf } from '../../../nodes/EcoreLensmor/vendors/account';
import { secretsOf } from '../../../nodes/EcoreLensmor/transport/secrets';

const ECORE = 'ecore-token-4f7a';
const LENSMOR = 'lensmor+key/91c2=';

function hidden(body: unknown, ecoreToken: string | undefined = ECORE, lensmorApiKey = LENSMOR) {
	const accounts = Object.values(accountsOf({ ecoreToken, lensmorApiKey }));
	return secretsOf(accounts).hiddenIn(JSON.stringify(body), JSON.parse);
}

it.each([
	['both vendors’ tokens', `${ECORE} ${LENSMOR}`, '[hidden] [hidden]'],
	['what looks alike', 'ecore-token-4f7b', 'ecore-token-4f7b'],
	['URL-encoded', '?key=lensmor%2Bkey%2F91c2%3D&a', '?key=[hidden]&a'],
	['URL-encoded in small letters', 'lensmor%2bkey%2f91c2%3d', '[hidden]'],
	['URL-encoded in part', 'lensmor+key%2f91c2=', '[hidden]'],
	['URL-encoded as a whole', encoded(ECORE), '[hidden]'],
	['as a name', { [ECORE]: 1 }, { '[hidden]': 1 }],
	['deep down', [{ a: [null, ECORE, 7, true] }], [{ a: [null, '[hidden]', 7, true] }]],
	['nowhere', { a: ['b', 7, null] }, { a: ['b', 7, null] }],
])('%s', (_what, body, seen) => {
	expect(hidden(body)).toEqual(seen);
});

function encoded(text: string): string {
	return Array.from(text, (one) => `%${one.charCodeAt(0).toString(16)}`).join('');
}

it.each([...'\\^$.*+?()[]{}|/-"'])('a token may hold %s: it is taken as it is', (character) => {
	const token = `abcd${character}efgh`;
	expect(hidden({ text: `<${token}>` }, token)).toEqual({ text: '<[hidden]>' });
	expect(hidden(`abcd${encoded(character)}efgh`, token)).toBe('[hidden]');
	for (const other of ['abcdXefgh', 'abcdefgh', `abcd${character}${character}efgh`]) {
		expect(hidden(other, token)).toBe(other);
	}
});

it('of a character below 16 the encoding has two digits', () => {
	expect(hidden('abcd%09efgh', 'abcd\tefgh')).toBe('[hidden]');
});

it.each([
	['no token is known', '', ''],
	['a token is too short to be one', '1234567', 'abcdefg'],
])('where %s nothing is hidden', (_what, ecore, lensmor) => {
	expect(hidden({ a: '1234567 abcdefg' }, ecore, lensmor)).toEqual({ a: '1234567 abcdefg' });
});

it('a token of 8 characters is one', () => {
	expect(hidden('x12345678', '12345678', '')).toBe('x[hidden]');
});

it('a number is no secret, though it has the same digits', () => {
	const body = { balance: 12345678, text: '12345678' };
	expect(hidden(body, '12345678')).toEqual({ balance: 12345678, text: '[hidden]' });
});

it('what is nothing stays nothing, and what cannot be read is none', () => {
	const secrets = secretsOf(Object.values(accountsOf({ ecoreToken: ECORE })));
	expect(secrets.hiddenIn('', () => undefined)).toBeUndefined();
	expect(secrets.hiddenIn('', () => null)).toBeNull();
	const fail = () => {
		throw new RangeError('Maximum call stack size exceeded');
	};
	expect(secrets.hiddenIn(ECORE, fail)).toBeUndefined();
});
