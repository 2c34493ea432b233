// Runs a plugin as the kernel would, over real stdio, for its author's tests: no sandbox, no ledger.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import type { PluginSpec } from '../contracts/generated/plugin.v1.ts';
import { lineReader } from './line-reader.ts';

export interface RunningPlugin {
  /** Calls a tool and gives its output; rejects with the plugin's own message when it refuses. */
  execute(tool: string, input: object, options?: { workspace?: string; whatIf?: boolean }): Promise<unknown>;
  /** Tasks that it asked the kernel to submit. */
  readonly submitted: Record<string, unknown>[];
  stop(): Promise<void>;
}

/** Starts the plugin in `folder`. `settings` are what arbiter.yaml would say. */
export async function runPlugin(folder: string, settings: Record<string, unknown> = {}): Promise<RunningPlugin> {
  const spec: PluginSpec = JSON.parse(readFileSync(join(folder, 'plugin.spec.json'), 'utf8'));
  const entry = join(folder, spec.entry.file);
  const [file, ...args] = spec.entry.runtime === 'node' ? [process.execPath, entry] : [entry];
  const child = execa(file as string, args, { buffer: false, reject: false, stderr: 'inherit', stdin: 'pipe' });

  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  const submitted: Record<string, unknown>[] = [];
  let nextId = 1;

  const write = (message: object) => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const ask = (method: string, params: object) =>
    new Promise<unknown>((resolve, reject) => {
      const id = nextId++;
      waiting.set(id, { resolve, reject });
      write({ id, method, params });
    });

  lineReader(
    child.stdout,
    (line) => {
      const message = parsed(line);
      if (message === undefined) {
        const error = new Error(`${spec.id} wrote a line that is not JSON to stdout: ${line.slice(0, 200)}`);
        for (const call of waiting.values()) call.reject(error);
        waiting.clear();
      } else if (message.method === 'submit') {
        submitted.push(message.params.task);
        write({ id: message.id, result: { id: `submitted/${submitted.length}` } });
      } else if (message.method === undefined) {
        const call = waiting.get(message.id);
        waiting.delete(message.id);
        if (message.error) call?.reject(new Error(message.error.message));
        else call?.resolve(message.result);
      }
    },
    () => {
      for (const call of waiting.values()) call.reject(new Error(`${spec.id} ended without an answer`));
    },
  );

  await ask('initialize', { protocol: 'protocol.v1', plugin: spec.id, settings });
  return {
    submitted,
    execute: (tool, input, options = {}) =>
      ask('execute', {
        tool,
        input,
        workspace: options.workspace ?? null,
        whatIf: options.whatIf ?? false,
        traceparent: '00-00000000000000000000000000000001-0000000000000001-00',
        deadline: new Date(Date.now() + 30_000).toISOString(),
        now: '2026-01-01T00:00:00.000Z',
      }),
    async stop() {
      child.stdin.end();
      await child;
    },
  };
}

// biome-ignore lint/suspicious/noExplicitAny: the kernel checks it against protocol.v1; here its author looks at it
function parsed(line: string): any {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
