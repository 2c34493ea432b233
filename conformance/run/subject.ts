// What is put to the test: one plugin folder, and how much of it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CategoryBudget } from '../../contracts/generated/performance.v1.ts';
import type { PluginSpec } from '../../contracts/generated/plugin.v1.ts';
import type { Settings } from '../../contracts/generated/settings.v1.ts';
import type { Commit, Files } from '../make-workspace.ts';
import { unmet } from './case.ts';

/** How much of it, and where. */
export interface Extent {
  /** Of the generated inputs. */
  readonly seed: number;
  /** Generated inputs a tool, of each kind. */
  readonly inputs: number;
  /** Calls a tool whose time and memory are measured. */
  readonly samples: number;
  /** What the kernel is told as `--isolation`. */
  readonly isolation: NonNullable<Settings['isolation']>;
  /** A home's own policies, which win over the package's by file name; null for the package's alone. */
  readonly policies: string | null;
}

export interface Subject extends Extent {
  readonly folder: string;
  readonly spec: PluginSpec;
  /** What it may take: its own limits where they are tighter than those of its category. */
  readonly budget: CategoryBudget;
  /** A folder of this run's own. */
  readonly place: string;
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

export const goldenFolder = 'conformance/golden';

/** The golden fixtures, by name. Throws, as unmet, for one that is not JSON. */
export function goldensOf({ folder }: Pick<Subject, 'folder'>): Golden[] {
  const place = join(folder, goldenFolder);
  const names = readdirSync(place).filter((name) => name.endsWith('.json'));
  return names.sort().map((name) => {
    try {
      return { name, ...JSON.parse(readFileSync(join(place, name), 'utf8')) };
    } catch (error) {
      const file = `${goldenFolder}/${name}`;
      throw unmet('a golden fixture in JSON', (error as Error).message, `look at ${file}`, file);
    }
  });
}
