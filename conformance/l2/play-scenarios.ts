// Plays the scenarios of a plugin, side by side.
import { unmet } from '../run/case.ts';
import { runBatch } from '../run/kernel-batch.ts';
import type { Subject } from '../run/subject.ts';
import { builtInSteps } from './built-in-steps.ts';
import { matchStep } from './match-step.ts';
import { ownStepsIn } from './own-steps.ts';
import { openOwnStepsBox } from './own-steps-box.ts';
import type { Scenario, ScenarioStep } from './read-feature.ts';
import { newRounds, type Rounds } from './rounds.ts';
import type { Step } from './step.ts';
import { newWorld } from './world.ts';

export interface Played {
  /** Why its own steps cannot be loaded; then nothing was played. */
  readonly unusable?: unknown;
  /** What each scenario threw that does not hold. */
  readonly thrown: ReadonlyMap<Scenario, unknown>;
}

/** `own` is the file of the plugin's own steps, if there is one. */
export async function playScenarios(
  subject: Subject,
  scenarios: readonly Scenario[],
  own: string | null,
): Promise<Played> {
  if (own === null) return { thrown: await playAll(subject, scenarios, builtInSteps) };
  const box = await openOwnStepsBox(subject, own);
  try {
    let steps: readonly Step[];
    try {
      steps = await ownStepsIn(box, own);
    } catch (unusable) {
      return { unusable, thrown: new Map() };
    }
    return { thrown: await playAll(subject, scenarios, [...builtInSteps, ...steps]) };
  } finally {
    await box.stop();
  }
}

async function playAll(subject: Subject, scenarios: readonly Scenario[], steps: readonly Step[]) {
  const thrown = new Map<Scenario, unknown>();
  const rounds = newRounds((tasks) =>
    runBatch(
      subject,
      tasks.map((task, index) => ({ id: `scenario-${index + 1}`, ...task })),
    ),
  );
  const playOne = (scenario: Scenario) => rounds.play(() => play(subject, scenario, steps, rounds));
  await Promise.all(scenarios.map((one) => playOne(one).catch((error) => thrown.set(one, error))));
  return thrown;
}

async function play(subject: Subject, scenario: Scenario, steps: readonly Step[], rounds: Rounds): Promise<void> {
  const { file } = scenario;
  const world = newWorld(Object.keys(subject.spec.tools)[0] as string);
  const at =
    ({ line, text }: ScenarioStep) =>
    (expected: string, came: unknown) =>
      unmet(expected, came, `${file}:${line}: ${text}`, file, line);
  // All of them first: a scenario that cannot be played to its end need not begin.
  const matched = scenario.steps.map((step) => ({ ...matchStep(step, steps, at(step)), unmet: at(step) }));
  if (!matched.some(({ step }) => step.checks))
    throw unmet('a step with Then', 'none: a scenario that checks nothing always passes', file, file, scenario.line);
  for (const { step, parameters, unmet } of matched)
    await step.run(parameters, { world, subject, unmet, runTask: rounds.run });
}
