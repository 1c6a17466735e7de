import type { IDataObject } from 'n8n-workflow';

import { execute, type Execution } from '../engine/engine';
import { Sandbox } from '../sandbox/sandbox';
import { chargedTwice, creditsIn, creditsOnItems, differencesIn } from './differences';
import { ledgerColumns, ledgerRows } from './ledger';
import { table, text, wrapped, type Column, type Row } from './table';
import { OWNED_BEFORE, workflows, type DemoWorkflow } from './workflows';

const itemColumns: Column[] = [
	{ heading: 'Item' },
	{ heading: 'Who or what' },
	{ heading: 'Outcome' },
	{ heading: 'Credits', align: 'right' },
];

const walletColumns: Column[] = [
	{ heading: 'Wallet' },
	{ heading: 'Before', align: 'right' },
	{ heading: 'After', align: 'right' },
	{ heading: 'Change', align: 'right' },
];

function print(...lines: string[]): void {
	console.log(lines.join('\n'));
}

function count(number: number, noun: string): string {
	return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function title(words: string): string {
	return `\n${words}\n${'='.repeat(words.length)}`;
}

function creditsCell({ creditsCharged }: IDataObject): string {
	if (creditsCharged === undefined) return 'free';
	return creditsCharged === null ? 'unknown' : text(creditsCharged);
}

function rowsOf(
	{ who, detailsOf }: DemoWorkflow,
	inputs: IDataObject[],
	{ output }: Execution,
): Row[] {
	return output.map(({ json, pairedItem }) => {
		const items = [pairedItem ?? []]
			.flat()
			.map((paired) => (typeof paired === 'number' ? paired : paired.item));
		const names = new Set(items.map((item) => who(inputs[item] ?? {})));
		const note = [
			json.duplicateOf === undefined ? '' : `same request as item ${text(json.duplicateOf)}`,
			// A check shows its reason in a column of its own.
			json.outcome === undefined ? '' : text(json.reason),
		];
		return {
			cells: [
				items.join(','),
				[...names].join(', '),
				text(json.outcome),
				creditsCell(json),
				...detailsOf(json),
			],
			note: note.filter(Boolean).join('; '),
		};
	});
}

/** Runs one workflow on its items, or on what the one before brought, prints the result, and answers what is not as it should be. */
async function show(
	sandbox: Sandbox,
	workflow: DemoWorkflow,
	before: IDataObject[],
): Promise<{ differences: string[]; output: IDataObject[]; credits: number }> {
	const charged = sandbox.ledger.length;
	const asked = sandbox.seen.length;
	const items = workflow.goOnWith?.(before) ?? workflow.setup.items;
	const execution = await execute({ ...workflow.setup, items, credential: sandbox.credential });
	const requests = sandbox.seen.length - asked;

	print(
		title(workflow.title),
		`${count(items.length, 'item')} in, ${count(requests, 'request')} sent. ${workflow.settings}.`,
		'',
		table([...itemColumns, ...workflow.details], rowsOf(workflow, items, execution)),
		'',
		...execution.hints.flatMap(({ message }) => wrapped(`n8n shows: ${message}`)),
	);
	return {
		differences: differencesIn(workflow, execution, sandbox.ledger.slice(charged)),
		output: execution.output.map(({ json }) => json),
		credits: creditsOnItems(execution),
	};
}

function walletRow(name: string, before: number, after: number): Row {
	return { cells: [name, ...[before, after, after - before].map(String)] };
}

/** Runs the node's main job on a CRM's data with play money, and answers what is not as it should be. */
async function demo(sandbox: Sandbox): Promise<string[]> {
	// One event was bought in an earlier month: the demo must find it owned, and not pay.
	sandbox.world.unlockEvent(OWNED_BEFORE);
	const charged = sandbox.ledger.length;
	const wallets = { ...sandbox.world.wallet };
	print("The node's operations in n8n's own engine, on a CRM's data, with play money.");

	const differences: string[] = [];
	let [items, credits] = [0, 0];
	let before: IDataObject[] = [];
	for (const workflow of workflows) {
		const shown = await show(sandbox, workflow, before);
		differences.push(...shown.differences);
		before = shown.output;
		items += shown.output.length;
		credits += shown.credits;
	}

	const ledger = sandbox.ledger.slice(charged);
	const after = sandbox.world.wallet;
	print(
		title('Wallets'),
		table(walletColumns, [
			walletRow('eCore', wallets.ecore, after.ecore),
			walletRow('Lensmor', wallets.lensmor, after.lensmor),
		]),
		title("The vendors' ledger: what was really charged"),
		table(ledgerColumns, ledgerRows(ledger)),
		'',
	);
	differences.push(...chargedTwice(sandbox.ledger));
	if (differences.length === 0) {
		print(
			...wrapped(
				`CHECKED: ${items} items came out as expected; they say ${credits} credits, the ledger says ${creditsIn(ledger)}; nothing was charged twice.`,
			),
		);
	}
	return differences;
}

async function main(): Promise<void> {
	const sandbox = await Sandbox.start();
	try {
		const differences = await demo(sandbox);
		if (differences.length === 0) return;
		print('NOT AS IT SHOULD BE:', ...differences.flatMap((one) => wrapped(one, '  ')));
		process.exitCode = 1;
	} finally {
		await sandbox.stop();
	}
}

void main();
