// L2: the plugin behaves as its scenarios say, each in the sandbox on a workspace of its own.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readRegularFile } from '../../kernel/loader/read-regular-file.ts';
import { type Case, NotClaimed } from '../run/case.ts';
import type { Subject } from '../run/subject.ts';
import { ownStepsFile } from './own-steps.ts';
import { type Played, playScenarios } from './play-scenarios.ts';
import { readFeature, type Scenario } from './read-feature.ts';

const id = 'L2/scenario';

export function l2Cases(subject: Subject): Case[] {
  const features = featuresOf(subject);
  if (features.length === 0)
    return [{ id, title: 'scenarios', run: throwing(new NotClaimed('it has no conformance/*.feature')) }];
  const own = ownStepsFile(subject);
  const scenarios: Scenario[] = [];
  let played: Promise<Played> | undefined;
  /** By the first case that asks; the others are about the same. */
  const outcome = () => (played ??= playScenarios(subject, scenarios, own));
  const cases = features.flatMap((file): Case[] => {
    const found = scenariosIn(subject, file);
    if ('error' in found) return [{ id, title: file, run: throwing(found.error) }];
    scenarios.push(...found);
    return found.map((scenario) => ({
      id,
      title: scenario.title,
      run: async () => demandHeld(await outcome(), scenario),
    }));
  });
  if (own === null) return cases;
  return [{ id, title: `own steps of ${own}`, run: async () => demandUsable(await outcome()) }, ...cases];
}

function featuresOf({ folder }: Subject): string[] {
  const place = join(folder, 'conformance');
  const names = existsSync(place) ? readdirSync(place).filter((name) => name.endsWith('.feature')) : [];
  return names.sort().map((name) => `conformance/${name}`);
}

function scenariosIn({ folder }: Subject, file: string): Scenario[] | { readonly error: unknown } {
  try {
    return readFeature(readRegularFile(folder, file).toString('utf8'), file);
  } catch (error) {
    return { error };
  }
}

function demandUsable({ unusable }: Played): void {
  if (unusable !== undefined) throw unusable;
}

function demandHeld({ unusable, thrown }: Played, scenario: Scenario): void {
  // Said once, by the case before.
  if (unusable !== undefined) throw new NotClaimed('it was not played: the own steps cannot be loaded');
  if (thrown.has(scenario)) throw thrown.get(scenario);
}

function throwing(error: unknown): () => void {
  return () => {
    throw error;
  };
}
