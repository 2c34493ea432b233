// L2: the plugin behaves as its scenarios say, each in the sandbox on a workspace of its own.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { ResultLine } from '../../contracts/generated/result.v1.ts';
import { type Case, NotClaimed, unmet } from '../run/case.ts';
import { runBatch, workspaceFor } from '../run/kernel-batch.ts';
import type { Subject } from '../run/subject.ts';
import { readFeature, type Scenario } from './read-feature.ts';

/** What the steps of one scenario share. */
interface World {
  tool: string;
  input: Record<string, unknown>;
  readonly files: Record<string, string>;
  workspace: string | null;
  result: ResultLine | null;
}

export function l2Cases(subject: Subject): Case[] {
  const place = join(subject.folder, 'conformance');
  const features = existsSync(place) ? readdirSync(place).filter((name) => name.endsWith('.feature')) : [];
  if (features.length === 0)
    return [
      {
        id: 'L2/scenario',
        title: 'scenarios',
        run: () => Promise.reject(new NotClaimed('it has no conformance/*.feature')),
      },
    ];
  return features.sort().flatMap((name): Case[] => {
    const file = `conformance/${name}`;
    try {
      const scenarios = readFeature(readFileSync(join(place, name), 'utf8'));
      if (scenarios.length === 0) throw unmet('a scenario', 'none', `look at ${file}`);
      return scenarios.map((scenario) => ({
        id: 'L2/scenario',
        title: scenario.title,
        run: () => play(subject, file, scenario),
      }));
    } catch (error) {
      return [{ id: 'L2/scenario', title: file, run: () => Promise.reject(error) }];
    }
  });
}

async function play(subject: Subject, file: string, { steps }: Scenario): Promise<void> {
  const world: World = {
    ...{ tool: Object.keys(subject.spec.tools)[0]!, input: {}, files: {}, workspace: null, result: null },
  };
  let checked = 0;
  for (const { line, text } of steps) {
    const where = `${file}:${line}: ${text}`;
    const found = builtIn.find(({ form }) => form.test(text));
    if (!found) throw unmet(`one of the steps: ${builtIn.map(({ says }) => says).join('; ')}`, text, where);
    await found.run(partsOf(found.form, text), { world, subject, where });
    if (found.checks) checked += 1;
  }
  if (checked === 0) throw unmet('a step with Then', 'none: a scenario that checks nothing always passes', file);
}

interface Step {
  readonly says: string;
  readonly form: RegExp;
  readonly checks?: true;
  readonly run: (parts: string[], at: { world: World; subject: Subject; where: string }) => void | Promise<void>;
}

const quoted = '("(?:[^"\\\\]|\\\\.)*")';
const builtIn: readonly Step[] = [
  {
    says: 'Given the input JSON',
    form: /^the input (\{.*\})$/,
    run: ([json], { world }) => {
      world.input = JSON.parse(json!);
    },
  },
  {
    says: 'Given the file "a" with "text"',
    form: new RegExp(`^the file ${quoted} with ${quoted}$`),
    run: ([path, text], { world }) => {
      world.files[JSON.parse(path!)] = JSON.parse(text!);
    },
  },
  {
    says: 'When the tool runs, or: When the tool NAME runs',
    form: /^the tool (?:([a-z][a-z0-9-]+) )?runs$/,
    run: async ([name], { world, subject }) => {
      world.tool = name ?? world.tool;
      const need = subject.spec.tools[world.tool]?.workspace ?? 'required';
      const seesNone = need === 'none' || ['transformation', 'orchestration'].includes(subject.spec.category);
      world.workspace = seesNone ? null : workspaceFor(subject, world.files);
      const { tool, input, workspace } = world;
      [world.result = null] = await runBatch(subject, [{ tool, input, ...(workspace && { workspace }) }]);
    },
  },
  {
    says: 'Then the output is JSON',
    form: /^the output is (.+)$/,
    checks: true,
    run: ([json], { world, where }) => {
      if (!isDeepStrictEqual(world.result?.output, JSON.parse(json!)))
        throw unmet(json!, world.result ?? 'no run', where);
    },
  },
  {
    says: 'Then the output has JSON',
    form: /^the output has (\{.*\})$/,
    checks: true,
    run: ([json], { world, where }) => {
      for (const [key, value] of Object.entries(JSON.parse(json!)))
        if (!isDeepStrictEqual(world.result?.output?.[key], value)) throw unmet(json!, world.result ?? 'no run', where);
    },
  },
  {
    says: 'Then the tool refuses with "text"',
    form: new RegExp(`^the tool refuses with ${quoted}$`),
    checks: true,
    run: ([text], { world, where }) => {
      const { status, message = '' } = world.result ?? {};
      if (status === 'done' || !message.includes(JSON.parse(text!)))
        throw unmet(text!, world.result ?? 'no run', where);
    },
  },
  {
    says: 'Then the file "a" holds "text"',
    form: new RegExp(`^the file ${quoted} holds ${quoted}$`),
    checks: true,
    run: ([path, text], { world, where }) => {
      const file = join(world.workspace ?? '', JSON.parse(path!));
      const came = world.workspace && existsSync(file) ? readFileSync(file, 'utf8') : null;
      if (came !== JSON.parse(text!)) throw unmet(text!, came === null ? 'no such file' : JSON.stringify(came), where);
    },
  },
];

function partsOf(pattern: RegExp, text: string): string[] {
  return [...pattern.exec(text)!].slice(1);
}
