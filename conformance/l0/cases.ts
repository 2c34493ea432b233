// L0: what the folder holds is whole, makes sense, and is what its manifest says. Nothing of it is run.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { deprecatedWordsIn } from '../../contracts/deprecated-words.ts';
import { ArbiterError } from '../../contracts/errors.ts';
import type { CategoryBudget } from '../../contracts/generated/performance.v1.ts';
import type { PluginSpec } from '../../contracts/generated/plugin.v1.ts';
import { loadPlugin } from '../../kernel/loader/load-plugin.ts';
import { filesWithRegions, fillRegions } from '../../pdk/sync/auto-regions.ts';
import { type Case, NotClaimed, unmet } from '../run/case.ts';
import { pluginSettings, settingsFile } from '../run/plugin-settings.ts';
import { checkProgram } from './check-program.ts';
import { checkSchemas } from './check-schemas.ts';
import { readSpec, specFile } from './read-spec.ts';
import { contradictions } from './sense.ts';

export interface L0Options {
  readonly seed: number;
  /** What a category may take at most. */
  readonly most: (category: PluginSpec['category']) => CategoryBudget;
}

const forPeople = ['README_PLUGIN.md', 'healthcheck.md'];

export function l0Cases(folder: string, { seed, most }: L0Options): Case[] {
  /** For what can only be asked of a spec that is one. */
  const withSpec = (ask: (spec: PluginSpec) => void | Promise<void>) => () => {
    let spec: PluginSpec;
    try {
      spec = readSpec(folder);
    } catch {
      throw new NotClaimed('there is no spec to go by');
    }
    return ask(spec);
  };
  return [
    {
      ...{ id: 'L0/spec', title: 'its spec fits plugin.v1' },
      run(_, notes) {
        const spec = readSpec(folder);
        for (const { word, instead } of deprecatedWordsIn(spec.schema, spec))
          notes.push(`${word} is deprecated. ${instead}`);
      },
    },
    {
      ...{ id: 'L0/sense', title: 'its spec does not contradict itself, its category or the limits' },
      run: withSpec((spec) => {
        const [first] = contradictions(spec, most(spec.category));
        if (first) throw unmet(first.expected, first.came, `look at ${join(folder, specFile)}`);
      }),
    },
    {
      ...{ id: 'L0/schemas', title: 'its schemas are JSON Schema that something fits' },
      run: withSpec((spec) => checkSchemas(spec, seed)),
    },
    {
      ...{ id: 'L0/digests', title: 'manifest and ledger contract fit their schemas, and the digests are true' },
      run: withSpec((spec) => checkLoads(folder, spec)),
    },
    {
      ...{ id: 'L0/program', title: 'its entry starts as its runtime says, and its language can read it' },
      run: withSpec((spec) => checkProgram(folder, spec)),
    },
    {
      ...{ id: 'L0/generated', title: 'its AUTO regions say what its spec says' },
      run: withSpec((spec) => checkRegions(folder, spec)),
    },
    { id: 'L0/described', title: 'it is described for people', run: () => checkDescribed(folder) },
  ];
}

function checkLoads(folder: string, spec: PluginSpec): void {
  try {
    loadPlugin(folder, null, pluginSettings(folder, spec));
  } catch (error) {
    if (!(error instanceof ArbiterError)) throw error;
    if (error.code === 'PLUGIN_SETTINGS_INVALID')
      throw unmet(error.expected, error.message, `write ${settingsFile}, the settings for its tests`, settingsFile);
    throw unmet(error.expected, `${error.message} (${error.code})`, error.remedy, 'manifest.json');
  }
}

function checkRegions(folder: string, spec: PluginSpec): void {
  let regions = 0;
  for (const file of filesWithRegions(folder)) {
    const text = readFileSync(join(folder, file), 'utf8');
    if (!text.includes('BEGIN AUTO')) continue;
    regions += 1;
    if (fillRegions(text, spec) !== text)
      throw unmet('AUTO regions as plugin.spec.json has it', 'other ones', `arbiter plugin sync ${folder}`, file);
  }
  if (regions === 0) throw new NotClaimed('it has no AUTO region');
}

function checkDescribed(folder: string): void {
  for (const file of forPeople) {
    const path = join(folder, file);
    const bytes = existsSync(path) ? statSync(path).size : null;
    if (!bytes)
      throw unmet(`${file} with something in it`, bytes === null ? 'no such file' : '0 bytes', `ls ${path}`, file);
  }
}
