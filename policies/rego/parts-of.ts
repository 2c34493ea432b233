// Everything that stands within a literal or a term, however deep.
import type { Body, Literal, Term } from './syntax.ts';

/** The literals of a body, and those of the bodies within it. */
export function* literalsIn(body: Body): Iterable<Literal> {
  for (const literal of body) {
    yield literal;
    if (literal.kind === 'not') yield* literalsIn([literal.literal]);
    if (literal.kind === 'every') yield* literalsIn(literal.body);
    for (const term of ownTerms(literal)) yield* literalsOf(term);
  }
}

/** The literals of the bodies within a term. */
export function* literalsOf(term: Term): Iterable<Literal> {
  for (const part of termsIn(term)) {
    if (part.kind === 'collect') yield* literalsIn(part.body);
    if (part.kind === 'template') yield* literalsIn(part.parts.filter((item) => typeof item !== 'string'));
  }
}

/** The terms of which a literal consists; those of bodies within it belong to their literals. */
export function ownTerms(literal: Literal): readonly Term[] {
  const values = literal.withs.map(({ value }) => value);
  switch (literal.kind) {
    case 'holds':
      return [literal.term, ...values];
    case 'unify':
    case 'assign':
      return [literal.left, literal.right, ...values];
    case 'someIn':
    case 'every':
      return [...(literal.key ? [literal.key] : []), literal.value, literal.collection, ...values];
    default:
      return values;
  }
}

/** A term and the terms within it, without those of bodies. */
export function* termsIn(term: Term): Iterable<Term> {
  yield term;
  for (const part of partsOf(term)) yield* termsIn(part);
}

function partsOf(term: Term): readonly Term[] {
  switch (term.kind) {
    case 'reference':
      return [term.head, ...term.path];
    case 'call':
      return term.args;
    case 'array':
    case 'set':
      return term.items;
    case 'object':
      return term.entries.flat();
    case 'collect':
      return [...(term.key ? [term.key] : []), term.value];
    default:
      return [];
  }
}
