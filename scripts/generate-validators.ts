// Writes contracts/generated/validators.js: what ajv makes of the schemas that a kernel checks against from its start, so
// that it does not make it again each time. With --check it compares instead.
import { readFileSync, writeFileSync } from 'node:fs';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { newAjv } from '../contracts/check.ts';

const schemas = new URL('../contracts/schemas/', import.meta.url);
const target = new URL('../contracts/generated/validators.js', import.meta.url);
const names = [
  ...[
    'certificate',
    'envelope',
    'ledger-contract',
    'manifest',
    'performance',
    'plugin',
    'protocol',
    'settings',
    'task',
  ],
  'verdict',
].map((name) => `${name}.v1`);

const ajv = newAjv({ code: { source: true, esm: true }, verbose: false, messages: false });
const exported: Record<string, string> = {};
for (const name of names) {
  const schema = JSON.parse(readFileSync(new URL(`${name}.json`, schemas), 'utf8'));
  ajv.addSchema(schema);
  exported[name.replace(/\W/g, '_')] = schema.$id;
}
// What says whether a schema is one, which ajv would make anew for every schema of a plugin.
exported.schemaOfSchemas = 'https://json-schema.org/draft/2020-12/schema';
const make = (standaloneCode as unknown as { default: typeof standaloneCode.default }).default ?? standaloneCode;
const source = `// Generated from contracts/schemas by scripts/generate-validators.ts. Do not edit.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
${make(ajv, exported).replace('"use strict";', '')}
export const validators = { ${names.map((name) => `'${name}': ${name.replace(/\W/g, '_')}`).join(', ')} };
`;

const written = process.argv.includes('--check') ? readFileSync(target, 'utf8') : source;
if (written !== source) {
  console.error('contracts/generated/validators.js has drifted from the schemas. Run: npm run generate');
  process.exitCode = 1;
} else {
  writeFileSync(target, source);
  console.log(`${names.length} schemas, validators ${process.argv.includes('--check') ? 'as committed' : 'written'}`);
}
