// One fault, put into a copy of a good plugin, and the case that has to find it.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { PluginSpec } from '../../contracts/generated/plugin.v1.ts';
import { manifestOf, sortedJson } from '../../pdk/manifest.ts';
import type { CaseId, Category } from '../requirements.ts';

export interface Fault {
  /** A sentence about the plugin. */
  readonly name: string;
  /** The case that has to fail; nothing before its level may. */
  readonly caught: CaseId;
  /** What the plugin is; a transformation as a rule. */
  readonly category?: Category;
  readonly spoil: (copy: Copy) => void;
  /** What its author did afterwards: synced it as a rule, made a new manifest only, or nothing. */
  readonly afterwards?: 'sign' | 'nothing';
  /** Calls that are measured, where it takes more to see the fault. */
  readonly samples?: number;
}

/** A copy of the good plugin, named `subject`. */
export interface Copy {
  /** Replaces text that has to be there. */
  edit(file: string, from: string | RegExp, to: string): void;
  spec(change: (spec: PluginSpec) => void): void;
  manifest(change: (manifest: Record<string, unknown>) => void): void;
  write(file: string, content: string | object): void;
  remove(file: string): void;
  /** The whole of src/tool.js. */
  tool(source: string): void;
}

export function copyIn(folder: string): Copy {
  const path = (file: string) => join(folder, file);
  const write = (file: string, content: string | object) => {
    mkdirSync(dirname(path(file)), { recursive: true });
    writeFileSync(path(file), typeof content === 'string' ? content : JSON.stringify(content));
  };
  const changed = (file: string) => (change: (value: never) => void) => {
    const value = JSON.parse(readFileSync(path(file), 'utf8'));
    change(value as never);
    write(file, value);
  };
  return {
    edit(file, from, to) {
      const text = readFileSync(path(file), 'utf8');
      const spoilt = text.replace(from, to);
      if (spoilt === text) throw new Error(`${file} holds no ${from}: the template has changed.`);
      write(file, spoilt);
    },
    spec: changed('plugin.spec.json'),
    manifest: changed('manifest.json'),
    write,
    remove: (file) => rmSync(path(file)),
    tool: (source) => write('src/tool.js', `${source}\n`),
  };
}

/** Makes the manifest say what is there, as an author would who does not sync. */
export function sign(folder: string): void {
  const read = (file: string) => readFileSync(join(folder, file));
  const spec: PluginSpec = JSON.parse(read('plugin.spec.json').toString('utf8'));
  writeFileSync(join(folder, 'manifest.json'), sortedJson(manifestOf(spec, read)));
}
