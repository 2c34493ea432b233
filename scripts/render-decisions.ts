// Writes the tables of process/decisions.dmn into docs/process.md, between its marks; with --check it compares instead, so
// that CI fails when a table and its picture have drifted apart.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TableSource } from '../process/decisions/model.ts';
import { readDmn } from '../process/decisions/read-dmn.ts';

const page = new URL('../docs/process.md', import.meta.url);
const [begin, end] = ['<!-- BEGIN AUTO process/decisions.dmn -->', '<!-- END AUTO process/decisions.dmn -->'];

const { decisions } = await readDmn(fileURLToPath(new URL('../process/decisions.dmn', import.meta.url)));
const tables = decisions.flatMap(({ logic }) => (logic?.kind === 'table' ? [logic.table] : []));
if (tables.length === 0)
  throw new Error('process/decisions.dmn holds no table: there is nothing to render or to check.');

const text = readFileSync(page, 'utf8');
const [from, to] = [text.indexOf(begin), text.indexOf(end)];
if (from < 0 || to < from) throw new Error(`docs/process.md has no place for the tables: ${begin} … ${end}`);
const rendered = `${text.slice(0, from)}${begin}\n\n${tables.map(markdown).join('\n\n')}\n\n${text.slice(to)}`;

if (!process.argv.includes('--check')) writeFileSync(page, rendered);
if (process.argv.includes('--check') && rendered !== text) {
  console.error('docs/process.md shows other tables than process/decisions.dmn. Run: npm run generate');
  process.exitCode = 1;
} else {
  console.log(`${tables.length} decision tables, ${process.argv.includes('--check') ? 'as rendered' : 'rendered'}`);
}

function markdown(table: TableSource): string {
  const { id, description, hitPolicy, aggregation, inputs, outputs, rules, defaults } = table;
  const heads = [
    '',
    ...inputs.map(({ expression }) => code(expression)),
    ...outputs.map(({ name }) => `→ ${code(name)}`),
  ];
  const rows = rules.map(({ tests, results }, row) => [`${row + 1}`, ...tests.map(code), ...results.map(code)]);
  if (defaults) rows.push(['otherwise', ...inputs.map(() => ''), ...defaults.map(code)]);
  return [
    `### \`${id}\``,
    '',
    ...(description ? [description, ''] : []),
    `Hit policy ${hitPolicy}${aggregation ? `, ${aggregation}` : ''}.`,
    '',
    line(heads),
    line(heads.map(() => '---')),
    ...rows.map(line),
  ].join('\n');
}

function code(cell: string): string {
  return cell === '-' ? '–' : `\`${cell.replaceAll('|', '\\|')}\``;
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
