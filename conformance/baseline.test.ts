// Every plugin has the nine baseline files, its JSON files fit their contracts, and what its manifest says is true.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Contracts, check, compileSchema } from '../contracts/check.ts';
import { findPlugins } from './find-plugins.ts';

const files = [
  'plugin.spec.json',
  'manifest.json',
  'ledger_contract.json',
  'policy_snapshot.json',
  'README_PLUGIN.md',
  'healthcheck.md',
];
const folders = ['src', 'tests', 'conformance'];

for (const plugin of findPlugins()) {
  describe(`baseline of ${basename(plugin)}`, () => {
    it('has the nine baseline files, none of them empty', () => {
      for (const name of files) assert.ok(statSync(join(plugin, name)).size > 0, `${name} is empty`);
      for (const name of folders) assert.ok(readdirSync(join(plugin, name)).length > 0, `${name}/ is empty`);
    });

    it('has a spec, a manifest, a ledger contract and a policy snapshot that fit their contracts', () => {
      fitted(plugin, 'plugin.spec.json', 'plugin.v1');
      fitted(plugin, 'manifest.json', 'manifest.v1');
      fitted(plugin, 'ledger_contract.json', 'ledger-contract.v1');
      fitted(plugin, 'policy_snapshot.json', 'policy-snapshot.v1');
    });

    it('lies in the folder of its category, under its own id', () => {
      const spec = fitted(plugin, 'plugin.spec.json', 'plugin.v1');
      assert.equal(spec.id, basename(plugin));
      assert.equal(spec.category, basename(dirname(plugin)));
    });

    it('declares tools whose schemas are JSON Schema', () => {
      const spec = fitted(plugin, 'plugin.spec.json', 'plugin.v1');
      for (const tool of Object.values(spec.tools)) {
        assert.doesNotThrow(() => compileSchema(tool!.input));
        assert.doesNotThrow(() => compileSchema(tool!.output));
      }
    });

    it('has a manifest that covers entry, spec and ledger contract with their true digests', () => {
      const spec = fitted(plugin, 'plugin.spec.json', 'plugin.v1');
      const manifest = fitted(plugin, 'manifest.json', 'manifest.v1');
      const covered = [spec.entry.file, 'ledger_contract.json', 'plugin.spec.json'].sort();
      assert.equal(manifest.id, spec.id);
      assert.equal(manifest.version, spec.version);
      assert.deepEqual(manifest.files, Object.fromEntries(covered.map((name) => [name, digestOf(join(plugin, name))])));
    });
  });
}

function fitted<Name extends keyof Contracts>(plugin: string, file: string, contract: Name): Contracts[Name] {
  const checked = check(contract, JSON.parse(readFileSync(join(plugin, file), 'utf8')));
  assert.ok(checked.ok, `${file} does not fit ${contract}: ${JSON.stringify(checked)}`);
  return checked.value;
}

function digestOf(path: string): string {
  return `sha256:${createHash('sha256').update(readFileSync(path)).digest('hex')}`;
}
