import { type Builtins, mistyped, pure, setAt } from '../builtin.ts';
import { RegoSet, typeName, type Value } from '../values.ts';

function setsAt(args: readonly Value[]): RegoSet[] {
  const sets = setAt(args, 1).sorted();
  const other = sets.find((item) => !(item instanceof RegoSet));
  if (other !== undefined) throw mistyped(1, 'set of sets', `=set containing ${typeName(other)}`);
  return sets as RegoSet[];
}

function common(a: RegoSet, b: RegoSet): RegoSet {
  return new RegoSet(a.sorted().filter((item) => b.has(item)));
}

export const sets: Builtins = {
  and: pure(2, (args) => common(setAt(args, 1), setAt(args, 2))),
  or: pure(2, (args, { budget }) => {
    const [a, b] = [setAt(args, 1), setAt(args, 2)];
    budget.make(a.size + b.size);
    return new RegoSet([...a.sorted(), ...b.sorted()]);
  }),
  set_diff: pure(2, (args) => {
    const [a, b] = [setAt(args, 1), setAt(args, 2)];
    return new RegoSet(a.sorted().filter((item) => !b.has(item)));
  }),
  intersection: pure(1, (args) => {
    const [first, ...rest] = setsAt(args);
    return first ? rest.reduce(common, first) : new RegoSet();
  }),
  union: pure(1, (args, { budget }) => {
    const all = setsAt(args).flatMap((set) => set.sorted());
    budget.make(all.length);
    return new RegoSet(all);
  }),
};
