// Keeps a copy of every version of every contract in contracts/released, which is what later ones are held against. With
// --check it writes none, so that CI fails when a schema has changed and its version has not.
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { judgeContract } from './judge-contract.ts';

const schemas = new URL('../contracts/schemas/', import.meta.url);
const copies = new URL('../contracts/released/', import.meta.url);
const checking = process.argv.includes('--check');
const files = readdirSync(schemas).filter((file) => file.endsWith('.json'));
if (files.length === 0) throw new Error('contracts/schemas is empty: there is nothing to keep or to check.');

const complaints: string[] = [];
for (const file of files) {
  const name = file.replace(/\.json$/, '');
  const place = new URL(`${name}/`, copies);
  const judged = judgeContract(name, read(new URL(file, schemas)), releasedIn(place));
  complaints.push(...judged.complaints);
  if (judged.complaints.length > 0) continue;
  const copy = new URL(`${judged.version}.json`, place);
  if (existsSync(copy)) continue;
  if (checking) complaints.push(`${name} ${judged.version} has no copy in contracts/released. Run: npm run generate`);
  else {
    mkdirSync(place, { recursive: true });
    copyFileSync(new URL(file, schemas), copy);
  }
}

if (complaints.length > 0) {
  console.error(complaints.join('\n'));
  process.exitCode = 1;
} else console.log(`${files.length} contracts, each as it was released or wider`);

function releasedIn(place: URL): Map<string, Record<string, unknown>> {
  if (!existsSync(place)) return new Map();
  const versions = readdirSync(place).filter((file) => file.endsWith('.json'));
  return new Map(versions.map((file) => [file.replace(/\.json$/, ''), read(new URL(file, place))]));
}

function read(file: URL): Record<string, unknown> {
  return JSON.parse(readFileSync(file, 'utf8'));
}
