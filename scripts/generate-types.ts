// Writes contracts/generated/<schema>.ts for every schema in contracts/schemas; with --check it compares instead,
// so that CI fails when a schema and its types have drifted apart.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { compile } from 'json-schema-to-typescript';

const schemas = new URL('../contracts/schemas/', import.meta.url);
const generated = new URL('../contracts/generated/', import.meta.url);
const checking = process.argv.includes('--check');
const names = readdirSync(schemas).filter((name) => name.endsWith('.json'));
if (names.length === 0) throw new Error('contracts/schemas is empty: there is nothing to generate or to check.');

mkdirSync(generated, { recursive: true });
const drifted: string[] = [];
for (const name of names) {
  const schema = JSON.parse(readFileSync(new URL(name, schemas), 'utf8'));
  const stem = name.replace(/\.json$/, '');
  const source = await compile(schema, stem, {
    bannerComment: `// Generated from contracts/schemas/${name} by scripts/generate-types.ts. Do not edit.`,
    additionalProperties: false,
    strictIndexSignatures: true,
    style: { singleQuote: true, printWidth: 120 },
  });
  const target = new URL(`${stem}.ts`, generated);
  if (!checking) writeFileSync(target, source);
  else if (readIfThere(target) !== source) drifted.push(stem);
}

if (drifted.length > 0) {
  console.error(`Types have drifted from their schemas: ${drifted.join(', ')}. Run: npm run generate`);
  process.exitCode = 1;
} else {
  console.log(`${names.length} schemas, types ${checking ? 'as committed' : 'written'}`);
}

function readIfThere(url: URL): string | undefined {
  try {
    return readFileSync(url, 'utf8');
  } catch {
    return undefined;
  }
}
