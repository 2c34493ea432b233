import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mock } from 'node:test';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../version.ts';
import { loadPlugin } from './load-plugin.ts';
import type { LoadedPlugin } from './plugin.ts';
import { newIntactCheck } from './still-intact.ts';

let folder: string;
let plugin: LoadedPlugin;
let demandIntact: (plugin: LoadedPlugin) => void;

/** Makes the check look again: it does so at most every tenth of a second. */
const later = () => mock.timers.tick(1000);

describe('the check that a plugin is still intact', () => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'still-intact-'));
    cpSync(fileURLToPath(new URL('plugins/transformation/task-parser', packageRoot)), folder, { recursive: true });
    plugin = loadPlugin(folder, null, {});
    demandIntact = newIntactCheck();
    mock.timers.enable({ apis: ['Date'], now: Date.now() });
  });

  afterEach(() => {
    mock.timers.reset();
    rmSync(folder, { recursive: true });
  });

  it('passes a plugin as it was loaded, now and later', () => {
    demandIntact(plugin);
    later();
    demandIntact(plugin);
  });

  it('refuses one changed byte in any file, and names the file', () => {
    for (const file of Object.keys(plugin.files)) {
      demandIntact(plugin);
      const path = join(folder, file);
      const bytes = readFileSync(path);
      const changed = Buffer.from(bytes);
      changed[10] = (changed[10] ?? 0) ^ 1;

      writeFileSync(path, changed);
      later();

      const expected = {
        code: 'PLUGIN_TAMPERED',
        message: `The file ${file} of plugin task-parser is not the one that its manifest was made for.`,
        expected: `SHA-256 ${plugin.files[file]}.`,
      };
      assert.throws(() => demandIntact(plugin), expected);
      assert.throws(() => demandIntact(plugin), expected, 'and again');
      writeFileSync(path, bytes);
      later();
    }
  });

  it('refuses a change that was made between loading and the first look', () => {
    writeFileSync(join(folder, 'dist/plugin.js'), 'changed');
    assert.throws(() => demandIntact(plugin), { code: 'PLUGIN_TAMPERED' });
  });

  it('refuses a file that is gone', () => {
    demandIntact(plugin);
    rmSync(join(folder, 'ledger_contract.json'));
    later();
    assert.throws(() => demandIntact(plugin), { code: 'PLUGIN_TAMPERED', message: /ledger_contract\.json/ });
  });

  it('takes a file that was only touched, or put back', () => {
    demandIntact(plugin);
    utimesSync(join(folder, 'dist/plugin.js'), 1, 1);
    later();
    demandIntact(plugin);
  });
});
