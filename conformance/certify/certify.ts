// A certificate: what a plugin was seen to keep, signed together with the digest of its bytes.
import type { KeyObject } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { check } from '../../contracts/check.ts';
import { fault } from '../../contracts/errors.ts';
import type { CaseCount, Certificate, Conformance, HostProfile } from '../../contracts/generated/certificate.v1.ts';
import type { PolicySnapshot } from '../../contracts/generated/policy-snapshot.v1.ts';
import { chooseSandbox } from '../../kernel/host/sandbox.ts';
import { certificateFile, statementType } from '../../kernel/loader/check-certificate.ts';
import { seal } from '../../kernel/loader/envelope.ts';
import { kernelVersion } from '../../kernel/version.ts';
import { digestOf } from '../../ledger/digest.ts';
import { sortedJson } from '../../pdk/manifest.ts';
import { policyFilesOf, type Verdict } from '../run/conform.ts';

const snapshotFile = 'policy_snapshot.json';
const dayMs = 86_400_000;

export interface Issue {
  readonly key: KeyObject;
  /** How long it counts. */
  readonly days: number;
  readonly now: Date;
}

/**
 * Signs what `verdict` found and writes certificate.json and policy_snapshot.json into the plugin's folder. Throws
 * NOTHING_TO_CERTIFY where it reached no level.
 */
export async function certify(verdict: Verdict, { key, days, now }: Issue): Promise<Certificate> {
  const { folder, plugin, version, category, digest, reached, extent } = verdict;
  if (reached === null || digest === null || version === null || category === null)
    throw fault('NOTHING_TO_CERTIFY', { plugin });
  const { boxer } = await chooseSandbox(extent.isolation);
  const predicate: Conformance = {
    plugin: { id: plugin, version, category },
    kit: kernelVersion,
    level: reached,
    issuedAt: now.toISOString(),
    expiresAt: new Date(now.getTime() + days * dayMs).toISOString(),
    host: hostProfile(boxer),
    policies: digestsOf(policyFilesOf(extent)),
    run: { seed: extent.seed, inputs: extent.inputs, samples: extent.samples },
    cases: countCases(verdict),
    figures: [...verdict.figures],
  };
  const certificate: Certificate = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: `${plugin}@${version}`, digest: { sha256: digest.slice('sha256:'.length) } }],
    predicateType: 'urn:arbiter:certificate.v1',
    predicate,
  };
  const checked = check('certificate.v1', certificate);
  if (!checked.ok) throw new Error(`The certificate does not fit its own contract: ${JSON.stringify(checked.misfits)}`);
  const snapshot: PolicySnapshot = { schema: 'policy-snapshot.v1', policies: predicate.policies };
  replace(join(folder, snapshotFile), sortedJson(snapshot));
  replace(
    join(folder, certificateFile),
    sortedJson(seal(statementType, Buffer.from(JSON.stringify(certificate)), key)),
  );
  return certificate;
}

/** Only levels that were reached count. */
function countCases({ cases, reached }: Verdict): Record<string, CaseCount> {
  const counts: Record<string, CaseCount> = {};
  for (const { id, level, state } of cases) {
    if (reached === null || level > reached) continue;
    const count = (counts[id] ??= { passed: 0, skipped: 0 });
    count[state === 'skipped' ? 'skipped' : 'passed'] += 1;
  }
  return counts;
}

function hostProfile({ level, by }: { level: HostProfile['isolation']; by: string }): HostProfile {
  return {
    os: os.platform(),
    release: os.release(),
    arch: os.arch(),
    cpu: os.cpus()[0]?.model.trim() || 'unknown',
    cores: os.availableParallelism(),
    memoryMb: Math.round(os.totalmem() / 1024 / 1024),
    node: process.versions.node,
    isolation: level,
    by,
  };
}

function digestsOf(files: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries([...files].sort().map(([name, path]) => [name, digestOf(readFileSync(path))]));
}

function replace(path: string, content: Uint8Array): void {
  writeFileSync(`${path}.new`, content);
  renameSync(`${path}.new`, path);
}
