// arbiter.yaml: read, checked, filled with defaults.
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { check } from '../contracts/check.ts';
import { fault } from '../contracts/errors.ts';
import type { BreakerSettings, NetworkSettings, QueueSettings, Settings } from '../contracts/generated/settings.v1.ts';
import type { Home } from './home.ts';
import type { CircuitOptions } from './safety/circuit-breaker.ts';
import type { Root } from './safety/workspace.ts';
import { phrase } from './validator/phrase.ts';

export interface KernelSettings {
  readonly workspaces: readonly Root[];
  readonly isolation: NonNullable<Settings['isolation']>;
  readonly concurrency: number;
  readonly queue: Required<QueueSettings>;
  /** Files that checkpoints of the ledger are published to, absolute. */
  readonly publish: readonly string[];
  readonly graceMs: number;
  readonly network: NetworkSettings | undefined;
  /** When the circuit of a plugin opens, and for how long. */
  readonly circuitOf: (plugin: string) => CircuitOptions;
  readonly plugins: Readonly<Record<string, Record<string, unknown>>>;
}

const defaultQueue: Required<QueueSettings> = { restMs: 200, lineBytes: 1024 * 1024, window: 1000, rescanMs: 1000 };

/** Reads the settings of `home`. Throws HOME_MISSING or SETTINGS_INVALID. */
export function readSettings(home: Home): KernelSettings {
  if (!existsSync(home.settings)) throw fault('HOME_MISSING', { path: home.path });
  const document = parseDocument(readFileSync(home.settings, 'utf8'));
  if (document.errors[0]) {
    const detail = document.errors[0].message.split('\n')[0] ?? '';
    throw fault('SETTINGS_INVALID', {
      path: home.settings,
      detail,
      expectation: 'YAML',
      hint: 'Correct the place named.',
    });
  }
  const checked = check('settings.v1', document.toJS());
  if (!checked.ok) {
    const { detail, expectation, hint } = phrase(checked.misfits);
    throw fault('SETTINGS_INVALID', { path: home.settings, detail, expectation, hint });
  }
  const { workspaces, isolation, concurrency, queue, stop, ledger, network, breaker, plugins } = checked.value;
  return {
    workspaces: workspaces.map((root): Root => {
      const { path, carry = [] } = typeof root === 'string' ? { path: root } : root;
      return { path: resolve(home.path, path), carry };
    }),
    isolation: isolation ?? 'auto',
    concurrency: concurrency ?? 64,
    queue: { ...defaultQueue, ...queue },
    publish: (ledger?.publish ?? []).map((file) => resolve(home.path, file)),
    graceMs: stop?.graceMs ?? 1000,
    network,
    circuitOf: (plugin) => circuitOf(breaker, plugin),
    plugins: (plugins ?? {}) as Record<string, Record<string, unknown>>,
  };
}

function circuitOf(breaker: BreakerSettings = {}, plugin: string): CircuitOptions {
  const own = breaker.plugins?.[plugin];
  return {
    failures: own?.failures ?? breaker.failures ?? 10,
    openMs: own?.openMs ?? breaker.openMs ?? 30_000,
  };
}
