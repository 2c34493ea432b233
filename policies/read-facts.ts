// The facts that policies read, by the paths that they read them under.
import { freeForm, type PolicyFacts } from './facts.ts';
import type { Reason } from './reasons.ts';

export type Path = readonly (string | number)[];

const mostSets = 1000;
const known = new Map<string, readonly Path[]>();

/** The paths that a set of JSON texts stands for, in order: for the same set the same array. */
export function pathsOf(reads: ReadonlySet<string>): readonly Path[] {
  const asRead = [...reads].join();
  const before = known.get(asRead);
  if (before) return before;
  const inOrder = [...reads].sort();
  const name = inOrder.join();
  const paths = known.get(name) ?? inOrder.map((path) => JSON.parse(path) as Path);
  if (known.size >= mostSets) known.clear();
  known.set(name, paths).set(asRead, paths);
  return paths;
}

/** What a policy finds there: of an object its own field, of an array its item, of anything else nothing. */
export function valueAt(facts: unknown, path: Path): unknown {
  let value = facts;
  for (const key of path) {
    value = below(value, key);
    if (value === undefined) return undefined;
  }
  return value;
}

function below(value: unknown, key: string | number): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value) !== (typeof key === 'number'))
    return undefined;
  return Object.hasOwn(value, key) ? (value as Record<string | number, unknown>)[key] : undefined;
}

/** A reason for each path that leads nowhere. */
export function missingFacts(facts: PolicyFacts, read: readonly Path[]): Reason[] {
  return read.flatMap((path) => {
    const length = missingAt(facts, path);
    if (length === undefined) return [];
    const message = `A policy reads input.${path.slice(0, length).join('.')}, which is not there`;
    return [{ policy: 'arbiter', rule: 'missing_fact', message }];
  });
}

/** How many steps lead nowhere. Below what people fill as they like, or in a list, nothing is missing. */
function missingAt(facts: PolicyFacts, path: Path): number | undefined {
  let value: unknown = facts;
  for (let index = 0; index < path.length; index++) {
    if (Array.isArray(value)) return undefined;
    value = below(value, path[index] as string | number);
    if (value === undefined) return isFreeForm(path) ? undefined : index + 1;
  }
  return undefined;
}

function isFreeForm(path: Path): boolean {
  return freeForm.some((root) => root.every((key, index) => path[index] === key));
}
