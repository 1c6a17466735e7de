import { changelogProblems, licenceProblems } from '../../scripts/releaseCheck';

const changelog = (unreleased: string, version = '1.2.3') =>
	`# Changelog\n\n## [Unreleased]\n${unreleased}\n## [${version}] - 2026-11-26\n\n- First.\n\n## [0.9.0] - 2026-01-02\n`;

it('a changelog that agrees with the version is no problem', () => {
	expect(changelogProblems('1.2.3', changelog('\n'))).toEqual([]);
});

it.each([
	['changes that are not released', changelog('\n### Added\n\n- More.\n'), /under \[Unreleased\]/],
	['another newest version', changelog('\n', '1.2.2'), /newest version is 1\.2\.2/],
	['no section for the version', changelog('\n', '1.2.2'), /no section "## \[1\.2\.3\]/],
	['no date', changelog('\n').replace(' - 2026-11-26', ''), /no section/],
])('%s is told', (_what, text, says) => {
	expect(changelogProblems('1.2.3', text).join('; ')).toMatch(says);
});

const BUILD = `
// node_modules/zod/v3/types.js
var a;
// node_modules/@scope/part/index.js
var b;
// nodes/EcoreLensmor/execute.ts
`;

it('each bundled package needs its licence', () => {
	expect(licenceProblems(BUILD, 'zod 3.25.76\n\nMIT\n---\n@scope/part 1.0.0\n\nMIT')).toEqual([]);
	expect(licenceProblems(BUILD, 'zod 3.25.76\n\nMIT')).toEqual([
		'@scope/part is bundled without its licence',
	]);
});
