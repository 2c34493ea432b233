// L1: the plugin keeps its contract, in the cases that its author wrote down and in those that the schemas allow.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { setUpBench } from '../run/bench.ts';
import { runBatch, workspaceFor } from '../run/kernel-batch.ts';
import { type Case, goldensOf, NotClaimed, type Subject, unmet } from '../run/subject.ts';
import { withoutVolatile } from '../without-volatile.ts';
import { type Input, invalidInputs, validInputs } from './generate-inputs.ts';

/** What a valid input may end in: an answer that fits, or the tool's own refusal. */
const clean = ['TOOL_FAILED', 'TOOL_FAILED_RETRYABLE'];
const someFiles = { 'README.md': '# Files\n', 'src/a.txt': 'a\n' };

export function l1Cases(subject: Subject): Case[] {
  const tools = Object.entries(subject.spec.tools);
  return [
    { title: 'every tool has a golden fixture', run: () => coverTools(subject) },
    { title: 'the golden fixtures give what they say', run: () => checkGoldens(subject) },
    ...tools.flatMap(([name, tool]) => [
      {
        title: `${name}: ${subject.runs} generated inputs that fit are answered or refused cleanly`,
        run: () => answerValid(subject, name, tool!.input, tool!.workspace ?? 'required'),
      },
      {
        title: `${name}: ${subject.runs} generated inputs that do not fit never reach the plugin`,
        run: () => refuseInvalid(subject, name, tool!.input),
      },
    ]),
  ];
}

function coverTools(subject: Subject): void {
  const golden = join(subject.folder, 'conformance/golden');
  const covered = existsSync(golden) ? goldensOf(subject).map(({ tool }) => tool) : [];
  const bare = Object.keys(subject.spec.tools).filter((tool) => !covered.includes(tool));
  if (bare.length > 0) throw unmet('a fixture for every tool', `none for ${bare.join(', ')}`, `ls ${golden}`);
}

async function checkGoldens(subject: Subject): Promise<void> {
  const contract = JSON.parse(readFileSync(join(subject.folder, 'ledger_contract.json'), 'utf8'));
  const bench = await setUpBench(subject);
  try {
    for (const golden of goldensOf(subject)) {
      const came = await bench.answer(golden);
      const where = `conformance/golden/${golden.name}, input ${JSON.stringify(golden.input)}`;
      if (golden.error !== undefined) {
        if (!('message' in came && came.message.includes(golden.error)))
          throw unmet(`a refusal with "${golden.error}"`, came, where);
        continue;
      }
      const wanted = withoutVolatile(golden.output, contract);
      if (!('output' in came) || !isDeepStrictEqual(withoutVolatile(came.output, contract), wanted))
        throw unmet(JSON.stringify(golden.output), came, where);
      if (came.misfit !== null) throw unmet('an output that fits its schema', came.misfit, where);
    }
  } finally {
    await bench.stop();
  }
}

async function answerValid(subject: Subject, tool: string, schema: Input, need: string): Promise<void> {
  const { seed, runs, spec } = subject;
  const inputs = validInputs(schema, { seed, count: runs });
  if (inputs.length < runs)
    throw unmet(
      `${runs} inputs made from the schema`,
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
  const { seed, runs } = subject;
  const inputs = invalidInputs(schema, { seed, count: runs });
  if (inputs.length === 0) throw new NotClaimed('its input schema lets everything through');
  if (inputs.length < runs) throw unmet(`${runs} inputs that do not fit`, `${inputs.length}`, `seed ${seed}`);
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
