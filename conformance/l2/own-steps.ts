// The own steps of a plugin, from conformance/steps.mjs: somebody's code, which only ever runs in its box.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Unmet, unmet } from '../run/case.ts';
import type { Subject } from '../run/subject.ts';
import { builtInSteps } from './built-in-steps.ts';
import { type Wording, wordingOf } from './expressions.ts';
import { filesIn } from './left-behind.ts';
import type { OwnStepsBox } from './own-steps-box.ts';
import type { Scene, Step } from './step.ts';

const names = ['steps.mjs', 'steps.js'];

/** The file that holds them, by path below the plugin's folder; null where it has none. */
export function ownStepsFile({ folder }: Pick<Subject, 'folder'>): string | null {
  const name = names.find((name) => existsSync(join(folder, 'conformance', name)));
  return name === undefined ? null : `conformance/${name}`;
}

/** The own steps of `file`, which run in `box`. Throws, as unmet, why they cannot be loaded. */
export async function ownStepsIn(box: OwnStepsBox, file: string): Promise<Step[]> {
  const refuse = (expected: string, came: unknown, line?: number | null) =>
    unmet(expected, came, `look at ${file}${line ? `:${line}` : ''}`, file, line ?? undefined);
  const listed = await box.list();
  if ('failed' in listed) throw refuse('own steps that can be loaded', listed.failed, listed.at);
  return listed.steps.map((says) => ({
    ...{ says, of: 'of the plugin', below: 'anything', checks: says.startsWith('Then ') },
    wording: wordingOfOwn(says, refuse),
    run: (parameters, scene) => runOwn(box, says, parameters, scene),
  }));
}

function wordingOfOwn(says: string, refuse: (expected: string, came: string) => Unmet): Wording {
  const [, expression] = /^(?:Given|Then) (\S.*)$/.exec(says) ?? [];
  if (expression === undefined) throw refuse('own steps that begin with Given or Then: Arbiter runs the tool', says);
  let wording: Wording;
  try {
    wording = wordingOf(expression);
  } catch (error) {
    throw refuse('own steps worded as Cucumber expressions', `${says}: ${(error as Error).message}`);
  }
  const shadowed = builtInSteps.find(({ example }) => wording.match(example) !== null);
  if (shadowed) throw refuse('own steps beside those that are built in', `${says} would stand for ${shadowed.says}`);
  return wording;
}

/** A step with Given changes what is given; one with Then says by throwing that something is not so. */
async function runOwn(
  box: OwnStepsBox,
  says: string,
  parameters: readonly unknown[],
  { world, unmet }: Scene,
): Promise<void> {
  const { tool, input, commits, workspace, result } = world;
  const files = workspace === null ? world.files : filesIn(world);
  if (files === null) throw unmet('a workspace small enough to be shown to a step', 'a larger one');
  const { status, output, message, effects } = result ?? {};
  const shown = { tool, input, files, commits, ...(result && { status, output, message, effects }) };
  const came = await box.run(says, shown, parameters);
  if ('failed' in came) throw unmet(`what the step says: ${says}`, came.failed);
  if (came.change === null) return;
  if (says.startsWith('Then ')) throw unmet('a step that throws, or gives back nothing', came.change);
  Object.assign(world, came.change);
}
