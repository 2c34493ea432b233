// Whether a result is the expected one, as the TCK compares: numbers within 1e-8.
import { typeNameOf } from '../../process/decisions/feel/values.ts';

const precision = 1e-8;

export function isSame(actual: unknown, expected: unknown): boolean {
  if (expected === null || expected === undefined) return actual === null || actual === undefined;
  if (actual === null || actual === undefined) return false;
  if (typeof expected === 'number') return typeof actual === 'number' && isSameNumber(actual, expected);
  if (Array.isArray(expected))
    return (
      Array.isArray(actual) &&
      actual.length === expected.length &&
      expected.every((item, index) => isSame(actual[index], item))
    );
  const type = typeNameOf(expected);
  if (type !== typeNameOf(actual)) return false;
  if (type !== 'context') return typeof expected === 'object' ? `${actual}` === `${expected}` : actual === expected;
  const names = Object.keys(expected);
  const fields = actual as Record<string, unknown>;
  return (
    Object.keys(fields).length === names.length &&
    names.every((name) => Object.hasOwn(fields, name) && isSame(fields[name], (expected as typeof fields)[name]))
  );
}

function isSameNumber(actual: number, expected: number): boolean {
  if (actual === expected) return true;
  return Math.abs(actual - expected) < precision;
}
