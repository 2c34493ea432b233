// Secrets in what effects bring and in tasks, by secretlint's rules. They are loaded when they are first needed, and much
// text is searched in a thread: a text made for it keeps the rules busy for a second a megabyte.
import { type BoundedThread, boundedThread, OutOfTime } from './bounded-thread.ts';
import type { Finding } from './facts.ts';
import type { SearchedText } from './secret-rules.ts';

export interface Content {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** The first bytes, as many as asked for. */
  read(most: number): Uint8Array;
}

type Found = Omit<Finding, 'kind'>;

/** Text beyond this is not looked at, which is a finding too. */
const mostBytes = 8 * 1024 * 1024;
/** Characters that are searched here: what a thread costs is more. */
const mostHere = 16 * 1024;
const limits = { timeMs: 1000, memoryMb: 512 };

let thread: BoundedThread<readonly SearchedText[], Found[]> | undefined;

/** Findings in order of path and line. Files that are no text are passed over. */
export async function findSecrets(contents: Iterable<Content> | AsyncIterable<Content>): Promise<Finding[]> {
  const texts: SearchedText[] = [];
  const notLookedAt: Finding[] = [];
  let left = mostBytes;
  for await (const { path, size, read } of contents) {
    const start = read(8192);
    const encoding = encodingOf(start);
    if (!encoding) continue;
    left -= size;
    if (left < 0) {
      notLookedAt.push(unsearched(path, `more than ${mostBytes / 1024 / 1024} MB of text`));
      break;
    }
    texts.push({ path, text: new TextDecoder(encoding).decode(read(size)) });
  }
  const findings = [...(await searchTexts(texts)), ...notLookedAt];
  return findings.sort((a, b) => (a.path === b.path ? a.line - b.line : a.path < b.path ? -1 : 1));
}

/** Findings in texts; where the search itself fails, that is one. */
export async function searchTexts(texts: readonly SearchedText[]): Promise<Finding[]> {
  const [first] = texts;
  if (!first) return [];
  const characters = texts.reduce((sum, { text }) => sum + text.length, 0);
  try {
    const found = characters <= mostHere ? await searchHere(texts) : await searchInThread(texts);
    return found.map((each) => ({ kind: 'secret', ...each }));
  } catch (error) {
    const { message } = error as Error;
    return [unsearched(first.path, error instanceof OutOfTime ? `that took ${message}` : message)];
  }
}

/** None for what is no text. Some systems write text with two bytes a character, and say so at its start. */
function encodingOf(start: Uint8Array): string | undefined {
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le';
  if (start[0] === 0xfe && start[1] === 0xff) return 'utf-16be';
  return start.includes(0) ? undefined : 'utf-8';
}

async function searchHere(texts: readonly SearchedText[]): Promise<Found[]> {
  const { default: applyRules } = await import('./secret-rules.ts');
  return applyRules(texts);
}

function searchInThread(texts: readonly SearchedText[]): Promise<Found[]> {
  thread ??= boundedThread('secret-rules', limits);
  return thread.ask(texts);
}

function unsearched(path: string, message: string): Finding {
  return { kind: 'not-looked-at', path, line: 0, message };
}
