// Writes what the code knows into docs/conformance.md, between its marks: what is asked of each category, and the steps of
// scenarios. With --check it compares instead.
import { readFileSync, writeFileSync } from 'node:fs';
import { builtInSteps } from '../conformance/l2/built-in-steps.ts';
import { type CaseId, caseIds, categories, type Demand, demandOf, requirements } from '../conformance/requirements.ts';

const page = new URL('../docs/conformance.md', import.meta.url);
const words: Readonly<Record<Demand, string>> = { must: 'must', claimed: 'if it has any', no: '' };

const text = readFileSync(page, 'utf8');
const rendered = fill(fill(text, 'requirements', requirementsTable()), 'steps', stepsTable());

const checking = process.argv.includes('--check');
if (!checking) writeFileSync(page, rendered);
if (checking && rendered !== text) {
  console.error('docs/conformance.md has other tables than conformance/ gives. Run: npm run generate');
  process.exitCode = 1;
} else {
  console.log(
    `${caseIds.length} cases and ${builtInSteps.length} steps of conformance, ${checking ? 'as rendered' : 'rendered'}`,
  );
}

function fill(text: string, name: string, content: string): string {
  const [begin, end] = [`<!-- BEGIN AUTO ${name} -->`, `<!-- END AUTO ${name} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/conformance.md has no place for ${name}: ${begin} … ${end}`);
  return `${text.slice(0, from)}${begin}\n\n${content}\n\n${text.slice(to)}`;
}

function requirementsTable(): string {
  const row = (id: CaseId) => [
    `\`${id}\``,
    requirements[id].title,
    ...categories.map((category) => words[demandOf(id, category)]),
  ];
  return table(['case', 'what it has to show', ...categories], caseIds.map(row));
}

function stepsTable(): string {
  return table(
    ['step, such as', 'what it means'],
    builtInSteps.map(({ says, example, means }) => [`\`${says.split(' ')[0]} ${example}\``, means]),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
