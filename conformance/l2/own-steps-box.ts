// The box that own steps run in: a plugin of the kit's own with the author's file in it, called like any other.
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { PluginSpec } from '../../contracts/generated/plugin.v1.ts';
import { readRegularFile } from '../../kernel/loader/read-regular-file.ts';
import { setUpBench } from '../run/bench.ts';
import { writeKitPlugin } from '../run/kit-plugin.ts';
import type { Subject } from '../run/subject.ts';
import type { Given } from './world.ts';

/** What comes back: what was asked for, or why not. `at` is a line of the author's file. */
export type Came<Asked> = Asked | { readonly failed: string; readonly at?: number | null };

export interface OwnStepsBox {
  /** The wordings of all steps. */
  list(): Promise<Came<{ readonly steps: readonly string[] }>>;
  /** Runs one. `change` is what it wants changed of what is given. */
  run(step: string, world: object, parameters: readonly unknown[]): Promise<Came<{ readonly change: Change | null }>>;
  stop(): Promise<void>;
}

export type Change = Partial<Given>;

const program = 'own-steps-program.mjs';
const wallMs = 10_000;

/** `file` is the author's, by path below the plugin's folder. */
export async function openOwnStepsBox(subject: Subject, file: string): Promise<OwnStepsBox> {
  const folder = join(subject.place, 'own-steps');
  const programs = new Map([
    [program, readFileSync(new URL(program, import.meta.url))],
    [basename(file), readRegularFile(subject.folder, file)],
  ]);
  writeKitPlugin(folder, spec, programs);
  const bench = await setUpBench({ ...subject, folder, spec, budget: { ...subject.budget, wallMs } });

  async function call<Asked>(tool: string, input: Record<string, unknown>): Promise<Came<Asked>> {
    const answer = await bench.answer({ name: file, tool, input });
    if ('code' in answer) return { failed: answer.message };
    return answer.misfit === null ? (answer.output as Came<Asked>) : { failed: answer.misfit };
  }

  return {
    list: () => call('list', {}),
    run: (step, world, parameters) => call('run', { step, world, parameters }),
    stop: async () => void (await bench.stop()),
  };
}

const files = { type: 'object', additionalProperties: { type: 'string' } };
const commit = {
  ...{ type: 'object', required: ['subject', 'files'], additionalProperties: false },
  properties: { subject: { type: 'string' }, files },
};
const change = {
  ...{ type: ['object', 'null'], additionalProperties: false },
  properties: { tool: { type: 'string' }, input: { type: 'object' }, files, commits: { type: 'array', items: commit } },
};
const steps = { type: 'array', maxItems: 200, items: { type: 'string', maxLength: 500 } };

const spec: PluginSpec = {
  ...{ schema: 'plugin.v1', id: 'own-steps', version: '1.0.0', category: 'transformation' },
  description: 'Runs own steps.',
  entry: { file: program, runtime: 'node' },
  // A process serves one call: what a step leaves behind in memory is found by none.
  limits: { recycleTasks: 1 },
  concurrency: { processes: 1, pipeline: 1 },
  tools: {
    list: { description: 'Lists them.', deterministic: false, input: {}, output: orFailure({ steps }) },
    run: { description: 'Runs one.', deterministic: false, input: {}, output: orFailure({ change }) },
  },
};

function orFailure(asked: Readonly<Record<string, object>>) {
  const failure = { failed: { type: 'string' }, at: { type: ['integer', 'null'] } };
  const [name] = Object.keys(asked) as [string];
  return {
    ...{ type: 'object', additionalProperties: false, properties: { ...failure, ...asked } },
    if: { required: ['failed'] },
    else: { required: [name] },
  };
}
