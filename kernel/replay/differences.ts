// Where two bodies differ, field by field.

export interface Difference {
  /** JSON pointer. */
  readonly field: string;
  /** Undefined: there is none. */
  readonly recorded: unknown;
  readonly replayed: unknown;
}

const mostListed = 50;

/** Every field in which `replayed` is not as `recorded`; at most 50. */
export function differences(recorded: unknown, replayed: unknown): Difference[] {
  const found: Difference[] = [];
  compare(recorded, replayed, '');
  return found;

  function compare(one: unknown, other: unknown, field: string): void {
    if (found.length === mostListed || Object.is(one, other)) return;
    if (!isBranch(one) || !isBranch(other) || Array.isArray(one) !== Array.isArray(other))
      return void found.push({ field, recorded: one, replayed: other });
    for (const key of new Set([...Object.keys(one), ...Object.keys(other)]))
      compare(one[key], other[key], `${field}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);
  }
}

function isBranch(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
