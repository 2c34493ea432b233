// Verdicts by the facts that were read to find them: where those are the same, so is the verdict.
import type { PolicyFacts } from './facts.ts';
import { type Path, valueAt } from './read-facts.ts';

const mostKept = 2_000;
const mostSets = 100;
const longestKey = 100_000;
/** A change of more files is hardly ever the same again, and its key is long to make. */
const mostFiles = 1000;

/** What is not there is told apart from null: to a policy they are not the same. */
function present(value: unknown): readonly unknown[] {
  return value === undefined ? [] : [value];
}

export function newKeptVerdicts<Verdict>() {
  const bySet = new Map<readonly Path[], Map<string, Verdict>>();
  const keyOf = (facts: PolicyFacts, paths: readonly Path[]) =>
    JSON.stringify(paths.map((path) => present(valueAt(facts, path))));
  return {
    find(facts: PolicyFacts): Verdict | undefined {
      if (facts.effects.files.length > mostFiles) return undefined;
      for (const [paths, verdicts] of bySet) {
        const found = verdicts.get(keyOf(facts, paths));
        if (found) return found;
      }
      return undefined;
    },
    /** `paths`: for the same paths the same array. */
    keep(paths: readonly Path[], facts: PolicyFacts, verdict: Verdict): void {
      if (facts.effects.files.length > mostFiles) return;
      const key = keyOf(facts, paths);
      if (key.length > longestKey) return;
      let verdicts = bySet.get(paths);
      if (!verdicts) {
        if (bySet.size >= mostSets) bySet.clear();
        bySet.set(paths, (verdicts = new Map()));
      }
      if (verdicts.size >= mostKept) verdicts.clear();
      verdicts.set(key, verdict);
    },
  };
}
