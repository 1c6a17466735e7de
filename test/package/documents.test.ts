import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const FOLDER = path.resolve(__dirname, '../..');
const read = (file: string) => readFileSync(path.join(FOLDER, file), 'utf8');

const code = ['nodes', 'credentials', 'test'].flatMap((folder) =>
	readdirSync(path.join(FOLDER, folder), { recursive: true, encoding: 'utf8' })
		.map((file) => path.join(folder, file))
		.filter((file) => /\.[jt]s$/.test(file) && !file.includes('node_modules'))
		.filter((file) => path.resolve(FOLDER, file) !== __filename),
);

describe('docs/vendor-apis.md', () => {
	const CITATION = /(?:api-contract|vendor-apis)(?:\.md)?/g;
	const CODES = /^[\s,]+(?:sections? )?([A-Z]\.\d+(?:(?:, | and |, and )[A-Z]\.\d+)*)/;

	/** Every place that cites the document, and the codes that it names. */
	const citations = [...code, 'CONTRIBUTING.md'].flatMap((file) => {
		// A citation may go on in the comment's next line.
		const text = read(file).replace(/\n\s*(?:\*(?!\/)|\/\/)\s*/g, ' ');
		return [...text.matchAll(CITATION)].map(({ 0: name, index }) => {
			const codes = CODES.exec(text.slice(index + name.length, index + 200))?.[1];
			return { file, codes: codes?.match(/[A-Z]\.\d+/g) ?? [] };
		});
	});
	const headings = [...read('docs/vendor-apis.md').matchAll(/^## ([A-Z]\.\d+) /gm)].map(
		([, heading]) => heading,
	);

	it('has each section once', () => {
		expect(headings).toEqual([...new Set(headings)]);
	});

	it('has every section that the code cites', () => {
		const missing = citations.flatMap(({ file, codes }) =>
			codes.filter((one) => !headings.includes(one)).map((one) => `${file}: ${one}`),
		);
		expect(missing).toEqual([]);
		expect(citations.length).toBeGreaterThan(30);
	});

	it('is cited in code by section, never as a whole', () => {
		const vague = citations.filter(({ file, codes }) => code.includes(file) && codes.length === 0);
		expect(vague.map(({ file }) => file)).toEqual([]);
	});
});

describe('docs/n8n-behaviour.md', () => {
	const document = read('docs/n8n-behaviour.md');
	const rows = document.split('\n').filter((line) => /^\| (?!What |-)/.test(line));
	// `file`: "name", "name"
	const named = /`(test\/[^`]+\.ts)`(?:: ("[^"]+"(?:, "[^"]+")*))?/g;
	const files = [...document.matchAll(named)].map(([, file = '', names = '']) => ({
		file,
		names: [...names.matchAll(/"([^"]+)"/g)].map(([, name = '']) => name),
	}));

	it('names only tests that exist', () => {
		const missing = files.flatMap(({ file, names }) =>
			existsSync(path.join(FOLDER, file))
				? names.filter((name) => !read(file).includes(name)).map((name) => `${file}: ${name}`)
				: [file],
		);
		expect(missing).toEqual([]);
		expect(files.length).toBeGreaterThan(30);
	});

	it('says of every fact which test holds it, or that none does', () => {
		const silent = rows.filter((row) => !/`test\/[^`]+\.ts`: "|no test/i.test(row));
		expect(silent).toEqual([]);
		expect(rows.length).toBeGreaterThan(30);
	});
});

describe('CONTRIBUTING.md', () => {
	const NODE = 'nodes/EcoreLensmor';
	// `folder/file.ts`, and `other.ts` of the same folder behind it.
	const listed = read('CONTRIBUTING.md')
		.split('\n')
		.flatMap((line) => /^\| (`[^|]+\.ts`) +\|/.exec(line)?.[1]?.split(', ') ?? [])
		.map((name) => name.replaceAll('`', ''))
		.reduce<string[]>((all, name) => {
			const folder = name.includes('/') ? '' : path.dirname(all.at(-1) ?? '.');
			const inFolder = path.join(NODE, folder, name);
			return [...all, existsSync(path.join(FOLDER, inFolder)) ? path.join(folder, name) : name];
		}, []);

	it('lists only files of the node that exist', () => {
		const missing = listed.filter((file) => !existsSync(path.join(FOLDER, NODE, file)));
		expect(missing).toEqual([]);
	});

	it('lists every file of the node but those of one operation or of what a few share', () => {
		const own = /^operations\/[^/]+\//;
		const files = code
			.filter((file) => file.startsWith(`${NODE}/`))
			.map((file) => path.relative(NODE, file))
			.filter((file) => !own.test(file));
		expect(files.filter((file) => !listed.includes(file))).toEqual([]);
	});
});

describe('README.md and docs', () => {
	const documents = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md'].concat(
		readdirSync(path.join(FOLDER, 'docs'))
			.filter((file) => file.endsWith('.md'))
			.map((file) => `docs/${file}`),
	);
	const anchorOf = (heading: string) =>
		heading
			.toLowerCase()
			.replace(/[^\p{L}\p{N}\s-]/gu, '')
			.trim()
			.replaceAll(/\s/g, '-');
	const anchorsOf = (file: string) =>
		[...read(file).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));

	it('README is read in a few minutes', () => {
		expect(read('README.md').split(/\s+/).length).toBeLessThanOrEqual(900);
	});

	it.each(documents)('every link in %s leads somewhere', (document) => {
		const links = [
			...read(document).matchAll(/\]\((?!https?:)([^)\s]+)\)/g),
			...read(document).matchAll(/(?:src|srcset)="([^"]+)"/g),
		].map(([, target = '']) => target);
		const broken = links.filter((target) => {
			const [file = '', anchor] = target.split('#');
			const absolute = file === '' ? document : path.join(path.dirname(document), file);
			if (!existsSync(path.join(FOLDER, absolute))) return true;
			return anchor !== undefined && !anchorsOf(absolute).includes(anchor.replace(/-$/, ''));
		});
		expect(broken).toEqual([]);
	});

	it.each(documents)('every npm command in %s exists', (document) => {
		const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
		const named = [...read(document).matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name);
		expect(named.filter((name) => !(name in scripts))).toEqual([]);
	});

	it('the workflow to paste is one that n8n takes, with Dry Run on', () => {
		const json = /```json\n([\s\S]*?)```/.exec(read('README.md'))?.[1] ?? '';
		const { nodes } = JSON.parse(json) as {
			nodes: Array<{ type: string; parameters: Record<string, unknown> }>;
		};
		const ours = nodes.find(({ type }) => type.endsWith('.ecoreLensmor'));
		expect(ours?.parameters).toMatchObject({
			resource: 'phone',
			operation: 'enrich',
			options: { dryRun: true },
		});
	});
});
