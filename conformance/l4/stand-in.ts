// A plugin that answers at once, in the same box as the one that is measured: so that a busy machine is not held against it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PluginSpec } from '../../contracts/generated/plugin.v1.ts';
import { writeKitPlugin } from '../run/kit-plugin.ts';
import type { Golden, Subject } from '../run/subject.ts';

const program = 'stand-in.mjs';

/** The stand-in in the place of `subject`, and the call that it answers. */
export function standInFor(subject: Subject, { workspace }: Golden): { subject: Subject; golden: Golden } {
  const { category, concurrency } = subject.spec;
  const spec: PluginSpec = {
    ...{ schema: 'plugin.v1', id: 'stand-in', version: '1.0.0', category, description: 'Answers at once.' },
    entry: { file: program, runtime: 'node' },
    tools: { answer: { description: 'Answers.', deterministic: true, input: {}, output: {} } },
    ...(concurrency && { concurrency }),
  };
  const folder = join(subject.place, 'stand-in');
  writeKitPlugin(folder, spec, new Map([[program, readFileSync(new URL(program, import.meta.url))]]));
  const golden = { name: 'stand-in', tool: 'answer', input: {}, ...(workspace && { workspace }) };
  return { subject: { ...subject, folder, spec }, golden };
}
