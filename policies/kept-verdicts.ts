// Verdicts by the facts that were read to find them: where those are the same, so is the verdict.
import type { PolicyFacts } from './facts.ts';

const mostKept = 10_000;
const longestKey = 100_000;

type Path = readonly (string | number)[];

/** What a policy finds there: of an object its own field, of an array its item, of anything else nothing. */
export function valueAt(facts: unknown, path: Path): unknown {
  let value = facts;
  for (const key of path) {
    const isThere =
      Array.isArray(value) === (typeof key === 'number') &&
      typeof value === 'object' &&
      value !== null &&
      Object.hasOwn(value, key);
    if (!isThere) return undefined;
    value = (value as Record<string | number, unknown>)[key];
  }
  return value;
}

/** What is not there is told apart from null: to a policy they are not the same. */
function present(value: unknown): readonly unknown[] {
  return value === undefined ? [] : [value];
}

export function newKeptVerdicts<Verdict>() {
  const bySet = new Map<string, { readonly paths: readonly Path[]; readonly verdicts: Map<string, Verdict> }>();
  const keyOf = (facts: PolicyFacts, paths: readonly Path[]) =>
    JSON.stringify(paths.map((path) => present(valueAt(facts, path))));
  return {
    find(facts: PolicyFacts): Verdict | undefined {
      for (const { paths, verdicts } of bySet.values()) {
        const found = facts.effects.files.length > 1000 ? undefined : verdicts.get(keyOf(facts, paths));
        if (found) return found;
      }
      return undefined;
    },
    keep(paths: readonly Path[], facts: PolicyFacts, verdict: Verdict): void {
      const key = keyOf(facts, paths);
      if (key.length > longestKey) return;
      const name = JSON.stringify(paths);
      let set = bySet.get(name);
      if (!set) {
        if (bySet.size >= 100) bySet.clear();
        bySet.set(name, (set = { paths, verdicts: new Map() }));
      }
      if (set.verdicts.size >= mostKept) set.verdicts.clear();
      set.verdicts.set(key, verdict);
    },
  };
}
