// Secrets in what effects bring and in tasks, by secretlint's rules. They are loaded when they are first needed, and much
// text is searched in a thread: a text made for it keeps the rules busy for a second a megabyte.
import { setImmediate as rest } from 'node:timers/promises';
import { type BoundedThread, boundedThread } from './bounded-thread.ts';
import type { Finding } from './facts.ts';
import type { SearchedText } from './search-pieces.ts';
import type { Search, Searched } from './secret-rules.ts';

export interface Content {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** The first bytes, as many as asked for. */
  read(most: number): Uint8Array;
}

/** Text beyond this is not looked at, which is a finding too. */
const mostBytes = 8 * 1024 * 1024;
/** Characters that are searched here: what a thread costs is more. */
const mostHere = 16 * 1024;
const mostMs = 1000;
/** The thread looks at the processor's time by itself; this is for what it never comes back from. */
const limits = { timeMs: 30_000, memoryMb: 512 };
/** Between two rests: reading many files must not hold up what else the kernel does. */
const readAtOnce = 64;

let thread: BoundedThread<Search, Searched> | undefined;

/** Findings in order of path and line. Files that are no text are passed over. */
export async function findSecrets(contents: Iterable<Content> | AsyncIterable<Content>): Promise<Finding[]> {
  const texts: SearchedText[] = [];
  const notLookedAt: Finding[] = [];
  let [left, read] = [mostBytes, 0];
  for await (const content of contents) {
    if (++read % readAtOnce === 0) await rest();
    const encoding = encodingOf(content.read(8192));
    if (!encoding) continue;
    left -= content.size;
    if (left < 0) {
      notLookedAt.push(unsearched(content.path, `more than ${mostBytes / 1024 / 1024} MB of text`));
      break;
    }
    texts.push({ path: content.path, text: new TextDecoder(encoding).decode(content.read(content.size)) });
  }
  const findings = [...(await searchTexts(texts)), ...notLookedAt];
  return findings.sort((a, b) => (a.path === b.path ? a.line - b.line : a.path < b.path ? -1 : 1));
}

/** Findings in texts; where the search itself does not end, that is one. */
export async function searchTexts(texts: readonly SearchedText[]): Promise<Finding[]> {
  const [first] = texts;
  if (!first) return [];
  const characters = texts.reduce((sum, { text }) => sum + text.length, 0);
  try {
    const { found, stoppedAt } = await (characters <= mostHere ? searchHere : searchInThread)({ texts, mostMs });
    const findings = found.map((each): Finding => ({ kind: 'secret', ...each }));
    return stoppedAt === undefined
      ? findings
      : [...findings, unsearched(stoppedAt, `that took more than ${mostMs} ms`)];
  } catch (error) {
    return [unsearched(first.path, (error as Error).message)];
  }
}

/** None for what is no text. Some systems write text with two bytes a character, and say so at its start. */
function encodingOf(start: Uint8Array): string | undefined {
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le';
  if (start[0] === 0xfe && start[1] === 0xff) return 'utf-16be';
  return start.includes(0) ? undefined : 'utf-8';
}

async function searchHere(search: Search): Promise<Searched> {
  const { default: applyRules } = await import('./secret-rules.ts');
  return applyRules(search);
}

function searchInThread(search: Search): Promise<Searched> {
  thread ??= boundedThread('secret-rules', limits);
  return thread.ask(search);
}

function unsearched(path: string, message: string): Finding {
  return { kind: 'not-looked-at', path, line: 0, message };
}
