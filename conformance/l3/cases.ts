// L3: in the real sandbox the plugin depends on nothing outside, repeats itself, and ends when it has to.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { ResultLine } from '../../contracts/generated/result.v1.ts';
import { type Case, NotClaimed, unmet } from '../run/case.ts';
import { type BatchOptions, lineOf, runBatch } from '../run/kernel-batch.ts';
import { type Golden, goldenFolder, goldensOf, type Subject } from '../run/subject.ts';
import { withoutVolatile } from '../without-volatile.ts';
import { cancelThenRun, demandLeaving, killThenRun } from './endings.ts';

/** A kernel on the other side of the world. */
const elsewhere: BatchOptions = {
  env: { TZ: 'Pacific/Auckland', LANG: 'tr_TR.UTF-8', LC_ALL: 'C', ARBITER_CONFORMANCE: 'elsewhere' },
  cwd: '/',
};

export function l3Cases(subject: Subject): Case[] {
  const cases: Case[] = [
    {
      ...{ id: 'L3/hermetic', title: 'the same result with another environment, folder and time zone' },
      run: () => demandHermetic(subject),
    },
    {
      ...{ id: 'L3/repeat', title: 'tools that say they are deterministic give the same twice' },
      run: () => demandRepeatable(subject),
    },
    { id: 'L3/cancel', title: 'a cancel is survived', run: () => cancelThenRun(subject, firstOf(subject)) },
    {
      ...{ id: 'L3/deadline', title: 'a deadline of a millisecond, met or not, leaves the plugin usable' },
      run: () => demandUsableAfterHurry(subject),
    },
    {
      ...{ id: 'L3/crash', title: 'after its process was killed the next answer is the right one' },
      run: () => killThenRun(subject, firstOf(subject)),
    },
    {
      id: 'L3/leave',
      title: 'it ends by itself when it is told to',
      run: () => demandLeaving(subject, firstOf(subject)),
    },
  ];
  if (subject.spec.category === 'state-change')
    cases.push({
      ...{ id: 'L3/what-if', title: 'what whatIf shows is what is applied' },
      run: () => demandTrueWhatIf(subject),
    });
  return cases;
}

/** The first golden fixture; L1 has seen to it that there is one. */
function firstOf(subject: Subject): Golden {
  return goldensOf(subject)[0] as Golden;
}

function deterministic(subject: Subject): Golden[] {
  const found = goldensOf(subject).filter(({ tool }) => subject.spec.tools[tool]?.deterministic);
  if (found.length === 0) throw new NotClaimed('no tool of it says that it is deterministic');
  return found;
}

async function demandHermetic(subject: Subject): Promise<void> {
  const goldens = deterministic(subject);
  const lines = () => goldens.map((golden) => lineOf(subject, golden));
  const here = await runBatch(subject, lines());
  const there = await runBatch(subject, lines(), elsewhere);
  for (const [index, golden] of goldens.entries())
    demandSame(subject, golden, here[index]!, there[index]!, `run it with ${JSON.stringify(elsewhere)}`);
}

async function demandRepeatable(subject: Subject): Promise<void> {
  const goldens = deterministic(subject);
  const results = await runBatch(
    subject,
    [...goldens, ...goldens].map((golden) => lineOf(subject, golden)),
  );
  for (const [index, golden] of goldens.entries())
    demandSame(subject, golden, results[index]!, results[index + goldens.length]!, 'run it twice');
}

async function demandUsableAfterHurry(subject: Subject): Promise<void> {
  const first = firstOf(subject);
  const hurried = { ...lineOf(subject, first), timeoutMs: 1, id: 'hurried' };
  const [late, after] = await runBatch(subject, [hurried, lineOf(subject, first)]);
  const where = `${goldenFolder}/${first.name} with timeoutMs 1, then without`;
  if (late!.status !== 'done' && !['PLUGIN_TIMEOUT', 'TOOL_FAILED'].includes(late!.code ?? ''))
    throw unmet('PLUGIN_TIMEOUT, or an answer in time', late, where);
  if (after!.status !== (first.error === undefined ? 'done' : 'failed'))
    throw unmet('an answer afterwards', after, where);
}

async function demandTrueWhatIf(subject: Subject): Promise<void> {
  const goldens = goldensOf(subject).filter(({ error }) => error === undefined);
  if (goldens.length === 0)
    throw unmet('a golden fixture that changes something', 'none', `add one to ${goldenFolder}/`);
  const planned = await runBatch(
    subject,
    goldens.map((golden) => ({ ...lineOf(subject, golden), whatIf: true })),
  );
  const applied = await runBatch(
    subject,
    goldens.map((golden) => lineOf(subject, golden)),
  );
  let changed = 0;
  for (const [index, golden] of goldens.entries()) {
    const [shown, done] = [planned[index]!, applied[index]!];
    const where = `${goldenFolder}/${golden.name}, with whatIf and without`;
    // Whether policies allow it is asked at L5.
    if (shown.code === 'POLICY_DENIED' && done.code === 'POLICY_DENIED') continue;
    if (shown.status !== 'planned' || done.status !== 'done') throw unmet('planned, and done', [shown, done], where);
    if (!isDeepStrictEqual(shown.effects, done.effects))
      throw unmet(JSON.stringify(shown.effects), done.effects, where);
    changed += done.effects?.length ?? 0;
  }
  if (changed === 0)
    throw unmet('a golden fixture that changes something', 'no effect of any', `add one to ${goldenFolder}/`);
}

function demandSame(subject: Subject, golden: Golden, first: ResultLine, second: ResultLine, how: string): void {
  const contract = JSON.parse(readFileSync(join(subject.folder, 'ledger_contract.json'), 'utf8'));
  const seen = ({ status, output, message, effects }: ResultLine) => ({
    ...{ status, message, effects, output: withoutVolatile(output, contract) },
  });
  const file = `${goldenFolder}/${golden.name}`;
  if (!isDeepStrictEqual(seen(first), seen(second)))
    throw unmet(JSON.stringify(seen(first)), seen(second), `${file}, ${how}`, file);
}
