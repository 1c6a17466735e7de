import { n8nCommunityNodesPlugin } from '@n8n/eslint-plugin-community-nodes';
import n8nNodesBase from 'eslint-plugin-n8n-nodes-base';
import tseslint from 'typescript-eslint';

const shipped = ['nodes/**/*.ts', 'credentials/**/*.ts'];

/** The folders, and files, that a folder does not import from. */
function importsOf(folder, not) {
	const message = `${folder}/ knows nothing of this: see "The shape of the code" in CONTRIBUTING.md.`;
	return {
		files: [`nodes/EcoreLensmor/${folder}/**/*.ts`],
		rules: {
			'no-restricted-imports': [
				'error',
				{ patterns: [{ regex: `^(\\.\\./)+(${not.join('|')})(/|$)`, message }] },
			],
		},
	};
}

export default tseslint.config(
	{ ignores: ['dist/', '.cache/', 'coverage/', 'reports/', '.stryker-tmp/'] },
	{
		files: ['**/*.ts'],
		extends: [tseslint.configs.recommendedTypeChecked],
		languageOptions: { parserOptions: { projectService: true } },
	},
	{
		files: ['**/*.ts'],
		rules: {
			'@typescript-eslint/switch-exhaustiveness-check': [
				'error',
				{ considerDefaultExhaustiveForUnions: true },
			],
			'@typescript-eslint/consistent-type-imports': 'error',
			'@typescript-eslint/no-explicit-any': 'error',
			// n8n's interfaces ask for functions that answer later, whether they need to or not.
			'@typescript-eslint/require-await': 'off',
		},
	},
	{
		files: ['package.json'],
		plugins: { 'n8n-nodes-base': n8nNodesBase },
		languageOptions: { parser: tseslint.parser },
		rules: n8nNodesBase.configs.community.rules,
	},
	{
		files: [...shipped, 'package.json'],
		extends: [n8nCommunityNodesPlugin.configs.recommended],
	},
	{
		files: shipped,
		rules: {
			// One place sends: see CONTRIBUTING.md.
			'no-restricted-syntax': [
				'error',
				{
					selector: 'MemberExpression[property.name=/^(httpRequest|requestWith|requestOAuth)/]',
					message: 'Only transport/send.ts talks to a vendor.',
				},
			],
		},
	},
	{
		files: ['nodes/EcoreLensmor/transport/send.ts', 'nodes/EcoreLensmor/free/checkCredential.ts'],
		rules: { 'no-restricted-syntax': 'off' },
	},
	// Imports run one way: execute → spend | free → items, transport → operations → vendors. What is free
	// reaches nothing that spends.
	importsOf('vendors', ['operations', 'transport', 'items', 'free', 'spend', 'execute']),
	importsOf('operations', ['transport', 'items', 'free', 'spend', 'execute']),
	importsOf('transport', ['operations', 'items', 'free', 'spend', 'execute']),
	importsOf('items', ['transport', 'free', 'spend', 'execute']),
	importsOf('free', ['spend', 'execute']),
	importsOf('spend', ['free', 'execute']),
	{
		files: ['nodes/**/*.ts'],
		plugins: { 'n8n-nodes-base': n8nNodesBase },
		rules: {
			...n8nNodesBase.configs.nodes.rules,
			// As in n8n's own scanner: inputs and outputs may be the enum, limits may be real.
			'n8n-nodes-base/node-class-description-inputs-wrong-regular-node': 'off',
			'n8n-nodes-base/node-class-description-outputs-wrong': 'off',
			'n8n-nodes-base/node-param-type-options-max-value-present': 'off',
		},
	},
	{
		files: ['credentials/**/*.ts'],
		plugins: { 'n8n-nodes-base': n8nNodesBase },
		rules: {
			...n8nNodesBase.configs.credentials.rules,
			'n8n-nodes-base/cred-class-field-documentation-url-miscased': 'off',
			'n8n-nodes-base/cred-class-field-type-options-password-missing': 'off',
		},
	},
);
