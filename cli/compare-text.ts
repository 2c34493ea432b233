// A unified diff of two texts, bounded: what people look at before they decide.
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';

/** What can be said of a file's content, besides sizes and digests. */
export type Comparison =
  | { readonly kind: 'text'; readonly diff: string /** Lines that were left out. */; readonly cutLines: number }
  | { readonly kind: 'binary' }
  | { readonly kind: 'none'; readonly because: string };

const mostBytes = 1024 * 1024;
const mostLines = 500;
const mostCharacters = 64 * 1024;
const mostEdits = 20_000;
const longestMs = 2_000;

interface Side {
  readonly path: string;
  /** null: no such file. */
  readonly content: Buffer | null;
}

export function tooLarge(bytes: number): Comparison | null {
  return bytes <= mostBytes ? null : { kind: 'none', because: `it has more than ${mostBytes} bytes` };
}

export function compareText(before: Side, after: Side): Comparison {
  const [was, is] = [textOf(before.content), textOf(after.content)];
  if (was === null || is === null) return { kind: 'binary' };
  if (was === is) return { kind: 'text', diff: '', cutLines: 0 };
  const patch =
    before.content && after.content
      ? createTwoFilesPatch(`a/${before.path}`, `b/${after.path}`, was, is, undefined, undefined, {
          context: 3,
          maxEditLength: mostEdits,
          timeout: longestMs,
          headerOptions: FILE_HEADERS_ONLY,
        })
      : oneSided(before, after, was, is);
  return patch === undefined ? { kind: 'none', because: 'too much of it differs' } : cut(patch);
}

/** Nothing has to be compared where one side is missing. */
function oneSided(before: Side, after: Side, was: string, is: string): string {
  const made = before.content === null;
  const text = made ? is : was;
  const lines = text.split('\n');
  const ends = lines.at(-1) === '';
  if (ends) lines.pop();
  const range = lines.length === 0 ? '0,0' : `1,${lines.length}`;
  return [
    made ? '--- /dev/null' : `--- a/${before.path}`,
    made ? `+++ b/${after.path}` : '+++ /dev/null',
    made ? `@@ -0,0 +${range} @@` : `@@ -${range} +0,0 @@`,
    ...lines.map((line) => `${made ? '+' : '-'}${line}`),
    ...(ends ? [] : ['\\ No newline at end of file']),
    '',
  ].join('\n');
}

function cut(patch: string): Comparison {
  const lines = patch.trimEnd().split('\n');
  const shown: string[] = [];
  let characters = 0;
  for (const line of lines) {
    characters += line.length + 1;
    if (shown.length === mostLines || characters > mostCharacters) break;
    shown.push(line);
  }
  return { kind: 'text', diff: shown.join('\n'), cutLines: lines.length - shown.length };
}

/** '' for no file, null for what is no text. */
function textOf(content: Buffer | null): string | null {
  if (content === null) return '';
  if (content.includes(0)) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    return null;
  }
}
