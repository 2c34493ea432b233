// What a builtin function is, and how it reads its operands.
import type { Budget } from './budget.ts';
import { RegoError } from './rego-error.ts';
import { isNumber, RegoObject, RegoSet, typeName, type Value } from './values.ts';

/** What a builtin may know besides its operands. */
export interface BuiltinContext {
  readonly budget: Budget;
  /** Nanoseconds since 1970, the same for the whole evaluation. */
  now(): bigint;
  /** Values kept for the whole evaluation. */
  readonly kept: Map<string, Value>;
  /** The METADATA of the rule that calls, and of what encloses it. */
  readonly annotations: readonly Value[];
}

export interface Builtin {
  readonly arity: number;
  /** Undefined where the result is undefined; throws eval_builtin_error or eval_type_error. */
  run(args: readonly Value[], context: BuiltinContext): Value | undefined;
  /** Gives an array of results, each of which is tried. */
  readonly isRelation?: true;
  /** Its answer depends on more than its operands. */
  readonly isImpure?: true;
}

export type Builtins = Readonly<Record<string, Builtin>>;

/** A builtin of as many operands as `run` declares. */
export function pure(
  arity: number,
  run: (args: readonly Value[], context: BuiltinContext) => Value | undefined,
): Builtin {
  return { arity, run };
}

export function failed(message: string): RegoError {
  return new RegoError('eval_builtin_error', message);
}

export function mistyped(position: number, expected: string, found: Value | string): RegoError {
  const got = typeof found === 'string' && found.startsWith('=') ? found.slice(1) : typeName(found);
  return new RegoError('eval_type_error', `operand ${position} must be ${expected} but got ${got}`);
}

export function stringAt(args: readonly Value[], position: number): string {
  const value = args[position - 1] as Value;
  if (typeof value !== 'string') throw mistyped(position, 'string', value);
  return value;
}

export function numberAt(args: readonly Value[], position: number): number | bigint {
  const value = args[position - 1] as Value;
  if (!isNumber(value)) throw mistyped(position, 'number', value);
  return value;
}

export function integerAt(args: readonly Value[], position: number): bigint {
  const value = numberAt(args, position);
  if (typeof value === 'number' && !Number.isInteger(value))
    throw mistyped(position, 'integer number', '=floating-point number');
  return BigInt(value);
}

/** An integer that has to be small, like a position or a count. */
export function countAt(args: readonly Value[], position: number): number {
  return Number(integerAt(args, position));
}

export function objectAt(args: readonly Value[], position: number): RegoObject {
  const value = args[position - 1] as Value;
  if (!(value instanceof RegoObject)) throw mistyped(position, 'object', value);
  return value;
}

export function setAt(args: readonly Value[], position: number): RegoSet {
  const value = args[position - 1] as Value;
  if (!(value instanceof RegoSet)) throw mistyped(position, 'set', value);
  return value;
}

/** The items of an array or a set. */
export function itemsAt(args: readonly Value[], position: number, expected = 'one of {array, set}'): readonly Value[] {
  const value = args[position - 1] as Value;
  if (value instanceof RegoSet) return value.sorted();
  if (!Array.isArray(value)) throw mistyped(position, expected, value);
  return value;
}

export function stringsAt(args: readonly Value[], position: number): readonly string[] {
  const items = itemsAt(args, position);
  const other = items.find((item) => typeof item !== 'string');
  const kind = Array.isArray(args[position - 1]) ? 'array' : 'set';
  if (other !== undefined) throw mistyped(position, `${kind} of strings`, `=${kind} containing ${typeName(other)}`);
  return items as readonly string[];
}
