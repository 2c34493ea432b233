// What asking the shipped policies costs, beside the same questions as a plain JavaScript function: `npm run bench:policy`.
// Every answer is evaluated anew; the last lines are answers that are kept.
import { fileURLToPath } from 'node:url';
import type { EffectFact, PolicyFacts } from '../policies/facts.ts';
import { findSecrets } from '../policies/find-secrets.ts';
import { created, harmless } from '../policies/fixtures/facts.ts';
import { policiesInForce } from '../policies/in-force.ts';
import { loadRego, regoSources } from '../policies/rego-policies.ts';
import { heading, percentile, print } from './statistics.ts';

const policies = loadRego(regoSources(policiesInForce([fileURLToPath(new URL('../policies', import.meta.url))]).files));
const systemFolders = ['/bin', '/boot', '/dev', '/etc', '/lib', '/proc', '/sbin', '/sys', '/usr'];
const keyFile =
  /(^|\/)(id_(rsa|dsa|ecdsa|ed25519)|\.netrc|\.pgpass|\.git-credentials|\.aws\/credentials|[^/]+\.(p12|pfx|keystore))$/;
const pipeline = /^(\.github\/workflows\/|\.gitlab-ci\.yml$|\.circleci\/|Jenkinsfile$|azure-pipelines\.yml$)/;
const licence = /(^|\/)(LICEN[CS]E|NOTICE|COPYING)([.-][^/]*)?$/;

/** The shipped rules by hand. */
function byHand({ task, plugin, effects, findings }: PolicyFacts): boolean {
  const hosts = ((plugin.grants as { hosts?: string[] }).hosts ?? []).includes('*');
  const system = systemFolders.some((folder) => task.workspace === folder || task.workspace.startsWith(`${folder}/`));
  const production = task.tags.includes('production') && task.approval !== 'required' && !task.whatIf;
  const bad = ({ path, change, type, mode }: EffectFact) =>
    (change !== 'deleted' && (keyFile.test(path) || (type === 'file' && /^[2-7][0-7]{3}$/.test(mode)))) ||
    (pipeline.test(path) && !task.tags.includes('pipeline')) ||
    (change === 'deleted' && licence.test(path) && !task.tags.includes('licence'));
  const large = effects.files.length > 20_000 || effects.bytes > 104_857_600;
  return !hosts && !system && !production && !large && findings.length === 0 && !effects.files.some(bad);
}

const line = 'export const answer = compute(question, { retries: 3 }); // as agreed\n';
const diff = Buffer.from(line.repeat(1000));

function facts(files: number, run: number): PolicyFacts {
  const changed = Array.from({ length: files }, (_, n) => created(`src/part-${run}/file-${n}.ts`, 1000));
  return harmless({ effects: { files: changed, bytes: files * 1000 } });
}

async function measure(what: string, runs: number, once: (run: number) => unknown): Promise<number[]> {
  for (let run = 0; run < runs; run++) await once(-1 - run);
  const latencies: number[] = [];
  for (let run = 0; run < runs; run++) {
    const started = performance.now();
    await once(run);
    latencies.push(performance.now() - started);
  }
  print(what, latencies);
  return latencies;
}

heading();
const small = await measure('3 files: policies', 3000, (run) => policies.decide(facts(3, run)));
const smallByHand = await measure('3 files: by hand', 3000, (run) => byHand(facts(3, run)));
const large = await measure('1,000 files: policies', 200, (run) => policies.decide(facts(1000, run)));
const largeByHand = await measure('1,000 files: by hand', 200, (run) => byHand(facts(1000, run)));
const lines = await measure('a diff of 1,000 lines: secrets and policies', 200, async (run) => {
  const content = { path: `src/${run}.ts`, size: diff.length, read: (most: number) => diff.subarray(0, most) };
  const findings = await findSecrets([content]);
  return policies.decide({ ...facts(1, run), findings });
});
const kept = await measure('3 files, asked before: policies', 3000, () => policies.decide(facts(3, 0)));

const p99 = (latencies: readonly number[]) => percentile(latencies, 99);
console.log(
  `\npolicies take ${(p99(small) / p99(smallByHand)).toFixed(0)} times what it takes by hand for 3 files, ${(p99(large) / p99(largeByHand)).toFixed(0)} times for 1,000 (p99)`,
);
for (const [what, found, goal] of [
  ['small effect set', p99(small), 0.2],
  ['small effect set, kept', p99(kept), 0.2],
  ['diff of 1,000 lines', p99(lines), 10],
] as const)
  console.log(
    `${what}: p99 ${(found * 1000).toFixed(0)} µs, goal ${goal * 1000} µs: ${found <= goal ? 'reached' : 'not reached'}`,
  );
