// Writes a plugin of a test's own into a home, with a true manifest.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '../ledger/digest.ts';

export interface TestSpec {
  readonly id: string;
  readonly version: string;
  readonly entry: { readonly file: string };
}

export function writePlugin(folder: string, spec: TestSpec & object, program: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'plugin.spec.json'), JSON.stringify(spec));
  writeFileSync(
    join(folder, 'ledger_contract.json'),
    JSON.stringify({ schema: 'ledger-contract.v1', body: ['task', 'outcome'], volatile: [] }),
  );
  writeFileSync(join(folder, spec.entry.file), program, { mode: 0o755 });
  const files = Object.fromEntries(
    [spec.entry.file, 'plugin.spec.json', 'ledger_contract.json'].map((file) => [
      file,
      digestOf(readFileSync(join(folder, file))),
    ]),
  );
  writeFileSync(
    join(folder, 'manifest.json'),
    JSON.stringify({ schema: 'manifest.v1', id: spec.id, version: spec.version, kernel: '>=0.1.0 <1.0.0', files }),
  );
}
