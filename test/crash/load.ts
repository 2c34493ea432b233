// What the kernel is given to do while it is killed. Every state change can be told from what stands afterwards: it
// writes a file named after its id, with content that follows from the id, and may add its id to a counter file.
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TemporaryHome } from '../temporary-home.ts';
import { flakyRetry } from './flaky-plugin.ts';
import type { Random } from './random.ts';

type Status = 'done' | 'planned' | 'failed' | 'rejected';

/** What a task does to a folder or a branch once it is done. */
export interface Effect {
  readonly kind: 'folder' | 'git';
  /** Folder or repository. */
  readonly path: string;
  /** The branch that the commit goes to; null for folders. */
  readonly branch: string | null;
  /** Relative paths and what they hold; null: the file is gone. */
  readonly files: Readonly<Record<string, string | null>>;
  /** Whether the id is added to counter.log. */
  readonly counts: boolean;
}

/** A line that was dropped into the inbox. */
export interface Submitted {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly id: string | null;
  readonly text: string;
  /** How it may end. */
  readonly may: readonly Status[];
  readonly effect: Effect | null;
  /** Whether it sends a request with its id as the path. */
  readonly says?: boolean | undefined;
}

export interface Load {
  readonly submitted: readonly Submitted[];
  readonly folders: readonly string[];
  readonly repositories: readonly string[];
  /** Folders that are worked on by now; earlier ones rest. */
  readonly current: readonly string[];
  /** Drops state changes. */
  dropChanges(): void;
  /** Drops tasks that wait for one another, come twice, cannot be done, or cost next to nothing. */
  dropOthers(): void;
  /** Drops what others still wait for. */
  end(): void;
}

type Wanted = Omit<Submitted, 'file' | 'line' | 'text' | 'id'> & { readonly task: object | string };

const batchesPerGeneration = 40;
const foldersAtATime = 3;

