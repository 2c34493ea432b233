// What one evaluation knows while it runs: the documents, what `with` put in their place, and what was found already.
import type { Budget } from './budget.ts';
import type { RuleNode } from './rule-tree.ts';
import { lookup, RegoObject, type Value } from './values.ts';

/** Slots of a body's variables, and the documents as they stand at this place. */
export interface Frame {
  readonly slots: (Value | undefined)[];
  at: Documents;
}

/** Called once per solution; true ends the search. */
export type Found = () => boolean;
/** Tries every solution; true when `found` ended the search. */
export interface Step {
  (frame: Frame, found: Found): boolean;
  /** For a step with one solution at most: whether there is one, bound then. */
  readonly test?: (frame: Frame) => boolean;
}
export type Evaluate = (frame: Frame) => Value | undefined;

/** What `with` put below `data`: at a path a value, or more below. */
export interface Patch {
  value?: Value;
  readonly below: Map<Value, Patch>;
}

/** A function's replacement: a value, or what is called instead. */
export type Mock =
  | { readonly value: Value }
  | { readonly call: (args: readonly Value[], at: Documents) => Value | undefined };

/** What is the same for a whole evaluation. */
export interface Run {
  readonly budget: Budget;
  /** Errors of builtins are raised; otherwise what they stand in is undefined. */
  readonly strict: boolean;
  /** Paths below `input` that were read, when somebody wants to know. */
  readonly reads: Set<string> | undefined;
  readonly kept: Map<string, Value>;
  now(): bigint;
  /** Those of the rule that calls a builtin; set before each call, so that a call makes nothing. */
  annotations: readonly Value[];
  /** Asked for a clock, chance, or anything else that is not in the input. */
  impure: boolean;
  /** Which rules gave something, when somebody wants to know. */
  readonly fired: Set<string> | undefined;
}

export interface Documents {
  readonly run: Run;
  readonly input: Value | undefined;
  readonly base: Value | undefined;
  readonly patch: Patch | undefined;
  readonly mocks: ReadonlyMap<string, Mock> | undefined;
  readonly found: Map<CompiledNode, { readonly value: Value | undefined }>;
}

/** `target` with the value under `path` replaced; what is no object on the way becomes one. */
export function replaced(target: Value | undefined, path: readonly Value[], value: Value): Value {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const before = target instanceof RegoObject ? target : new RegoObject();
  return new RegoObject([...before.entries(), [key, replaced(lookup(before, key), rest, value)]]);
}

/** A copy of `patch` with one more value; what was below that path is gone. */
export function patched(patch: Patch | undefined, path: readonly Value[], value: Value): Patch {
  const [key, ...rest] = path;
  if (key === undefined) return { value, below: new Map() };
  if (patch?.value !== undefined) return { value: replaced(patch.value, path, value), below: new Map() };
  const below = new Map(patch?.below);
  below.set(key, patched(below.get(key), rest, value));
  return { below };
}

/** A place of the document `data`, with what its rules give. */
export interface CompiledNode {
  readonly kind: RuleNode['kind'];
  readonly arity: number;
  readonly name: string;
  readonly children: ReadonlyMap<Value, CompiledNode>;
  complete(at: Documents): Value | undefined;
  /** `below` is what stands at the constant keys beneath. */
  partial(at: Documents, below: readonly (readonly [Value, Value, CompiledNode])[]): Value;
  call(args: readonly Value[], at: Documents): Value | undefined;
}
