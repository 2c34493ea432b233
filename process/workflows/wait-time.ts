// How long a step waits, in the ways in which people write it.

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;
const iso = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const moment = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

/** Milliseconds of a duration such as 500ms, 30s, 5m or 1h; null where there is none. */
export function msOf(duration: string | undefined): number | null {
  const match = /^(\d+)(ms|s|m|h)$/.exec(duration ?? '');
  return match ? Number(match[1]) * unitMs[match[2] as keyof typeof unitMs] : null;
}

/** The moment, milliseconds since the epoch: 500ms, 30s, 5m, 1h and PT5M count from `now`, RFC 3339 is one; null for anything else. */
export function waitUntil(text: string, now: number): number | null {
  const plain = msOf(text);
  if (plain !== null) return now + plain;
  const parts = iso.exec(text);
  if (parts && text.length > 2 && !text.endsWith('T')) {
    const [days = 0, hours = 0, minutes = 0, seconds = 0] = parts.slice(1).map((part) => Number(part ?? 0));
    return now + (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1_000;
  }
  return moment.test(text) ? Date.parse(text) : null;
}
