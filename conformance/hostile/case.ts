// What a case is: an attack, what it is given, and what shows that it was blocked.
import type { ErrorCode } from '../../contracts/errors.ts';
import type { Limits, PluginSpec } from '../../contracts/generated/plugin.v1.ts';
import type { World } from './world.ts';

export const levels = ['full', 'namespaces', 'process'] as const;
export type Level = (typeof levels)[number];

export const groups = ['file-system', 'processes', 'network', 'resources', 'protocol', 'start-up'] as const;
export type Group = (typeof groups)[number];

/**
 * An attack either answers whether it got out, or its task fails with one of `codes`. Whatever it says, `outside` has the
 * last word: what can be seen in the world afterwards.
 */
export interface Case {
  /** Unique; also the name of the attack, unless `attack` says another. */
  readonly name: string;
  readonly attack?: string;
  /** Decides the sandbox profile; transformation when left out. */
  readonly category?: PluginSpec['category'];
  readonly workspace?: 'folder' | 'repository' | 'shared folder' | 'around the home';
  readonly whatIf?: true;
  readonly timeoutMs?: number;
  /** Limits and grants of a plugin of its own. */
  readonly limits?: Limits;
  readonly grants?: NonNullable<NonNullable<PluginSpec['grants']>['kernel']>;
  /** A program that takes the place of the hostile plugin. */
  readonly program?: string;
  /** Changes the plugin's folder before a kernel of its own starts on it. */
  readonly spoil?: (folder: string, world: World) => void;
  /** What is put into the plugin's entry when the kernel has loaded it. */
  readonly changedAfterLoad?: string;
  /** Catalogue codes with which the task may fail. */
  readonly codes?: readonly ErrorCode[];
  /** What message and remedy have to say then. */
  readonly says?: RegExp;
  /** What happened outside that should not have; null when nothing did. */
  readonly outside?: (after: After) => string | null;
  /** Levels that cannot block it, and why. */
  readonly openAt?: Partial<Record<Level, string>>;
}

/** What is there when the kernel has ended. */
export interface After {
  readonly world: World;
  /** Stands in names and command lines of what the case made. */
  readonly marker: string;
  /** How the task ended, as its result says. */
  readonly status: string | null;
  /** The real folder that the task named, or null. */
  readonly workspace: string | null;
  /** Whether processes of the case were there 100 ms after its result. */
  readonly outlived: boolean;
  /** Whether they were there when the kernel had ended. */
  readonly left: boolean;
  /** Whether a listener of the runner heard from the case's kind of attack. */
  readonly heard: ReadonlySet<string>;
}

export interface Verdict {
  readonly name: string;
  readonly group: Group;
  readonly result: 'blocked' | 'open' | 'not tried';
  readonly detail: string;
  /** Why the level cannot block it, where that was declared. */
  readonly declared: string | null;
}

/** A plain child process is its user's: where nothing keeps it, it does what that user may. */
export const plain = {
  process: 'there is no box: a plugin reads, writes and reaches what the user of the kernel may',
} as const;

/** Kept by mounts, namespaces and missing capabilities at every level with a box. */
export const noFilter = {
  namespaces: 'only a system call filter refuses it; it leads to nothing outside, but to more of the system’s own code',
  process: 'there is no system call filter',
} as const;
