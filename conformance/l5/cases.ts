// L5: what a security engineer asks of a plugin before it may run anywhere.
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { probeAs } from '../../kernel/host/probes/probe.ts';
import { profiles } from '../../kernel/host/profiles.ts';
import { chooseSandbox } from '../../kernel/host/sandbox.ts';
import { loadPlugin } from '../../kernel/loader/load-plugin.ts';
import { type Content, findSecrets } from '../../policies/find-secrets.ts';
import { onBench, type Used } from '../run/bench.ts';
import { type Case, unmet } from '../run/case.ts';
import { lineOf, runBatch } from '../run/kernel-batch.ts';
import { pluginSettings } from '../run/plugin-settings.ts';
import { goldenFolder, goldensOf, type Subject } from '../run/subject.ts';

export function l5Cases(subject: Subject): Case[] {
  return [
    { id: 'L5/policies', title: 'the policies allow what it does', run: () => demandAllowed(subject) },
    { id: 'L5/secrets', title: 'no secret in its folder', run: () => demandNoSecrets(subject) },
    {
      ...{ id: 'L5/grants', title: 'it uses every grant that it asks for, and no other' },
      run: () => demandGrantsUsed(subject),
    },
    { id: 'L5/escape', title: 'no escape probe gets out of its box', run: () => demandContained(subject) },
  ];
}

/** Before anything runs, and over what was found changed. */
async function demandAllowed(subject: Subject): Promise<void> {
  const goldens = goldensOf(subject);
  const results = await runBatch(
    subject,
    goldens.map((golden) => lineOf(subject, golden)),
  );
  for (const [index, { code, message }] of results.entries()) {
    const file = `${goldenFolder}/${goldens[index]!.name}`;
    if (code === 'POLICY_DENIED') throw unmet('a task that the policies allow', message, file, file);
  }
}

async function demandNoSecrets({ folder }: Subject): Promise<void> {
  const [first] = await findSecrets(textsIn(folder));
  if (!first) return;
  const expected = first.kind === 'secret' ? 'no secret' : 'files that can be searched for secrets';
  throw unmet(expected, `${first.path}:${first.line}: ${first.message}`, `look at ${first.path}`, first.path);
}

/** Everything that a package of it would hold. */
function* textsIn(folder: string): Generator<Content> {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(folder, path);
    if (!entry.isFile() || name.split(sep).some((part) => part === 'node_modules' || part === '.git')) continue;
    yield { path: name, size: lstatSync(path).size, read: (most) => readFileSync(path).subarray(0, most) };
  }
}

/** What the golden fixtures bring about is taken for what it does. */
async function demandGrantsUsed(subject: Subject): Promise<void> {
  const { kernel = [], hosts = [] } = subject.spec.grants ?? {};
  const used = await onBench(subject, async (bench): Promise<Used> => {
    for (const golden of goldensOf(subject)) await bench.answer(golden);
    return bench.used;
  });
  const calls = [...used.calls].filter((call) => call !== 'send' || hosts.every(({ access }) => access !== 'effect'));
  const strange = calls.find((call) => !kernel.some((granted) => granted === call) && call !== 'send');
  const where = 'the golden fixtures, one after another';
  if (strange !== undefined) throw unmet('calls that grants.kernel lists', `it called ${strange}`, where);
  const idle = [
    ...kernel.filter((granted) => !used.calls.has(granted)),
    ...hosts.map(({ host, port }) => `${host}:${port}`).filter((host) => !used.hosts.has(host)),
  ];
  if (idle.length === 0) return;
  throw unmet(
    'grants that it uses: leave out what it does not need, or add a fixture that shows what for',
    `no fixture used ${idle.join(', ')}`,
    where,
  );
}

/** Its program is not run: the probes take its place, in the box that it would get. */
async function demandContained({ folder, spec, budget, isolation, place }: Subject): Promise<void> {
  const { boxer } = await chooseSandbox(isolation);
  const { storeFolder } = loadPlugin(folder, join(place, 'store'), pluginSettings(folder, spec));
  const suspect = { folder: storeFolder, entry: spec.entry, limits: budget };
  const probes = await probeAs(boxer, suspect, profiles[spec.category].workspace);
  const out = probes.find(({ contained }) => !contained);
  if (out)
    throw unmet(
      'every probe contained',
      `${out.name}: ${out.detail} (${boxer.level} by ${boxer.by})`,
      'arbiter doctor',
    );
}
