// manifest.json: the digests of what runs. The kernel refuses a plugin whose files are not these.
import { createHash } from 'node:crypto';
import type { PluginManifest } from '../contracts/generated/manifest.v1.ts';
import type { PluginSpec } from '../contracts/generated/plugin.v1.ts';

const kernelRange = '>=0.1.0 <1.0.0';

/**
 * The manifest for `spec`; `read` gives the bytes of a file by its path below the plugin's folder. `besides` names files that
 * the entry needs beside it.
 */
export function manifestOf(
  spec: PluginSpec,
  read: (file: string) => Uint8Array,
  besides: readonly string[] = [],
): PluginManifest {
  const covered = [spec.entry.file, 'ledger_contract.json', 'plugin.spec.json', ...besides].sort();
  return {
    schema: 'manifest.v1',
    id: spec.id,
    version: spec.version,
    kernel: kernelRange,
    files: Object.fromEntries(covered.map((file) => [file, digestOf(read(file))])),
  };
}

/** `sha256:<hex>`. */
export function digestOf(content: Uint8Array): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

/** Keys sorted at every level, two spaces, a newline at the end. */
export function sortedJson(value: object): Uint8Array {
  return Buffer.from(`${JSON.stringify(value, sortKeys, 2)}\n`);
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)));
}
