// Which step a text of a scenario stands for: exactly one, or the author is told why not.
import type { Unmet } from '../run/case.ts';
import type { ScenarioStep } from './read-feature.ts';
import type { Step } from './step.ts';

export interface Match {
  readonly step: Step;
  readonly parameters: readonly unknown[];
}

export function matchStep(
  { text, docString, table }: ScenarioStep,
  steps: readonly Step[],
  refuse: (expected: string, came: string) => Unmet,
): Match {
  const [match, other] = steps.flatMap((step): Match[] => {
    const parameters = parametersOf(text, step, refuse);
    return parameters === null ? [] : [{ step, parameters }];
  });
  if (!match) throw refuse(`one of the steps: ${steps.map(named).join('; ')}`, text);
  if (other)
    throw refuse('a step that is worded as one only', `${text}: ${named(match.step)}, and ${named(other.step)}`);
  const below = [docString, table].filter((one) => one !== undefined);
  const comes = [docString !== undefined && 'doc string', table && 'table'].filter(Boolean).join(' and ') || 'nothing';
  const { says, below: wanted } = match.step;
  if (wanted !== 'anything' && wanted !== comes) throw refuse(`${wanted} below the step ${says}`, comes);
  return { ...match, parameters: [...match.parameters, ...below] };
}

function parametersOf(text: string, { says, wording }: Step, refuse: (expected: string, came: string) => Unmet) {
  try {
    return wording.match(text);
  } catch (error) {
    throw refuse(`JSON in its place in ${says}`, (error as Error).message);
  }
}

function named({ says, of }: Step): string {
  return of === 'built in' ? says : `${says} (own)`;
}
