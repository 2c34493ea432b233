// Kernel ranges of manifests: comparators joined by spaces, such as `>=0.1.0 <1.0.0`; all of them have to hold.

const comparator = /^(>=|<=|>|<|=)?(\d+)\.(\d+)\.(\d+)$/;

/** Whether `version` (major.minor.patch) lies in `range`. A range that cannot be read holds no version. */
export function satisfies(version: string, range: string): boolean {
  const have = parts(version);
  return range
    .trim()
    .split(/\s+/)
    .every((text) => {
      const match = comparator.exec(text);
      if (!match) return false;
      const order = compare(have, match.slice(2, 5).map(Number));
      switch (match[1] ?? '=') {
        case '>=':
          return order >= 0;
        case '<=':
          return order <= 0;
        case '>':
          return order > 0;
        case '<':
          return order < 0;
        default:
          return order === 0;
      }
    });
}

function parts(version: string): number[] {
  return version.split('.').map((part) => Number.parseInt(part, 10));
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let place = 0; place < 3; place++) {
    const difference = (a[place] ?? 0) - (b[place] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
