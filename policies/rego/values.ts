// Rego's values in JavaScript. Null, booleans and strings are themselves; a number is a double, or a bigint where an
// integer is past what a double holds; arrays are arrays. Objects and sets are the classes below: any value is a key,
// and what is iterated comes in Rego's order. `undefined` is Rego's undefined. Values are never changed once made.

export type Value = null | boolean | number | bigint | string | readonly Value[] | RegoObject | RegoSet;

/** What a Map finds a value by: equal values, equal keys. */
type Key = null | boolean | number | bigint | string;

/** Composite values by their canonical text, told apart from strings by a first character that strings are escaped from. */
export function keyOf(value: Value): Key {
  if (typeof value === 'string') return value.charCodeAt(0) === 0 ? `\0s${value}` : value;
  if (typeof value === 'object' && value !== null) return `\0c${canonical(value)}`;
  return value;
}

/** One text for equal values, different texts for different ones. */
function canonical(value: Value): string {
  if (value instanceof RegoObject || value instanceof RegoSet) return (value.canonical ??= canonicalComposite(value));
  if (Array.isArray(value)) return canonicalComposite(value as readonly Value[]);
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

function canonicalComposite(value: readonly Value[] | RegoObject | RegoSet): string {
  if (value instanceof RegoSet) return `<${value.sorted().map(canonical).join()}>`;
  if (value instanceof RegoObject)
    return `{${value
      .sorted()
      .map(([key, item]) => `${canonical(key)}:${canonical(item)}`)
      .join()}}`;
  return `[${value.map(canonical).join()}]`;
}

export class RegoObject {
  readonly #entries = new Map<Key, readonly [Value, Value]>();
  #sorted: readonly (readonly [Value, Value])[] | undefined;
  /** Kept by keyOf. */
  canonical: string | undefined;

  constructor(entries: Iterable<readonly [Value, Value]> = []) {
    for (const entry of entries) this.#entries.set(keyOf(entry[0]), entry);
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: Value): Value | undefined {
    return this.#entries.get(keyOf(key))?.[1];
  }

  has(key: Value): boolean {
    return this.#entries.has(keyOf(key));
  }

  /** Entries in the order they were put in: for what does not depend on order. */
  entries(): Iterable<readonly [Value, Value]> {
    return this.#entries.values();
  }

  /** Entries by key, in Rego's order. */
  sorted(): readonly (readonly [Value, Value])[] {
    return (this.#sorted ??= [...this.#entries.values()].sort(([a], [b]) => compare(a, b)));
  }

  keys(): Value[] {
    return this.sorted().map(([key]) => key);
  }
}

export class RegoSet {
  readonly #items = new Map<Key, Value>();
  #sorted: readonly Value[] | undefined;
  /** Kept by keyOf. */
  canonical: string | undefined;

  constructor(items: Iterable<Value> = []) {
    for (const item of items) {
      const key = keyOf(item);
      if (!this.#items.has(key)) this.#items.set(key, item);
    }
  }

  get size(): number {
    return this.#items.size;
  }

  has(item: Value): boolean {
    return this.#items.has(keyOf(item));
  }

  /** Members in Rego's order. */
  sorted(): readonly Value[] {
    return (this.#sorted ??= [...this.#items.values()].sort(compare));
  }
}

export const isNumber = (value: Value | undefined): value is number | bigint =>
  typeof value === 'number' || typeof value === 'bigint';

function rank(value: Value): number {
  if (value === null) return 0;
  if (typeof value === 'boolean') return 1;
  if (isNumber(value)) return 2;
  if (typeof value === 'string') return 3;
  if (value instanceof RegoObject) return 5;
  return value instanceof RegoSet ? 6 : 4;
}

/** Rego's order over all values: null, booleans, numbers, strings, arrays, objects, sets. */
export function compare(a: Value, b: Value): number {
  if (a === b) return 0;
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b);
  const byRank = rank(a) - rank(b);
  if (byRank !== 0) return byRank;
  if (typeof a !== 'object' || a === null) return (a as number) < (b as number) ? -1 : 1;
  if (a instanceof RegoSet) return compareArrays(a.sorted(), (b as RegoSet).sorted());
  if (a instanceof RegoObject) return compareObjects(a, b as RegoObject);
  return compareArrays(a as readonly Value[], b as readonly Value[]);
}

function compareArrays(a: readonly Value[], b: readonly Value[]): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const order = compare(a[i] as Value, b[i] as Value);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareObjects(a: RegoObject, b: RegoObject): number {
  const [left, right] = [a.sorted(), b.sorted()];
  for (let i = 0; i < left.length && i < right.length; i++) {
    const [key, value] = left[i]!;
    const [otherKey, otherValue] = right[i]!;
    const order = compare(key, otherKey) || compare(value, otherValue);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

/** By code points, as bytes of UTF-8 would sort; UTF-16 units differ where there are surrogates. */
function compareStrings(a: string, b: string): number {
  const end = Math.min(a.length, b.length);
  let i = 0;
  while (i < end && a.charCodeAt(i) === b.charCodeAt(i)) i++;
  if (i === end) return a.length - b.length;
  const [left, right] = [a.charCodeAt(i), b.charCodeAt(i)];
  const [high, otherHigh] = [left >= 0xd800 && left <= 0xdfff, right >= 0xd800 && right <= 0xdfff];
  return high === otherHigh ? left - right : high ? 1 : -1;
}

export function equal(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  return compare(a, b) === 0;
}

/** The item of a collection under a key; of a set, the member itself. */
export function lookup(value: Value, key: Value): Value | undefined {
  if (value instanceof RegoObject) return value.get(key);
  if (value instanceof RegoSet) return value.has(key) ? key : undefined;
  if (Array.isArray(value)) return typeof key === 'number' && Number.isInteger(key) ? value[key] : undefined;
  return undefined;
}

/** An integer in its one representation: a bigint only where a double does not hold it. */
export function integer(value: bigint): Value {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}

/** A decimal text as a number, exactly where it is an integer of up to 1,000 digits. Undefined where it is no number. */
export function parseNumber(text: string): Value | undefined {
  const parts = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (!parts) return undefined;
  const number = Number(text);
  if (Number.isSafeInteger(number) || (Number.isFinite(number) && Math.abs(number) < 2 ** 53))
    return number === 0 ? 0 : number;
  const [, sign, whole, fraction = '', exponent = '0'] = parts as unknown as [string, string, string, string?, string?];
  const zeros = Number(exponent) - fraction.length;
  if (zeros > 1000 || whole.length > 1000 || zeros < -1000) return Number.isFinite(number) ? number : undefined;
  const digits = whole + fraction;
  if (zeros >= 0) return integer(BigInt(`${sign}${digits}${'0'.repeat(zeros)}`));
  return /^0*$/.test(digits.slice(zeros)) ? integer(BigInt(`${sign}${digits.slice(0, zeros) || '0'}`)) : number;
}

/** What JSON.parse gives, as a value. */
export function fromJson(json: unknown): Value {
  if (typeof json === 'number')
    return json !== 0 && Number.isInteger(json) && !Number.isSafeInteger(json) ? integer(BigInt(json)) : json + 0;
  if (typeof json !== 'object' || json === null) return (json ?? null) as Value;
  if (Array.isArray(json)) return json.map(fromJson);
  const entries: (readonly [Value, Value])[] = [];
  for (const key of Object.keys(json)) {
    const item = (json as Record<string, unknown>)[key];
    if (item !== undefined) entries.push([key, fromJson(item)]);
  }
  return new RegoObject(entries);
}

export function typeName(value: Value): string {
  return ['null', 'boolean', 'number', 'string', 'array', 'object', 'set'][rank(value)]!;
}
