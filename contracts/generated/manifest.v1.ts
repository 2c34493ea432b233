// Generated from contracts/schemas/manifest.v1.json by scripts/generate-types.ts. Do not edit.

/**
 * manifest.json, generated: the digests of what runs. The plugin's digest is the SHA-256 of this file's bytes.
 */
export interface PluginManifest {
  schema: 'manifest.v1';
  id: string;
  version: string;
  /**
   * Range of kernel versions, semantic versioning.
   */
  kernel: string;
  /**
   * SHA-256 of entry, spec and ledger contract, by path below the plugin's folder.
   */
  files: {
    [k: string]: string | undefined;
  };
}
