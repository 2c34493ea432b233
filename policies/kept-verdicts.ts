// Verdicts by the facts that were read to find them: where those are the same, so is the verdict.
import type { PolicyFacts } from './facts.ts';

const mostKept = 10_000;
const longestKey = 100_000;

export function valueAt(facts: unknown, path: readonly string[]): unknown {
  let value = facts;
  for (const key of path) value = (value as Record<string, unknown> | null | undefined)?.[key];
  return value;
}

export function newKeptVerdicts<Verdict>() {
  const bySet = new Map<
    string,
    { readonly paths: readonly (readonly string[])[]; readonly verdicts: Map<string, Verdict> }
  >();
  const keyOf = (facts: PolicyFacts, paths: readonly (readonly string[])[]) =>
    JSON.stringify(paths.map((path) => valueAt(facts, path) ?? null));
  return {
    find(facts: PolicyFacts): Verdict | undefined {
      for (const { paths, verdicts } of bySet.values()) {
        const found = facts.effects.files.length > 1000 ? undefined : verdicts.get(keyOf(facts, paths));
        if (found) return found;
      }
      return undefined;
    },
    keep(paths: readonly (readonly string[])[], facts: PolicyFacts, verdict: Verdict): void {
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
