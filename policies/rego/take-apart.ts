// A literal's inner calls and references as literals of their own, so that each can be run when its variables are bound.
import type { Literal, Term } from './syntax.ts';

/** The parts of a literal, which together mean the same. `fresh` gives unused names. */
export function takenApart(literal: Literal, fresh: () => string): Literal[] {
  const parts: Literal[] = [];
  const whole = simplified(literal);
  return [...parts, whole];

  function simplified(written: Literal): Literal {
    switch (written.kind) {
      case 'holds':
        return { ...written, term: opened(written.term) };
      case 'unify':
      case 'assign':
        return { ...written, left: opened(written.left), right: opened(written.right) };
      case 'someIn':
        return {
          ...written,
          collection: pulled(written.collection),
          value: flat(written.value),
          ...(written.key && { key: flat(written.key) }),
        };
      case 'every':
        return { ...written, collection: pulled(written.collection) };
      default:
        return written;
    }
  }

  /** Everything that a value has to be found for, as a variable. */
  function pulled(term: Term): Term {
    if (term.kind === 'constant' || term.kind === 'variable') return term;
    if (term.kind === 'array' || term.kind === 'object' || term.kind === 'set') return flat(term);
    const variable: Term = { kind: 'variable', name: fresh(), at: term.at };
    parts.push({ kind: 'unify', left: variable, right: opened(term), withs: literal.withs, at: term.at });
    return variable;
  }

  function flat(term: Term): Term {
    if (term.kind === 'array' || term.kind === 'set') return { ...term, items: term.items.map(pulled) };
    if (term.kind === 'object')
      return { ...term, entries: term.entries.map(([key, value]) => [pulled(key), pulled(value)] as const) };
    return pulled(term);
  }

  function opened(term: Term): Term {
    switch (term.kind) {
      case 'call':
        return { ...term, args: term.args.map(pulled) };
      case 'reference': {
        const isRoot = term.head.kind === 'variable';
        return { ...term, head: isRoot ? term.head : pulled(term.head), path: term.path.map(pulled) };
      }
      case 'array':
      case 'set':
      case 'object':
        return flat(term);
      default:
        return term;
    }
  }
}
