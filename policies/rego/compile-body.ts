// Bodies to functions. A body's literals are put into an order in which every variable is bound before it is read; so
// what is bound at any place is known here, and running needs neither search for it nor undo. A literal that cannot be
// compiled yet waits; when all wait, one is taken apart (its calls and references become literals of their own); when
// nothing is left to take apart, a variable is unsafe.
import { comparisons } from './builtins/comparison.ts';
import { compileTerms } from './compile-term.ts';
import { compileWiths } from './compile-with.ts';
import type { Annotated, Linker, Matcher, Place, Terms, Ways } from './compiling.ts';
import { someEntry } from './documents.ts';
import type { Step } from './evaluation.ts';
import { RegoError } from './rego-error.ts';
import { holds, inOrder, testing } from './steps.ts';
import type { Body, Literal, LiteralOf, Term, TermOf } from './syntax.ts';
import { takenApart } from './take-apart.ts';
import { visitBody, visitLiteral } from './variables.ts';

export interface BodyCompiler {
  /** Throws rego_unsafe_var_error, rego_type_error. `bound` grows by what the body binds. */
  compile(body: Body, bound: Set<string>): Step;
  slot(name: string): number;
  size(): number;
}

export function bodyCompiler(linker: Linker, annotations: readonly Annotated[]): BodyCompiler {
  const slots = new Map<string, number>();
  let generated = 0;
  const ways: Ways = { linker, annotations, slot, fresh: () => `%t${++generated}`, group, closed };
  const terms: Terms = compileTerms(ways);
  return {
    compile(body, bound) {
      let stuck: readonly Literal[] = [];
      const step = schedule(body, { bound, around: directNames(body, bound) }, (left) => (stuck = left));
      if (!step) throw unsafe(stuck, bound);
      return step;
    },
    slot,
    size: () => slots.size,
  };

  function slot(name: string): number {
    let index = slots.get(name);
    if (index === undefined) slots.set(name, (index = slots.size));
    return index;
  }

  function group(body: Body, place: Place): Step | undefined {
    return schedule(body, place);
  }

  function closed(body: Body, { bound, around }: Place): Step | undefined {
    let ready = true;
    visitBody(body, (name) => {
      if (around.has(name) && !bound.has(name)) ready = false;
    });
    if (!ready) return undefined;
    return schedule(body, { bound, around: directNames(body, around) }, (stuck) => {
      throw unsafe(stuck, bound);
    });
  }

  function schedule(
    body: Body,
    { bound, around }: Place,
    onStuck?: (left: readonly Literal[]) => void,
  ): Step | undefined {
    const waiting = [...body];
    const apart = new Set<Literal>();
    const steps: Step[] = [];
    while (waiting.length > 0) {
      let index = 0;
      let step: Step | undefined;
      for (; index < waiting.length; index++) {
        const attempt = new Set(bound);
        step = literal(waiting[index] as Literal, { bound: attempt, around });
        if (!step) continue;
        for (const name of attempt) bound.add(name);
        break;
      }
      if (step) {
        steps.push(step);
        waiting.splice(index, 1);
        continue;
      }
      const next = waiting.findIndex((candidate) => !apart.has(candidate));
      if (next < 0) {
        onStuck?.(waiting);
        return undefined;
      }
      const parts = takenApart(waiting[next] as Literal, ways.fresh);
      for (const part of parts) apart.add(part);
      waiting.splice(next, 1, ...parts);
    }
    return inOrder(steps);
  }

  /** Undefined where a variable is not bound yet. */
  function literal(written: Literal, place: Place): Step | undefined {
    if (written.withs.length > 0) return compileWiths(written, place, ways, terms);
    switch (written.kind) {
      case 'holds':
        return expression(written, place);
      case 'unify':
      case 'assign':
        return terms.unify(written.left, written.right, place);
      case 'not':
        return not(written, place);
      case 'some':
        return inOrder([]);
      case 'someIn':
        return someIn(written, place);
      case 'every':
        return every(written, place);
    }
  }

  function expression({ term }: LiteralOf<'holds'>, place: Place): Step | undefined {
    if (term.kind === 'call') {
      const arity = terms.arity(term);
      if (term.args.length === arity + 1)
        return terms.unify({ ...term, args: term.args.slice(0, -1) }, term.args.at(-1) as Term, place);
    }
    const compared = comparison(term, place);
    if (compared) return compared;
    const value = terms.value(term, place);
    if (value)
      return testing((frame) => {
        frame.at.run.budget.spend();
        const result = value(frame);
        return result !== undefined && result !== false;
      });
    const each = terms.each(term, place);
    return each && ((frame, found) => each(frame, (result) => result !== false && found()));
  }

  /** Two values compared, without the way through a builtin. */
  function comparison(term: Term, place: Place): Step | undefined {
    const holdsFor =
      term.kind === 'call' && term.infix && term.callee.kind === 'variable' && comparisons[term.callee.name];
    if (!holdsFor) return undefined;
    const [left, right] = (term as TermOf<'call'>).args.map((arg) => terms.value(arg, place));
    if (!left || !right) return undefined;
    return testing((frame) => {
      frame.at.run.budget.spend();
      const a = left(frame);
      if (a === undefined) return false;
      const b = right(frame);
      return b !== undefined && holdsFor(a, b);
    });
  }

  function not({ literal: inner }: LiteralOf<'not'>, { bound, around }: Place): Step | undefined {
    let ready = true;
    visitLiteral(inner, (name, inClosure) => {
      if (!bound.has(name) && (!inClosure || around.has(name)) && !name.startsWith('%')) ready = false;
    });
    const step = ready && group([inner], { bound: new Set(bound), around });
    if (!step) return undefined;
    return testing((frame) => !holds(step, frame));
  }

  function someIn({ key, value, collection }: LiteralOf<'someIn'>, place: Place): Step | undefined {
    const items = terms.value(collection, place);
    if (!items) return undefined;
    const matchKey = key && terms.matcher(key, place);
    const matchValue = terms.matcher(value, place);
    if (!matchValue || (key && !matchKey)) return undefined;
    return (frame, found) =>
      someEntry(items(frame), (itemKey, item) => {
        frame.at.run.budget.spend();
        return (!matchKey || matchKey(frame, itemKey)) && matchValue(frame, item) && found();
      });
  }

  function every({ key, value, collection, body }: LiteralOf<'every'>, place: Place): Step | undefined {
    const items = terms.value(collection, place);
    if (!items) return undefined;
    const inner = new Set(place.bound);
    const matchers = [key, value].map(
      (pattern): Matcher | undefined => pattern && terms.matcher(pattern, { bound: inner, around: place.around }),
    );
    const [matchKey, matchValue] = matchers as [Matcher | undefined, Matcher];
    const step = closed(body, { bound: inner, around: place.around });
    if (!step) return undefined;
    return testing((frame) => {
      const over = items(frame);
      if (over === undefined || typeof over !== 'object' || over === null) return false;
      return !someEntry(over, (itemKey, item) => {
        frame.at.run.budget.spend();
        return (matchKey && !matchKey(frame, itemKey)) || !matchValue(frame, item) || !holds(step, frame);
      });
    });
  }
}

/** Names that stand in a body itself, not only in a comprehension within it, and those around it. */
function directNames(body: Body, around: Iterable<string>): Set<string> {
  const names = new Set(around);
  visitBody(body, (name, inClosure) => {
    if (!inClosure) names.add(name);
  });
  return names;
}

function unsafe(stuck: readonly Literal[], bound: ReadonlySet<string>): RegoError {
  const first = stuck[0] as Literal;
  const names = new Set<string>();
  visitLiteral(first, (name) => {
    if (!bound.has(name) && !name.startsWith('%')) names.add(name.replace(/#\d+$/, ''));
  });
  return new RegoError('rego_unsafe_var_error', `var ${[...names].join(', ') || '_'} is unsafe`, first.at);
}
