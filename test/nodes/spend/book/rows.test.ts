import {
	doubtsIn,
	fieldsOf,
	findingIn,
	isAlive,
	latestOf,
	taskIdOf,
	type Row,
} from '../../../../nodes/EcoreLensmor/spend/book/rows';

const NOW = 1_000_000;
const DAY = 86_400_000;

let ids = 0;
const rowOf = (attempt: string, more: Partial<Row> = {}): Row => ({
	id: (ids += 1),
	createdAt: NOW - 100,
	key: 'k',
	vendor: 'ecore',
	operation: 'phone.enrich',
	about: 'ann@acme.com',
	outcome: 'asked',
	credits: 5,
	saved: 0,
	result: '',
	execution: '7',
	workflow: 'Leads',
	attempt,
	validForMs: 1000,
	...more,
});
const found = (attempt: string, createdAt = NOW - 100) =>
	rowOf(attempt, { outcome: 'found', result: '{"phone":"1"}', validForMs: 0, createdAt });
const lost = (attempt: string, more: Partial<Row> = {}) =>
	rowOf(attempt, { validForMs: 0, ...more });

const finding = (rows: Row[], more: Partial<Parameters<typeof findingIn>[1]> = {}) =>
	findingIn(rows, { today: NOW, now: NOW, rememberForMs: DAY, ownAttempt: undefined, ...more });

it('no rows, or only what cost nothing, say nothing', () => {
	const free = rowOf('a', { outcome: 'not_found', credits: 0, validForMs: 0 });
	expect(finding([])).toEqual({ kind: 'nothing' });
	expect(finding([free, { ...free, attempt: 'b', outcome: 'refused' }])).toEqual({
		kind: 'nothing',
	});
});

it('the youngest of what was bought is given again, as long as it is young enough', () => {
	const [old, young] = [found('a', NOW - 2000), found('b', NOW - 1000)];
	for (const rows of [
		[old, young],
		[young, old],
	]) {
		expect(finding(rows)).toEqual({ kind: 'bought', row: young });
		expect(finding(rows, { rememberForMs: 1001 })).toEqual({ kind: 'bought', row: young });
		expect(finding(rows, { rememberForMs: 1000 })).toEqual({ kind: 'nothing' });
		expect(finding(rows, { rememberForMs: 0 })).toEqual({ kind: 'nothing' });
	}
});

it('what is asked says that somebody is asking until it is too old, and then that nobody knows', () => {
	const asked = rowOf('a', { createdAt: NOW - 999 });
	expect(finding([asked])).toEqual({ kind: 'asking', rows: [asked] });
	expect(finding([asked], { now: NOW + 1 })).toEqual({ kind: 'unknown', row: asked });
});

it('without the time of the database nobody is taken for dead but who has given up', () => {
	const asked = rowOf('a', { createdAt: 0 });
	const given = lost('b');
	expect(finding([asked], { now: undefined })).toEqual({ kind: 'asking', rows: [asked] });
	expect(finding([given], { now: undefined })).toEqual({ kind: 'unknown', row: given });
});

it('one attempt may have two rows for a moment: its answer counts, and then that it was given up', () => {
	const [asked, answer, given] = [rowOf('a'), found('a'), lost('a')];
	expect(finding([asked, answer])).toEqual({ kind: 'bought', row: answer });
	expect(finding([answer, asked])).toEqual({ kind: 'bought', row: answer });
	for (const rows of [
		[asked, given],
		[given, asked],
	]) {
		expect(finding(rows)).toEqual({ kind: 'unknown', row: rows[0] });
		expect(doubtsIn(rows, NOW)).toEqual([rows]);
	}
});

it('a row that names a task counts before the one that it replaces, and an answer before both', () => {
	const asked = rowOf('a', { createdAt: NOW - 2000 });
	const worked = rowOf('a', { result: '{"taskId":"t"}', validForMs: 9000 });
	const answer = rowOf('a', { outcome: 'unlocked', result: '', validForMs: 0 });
	for (const rows of [
		[asked, worked],
		[worked, asked],
	]) {
		expect(finding(rows)).toEqual({ kind: 'processing', row: worked, taskId: 't' });
		expect(latestOf(rows)).toBe(worked);
		expect(latestOf([...rows, answer])).toBe(answer);
	}
	expect(latestOf([asked, rowOf('a')])).toBe(asked);
});

it('the own attempt is not read', () => {
	const [own, other] = [rowOf('a'), rowOf('b')];
	expect(finding([own], { ownAttempt: 'a' })).toEqual({ kind: 'nothing' });
	expect(finding([own, other], { ownAttempt: 'a' })).toEqual({ kind: 'asking', rows: [other] });
});

it('bought comes before asking, and asking before unknown', () => {
	const [bought, asked, given] = [found('a'), rowOf('b'), lost('c')];
	expect(finding([given, asked, bought]).kind).toBe('bought');
	expect(finding([given, asked]).kind).toBe('asking');
	expect(finding([found('a', 0), given], { rememberForMs: 0 }).kind).toBe('unknown');
});

it('the youngest doubt is the one that is told', () => {
	const [old, young] = [lost('a', { createdAt: 5 }), lost('b', { createdAt: 6 })];
	expect(finding([old, young])).toEqual({ kind: 'unknown', row: young });
	expect(finding([young, old])).toEqual({ kind: 'unknown', row: young });
});

it('doubts are what nobody has answered, and nobody is asking any more', () => {
	const [given, dead, asked] = [lost('a'), rowOf('b', { createdAt: 0 }), rowOf('c')];
	const closed = rowOf('d', { outcome: 'uncertain', validForMs: 0 });
	expect(doubtsIn([given, dead, asked, closed, found('e')], NOW)).toEqual([[given], [dead]]);
});

it.each([
	['{"phone":"1"}', { phone: '1' }],
	['', undefined],
	['nonsense', undefined],
	['7', undefined],
	['null', undefined],
])('the fields in %j are %j', (result, fields) => {
	expect(fieldsOf(rowOf('a', { result }))).toEqual(fields);
});

it('an attempt that was answered is no doubt, and no request under way', () => {
	const dead = rowOf('a', { createdAt: 0 });
	expect(doubtsIn([dead, found('a')], NOW)).toEqual([]);
	expect(isAlive(rowOf('b', { outcome: 'uncertain' }), NOW)).toBe(false);
	expect(isAlive(rowOf('b'), NOW)).toBe(true);
});

it('a purchase whose result a person has emptied was paid all the same', () => {
	const emptied = rowOf('a', { outcome: 'found', result: '', validForMs: 0 });
	expect(finding([emptied])).toEqual({ kind: 'bought', row: emptied });
});

it('of two rows of the same moment the first one counts', () => {
	const [one, other] = [found('a'), found('b')];
	expect(finding([one, other])).toEqual({ kind: 'bought', row: one });
});

it.each([
	['{"taskId":"t"}', 't'],
	['{"taskId":""}', undefined],
	['{"taskId":7}', undefined],
	['{"taskId":null}', undefined],
	['{}', undefined],
	['', undefined],
])('in a row that says asked, the task of %j is %j', (result, taskId) => {
	expect(taskIdOf(rowOf('a', { result }))).toBe(taskId);
	expect(taskIdOf(rowOf('a', { result, outcome: 'unlocked' }))).toBeUndefined();
});
