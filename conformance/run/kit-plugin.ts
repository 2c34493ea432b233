// A plugin of the kit's own: what conformance runs besides the plugin in question goes into a box like any other.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LedgerContract } from '../../contracts/generated/ledger-contract.v1.ts';
import type { PluginSpec } from '../../contracts/generated/plugin.v1.ts';
import { manifestOf, sortedJson } from '../../pdk/manifest.ts';

const contract: LedgerContract = { schema: 'ledger-contract.v1', body: ['result'], volatile: [] };

/** Writes it into `folder`: `programs` by name, the entry of `spec` among them, with a manifest that covers them all. */
export function writeKitPlugin(folder: string, spec: PluginSpec, programs: ReadonlyMap<string, Uint8Array>): void {
  const files = new Map([
    ...programs,
    ['plugin.spec.json', sortedJson(spec)],
    ['ledger_contract.json', sortedJson(contract)],
  ]);
  const besides = [...programs.keys()].filter((name) => name !== spec.entry.file);
  files.set('manifest.json', sortedJson(manifestOf(spec, (name) => files.get(name) as Uint8Array, besides)));
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of files) writeFileSync(join(folder, name), content);
}
