// Canonical JSON (RFC 8785) behind a strict check: what cannot be written down without loss is a bug of the caller.
import canonicalize from 'canonicalize';

export const deepest = 64;

/**
 * The canonical text of `value`. Throws TypeError for undefined, NaN, infinities, unsafe integers, lone surrogates,
 * objects that are not plain, and nesting over 64 levels.
 */
export function canonical(value: unknown): string {
  demandPlain(value, 'the value', 0);
  return canonicalize(value) as string;
}

function demandPlain(value: unknown, path: string, depth: number): void {
  if (depth > deepest) throw new TypeError(`${path} nests deeper than ${deepest} levels`);
  switch (typeof value) {
    case 'boolean':
      return;
    case 'string':
      if (!value.isWellFormed()) throw new TypeError(`${path} holds a lone surrogate`);
      return;
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`${path} is ${value}`);
      if (Number.isInteger(value) && !Number.isSafeInteger(value)) throw new TypeError(`${path} is an unsafe integer`);
      return;
    case 'object':
      if (value === null) return;
      if (Array.isArray(value)) {
        for (let index = 0; index < value.length; index++) demandPlain(value[index], `${path}/${index}`, depth + 1);
        return;
      }
      if (!isPlain(value)) throw new TypeError(`${path} is a ${value.constructor?.name}`);
      for (const key of Object.keys(value)) {
        if (!key.isWellFormed()) throw new TypeError(`${path} has a key with a lone surrogate`);
        demandPlain((value as Record<string, unknown>)[key], `${path}/${key}`, depth + 1);
      }
      return;
    default:
      throw new TypeError(`${path} is ${typeof value}`);
  }
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
