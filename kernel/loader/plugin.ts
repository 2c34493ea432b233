// What the loader gives: a plugin whose files are the ones its manifest was made for, ready to be run from the store.
import type { Misfit } from '../../contracts/check.ts';
import type { ArbiterError } from '../../contracts/errors.ts';
import type { PluginSpec, ToolSpec } from '../../contracts/generated/plugin.v1.ts';
import type { Certification } from './check-certificate.ts';

export interface LoadedTool {
  readonly name: string;
  readonly spec: ToolSpec;
  /** Compiled on first use. */
  checkInput(value: unknown): Misfit[];
  checkOutput(value: unknown): Misfit[];
}

export interface LoadedPlugin {
  readonly spec: PluginSpec;
  /** Where it was found. */
  readonly folder: string;
  /** Where it runs from: its files, copied under its digest, so that nobody changes them under a warm process. */
  readonly storeFolder: string;
  /** `sha256:<hex>` of manifest.json. */
  readonly digest: string;
  /** Digests of manifest.json and of every file that it covers, by path below the folder. */
  readonly files: Readonly<Record<string, string>>;
  readonly certification: Certification;
  readonly tools: ReadonlyMap<string, LoadedTool>;
  /** Its part of arbiter.yaml, checked against its own schema. */
  readonly settings: Record<string, unknown>;
  readonly settingsDigest: string;
  /** What works still and is on its way out, for whoever can change it. */
  readonly warnings: readonly ArbiterError[];
}
