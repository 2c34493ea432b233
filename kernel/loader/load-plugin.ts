// Reads one plugin folder: spec, manifest and ledger contract against their schemas, files against their digests.
import { isAbsolute, join } from 'node:path';
import { satisfies } from 'semver';
import { type Contracts, check, compileSchema, type Misfit } from '../../contracts/check.ts';
import { deprecatedWordsIn } from '../../contracts/deprecated-words.ts';
import { type ArbiterError, fault } from '../../contracts/errors.ts';
import type { PluginManifest } from '../../contracts/generated/manifest.v1.ts';
import type { PluginSpec } from '../../contracts/generated/plugin.v1.ts';
import { digestOf, digestOfValue } from '../../ledger/digest.ts';
import { profiles } from '../host/profiles.ts';
import { phrase } from '../validator/phrase.ts';
import { kernelVersion } from '../version.ts';
import { checkCertificate } from './check-certificate.ts';
import type { LoadedPlugin, LoadedTool } from './plugin.ts';
import { readRegularFile } from './read-regular-file.ts';
import { storePlugin } from './store-plugin.ts';
import type { Trust } from './trust.ts';

/**
 * Loads the plugin in `folder` and copies what runs into `store`, unless that is null: then it is only looked at.
 * `settingsById` holds the values of arbiter.yaml by plugin id, and is null where there is no home to ask for them; certificates
 * count that a key of `trust` signed.
 * Throws PLUGIN_FILE_MISSING, PLUGIN_SPEC_INVALID, PLUGIN_TAMPERED, PLUGIN_KERNEL_RANGE or PLUGIN_SETTINGS_INVALID.
 */
export function loadPlugin(
  folder: string,
  store: string | null,
  settingsById: Readonly<Record<string, Record<string, unknown>>> | null,
  trust: Trust = [],
): LoadedPlugin {
  const spec = readContract(folder, 'plugin.spec.json', 'plugin.v1');
  const settings = settingsById?.[spec.id] ?? {};
  const manifest = readContract(folder, 'manifest.json', 'manifest.v1');
  readContract(folder, 'ledger_contract.json', 'ledger-contract.v1');
  checkHosts(folder, spec);
  checkManifest(folder, spec, manifest);
  if (settingsById !== null) checkSettings(spec, settings);
  const digest = digestOf(readRegularFile(folder, 'manifest.json'));
  return {
    spec,
    folder,
    digest,
    files: { ...(manifest.files as Record<string, string>), 'manifest.json': digest },
    storeFolder:
      store === null ? folder : storePlugin(folder, Object.keys(manifest.files), join(store, digest.replace(':', '-'))),
    certification: checkCertificate(folder, { id: spec.id, version: spec.version, digest }, trust),
    tools: new Map(Object.keys(spec.tools).map((name) => [name, loadTool(folder, spec, name)])),
    settings,
    settingsDigest: digestOfValue(settings),
    warnings: warningsOf(spec),
  };
}

function readContract<Name extends keyof Contracts>(folder: string, file: string, contract: Name): Contracts[Name] {
  const text = readRegularFile(folder, file).toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const detail = `it is not JSON: ${(error as Error).message}`;
    throw fault('PLUGIN_SPEC_INVALID', { folder, file, detail, expectation: 'JSON', hint: 'Correct it.' });
  }
  const checked = check(contract, value);
  if (checked.ok) return checked.value;
  const { detail, expectation, hint } = phrase(checked.misfits);
  throw fault('PLUGIN_SPEC_INVALID', { folder, file, detail, expectation, hint });
}

function warningsOf(spec: PluginSpec): ArbiterError[] {
  const where = { plugin: spec.id, file: 'plugin.spec.json', contract: spec.schema };
  return deprecatedWordsIn(spec.schema, spec).map((found) => fault('PLUGIN_WORD_DEPRECATED', { ...where, ...found }));
}

function checkHosts(folder: string, { category, grants }: PluginSpec): void {
  const { network, workspace } = profiles[category];
  const hosts = grants?.hosts ?? [];
  if (workspace !== 'write' && hosts.some(({ access }) => access === 'effect'))
    throw fault('PLUGIN_SPEC_INVALID', {
      ...{
        folder,
        file: 'plugin.spec.json',
        detail: `it asks for hosts with access effect, and its category is ${category}`,
      },
      ...{ expectation: 'Effects of a state-change only', hint: 'Ask for access read, or make it a state-change.' },
    });
  if (network !== 'never' || hosts.length === 0) return;
  throw fault('PLUGIN_SPEC_INVALID', {
    ...{ folder, file: 'plugin.spec.json', detail: `it asks for hosts, and its category is ${category}` },
    ...{ expectation: `No grants.hosts: plugins of the category ${category} never reach a network` },
    hint: 'Leave the hosts out, or make it an acquisition, a validation or a state-change.',
  });
}

function checkManifest(folder: string, spec: PluginSpec, manifest: PluginManifest): void {
  const mismatch = (detail: string, expectation: string) =>
    fault('PLUGIN_SPEC_INVALID', { folder, file: 'manifest.json', detail, expectation, hint: 'Generate it again.' });
  if (manifest.id !== spec.id || manifest.version !== spec.version)
    throw mismatch(`it was made for ${manifest.id} ${manifest.version}`, `${spec.id} ${spec.version}`);
  const outside = Object.keys(manifest.files).find((file) => isAbsolute(file) || file.split('/').includes('..'));
  if (outside) throw mismatch(`it covers ${outside}`, 'Paths below the folder of the plugin');
  for (const file of [spec.entry.file, 'plugin.spec.json', 'ledger_contract.json'])
    if (!manifest.files[file])
      throw mismatch(`it does not cover ${file}`, 'Digests of entry, spec and ledger contract');
  if (!satisfies(kernelVersion, manifest.kernel))
    throw fault('PLUGIN_KERNEL_RANGE', { plugin: spec.id, range: manifest.kernel, version: kernelVersion });
  for (const [file, expectedDigest] of Object.entries(manifest.files)) {
    if (digestOf(readRegularFile(folder, file)) !== expectedDigest)
      throw fault('PLUGIN_TAMPERED', { plugin: spec.id, file, expectedDigest: `${expectedDigest}` });
  }
}

function checkSettings(spec: PluginSpec, settings: Record<string, unknown>): void {
  const schema = spec.settings ?? { type: 'object', properties: {}, additionalProperties: false };
  const misfits = compileSchema(schema)(settings);
  if (misfits.length === 0) return;
  const { detail, expectation, hint } = phrase(misfits);
  throw fault('PLUGIN_SETTINGS_INVALID', { plugin: spec.id, detail, expectation, hint });
}

function loadTool(folder: string, spec: PluginSpec, name: string): LoadedTool {
  const tool = spec.tools[name] as NonNullable<PluginSpec['tools'][string]>;
  return { name, spec: tool, checkInput: checker('input'), checkOutput: checker('output') };

  function checker(side: 'input' | 'output'): (value: unknown) => Misfit[] {
    let compiled: ((value: unknown) => Misfit[]) | undefined;
    return (value) => {
      try {
        compiled ??= compileSchema(tool[side]);
      } catch (error) {
        const detail = `the ${side} schema of ${name} is none: ${(error as Error).message}`;
        const expectation = 'JSON Schema 2020-12';
        throw fault('PLUGIN_SPEC_INVALID', {
          folder,
          file: 'plugin.spec.json',
          detail,
          expectation,
          hint: 'Correct it.',
        });
      }
      return compiled(value);
    };
  }
}