/** `port` of localhost takes requests. */
export async function newLoad(at: TemporaryHome, random: Random, port: number): Promise<Load> {
  const repositories = [await at.repository('repository-0'), await at.repository('repository-1')];
  const submitted: Submitted[] = [];
  const folders: string[] = [];
  let current: string[] = [];
  let files = 0;
  let ids = 0;
  let batches = 0;
  let generation = 0;
  /** An id that a task of an earlier batch waits for. */
  let awaited: string | null = null;
  /** Lines that may come again. */
  const again: Wanted[] = [];

  const newId = (prefix: string) => `${prefix}${ids++}`;

  /** Copies and branches stay small: from time to time others are worked on. */
  function nextGeneration(): void {
    generation += 1;
    current = Array.from({ length: foldersAtATime }, (_, index) =>
      at.folder(`folder-${generation}-${index}`, { 'counter.log': '' }),
    );
    folders.push(...current);
  }

  function drop(wanted: readonly Wanted[]): void {
    const file = `load-${files++}`;
    const lines = wanted.map(({ task, may, effect, says }, index): Submitted => {
      const text = typeof task === 'string' ? task : JSON.stringify(task);
      const id = typeof task === 'string' ? null : ((task as { id?: string }).id ?? null);
      return { file, line: index + 1, id, text, may, effect, says };
    });
    submitted.push(...lines);
    const hidden = join(at.home.inbox, `.${file}`);
    writeFileSync(hidden, lines.map(({ text }) => `${text}\n`).join(''));
    renameSync(hidden, join(at.home.inbox, `${file}.jsonl`));
  }

  const contentOf = (id: string, part = '') => `${id}${part} wrote this.\n`.repeat(40);

  /** Several files at a time; those that count meet others on the counter file. */
  function change(more: { counts?: boolean; dependsOn?: string[]; removes?: string } = {}): Wanted & { id: string } {
    const id = newId('f');
    const path = random.pick(current);
    const { counts = true, dependsOn, removes } = more;
    const written: Record<string, string | null> = {
      [`made/${id}.txt`]: contentOf(id),
      [`made/${id}-more.txt`]: contentOf(id, ' more'),
    };
    const changes: object[] = Object.entries(written).map(([name, content]) => ({ path: name, content }));
    if (counts) changes.push({ path: 'counter.log', content: `${id}\n`, append: true });
    if (removes) changes.push({ path: `made/${removes}.txt`, delete: true });
    if (removes) written[`made/${removes}.txt`] = null;
    const retry = { maxAttempts: 20, strategy: 'linear', delayMs: 40 };
    return {
      id,
      task: {
        id,
        tool: 'file-writer',
        workspace: path,
        input: { files: changes },
        retry,
        ...(dependsOn && { dependsOn }),
      },
      // Who meets others on one file twenty times may give up.
      may: counts ? ['done', 'failed'] : ['done'],
      effect: { kind: 'folder', path, branch: null, files: written, counts },
    };
  }

  /** A chain stays in one folder. */
  function chain(): Wanted[] {
    const path = random.pick(current);
    const [kept, rest] = [current, [path]];
    current = rest;
    const first = change({ counts: false });
    const second = change({ counts: false, dependsOn: [first.id], removes: first.id });
    current = kept;
    return [first, second, { ...pure({ dependsOn: [second.id] }), may: ['done'] }];
  }

  function commit(ref: string | null): Wanted {
    const id = newId('g');
    const path = random.pick(repositories);
    const content = contentOf(id);
    return {
      task: {
        ...{ id, title: id, tool: 'file-writer', input: { path: `${id}.txt`, content } },
        workspace: ref === null ? path : { path, ref },
        retry: { maxAttempts: 20, strategy: 'linear', delayMs: 40 },
      },
      may: ref === null ? ['done'] : ['done', 'failed'],
      effect: { kind: 'git', path, branch: ref ?? `arbiter/${id}`, files: { [`${id}.txt`]: content }, counts: false },
    };
  }

  /** Writes a file, sends a request and asks for another task. */
  function announce(): Wanted {
    const id = newId('h');
    const path = random.pick(current);
    const files = { [`made/${id}.txt`]: contentOf(id) };
    const input = {
      files: [{ path: `made/${id}.txt`, content: contentOf(id) }],
      requests: [{ url: `http://localhost:${port}/${id}`, method: 'POST', body: id }],
      tasks: [{ tool: 'jsonl-parser', input: { text: '{}' } }],
    };
    return {
      task: {
        id,
        tool: 'announce',
        workspace: path,
        input,
        retry: { maxAttempts: 20, strategy: 'linear', delayMs: 40 },
      },
      may: ['done'],
      effect: { kind: 'folder', path, branch: null, files, counts: false },
      says: true,
    };
  }

  function flaky(): Wanted {
    const id = newId('t');
    const path = random.pick(current);
    const written = { [`made/${id}.txt`]: contentOf(id) };
    const input = { path: `made/${id}.txt`, content: contentOf(id) };
    return {
      task: { id, tool: 'flaky-writer', workspace: path, input, retry: flakyRetry },
      may: ['done'],
      effect: { kind: 'folder', path, branch: null, files: written, counts: false },
    };
  }

  function plan(): Wanted {
    const id = newId('p');
    const workspace = random.pick([...current, ...repositories]);
    const input = { path: `${id}.txt`, content: 'nobody may see this' };
    return { task: { id, tool: 'file-writer', workspace, input, whatIf: true }, may: ['planned'], effect: null };
  }

  function pure(more: object = {}): Wanted {
    const task = { tool: 'jsonl-parser', input: { text: `{"n":${ids++}}` }, ...more };
    return { task, may: ['done'], effect: null };
  }

  /** One id, two contents: whichever comes first has it. */
  function strangers(): [Wanted, Wanted] {
    const id = newId('s');
    return [
      { ...pure({ id }), may: ['done', 'rejected'] },
      { ...pure({ id }), may: ['done', 'rejected'] },
    ];
  }

  /** Fails after it wrote something, and comes back corrected; meanwhile another one depends on it. */
  function corrected(): [Wanted, Wanted, Wanted] {
    const id = newId('c');
    const path = random.pick(current);
    const file = `made/${id}.txt`;
    const task = (changes: object[]) => ({ id, tool: 'file-writer', workspace: path, input: { files: changes } });
    const wrong = task([
      { path: file, content: 'wrong' },
      { path: 'not-there.txt', delete: true },
    ]);
    const right = task([{ path: file, content: contentOf(id) }]);
    return [
      { task: wrong, may: ['failed', 'rejected'], effect: null },
      {
        task: right,
        may: ['done', 'rejected'],
        effect: { kind: 'folder', path, branch: null, files: { [file]: contentOf(id) }, counts: false },
      },
      { ...pure({ dependsOn: [id] }), may: ['done', 'rejected'] },
    ];
  }

  const later: Wanted[] = [];

  function dropChanges(): void {
    const ref = `line-${generation}-${random.between(0, 1)}`;
    const changes = [
      change(),
      change({ counts: false }),
      commit(null),
      commit(ref),
      commit(ref),
      flaky(),
      announce(),
      plan(),
    ];
    if (random.next() < 0.4) changes.push(...chain());
    if (random.next() < 0.3) {
      const [wrong, right, dependent] = corrected();
      changes.push(wrong, dependent);
      later.push(right);
    }
    again.push(random.pick(changes));
    drop(changes);
  }

  function dropOthers(): void {
    if (batches++ % batchesPerGeneration === 0) nextGeneration();
    const others = [pure(), pure({ id: newId('n') }), pure({ priority: random.between(1, 10) })];
    others.push({ task: '{"tool": "jsonl-parser", "input": ', may: ['rejected'], effect: null });
    // What an earlier file waits for, and comes again while it waits.
    if (awaited !== null) others.push(pure({ id: awaited }));
    awaited = newId('a');
    const waits = pure({ id: newId('w'), dependsOn: [awaited] });
    others.push(waits, waits);
    const timed = pure({ id: newId('m'), notBefore: new Date(Date.now() + random.between(200, 1500)).toISOString() });
    others.push(timed);
    const [one, other] = strangers();
    others.push(one);
    others.push(...later.splice(0), ...again.splice(0));
    later.push(other);
    if (random.next() < 0.5) again.push(random.pick([waits, timed]));
    drop(others);
  }

  function end(): void {
    if (awaited !== null) drop([pure({ id: awaited }), ...later.splice(0), ...again.splice(0)]);
    awaited = null;
  }

  return {
    submitted,
    folders,
    repositories,
    get current() {
      return current;
    },
    dropChanges,
    dropOthers,
    end,
  };
}
