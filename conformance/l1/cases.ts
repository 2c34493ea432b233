// L1: the plugin keeps its contract, in the cases that its author wrote down and in those that the schemas allow.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Input, invalidInputs, validInputs } from '../inputs/generate-inputs.ts';
import { onBench } from '../run/bench.ts';
import { type Case, NotClaimed, unmet } from '../run/case.ts';
import { runBatch, workspaceFor } from '../run/kernel-batch.ts';
import { goldenFolder, goldensOf, type Subject } from '../run/subject.ts';
import { judgeGolden } from './judge-golden.ts';

/** What a valid input may end in: an answer that fits, or the tool's own refusal. Whether policies allow it is asked at L5. */
const clean = ['TOOL_FAILED', 'TOOL_FAILED_RETRYABLE', 'POLICY_DENIED'];
const someFiles = { 'README.md': '# Files\n', 'src/a.txt': 'a\n' };

export function l1Cases(subject: Subject): Case[] {
  const tools = Object.entries(subject.spec.tools);
  return [
    { id: 'L1/covered', title: 'every tool has a golden fixture with an answer', run: () => coverTools(subject) },
    { id: 'L1/golden', title: 'the golden fixtures give what they say', run: () => checkGoldens(subject) },
    ...tools.flatMap(([name, tool]): Case[] => [
      {
        id: 'L1/fits',
        title: `${name}: ${subject.inputs} generated inputs that fit are answered or refused cleanly`,
        run: () => answerValid(subject, name, tool!.input, tool!.workspace ?? 'required'),
      },
      {
        id: 'L1/misfits',
        title: `${name}: ${subject.inputs} generated inputs that do not fit never reach the plugin`,
        run: () => refuseInvalid(subject, name, tool!.input),
      },
    ]),
  ];
}

function coverTools(subject: Subject): void {
  const golden = join(subject.folder, goldenFolder);
  const goldens = existsSync(golden) ? goldensOf(subject) : [];
  const answered = goldens.filter(({ error }) => error === undefined).map(({ tool }) => tool);
  const bare = Object.keys(subject.spec.tools).filter((tool) => !answered.includes(tool));
  if (bare.length > 0)
    throw unmet('a fixture with an answer for every tool', `none for ${bare.join(', ')}`, `ls ${golden}`);
  const strange = goldens.find(({ tool }) => !Object.hasOwn(subject.spec.tools, tool));
  if (strange) throw unmet('fixtures for its own tools', `one for ${strange.tool}`, `ls ${golden}`);
}

async function checkGoldens(subject: Subject): Promise<void> {
  const contract = JSON.parse(readFileSync(join(subject.folder, 'ledger_contract.json'), 'utf8'));
  await onBench(subject, async (bench) => {
    for (const golden of goldensOf(subject)) {
      const judgement = judgeGolden(golden, await bench.answer(golden), contract);
      const file = `${goldenFolder}/${golden.name}`;
      if (!judgement.met)
        throw unmet(judgement.expected, judgement.came, `${file}, input ${JSON.stringify(golden.input)}`, file);
    }
  });
}

async function answerValid(subject: Subject, tool: string, schema: Input, need: string): Promise<void> {
  const { seed, inputs: count, spec } = subject;
  const inputs = validInputs(schema, { seed, count });
  if (inputs.length < count)
    throw unmet(
      `${count} inputs made from the schema`,
      `${inputs.length}`,
      `seed ${seed}: the schema uses words that the generator does not know`,
    );
  const seesNone = ['transformation', 'orchestration'].includes(spec.category) || need === 'none';
  const workspace = seesNone ? null : workspaceFor(subject, someFiles);
  const writes = spec.category === 'state-change';
  const common = { tool, ...(workspace && { workspace }), ...(writes && { whatIf: true }) };
  const results = await runBatch(
    subject,
    inputs.map((input) => ({ ...common, input })),
  );
  for (const [index, { status, code, message }] of results.entries())
    if (!['done', 'planned'].includes(status) && !clean.includes(code ?? ''))
      throw unmet(
        'an answer that fits the output schema, or a refusal',
        `${status}: ${message} (${code})`,
        shown(seed, inputs[index]),
      );
}

async function refuseInvalid(subject: Subject, tool: string, schema: Input): Promise<void> {
  const { seed, inputs: count } = subject;
  const inputs = invalidInputs(schema, { seed, count });
  if (inputs.length === 0) throw new NotClaimed('its input schema lets everything through');
  if (inputs.length < count) throw unmet(`${count} inputs that do not fit`, `${inputs.length}`, `seed ${seed}`);
  const results = await runBatch(
    subject,
    inputs.map((input) => ({ tool, input })),
  );
  for (const [index, { status, code, message }] of results.entries())
    if (code !== 'INPUT_INVALID')
      throw unmet('INPUT_INVALID, from the kernel', `${status}: ${message} (${code})`, shown(seed, inputs[index]));
}

function shown(seed: number, input: unknown): string {
  return `--seed ${seed}, input ${JSON.stringify(input)}`;
}
