// Brings what is generated in a plugin's folder up to date: AUTO regions, the bundle, the ledger contract, the manifest, and the
// version in its package.json.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { check } from '../../contracts/check.ts';
import { fault } from '../../contracts/errors.ts';
import type { LedgerContract } from '../../contracts/generated/ledger-contract.v1.ts';
import type { PluginSpec } from '../../contracts/generated/plugin.v1.ts';
import { manifestOf, sortedJson } from '../manifest.ts';
import { filesWithRegions, fillRegions } from './auto-regions.ts';
import { bundlePlugin } from './bundle-plugin.ts';

/** Says that a package.json is that of a plugin. */
export const pluginKeyword = 'arbiter-plugin';
const sources = ['src/plugin.ts', 'src/plugin.js'];
/** What every entry of the ledger carries in its body. */
const ledgerContract: LedgerContract = {
  schema: 'ledger-contract.v1',
  body: ['task', 'decisions', 'plugin', 'contracts', 'grants', 'policies', 'isolation', 'result', 'effects', 'outcome'],
  volatile: [],
};

/**
 * Syncs the plugin in `folder`; gives the files that changed, by path below it. Throws PLUGIN_FILE_MISSING,
 * PLUGIN_SPEC_INVALID, PLUGIN_BUNDLER_MISSING or PLUGIN_BUNDLE_FAILED.
 */
export async function syncPlugin(folder: string): Promise<string[]> {
  const spec = readSpec(folder);
  const changed: string[] = [];
  const write = (file: string, content: Uint8Array): void => {
    const path = join(folder, file);
    if (existsSync(path) && readFileSync(path).equals(content)) return;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    changed.push(file);
  };

  for (const file of filesWithRegions(folder)) {
    const text = readFileSync(join(folder, file), 'utf8');
    const filled = fillRegions(text, spec);
    if (filled !== text) write(file, Buffer.from(filled));
  }
  if (!existsSync(join(folder, 'ledger_contract.json'))) write('ledger_contract.json', sortedJson(ledgerContract));
  const source = sources.find((file) => existsSync(join(folder, file)));
  if (spec.entry.runtime === 'node' && source && source !== spec.entry.file)
    write(spec.entry.file, await bundlePlugin(folder, source));
  if (!existsSync(join(folder, spec.entry.file))) throw fault('PLUGIN_FILE_MISSING', { folder, file: spec.entry.file });
  write('manifest.json', sortedJson(manifestOf(spec, (file) => readFileSync(join(folder, file)))));
  const packageFile = packageFor(folder, spec);
  if (packageFile) write('package.json', packageFile);
  return changed;
}

/** The package.json with the version of `spec`; null where there is none of a plugin, or nothing to change. */
function packageFor(folder: string, { version }: PluginSpec): Uint8Array | null {
  if (!existsSync(join(folder, 'package.json'))) return null;
  const described = readJson(folder, 'package.json') as { keywords?: string[]; version?: string };
  if (!described.keywords?.includes(pluginKeyword) || described.version === version) return null;
  return Buffer.from(`${JSON.stringify({ ...described, version }, null, 2)}\n`);
}

function readSpec(folder: string): PluginSpec {
  const file = 'plugin.spec.json';
  if (!existsSync(join(folder, file))) throw fault('PLUGIN_FILE_MISSING', { folder, file });
  const checked = check('plugin.v1', readJson(folder, file));
  if (checked.ok) return checked.value;
  const misfit = checked.misfits[0]!;
  const detail = `${misfit.instancePath || 'the top'} ${misfit.message}`;
  const expectation = 'What contracts/schemas/plugin.v1.json says';
  throw fault('PLUGIN_SPEC_INVALID', { folder, file, detail, expectation, hint: 'Correct it.' });
}

function readJson(folder: string, file: string): unknown {
  try {
    return JSON.parse(readFileSync(join(folder, file), 'utf8'));
  } catch (error) {
    const detail = `it is not JSON: ${(error as Error).message}`;
    throw fault('PLUGIN_SPEC_INVALID', { folder, file, detail, expectation: 'JSON', hint: 'Correct it.' });
  }
}
