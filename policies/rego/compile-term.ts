// Terms to functions: the value of a term whose variables are bound, the values of one that has to be searched, and the
// match of a pattern with a value.

import { compileCall } from './compile-call.ts';
import { dataReference, inputReference, type Path, plainReference } from './compile-reference.ts';
import { type Each, type Matcher, type Place, type Terms, unified, type Ways } from './compiling.ts';
import type { Evaluate, Frame, Step } from './evaluation.ts';
import { RegoError } from './rego-error.ts';
import type { Term, TermOf } from './syntax.ts';
import { compare, equal, RegoObject, RegoSet, regoText, type Value } from './values.ts';
import { isDocument } from './variables.ts';

export function compileTerms(ways: Ways): Terms {
  const terms: Terms = { value, each, matcher, unify, arity: (call) => calls.arity(call) };
  const calls = compileCall(ways, terms);
  return terms;

  function value(term: Term, place: Place): Evaluate | undefined {
    switch (term.kind) {
      case 'constant': {
        const constant = term.value;
        return () => constant;
      }
      case 'variable': {
        if (!place.bound.has(term.name)) return undefined;
        const slot = ways.slot(term.name);
        return (frame) => frame.slots[slot];
      }
      case 'array':
        return collection(term.items, place, (items) => items);
      case 'set':
        return collection(term.items, place, (items) => new RegoSet(items));
      case 'object':
        return object(term, place);
      case 'call':
        return calls.value(term, place);
      case 'reference': {
        const search = reference(term, place, false);
        return (
          search &&
          ((frame) => {
            let result: Value | undefined;
            search(frame, (found) => {
              result = found;
              return true;
            });
            return result;
          })
        );
      }
      case 'collect':
        return collect(term, place);
      case 'template':
        return template(term, place);
    }
  }

  function each(term: Term, place: Place): Each | undefined {
    if (term.kind === 'reference') return reference(term, place, true);
    return term.kind === 'call' ? calls.each(term, place) : undefined;
  }

  function reference({ head, path: steps }: TermOf<'reference'>, place: Place, mayBind: boolean): Each | undefined {
    const start = isDocument(head) ? undefined : value(head, place);
    if (!isDocument(head) && !start) return undefined;
    const path: Path[] = [];
    const bound = mayBind ? place.bound : new Set(place.bound);
    for (const step of steps) {
      const key = value(step, { ...place, bound });
      const match = key || !mayBind ? undefined : matcher(step, { ...place, bound });
      if (!key && !match) return undefined;
      path.push(
        key ? { key, constant: step.kind === 'constant' ? step.value : undefined } : { match: match as Matcher },
      );
    }
    if (start) return plainReference(start, path);
    return (head as TermOf<'variable'>).name === 'input' ? inputReference(path) : dataReference(ways.linker.root, path);
  }

  function collection(
    items: readonly Term[],
    place: Place,
    make: (items: readonly Value[]) => Value,
  ): Evaluate | undefined {
    const found = items.map((item) => value(item, place));
    if (found.includes(undefined)) return undefined;
    if (items.every((item) => item.kind === 'constant')) {
      const constant = make(items.map((item) => (item as TermOf<'constant'>).value));
      return () => constant;
    }
    const evaluates = found as Evaluate[];
    return (frame) => {
      const values: Value[] = [];
      for (const evaluate of evaluates) {
        const item = evaluate(frame);
        if (item === undefined) return undefined;
        values.push(item);
      }
      frame.at.run.budget.make(values.length);
      return make(values);
    };
  }

  function object({ entries }: TermOf<'object'>, place: Place): Evaluate | undefined {
    return collection(entries.flat(), place, (flat) => {
      const pairs: [Value, Value][] = [];
      for (let i = 0; i < flat.length; i += 2) pairs.push([flat[i] as Value, flat[i + 1] as Value]);
      return new RegoObject(pairs);
    });
  }

  function collect(term: TermOf<'collect'>, place: Place): Evaluate | undefined {
    const head = term.key ? [term.value, term.key] : [term.value];
    const names = head.map(() => ways.fresh());
    const computed = head.map((item, index) =>
      unified({ kind: 'variable', name: names[index] as string, at: item.at }, item),
    );
    const step = ways.closed([...term.body, ...computed], { ...place, bound: new Set(place.bound) });
    if (!step) return undefined;
    const [valueSlot, keySlot] = names.map(ways.slot) as [number, number];
    return (frame) => {
      const { budget } = frame.at.run;
      if (term.into === 'object') return collectObject(frame, step, keySlot, valueSlot, term);
      const items: Value[] = [];
      step(frame, () => {
        budget.make(1);
        items.push(frame.slots[valueSlot] as Value);
        return false;
      });
      return term.into === 'set' ? new RegoSet(items) : items;
    };
  }

  function collectObject(frame: Frame, step: Step, keySlot: number, valueSlot: number, { at }: Term): Value {
    const entries: [Value, Value][] = [];
    step(frame, () => {
      frame.at.run.budget.make(1);
      entries.push([frame.slots[keySlot] as Value, frame.slots[valueSlot] as Value]);
      return false;
    });
    const result = new RegoObject(entries);
    if (result.size < entries.length && entries.some(([key, item]) => !equal(result.get(key) as Value, item)))
      throw new RegoError('eval_conflict_error', 'object keys must be unique', at);
    return result;
  }

  function template(term: TermOf<'template'>, place: Place): Evaluate | undefined {
    const parts: Evaluate[] = [];
    for (const part of term.parts) {
      if (typeof part === 'string') parts.push(() => part);
      else {
        if (part.kind !== 'holds') throw new RegoError('rego_parse_error', 'a template holds terms only', part.at);
        const name = ways.fresh();
        const literal = { ...unified({ kind: 'variable', name, at: part.at }, part.term), withs: part.withs };
        const step = ways.closed([literal], { ...place, bound: new Set(place.bound) });
        if (!step) return undefined;
        const slot = ways.slot(name);
        parts.push((frame) => only(frame, step, slot, part.at));
      }
    }
    return (frame) => {
      const text = parts.map((part) => part(frame) as string).join('');
      frame.at.run.budget.make(text.length);
      return text;
    };
  }

  function only(frame: Frame, step: Step, slot: number, at: Term['at']): string {
    let result: Value | undefined;
    step(frame, () => {
      const found = frame.slots[slot] as Value;
      if (result !== undefined && !equal(result, found))
        throw new RegoError('eval_conflict_error', 'a template expression must have one value', at);
      result = found;
      return false;
    });
    if (result === undefined) return '<undefined>';
    return typeof result === 'string' ? result : regoText(result);
  }

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
    if (!pairs) return () => false;
    const steps: Step[] = [];
    const waiting = [...pairs];
    while (waiting.length > 0) {
      let step: Step | undefined;
      const index = waiting.findIndex(([a, b]) => (step = pair(a, b, place)) !== undefined);
      if (!step) return undefined;
      steps.push(step);
      waiting.splice(index, 1);
    }
    if (steps.length === 1) return steps[0];
    return steps.reduceRight<Step>(
      (rest, step) => (frame, found) => step(frame, () => rest(frame, found)),
      (_frame, found) => found(),
    );
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
    return (frame, found) => {
      frame.at.run.budget.spend();
      const result = known(frame);
      return result !== undefined && match(frame, result) && found();
    };
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
