// What is put to the test: one plugin folder, and how much of it.
import { mkdtempSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PluginSpec } from '../../contracts/generated/plugin.v1.ts';
import type { Commit, Files } from '../make-workspace.ts';

export interface Subject {
  readonly folder: string;
  readonly spec: PluginSpec;
  /** Of the generated inputs. */
  readonly seed: number;
  /** Generated inputs a tool, of each kind. */
  readonly runs: number;
  /** What the kernel is told as `--isolation`. */
  readonly isolation: string;
  /** A folder of this run's own. */
  readonly place: string;
}

/** One thing that a plugin has to show. */
export interface Case {
  readonly title: string;
  /** Throws what was expected, what came and how to reproduce it; throws `NotClaimed` where the plugin has nothing to show. */
  readonly run: () => void | Promise<void>;
}

/** Skipped, with its reason. */
export class NotClaimed extends Error {
  override readonly name = 'NotClaimed';
}

/** A call and the answer it must get. */
export interface Golden {
  readonly name: string;
  readonly tool: string;
  readonly input: Record<string, unknown>;
  readonly workspace?: Files;
  readonly commits?: Commit[];
  readonly output?: unknown;
  /** Part of the message of a tool that has to refuse. */
  readonly error?: string;
}

/** Throws where the folder holds no spec that can be read. */
export function subjectAt(folder: string, options: Pick<Subject, 'seed' | 'runs' | 'isolation'>): Subject {
  const spec: PluginSpec = JSON.parse(readFileSync(join(folder, 'plugin.spec.json'), 'utf8'));
  return { folder, spec, ...options, place: realpathSync(mkdtempSync(join(tmpdir(), 'arbiter-conform-'))) };
}

/** The golden fixtures, by name. */
export function goldensOf({ folder }: Pick<Subject, 'folder'>): Golden[] {
  const place = join(folder, 'conformance/golden');
  const names = readdirSync(place).filter((name) => name.endsWith('.json'));
  return names.sort().map((name) => ({ name, ...JSON.parse(readFileSync(join(place, name), 'utf8')) }));
}

/** An expectation that was not met, in the words of its reader. */
export function unmet(expected: string, came: unknown, reproduce: string): Error {
  const shown = typeof came === 'string' ? came : JSON.stringify(came);
  const short = shown.length > 2_000 ? `${shown.slice(0, 2_000)}…` : shown;
  return new Error(`expected: ${expected}\ncame: ${short}\nreproduce: ${reproduce}`);
}
