// A step of a scenario, whoever defined it.
import type { Unmet } from '../run/case.ts';
import type { Subject } from '../run/subject.ts';
import type { Wording } from './expressions.ts';
import type { Rounds } from './rounds.ts';
import type { World } from './world.ts';

export interface Step {
  /** Its wording with the word before it: `Given the input {json}`. */
  readonly says: string;
  readonly wording: Wording;
  /** Whether a scenario that holds it checks something. */
  readonly checks: boolean;
  /** Whose it is, for messages. */
  readonly of: 'built in' | 'of the plugin';
  /** What has to stand below it; an own step takes what comes. */
  readonly below: 'nothing' | 'doc string' | 'table' | 'anything';
  /** `parameters` are what its wording holds in its places, then what stands below it. */
  readonly run: (parameters: readonly unknown[], at: Scene) => void | Promise<void>;
}

export interface Scene {
  readonly world: World;
  readonly subject: Subject;
  /** Runs a task among those of other scenarios. */
  readonly runTask: Rounds['run'];
  /** What to throw where something was expected and something else came. */
  readonly unmet: (expected: string, came: unknown) => Unmet;
}
