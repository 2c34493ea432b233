// Terms to functions: the value of a term whose variables are bound, the values of one that has to be searched, and the
// match of a pattern with a value.

import { type Calls, compileCall } from './compile-call.ts';
import {
  dataReference,
  dataValue,
  inputReference,
  inputValue,
  type Known,
  type Path,
  plainReference,
  plainValue,
} from './compile-reference.ts';
import { compileUnify } from './compile-unify.ts';
import { type Each, type Matcher, type Place, type Terms, unified, type Ways } from './compiling.ts';
import type { Evaluate, Frame, Step } from './evaluation.ts';
import { RegoError } from './rego-error.ts';
import type { Term, TermOf } from './syntax.ts';
import { regoText } from './value-text.ts';
import { equal, RegoObject, RegoSet, type Value } from './values.ts';
import { isDocument } from './variables.ts';

export function compileTerms(ways: Ways): Terms {
  const calls: Calls = compileCall(ways, (term, place) => value(term, place));
  const { matcher, unify } = compileUnify(ways, { value, each });
  const terms: Terms = { value, each, matcher, unify, arity: calls.arity };
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
      case 'reference':
        return referred(term, place);
      case 'collect':
        return collect(term, place);
      case 'template':
        return template(term, place);
    }
  }

  function each(term: Term, place: Place): Each | undefined {
    if (term.kind === 'reference') return reference(term, place);
    return term.kind === 'call' ? calls.each(term, place) : undefined;
  }

  /** Every step is known. */
  function referred({ head, path: steps }: TermOf<'reference'>, place: Place): Evaluate | undefined {
    const start = isDocument(head) ? undefined : value(head, place);
    if (!isDocument(head) && !start) return undefined;
    const path: Known[] = [];
    for (const step of steps) {
      const key = value(step, place);
      if (!key) return undefined;
      path.push({ key, constant: step.kind === 'constant' ? step.value : undefined });
    }
    if (start) return plainValue(start, path);
    return (head as TermOf<'variable'>).name === 'input'
      ? inputValue(path)
      : dataValue(ways.linker.root, path, head.at);
  }

  /** A step that is not known binds what it is tried with. */
  function reference({ head, path: steps }: TermOf<'reference'>, place: Place): Each | undefined {
    const start = isDocument(head) ? undefined : value(head, place);
    if (!isDocument(head) && !start) return undefined;
    const path: Path[] = [];
    for (const step of steps) {
      const key = value(step, place);
      const match = key ? undefined : matcher(step, place);
      if (!key && !match) return undefined;
      path.push(
        key ? { key, constant: step.kind === 'constant' ? step.value : undefined } : { match: match as Matcher },
      );
    }
    if (start) return plainReference(start, path);
    return (head as TermOf<'variable'>).name === 'input'
      ? inputReference(path)
      : dataReference(ways.linker.root, path, head.at);
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
      const values = new Array<Value>(evaluates.length);
      for (let index = 0; index < evaluates.length; index++) {
        const item = (evaluates[index] as Evaluate)(frame);
        if (item === undefined) return undefined;
        values[index] = item;
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
}
