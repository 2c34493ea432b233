// A box that runs: its pipes, its end, and the late showing of a workspace. What goes through the pipes is talk's matter.
import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import type { Duplex, Readable, Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { execa } from 'execa';
import { childrenOf, startsNamespace } from '../watch/usage.ts';
import type { BoxWorkspace, Launch } from './box.ts';
import { inheritedDescriptors } from './descriptors.ts';
import { openSeccompFilter } from './seccomp.ts';
import { showing } from './stage.ts';

export interface RunningBox {
  /** Of the outermost process; undefined when it could not be started. */
  readonly pid: number | undefined;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves, when it has ended and its last words have come, with how. */
  readonly exited: Promise<Exit>;
  /** Shows `workspace` to a box that was launched without; rejects when that cannot be done. */
  show(workspace: BoxWorkspace): Promise<void>;
  /** Ends it with all that is in it. */
  kill(): void;
}

export interface Exit {
  /** Its exit code, if it came to that. */
  readonly code: number | null;
  /** For people, such as "it ended with code 1". */
  readonly detail: string;
  /** What ended the program inside, if a signal did: boxes report it as 128 + its number. */
  readonly signal: string | null;
}

/** How long output may still be on its way after the exit, milliseconds. */
const lastWordsMs = 100;
/** How long a box may take to be gone after its first process was killed, milliseconds. */
const reapedMs = 1_000;
const filterDescriptor = 3;
const showDescriptor = 4;

export function spawnBox({ command, env, contained, filtered, late }: Launch): RunningBox {
  const [file, ...args] = command as [string, ...string[]];
  const filter = filtered ? openSeccompFilter() : null;
  // Node's own types for execa name no list of unknown length.
  const stdio = ['pipe', 'pipe', 'pipe', ...beyondStdio(filter, late)] as ['pipe', 'pipe', 'pipe', ...'pipe'[]];
  const child = execa(file, args, {
    env,
    extendEnv: false,
    // A session of its own: Ctrl-C in the terminal reaches the kernel, which then decides.
    detached: true,
    buffer: false,
    reject: false,
    cleanup: true,
    stdio,
  });
  if (filter !== null) closeSync(filter);
  const window = late ? (child.stdio[showDescriptor] as unknown as Duplex) : null;
  window?.on('error', () => undefined);
  // Whoever died leaves a broken pipe behind; its exit tells the story.
  child.stdin.on('error', () => undefined);

  // Exit, not close: a surviving grandchild may hold the pipe. What was written before the exit is still read.
  const exited = new Promise<Exit>((resolve) => {
    if (child.pid === undefined)
      child.catch(() => undefined).then(() => resolve({ code: null, detail: 'it could not be started', signal: null }));
    child.nodeChildProcess.once('exit', (code, signal) => {
      killSession();
      window?.destroy();
      const exit = describe(code, signal);
      const timer = setTimeout(resolve, lastWordsMs, exit);
      void Promise.allSettled([child.stdout, child.stderr].map((stream) => finished(stream))).then(() => {
        clearTimeout(timer);
        resolve(exit);
      });
    });
  });

  /**
   * A box ends with its first process, and whoever waits for that ends after all of it has: so its exit means that
   * nothing in it can write any more. Whatever is not a box, or not one yet, ends with its session.
   */
  function kill(): void {
    const inside = contained && child.pid !== undefined ? childrenOf(child.pid) : [];
    // Before that, its children are tools that build it: without one of them the builder might just go on.
    if (!inside.some(startsNamespace)) return killSession();
    for (const pid of inside) end(pid);
    setTimeout(killSession, reapedMs).unref();
  }

  function killSession(): void {
    if (child.pid !== undefined) end(-child.pid);
  }

  return {
    pid: child.pid,
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    exited,
    async show(workspace) {
      if (!window) return;
      const lines = showing(workspace);
      if (lines === null) throw new Error('its path holds a line break');
      if (window.destroyed) throw new Error('the box has ended');
      window.write(lines);
      const answer = await textOf(window);
      if (!answer.endsWith('shown\n')) throw new Error(answer.trim() || 'the box has ended');
    },
    kill,
  };
}

/** What stands for descriptors 3 and up. */
function beyondStdio(filter: number | null, late: boolean): (number | 'ignore' | 'pipe')[] {
  const descriptors: (number | 'ignore' | 'pipe')[] = [...inheritedDescriptors()];
  const put = (at: number, what: number | 'pipe') => {
    while (descriptors.length <= at - 3) descriptors.push('ignore');
    descriptors[at - 3] = what;
  };
  if (filter !== null) put(filterDescriptor, filter);
  if (late) put(showDescriptor, 'pipe');
  return descriptors;
}

/** All that comes from `stream` until whoever is at its other end leaves. */
function textOf(stream: Readable): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    stream.on('data', (chunk) => {
      text += chunk;
    });
    stream.once('close', () => resolve(text));
    stream.once('end', () => resolve(text));
  });
}

/** A number that is gone by now is no harm. */
function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

function describe(code: number | null, signal: NodeJS.Signals | null): Exit {
  const inside = signal ?? signalNamed((code ?? 0) - 128);
  if (inside) return { code: null, detail: `it was ended by ${inside}`, signal: inside };
  return { code, detail: `it ended with code ${code}`, signal: null };
}

function signalNamed(number: number): string | null {
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ?? null;
}
