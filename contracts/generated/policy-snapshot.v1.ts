// Generated from contracts/schemas/policy-snapshot.v1.json by scripts/generate-types.ts. Do not edit.

/**
 * policy_snapshot.json, generated: the digests of the policies that the plugin was checked under.
 */
export interface PolicySnapshot {
  schema: 'policy-snapshot.v1';
  policies: {
    [k: string]: string | undefined;
  };
}
