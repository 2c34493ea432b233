// What the steps of one scenario share: what is given, and what came of it.
import type { ResultLine } from '../../contracts/generated/result.v1.ts';
import type { Commit, Files } from '../make-workspace.ts';

/** What is given before the tool runs. */
export interface Given {
  tool: string;
  input: Record<string, unknown>;
  files: Files;
  /** With some of them the workspace is a git repository. */
  commits: Commit[];
}

export interface World extends Given {
  /** Where it ran; null before, and for a tool that sees none. */
  workspace: string | null;
  result: ResultLine | null;
  /** Whether the scenario says that the tool refuses: what else it says is then about a refusal. */
  refusalExpected: boolean;
}

/** The world of a scenario at its start. `tool` is the one that runs where no step names another. */
export function newWorld(tool: string): World {
  return {
    ...{ tool, input: {}, files: {}, commits: [] },
    ...{ workspace: null, result: null, refusalExpected: false },
  };
}
