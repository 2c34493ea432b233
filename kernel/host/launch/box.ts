// What a sandbox is asked for: the terms that every level has to give, in its own way.
import type { CategoryBudget } from '../../../contracts/generated/performance.v1.ts';

export type Level = 'namespaces' | 'process';

/** A folder that a plugin sees. */
export interface BoxWorkspace {
  readonly source: string;
  readonly writable: boolean;
  /** A folder below it that is shown empty, or null. */
  readonly hidden: string | null;
}

/** One box for one plugin process. */
export interface Box {
  /** Folder with the plugin's files, read-only inside. */
  readonly pluginFolder: string;
  /** The file that runs, below that folder, and how. */
  readonly entry: { readonly file: string; readonly runtime: 'node' | 'executable' };
  /** The folder that the plugin sees as its workspace. */
  readonly workspace: BoxWorkspace | null;
  readonly limits: CategoryBudget;
}

/** How to start a box: a command line and its environment. */
export interface Launch {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
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
export const inside = { plugin: '/plugin', workspace: '/workspace', node: '/node' } as const;

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

/** `prlimit` with the box's limits, to stand before the program. It belongs inside: outside, nproc counts the whole user. */
export function limitsPrefix({ limits }: Box, countProcesses: boolean): string[] {
  const megabyte = 1024 * 1024;
  return [
    'prlimit',
    '--core=0',
    `--cpu=${limits.cpuSeconds}`,
    `--data=${limits.memoryMb * megabyte}`,
    `--nofile=${limits.openFiles}`,
    `--fsize=${limits.fileMb * megabyte}`,
    ...(countProcesses ? [`--nproc=${limits.processes}`] : []),
    '--',
  ];
}

/** The program and its arguments, given where its folder and Node are. */
export function program({ entry }: Box, pluginFolder: string, node: string): string[] {
  const file = `${pluginFolder}/${entry.file}`;
  return entry.runtime === 'node' ? [node, file] : [file];
}
