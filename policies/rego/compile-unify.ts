// Unification to functions: the match of a pattern with a value, and of two terms with each other.
import type { Matcher, Place, Terms, Ways } from './compiling.ts';
import type { Step } from './evaluation.ts';
import { inOrder, testing } from './steps.ts';
import type { Term, TermOf } from './syntax.ts';
import { compare, equal, RegoObject, type Value } from './values.ts';

export function compileUnify(
  ways: Ways,
  { value, each }: Pick<Terms, 'value' | 'each'>,
): Pick<Terms, 'matcher' | 'unify'> {
  return { matcher, unify };

  function matcher(pattern: Term, place: Place): Matcher | undefined {
    const bound = new Set(place.bound);
    const match = match1(pattern, { ...place, bound });
    if (match) for (const name of bound) place.bound.add(name);
    return match;
  }

  function match1(pattern: Term, place: Place): Matcher | undefined {
    if (pattern.kind === 'variable' && !place.bound.has(pattern.name)) {
      place.bound.add(pattern.name);
      const slot = ways.slot(pattern.name);
      return (frame, found) => {
        frame.slots[slot] = found;
        return true;
      };
    }
    const known = value(pattern, place);
    if (known)
      return (frame, found) => {
        const expected = known(frame);
        return expected !== undefined && equal(expected, found);
      };
    if (pattern.kind === 'array') {
      const items = pattern.items.map((item) => match1(item, place));
      if (items.includes(undefined)) return undefined;
      return (frame, found) =>
        Array.isArray(found) &&
        found.length === items.length &&
        items.every((item, index) => item!(frame, found[index]));
    }
    if (pattern.kind !== 'object') return undefined;
    const entries = pattern.entries.map(([key, item]) => [value(key, place), match1(item, place)] as const);
    if (entries.some(([key, item]) => !key || !item)) return undefined;
    return (frame, found) =>
      found instanceof RegoObject &&
      found.size === entries.length &&
      entries.every(([key, item]) => {
        const name = key!(frame);
        const under = name === undefined ? undefined : found.get(name);
        return under !== undefined && item!(frame, under);
      });
  }

  function unify(left: Term, right: Term, place: Place): Step | undefined {
    const pairs = decomposed(left, right);
    if (!pairs) return testing(() => false);
    const steps: Step[] = [];
    const waiting = [...pairs];
    while (waiting.length > 0) {
      let step: Step | undefined;
      const index = waiting.findIndex(([a, b]) => (step = pair(a, b, place)) !== undefined);
      if (!step) return undefined;
      steps.push(step);
      waiting.splice(index, 1);
    }
    return inOrder(steps);
  }

  function pair(left: Term, right: Term, place: Place): Step | undefined {
    return (
      oneWay(left, right, place) ??
      oneWay(right, left, place) ??
      searched(left, right, place) ??
      searched(right, left, place)
    );
  }

  function oneWay(from: Term, to: Term, place: Place): Step | undefined {
    const known = value(from, place);
    const match = known && matcher(to, place);
    if (!match) return undefined;
    return testing((frame) => {
      frame.at.run.budget.spend();
      const result = known(frame);
      return result !== undefined && match(frame, result);
    });
  }

  function searched(from: Term, to: Term, place: Place): Step | undefined {
    const bound = new Set(place.bound);
    const search = each(from, { ...place, bound });
    const match = search && matcher(to, { ...place, bound });
    if (match) {
      for (const name of bound) place.bound.add(name);
      return (frame, found) => search(frame, (result) => match(frame, result) && found());
    }
    const second = search && each(to, { ...place, bound });
    if (!second) return undefined;
    for (const name of bound) place.bound.add(name);
    return (frame, found) => search(frame, (a) => second(frame, (b) => equal(a, b) && found()));
  }
}

/** Pairs of parts that have to be equal each; undefined where two composites never are. */
function decomposed(left: Term, right: Term): [Term, Term][] | undefined {
  if (left.kind === 'array' && right.kind === 'array') {
    if (left.items.length !== right.items.length) return undefined;
    return every(left.items.map((item, index) => decomposed(item, right.items[index] as Term)));
  }
  if (
    left.kind === 'object' &&
    right.kind === 'object' &&
    [...left.entries, ...right.entries].every(([key]) => key.kind === 'constant')
  ) {
    const [ours, theirs] = [sorted(left), sorted(right)];
    if (ours.length !== theirs.length || ours.some(([key], index) => !equal(key, theirs[index]![0]))) return undefined;
    return every(ours.map(([, item], index) => decomposed(item, theirs[index]![1])));
  }
  return [[left, right]];
}

function sorted({ entries }: TermOf<'object'>): (readonly [Value, Term])[] {
  const found = entries.map(([key, item]) => [(key as TermOf<'constant'>).value, item] as const);
  return found.sort(([a], [b]) => compare(a, b));
}

function every(lists: readonly ([Term, Term][] | undefined)[]): [Term, Term][] | undefined {
  return lists.includes(undefined) ? undefined : (lists as [Term, Term][][]).flat();
}
