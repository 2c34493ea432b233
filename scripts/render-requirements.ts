// Writes what conformance asks of each category into docs/conformance.md, between its marks; with --check it compares instead.
import { readFileSync, writeFileSync } from 'node:fs';
import { type CaseId, caseIds, categories, type Demand, demandOf, requirements } from '../conformance/requirements.ts';

const page = new URL('../docs/conformance.md', import.meta.url);
const [begin, end] = ['<!-- BEGIN AUTO requirements -->', '<!-- END AUTO requirements -->'];
const words: Readonly<Record<Demand, string>> = { must: 'must', claimed: 'if it has any', no: '' };

const text = readFileSync(page, 'utf8');
const [from, to] = [text.indexOf(begin), text.indexOf(end)];
if (from < 0 || to < from) throw new Error(`docs/conformance.md has no place for the table: ${begin} … ${end}`);
const rendered = `${text.slice(0, from)}${begin}\n\n${table()}\n\n${text.slice(to)}`;

const checking = process.argv.includes('--check');
if (!checking) writeFileSync(page, rendered);
if (checking && rendered !== text) {
  console.error('docs/conformance.md asks for other cases than conformance/requirements.ts. Run: npm run generate');
  process.exitCode = 1;
} else {
  console.log(`${caseIds.length} cases of conformance, ${checking ? 'as rendered' : 'rendered'}`);
}

function table(): string {
  const row = (id: CaseId) => [
    `\`${id}\``,
    requirements[id].title,
    ...categories.map((category) => words[demandOf(id, category)]),
  ];
  const head = ['case', 'what it has to show', ...categories];
  return [head, head.map(() => '---'), ...caseIds.map(row)].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
