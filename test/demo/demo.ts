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

function title(words: string): string {
	return `\n${words}\n${'='.repeat(words.length)}`;
}

function rowsOf({ who, detailsOf, setup }: DemoWorkflow, { output }: Execution): Row[] {
	return output.map(({ json, pairedItem }) => {
		const items = [pairedItem ?? []]
			.flat()
			.map((paired) => (typeof paired === 'number' ? paired : paired.item));
		const names = new Set(items.map((item) => who(setup.items[item] ?? {})));
		const note = [
			json.duplicateOf === undefined ? '' : `same request as item ${text(json.duplicateOf)}`,
			text(json.reason),
		];
		return {
			cells: [
				items.join(','),
				[...names].join(', '),
				text(json.outcome),
				json.creditsCharged === null ? 'unknown' : text(json.creditsCharged),
				...detailsOf(json),
			],
			note: note.filter(Boolean).join('; '),
		};
	});
}

/** Runs one workflow, prints its items, and answers what is not as it should be. */
async function show(
	sandbox: Sandbox,
	workflow: DemoWorkflow,
): Promise<{ differences: string[]; items: number; credits: number }> {
	const charged = sandbox.ledger.length;
	const asked = sandbox.paidRequests.length;
	const execution = await execute({ ...workflow.setup, credential: sandbox.credential });
	const requests = sandbox.paidRequests.length - asked;

	print(
		title(workflow.title),
		`${workflow.setup.items.length} items in, ${requests} requests sent. ${workflow.settings}.`,
		'',
		table([...itemColumns, ...workflow.details], rowsOf(workflow, execution)),
		'',
		...execution.hints.flatMap(({ message }) => wrapped(`n8n shows: ${message}`)),
	);
	return {
		differences: differencesIn(workflow, execution, sandbox.ledger.slice(charged)),
		items: execution.output.length,
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
	const before = { ...sandbox.world.wallet };
	print("The node's three operations in n8n's own engine, on a CRM's data, with play money.");

	const differences: string[] = [];
	let [items, credits] = [0, 0];
	for (const workflow of workflows) {
		const shown = await show(sandbox, workflow);
		differences.push(...shown.differences);
		items += shown.items;
		credits += shown.credits;
	}

	const ledger = sandbox.ledger.slice(charged);
	const after = sandbox.world.wallet;
	print(
		title('Wallets'),
		table(walletColumns, [
			walletRow('eCore', before.ecore, after.ecore),
			walletRow('Lensmor', before.lensmor, after.lensmor),
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
