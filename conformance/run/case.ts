// One thing that a plugin has to show, and how it says that it did not.
import type { Figure } from '../../contracts/generated/certificate.v1.ts';
import type { CaseId } from '../requirements.ts';

export interface Case {
  readonly id: CaseId;
  readonly title: string;
  /**
   * Adds what was measured and what is worth a note though it passes, if there is any. Throws what was expected, what came and how to reproduce it; throws
   * `NotClaimed` where the plugin has nothing to show.
   */
  readonly run: (measured: Figure[], notes: string[]) => void | Promise<void>;
}

/** Skipped, with its reason. */
export class NotClaimed extends Error {
  override readonly name = 'NotClaimed';
}

/**
 * An expectation that was not met, in the words of its reader. `file` is where to look, by path below the plugin's folder;
 * `line` where in it, if it is known.
 */
export class Unmet extends Error {
  override readonly name = 'Unmet';
  readonly file: string;
  readonly line: number | undefined;

  constructor(expected: string, came: unknown, reproduce: string, file: string, line?: number) {
    const shown = typeof came === 'string' ? came : JSON.stringify(came);
    const short = shown.length > 2_000 ? `${shown.slice(0, 2_000)}…` : shown;
    super(`expected: ${expected}\ncame: ${short}\nreproduce: ${reproduce}`);
    this.file = file;
    this.line = line;
  }
}

export function unmet(
  expected: string,
  came: unknown,
  reproduce: string,
  file = 'plugin.spec.json',
  line?: number,
): Unmet {
  return new Unmet(expected, came, reproduce, file, line);
}
