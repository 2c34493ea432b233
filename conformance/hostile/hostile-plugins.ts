// Writes the plugins that attack: one per category for what can share a process, one of its own where a case needs limits,
// grants or a program of its own.
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { PluginSpec } from '../../contracts/generated/plugin.v1.ts';
import type { Case } from './case.ts';

/** The hostile plugin as one file of JavaScript. */
export async function bundlePlugin(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('plugin.ts', import.meta.url))],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    write: false,
  });
  return outputFiles[0]?.text as string;
}

/** The plugin that a case is for: also the name of its tool. `own` is its name when it needs one of its own. */
export function pluginOf({ category = 'transformation', limits, grants, program, spoil }: Case, own: string): string {
  return limits || grants || program !== undefined || spoil ? own : `hostile-${category}`;
}

/** Writes the plugin of `one` below `plugins`; gives its folder. */
export function writePlugin(plugins: string, one: Case, id: string, bundle: string): string {
  const folder = join(plugins, id);
  const file = 'plugin.mjs';
  const isScript = one.program !== undefined;
  const spec: PluginSpec = {
    schema: 'plugin.v1',
    id,
    version: '1.0.0',
    category: one.category ?? 'transformation',
    description: 'Misbehaves on demand.',
    entry: { file, runtime: isScript ? 'executable' : 'node' },
    tools: {
      [id]: {
        description: 'Attacks.',
        deterministic: false,
        workspace: 'optional',
        input: { type: 'object' },
        output: {
          type: 'object',
          required: ['outcome', 'detail'],
          properties: { outcome: { enum: ['escaped', 'contained', 'not tried'] }, detail: { type: 'string' } },
        },
      },
    },
    ...(one.grants && { grants: { kernel: [...one.grants] } }),
    ...(one.limits && { limits: one.limits }),
  };
  const contents: Record<string, string> = {
    [file]: one.program ?? bundle,
    'plugin.spec.json': JSON.stringify(spec),
    'ledger_contract.json': JSON.stringify({ schema: 'ledger-contract.v1', body: ['task', 'outcome'], volatile: [] }),
  };
  const files = Object.fromEntries(Object.entries(contents).map(([name, text]) => [name, digestOf(text)]));
  const manifest = { schema: 'manifest.v1', id, version: '1.0.0', kernel: '>=0.1.0 <1.0.0', files };
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries({ ...contents, 'manifest.json': JSON.stringify(manifest) }))
    writeFileSync(join(folder, name), text, { mode: 0o755 });
  return folder;
}

function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
