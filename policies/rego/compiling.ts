// What the parts of the compiler hand to each other.
import type { Builtin } from './builtin.ts';
import type { CompiledNode, Evaluate, Frame, Step } from './evaluation.ts';
import type { Body, Literal, Term, TermOf } from './syntax.ts';
import type { Value } from './values.ts';

/** Where functions and documents are found while rules are compiled. */
export interface Linker {
  readonly root: CompiledNode;
  builtin(name: string): Builtin | undefined;
}

export interface Annotated {
  readonly path: readonly Value[];
  readonly scope: string;
  readonly value: Value | undefined;
}

/** Names bound where a literal stands, and names that belong to the bodies around it. */
export interface Place {
  readonly bound: Set<string>;
  readonly around: ReadonlySet<string>;
}

export interface Ways {
  readonly linker: Linker;
  readonly annotations: readonly Annotated[];
  slot(name: string): number;
  fresh(): string;
  /** Undefined where a variable is not bound yet. */
  group(body: Body, place: Place): Step | undefined;
  /** A body of its own, like a comprehension's: undefined while a variable that it shares with the outside is not bound. */
  closed(body: Body, place: Place): Step | undefined;
}

export function unified(left: Term, right: Term): Literal {
  return { kind: 'unify', left, right, withs: [], at: right.at };
}

/** Binds the variables of a pattern; false where the value does not fit. */
export type Matcher = (frame: Frame, value: Value) => boolean;
/** Calls back with every value; true when that ended the search. */
export type Each = (frame: Frame, found: (value: Value) => boolean) => boolean;

/** Each gives undefined while a variable is not bound. What binds adds to `place.bound`. */
export interface Terms {
  value(term: Term, place: Place): Evaluate | undefined;
  each(term: Term, place: Place): Each | undefined;
  matcher(pattern: Term, place: Place): Matcher | undefined;
  unify(left: Term, right: Term, place: Place): Step | undefined;
  /** Throws rego_type_error for what is no function. */
  arity(call: TermOf<'call'>): number;
}
