// The tree that the parser gives.
import type { Location } from './rego-error.ts';
import type { Value } from './values.ts';

interface At {
  readonly at: Location;
}

export type Term =
  | (At & { kind: 'constant'; value: Value })
  | (At & { kind: 'variable'; name: string })
  | (At & { kind: 'reference'; head: Term; path: readonly Term[] })
  | (At & { kind: 'call'; callee: Term; args: readonly Term[]; infix?: boolean })
  | (At & { kind: 'array' | 'set'; items: readonly Term[] })
  | (At & { kind: 'object'; entries: readonly (readonly [Term, Term])[] })
  | (At & { kind: 'collect'; into: 'array' | 'set' | 'object'; key?: Term; value: Term; body: Body })
  | (At & { kind: 'template'; parts: readonly (string | Literal)[] });

export type TermOf<K extends Term['kind']> = Extract<Term, { kind: K }>;

export interface With extends At {
  readonly target: Term;
  readonly value: Term;
}

export type Literal = At & { readonly withs: readonly With[] } & (
    | { readonly kind: 'holds'; readonly term: Term }
    | { readonly kind: 'not'; readonly literal: Literal }
    | { readonly kind: 'unify' | 'assign'; readonly left: Term; readonly right: Term }
    | { readonly kind: 'some'; readonly names: readonly string[] }
    | { readonly kind: 'someIn'; readonly key?: Term; readonly value: Term; readonly collection: Term }
    | {
        readonly kind: 'every';
        readonly key?: Term;
        readonly value: Term;
        readonly collection: Term;
        readonly body: Body;
      }
  );

export type LiteralOf<K extends Literal['kind']> = Extract<Literal, { kind: K }>;

export type Body = readonly Literal[];

export interface Branch extends At {
  readonly value: Term;
  readonly body: Body;
}

export interface Rule extends At {
  readonly isDefault: boolean;
  /** The rule's name and what follows it. */
  readonly path: readonly Term[];
  readonly args?: readonly Term[];
  /** A member of a set, for `contains`. */
  readonly member?: Term;
  /** Tried one after the other: the rule's own body, then its elses. */
  readonly branches: readonly [Branch, ...Branch[]];
  readonly annotations?: Value;
}

export interface Import extends At {
  readonly path: readonly string[];
  readonly alias: string;
}

export interface Module {
  readonly file: string;
  readonly package: readonly string[];
  readonly packageAnnotations?: Value;
  readonly imports: readonly Import[];
  readonly rules: readonly Rule[];
}
