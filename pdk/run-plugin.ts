// Runs a plugin as the kernel would, over real stdio, for its author's tests, in whatever language it is: no sandbox, no ledger.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fault } from '../contracts/errors.ts';
import type { PluginSpec } from '../contracts/generated/plugin.v1.ts';
import type { SendParams } from '../contracts/generated/protocol.v1.ts';
import { talkToPlugin } from './talk-to-plugin.ts';

export interface RunningPlugin {
  /** Calls a tool and gives its output; rejects with the plugin's own message when it refuses. */
  execute(tool: string, input: object, options?: { workspace?: string; whatIf?: boolean }): Promise<unknown>;
  /** Tasks that it asked the kernel to submit. */
  readonly submitted: Record<string, unknown>[];
  /** Requests that it handed over to be sent. */
  readonly sent: Omit<SendParams, 'for'>[];
  /** Ends its input and waits for it to end. Throws PLUGIN_TIMEOUT, once it was killed, when it does not. */
  stop(): Promise<void>;
}

export interface RunOptions {
  /** What arbiter.yaml would say. */
  readonly settings?: Record<string, unknown>;
  /** How long an answer may take. After it the process is killed, so that a test fails instead of hanging. */
  readonly timeoutMs?: number;
}

const usualTimeoutMs = 10_000;

/**
 * Starts the plugin in `folder`; what is bundled has to be synced before. What goes wrong is what the kernel would report:
 * PLUGIN_FILE_MISSING, PLUGIN_START_FAILED, PLUGIN_DIED, PLUGIN_TIMEOUT or PLUGIN_PROTOCOL.
 */
export async function runPlugin(folder: string, options: RunOptions = {}): Promise<RunningPlugin> {
  const { settings = {}, timeoutMs = usualTimeoutMs } = options;
  const spec: PluginSpec = JSON.parse(readFileSync(join(folder, 'plugin.spec.json'), 'utf8'));
  const entry = join(folder, spec.entry.file);
  if (!existsSync(entry)) throw fault('PLUGIN_FILE_MISSING', { folder, file: spec.entry.file });
  const submitted: RunningPlugin['submitted'] = [];
  const sent: RunningPlugin['sent'] = [];

  const conversation = talkToPlugin({
    plugin: spec.id,
    command: spec.entry.runtime === 'node' ? [process.execPath, entry] : [entry],
    timeoutMs,
    onCall(method, { for: _, ...params }) {
      if (!granted(spec, method)) throw fault('PLUGIN_CALL_DENIED', { plugin: spec.id, method });
      if (method === 'submit') return { id: `submitted/${submitted.push(params.task as Record<string, unknown>)}` };
      return { key: `sent/${sent.push(params as RunningPlugin['sent'][number])}` };
    },
  });
  await conversation.ask('initialize', { protocol: 'protocol.v1', plugin: spec.id, settings });
  return {
    submitted,
    sent,
    execute(tool, input, options = {}) {
      const { workspace = null, whatIf = false } = options;
      const deadline = new Date(Date.now() + timeoutMs).toISOString();
      const fixed = {
        traceparent: '00-00000000000000000000000000000001-0000000000000001-00',
        now: '2026-01-01T00:00:00.000Z',
      };
      return conversation.ask('execute', { tool, input, workspace, whatIf, deadline, ...fixed }, tool);
    },
    stop: () => conversation.end(),
  };
}

/** Whether it may call the kernel so, and a test can do something with it. */
function granted({ grants: { kernel = [], hosts = [] } = {} }: PluginSpec, method: string): boolean {
  if (method === 'send') return hosts.some(({ access }) => access === 'effect');
  return method === 'submit' && kernel.includes('submit');
}
