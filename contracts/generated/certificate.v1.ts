// Generated from contracts/schemas/certificate.v1.json by scripts/generate-types.ts. Do not edit.

export type ConformanceLevel = 'L0' | 'L1' | 'L2' | 'L3' | 'L4' | 'L5';

/**
 * What is signed in a certificate: an in-toto statement that the plugin with this digest reached a conformance level.
 */
export interface Certificate {
  _type: 'https://in-toto.io/Statement/v1';
  /**
   * @minItems 1
   * @maxItems 1
   */
  subject: [CertifiedPlugin];
  predicateType: 'urn:arbiter:certificate.v1';
  predicate: Conformance;
}
export interface CertifiedPlugin {
  /**
   * <plugin>@<version>
   */
  name: string;
  digest: {
    /**
     * Of the bytes of manifest.json, which holds the digests of all that runs.
     */
    sha256: string;
  };
}
export interface Conformance {
  plugin: PluginIdentity;
  /**
   * Version of Arbiter whose conformance levels were run.
   */
  kit: string;
  level: ConformanceLevel;
  issuedAt: string;
  expiresAt: string;
  host: HostProfile;
  /**
   * SHA-256 of each policy that was in force, by file name.
   */
  policies: {
    [k: string]: string | undefined;
  };
  run: ConformanceRun;
  /**
   * What was asked of it, by the case's name: how often it passed, how often it had nothing to show.
   */
  cases: {
    [k: string]: CaseCount | undefined;
  };
  /**
   * Measured at L4; empty below it.
   */
  figures: Figure[];
}
export interface PluginIdentity {
  id: string;
  version: string;
  category: string;
}
/**
 * The machine that the figures are of.
 */
export interface HostProfile {
  os: string;
  release: string;
  arch: string;
  cpu: string;
  cores: number;
  memoryMb: number;
  node: string;
  isolation: 'full' | 'namespaces' | 'process';
  /**
   * What built the sandbox.
   */
  by: string;
}
/**
 * What it takes to run the same again.
 */
export interface ConformanceRun {
  seed: number;
  inputs: number;
  samples: number;
}
export interface CaseCount {
  passed: number;
  skipped: number;
}
export interface Figure {
  tool: string;
  what: 'latency' | 'memory';
  unit: 'ms' | 'MB';
  samples: number;
  p50: number;
  p95: number;
  p99: number;
  /**
   * The budget that p95 had to keep, beyond the reference; or the peak of memory.
   */
  most: number;
  /**
   * p95 of a stand-in that answers at once in the same kind of box: the share of kernel and machine.
   */
  reference?: number;
}
