// Steps put together. A step that has one solution at most is a test: it binds and says whether it holds, and makes nothing
// while it runs. Most literals are tests, and what a policy makes is what its slowest answers wait for.
import type { Found, Frame, Step } from './evaluation.ts';

export function testing(test: (frame: Frame) => boolean): Step {
  return Object.assign((frame: Frame, found: Found) => test(frame) && found(), { test });
}

/** Whether there is a solution. */
export function holds(step: Step, frame: Frame): boolean {
  return step.test ? step.test(frame) : step(frame, enough);
}

function enough(): boolean {
  return true;
}

/** One step for each solution of the one before. */
export function inOrder(steps: readonly Step[]): Step {
  const [first, ...others] = steps;
  if (!first) return testing(enough);
  if (others.length === 0) return first;
  const rest = inOrder(others);
  const { test } = first;
  if (!test) return (frame, found) => first(frame, () => rest(frame, found));
  const then = rest.test;
  return then ? testing((frame) => test(frame) && then(frame)) : (frame, found) => test(frame) && rest(frame, found);
}
