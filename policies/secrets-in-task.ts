// Secrets that somebody wrote into a task. Its texts are searched as lines of one text, each beside the name that it stands
// under, for some rules look for both.
import type { Finding } from './facts.ts';
import { searchTexts } from './find-secrets.ts';

/** The rules take as long as a small task. What they find has a long word with a capital or a digit, or one of these. */
const longWord = /[\w+=-]{20,}/g;
const capitalOrDigit = /[A-Z0-9]/;
const telling = /:\/\/|secret|-----BEGIN/i;

interface Place {
  readonly path: string;
  /** Where its text starts, from 1. */
  readonly line: number;
}

/** `fields`: what of the task is searched. Findings have the path of the text below the task, and the line in it. */
export async function secretsInTask(fields: Readonly<Record<string, unknown>>): Promise<Finding[]> {
  const lines: string[] = [];
  const places: Place[] = [];
  gather(fields, []);
  const text = lines.join('\n');
  if (!mayHoldSecret(text)) return [];
  const found = await searchTexts([{ path: 'task', text }]);
  return found.map(({ kind, message, line }) => {
    const place = places.findLast((candidate) => candidate.line <= line);
    if (kind !== 'secret' || !place) return { kind: 'not-looked-at', path: 'the task', line: 0, message };
    return { kind: 'secret-in-task', path: place.path, line: line - place.line + 1, message };
  });

  function gather(value: unknown, path: readonly string[]): void {
    if (typeof value === 'string') {
      places.push({ path: path.join('.'), line: lines.length + 1 });
      lines.push(...`"${path.at(-1)}": "${value}"`.split('\n'));
    } else if (typeof value === 'object' && value !== null)
      for (const [key, item] of Object.entries(value)) gather(item, [...path, key]);
  }
}

function mayHoldSecret(text: string): boolean {
  return telling.test(text) || (text.match(longWord) ?? []).some((word) => capitalOrDigit.test(word));
}
