// Writes the versions of all contracts into docs/contracts.md, between its marks; with --check it compares instead.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const page = new URL('../docs/contracts.md', import.meta.url);
const schemas = new URL('../contracts/schemas/', import.meta.url);
const released = new URL('../contracts/released/', import.meta.url);
const [begin, end] = ['<!-- BEGIN AUTO versions -->', '<!-- END AUTO versions -->'];

const text = readFileSync(page, 'utf8');
const [from, to] = [text.indexOf(begin), text.indexOf(end)];
if (from < 0 || to < from) throw new Error(`docs/contracts.md has no place for the table: ${begin} … ${end}`);
const names = readdirSync(schemas).map((file) => file.replace(/\.json$/, ''));
const head = ['contract', 'is now', 'before', 'what it is'];
const rows = [head, head.map(() => '---'), ...names.sort().map(row)].map((cells) => `| ${cells.join(' | ')} |`);
const rendered = `${text.slice(0, from)}${begin}\n\n${rows.join('\n')}\n\n${text.slice(to)}`;

const checking = process.argv.includes('--check');
if (!checking) writeFileSync(page, rendered);
if (checking && rendered !== text) {
  console.error('docs/contracts.md has other versions than contracts/schemas. Run: npm run generate');
  process.exitCode = 1;
} else {
  console.log(`versions of ${names.length} contracts, ${checking ? 'as rendered' : 'rendered'}`);
}

function row(name: string): string[] {
  const { $id, description } = JSON.parse(readFileSync(new URL(`${name}.json`, schemas), 'utf8'));
  const version = $id.split(':').at(-1);
  const before = readdirSync(new URL(`${name}/`, released))
    .map((file) => file.replace(/\.json$/, ''))
    .filter((other) => other !== version);
  const link = `[\`${name}\`](../contracts/schemas/${name}.json)`;
  return [link, version, before.join(', '), description.split(/(?<=\.) /)[0].replaceAll('<', '&lt;')];
}
