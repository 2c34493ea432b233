// What a sandbox is asked for: the terms that every level has to give, in its own way.
import type { CategoryBudget } from '../../../contracts/generated/performance.v1.ts';

export type Level = 'full' | 'namespaces' | 'process';

/** A folder that a plugin sees. */
export interface BoxWorkspace {
  readonly source: string;
  readonly writable: boolean;
  /** A folder below it that is shown empty, or null. */
  readonly hidden: string | null;
  /** Shown in the place of `source`, as one: what lies below, and what is laid over it and takes what is written. */
  readonly layers: { readonly base: string; readonly upper: string; readonly work: string } | null;
  /** Shown read-only below it, where it is shown late. */
  readonly inlays?: readonly Inlay[];
}

/** A folder from elsewhere that is shown within another. */
export interface Inlay {
  readonly source: string;
  /** A folder below the workspace that is there already. */
  readonly at: string;
}

/** A program that runs in front of the plugin's own, in its box, and starts it. */
export interface Wrapper {
  /** Read-only inside. */
  readonly folder: string;
  /** JavaScript below that folder. */
  readonly file: string;
  /** What it is given before `--` and the plugin's command line; `folder` is where it finds its own. */
  arguments(folder: string): readonly string[];
}

/** One box for one plugin process. */
export interface Box {
  /** Folder with the plugin's files, read-only inside. */
  readonly pluginFolder: string;
  /** The file that runs, below that folder, and how. */
  readonly entry: { readonly file: string; readonly runtime: 'node' | 'executable' };
  /** What the plugin sees as its workspace; `late` is an empty folder until one is shown there. */
  readonly workspace: BoxWorkspace | 'late' | null;
  readonly wrapper: Wrapper | null;
  readonly limits: CategoryBudget;
}

/** How to start a box: a command line and its environment, and what it takes besides stdin, stdout and stderr. */
export interface Launch {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Whether the program is the first of a process namespace, below the process that is started: it takes all along. */
  readonly contained: boolean;
  /** Whether it reads a system call filter from descriptor 3. */
  readonly filtered: boolean;
  /** Whether it takes on descriptor 4 what to show as the workspace: see `stage.ts`. */
  readonly late: boolean;
}

/** A way to build boxes. */
export interface Boxer {
  readonly level: Level;
  /** The program that builds them, for people. */
  readonly by: 'bubblewrap' | 'util-linux' | 'child process';
  /** Whether a box may serve several tasks on one workspace, which as root it may not: see `stage.ts`. */
  readonly reusable: boolean;
  /** The user that plugins run as, where that is not the kernel's own: what they write to has to belong to it. */
  readonly user: number | null;
  launch(box: Box): Launch;
  /** Where a plugin finds the workspace `source`. */
  inside(source: string): string;
}

/** Where things are inside a box. */
export const inside = { plugin: '/plugin', workspace: '/workspace', node: '/node', wrapper: '/wrapper' } as const;

/** The environment inside: nothing of the kernel's own. */
export const environmentInside: Readonly<Record<string, string>> = {
  PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin',
  HOME: '/tmp',
  TMPDIR: '/tmp',
  LANG: 'C.UTF-8',
  TZ: 'UTC',
  // The workspace may belong to another user than the one inside.
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: 'safe.directory',
  GIT_CONFIG_VALUE_0: '*',
};

/** The program and its arguments, given where things are. */
export function program(
  { entry, wrapper }: Box,
  at: { readonly plugin: string; readonly node: string; readonly wrapper: string },
): string[] {
  const file = `${at.plugin}/${entry.file}`;
  const own = entry.runtime === 'node' ? [at.node, file] : [file];
  if (!wrapper) return own;
  return [at.node, `${at.wrapper}/${wrapper.file}`, ...wrapper.arguments(at.wrapper), '--', ...own];
}
