// The steps that every scenario knows. Each has an example: the page for authors is made of them.
import { isDeepStrictEqual } from 'node:util';
import type { FileEffect } from '../../contracts/generated/ledger.v1.ts';
import { wordingOf } from './expressions.ts';
import { fileIn } from './left-behind.ts';
import { runTool } from './run-tool.ts';
import type { Scene, Step } from './step.ts';
import type { World } from './world.ts';

export interface BuiltInStep extends Step {
  /** A text that it matches, without the word before it. */
  readonly example: string;
  /** What it means, for its author. */
  readonly means: string;
}

type Table = readonly (readonly string[])[];
type Input = Record<string, unknown>;

const noRun = 'no run: a step with When comes first';

const given: readonly BuiltInStep[] = [
  step('Given the input {object}', {
    ...{ example: 'the input {"text":"a b"}', means: 'an input; `{}` when left out' },
    run: ([input], { world }) => void (world.input = input as Input),
  }),
  step('Given the input:', {
    ...{ example: 'the input:', means: 'the same, as a doc string', below: 'doc string' },
    run: ([text], scene) => void (scene.world.input = objectIn(text as string, scene)),
  }),
  step('Given the file {text} with {text}', {
    ...{ example: 'the file "a.txt" with "hello\\n"', means: 'a file of the workspace' },
    run: ([path, text], { world }) => void (world.files[path as string] = text as string),
  }),
  step('Given the file {text} with:', {
    ...{ example: 'the file "a.txt" with:', means: 'the same, as a doc string; each line ends with a newline' },
    below: 'doc string',
    run: ([path, text], { world }) => void (world.files[path as string] = lines(text as string)),
  }),
  step('Given the files:', {
    ...{ example: 'the files:', means: 'a table with the columns path and content' },
    below: 'table',
    run: ([table], scene) => void Object.assign(scene.world.files, filesOf(table as Table, scene)),
  }),
  step('Given the commit {text} with the files:', {
    ...{ example: 'the commit "First" with the files:', means: 'the same, committed: the workspace is a repository' },
    below: 'table',
    run: ([subject, table], scene) =>
      void scene.world.commits.push({ subject: subject as string, files: filesOf(table as Table, scene) }),
  }),
];

const when: readonly BuiltInStep[] = [
  step('When the tool runs', {
    ...{ example: 'the tool runs', means: 'the first tool of the spec, as a task of its own' },
    run: (_, scene) => runTool(scene),
  }),
  step('When the tool {tool} runs', {
    ...{ example: 'the tool word-count runs', means: 'the one that is named' },
    run: ([tool], scene) => runNamed(tool as string, scene),
  }),
  step('When the tool runs with whatIf', {
    ...{ example: 'the tool runs with whatIf', means: 'only to see what would change' },
    run: (_, scene) => runTool(scene, { whatIf: true }),
  }),
  step('When the tool {tool} runs with whatIf', {
    ...{ example: 'the tool word-count runs with whatIf', means: 'the same, of the one that is named' },
    run: ([tool], scene) => runNamed(tool as string, scene, { whatIf: true }),
  }),
];

const then: readonly BuiltInStep[] = [
  step('Then the output is {json}', {
    ...{ example: 'the output is {"words":2,"lines":0}', means: 'all of it' },
    run: ([wanted], scene) => demandOutput(wanted, scene),
  }),
  step('Then the output is:', {
    ...{ example: 'the output is:', means: 'the same, as a doc string', below: 'doc string' },
    run: ([text], scene) => demandOutput(jsonIn(text as string, scene), scene),
  }),
  step('Then the output has {object}', {
    ...{ example: 'the output has {"words":2}', means: 'these keys of it' },
    run: ([wanted], scene) => demandKeys(wanted as Input, scene),
  }),
  step('Then the output has:', {
    ...{ example: 'the output has:', means: 'the same, as a doc string', below: 'doc string' },
    run: ([text], scene) => demandKeys(objectIn(text as string, scene), scene),
  }),
  step('Then the tool refuses with {text}', {
    ...{ example: 'the tool refuses with "no such file"', means: 'part of the message' },
    run: ([text], { world, unmet }) => {
      const { status, message = '' } = world.result ?? {};
      if (answered(world) || !message.includes(text as string) || status === undefined)
        throw unmet(`a refusal with ${JSON.stringify(text)}`, world.result ?? noRun);
      world.refusalExpected = true;
    },
  }),
  step('Then the file {text} holds {text}', {
    ...{ example: 'the file "a.txt" holds "hello\\n"', means: 'what is there afterwards' },
    run: ([path, text], scene) => demandContent(path as string, text as string, scene),
  }),
  step('Then the file {text} holds:', {
    ...{ example: 'the file "a.txt" holds:', means: 'the same, as a doc string; each line ends with a newline' },
    below: 'doc string',
    run: ([path, text], scene) => demandContent(path as string, lines(text as string), scene),
  }),
  step('Then there is no file {text}', {
    ...{ example: 'there is no file "a.txt"', means: 'what is not there afterwards' },
    run: ([path], { world, unmet }) => {
      if (world.result === null) throw unmet('a run', noRun);
      const content = fileIn(world, path as string);
      if (content !== null) throw unmet(`no file ${path}`, `one with ${JSON.stringify(content)}`);
    },
  }),
  step('Then it changes {text}', {
    ...{ example: 'it changes "a.txt"', means: 'created, changed or deleted; with whatIf, what would be' },
    run: ([path], scene) => {
      const changed = changes(scene);
      if (!changed.includes(path as string)) throw scene.unmet(`a change of ${path}`, shown(changed));
    },
  }),
  step('Then it changes nothing', {
    ...{ example: 'it changes nothing', means: 'no file; after a step that says so, of a refusal, too' },
    run: (_, scene) => {
      const changed = changes(scene);
      if (changed.length > 0) throw scene.unmet('no change', shown(changed));
    },
  }),
];

export const builtInSteps: readonly BuiltInStep[] = [...given, ...when, ...then];

type Rest = Pick<BuiltInStep, 'example' | 'means' | 'run'> & Partial<Pick<Step, 'below'>>;

function step(says: string, { below = 'nothing', ...rest }: Rest): BuiltInStep {
  const [, word, expression] = /^(\w+) (.+)$/.exec(says) as unknown as [string, string, string];
  return { says, wording: wordingOf(expression), checks: word === 'Then', of: 'built in', below, ...rest };
}

function runNamed(tool: string, scene: Scene, how?: { whatIf: true }): Promise<void> {
  scene.world.tool = tool;
  return runTool(scene, how);
}

function answered({ result }: World): boolean {
  return result?.status === 'done' || result?.status === 'planned';
}

function demandOutput(wanted: unknown, { world: { result }, unmet }: Scene): void {
  if (!isDeepStrictEqual(result?.output, wanted)) throw unmet(JSON.stringify(wanted), result ?? noRun);
}

function demandKeys(wanted: Input, { world: { result }, unmet }: Scene): void {
  for (const [key, value] of Object.entries(wanted))
    if (!isDeepStrictEqual(result?.output?.[key], value)) throw unmet(JSON.stringify(wanted), result ?? noRun);
}

function demandContent(path: string, wanted: string, { world, unmet }: Scene): void {
  const came = fileIn(world, path);
  if (came !== wanted) throw unmet(JSON.stringify(wanted), came === null ? 'no such file' : JSON.stringify(came));
}

/** The paths of what changed, or would. A run that failed changes nothing, which is no merit unless it was to fail. */
function changes({ world, unmet }: Scene): string[] {
  if (!answered(world) && !(world.refusalExpected && world.result)) throw unmet('an answer', world.result ?? noRun);
  return ((world.result?.effects ?? []) as unknown as FileEffect[]).map(({ path }) => path);
}

function shown(changed: readonly string[]): string {
  return changed.length === 0 ? 'no change' : `changes of ${changed.join(', ')}`;
}

/** A doc string has no newline at its end, and a file of text does. */
function lines(docString: string): string {
  return docString === '' ? '' : `${docString}\n`;
}

function jsonIn(text: string, { unmet }: Scene): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unmet('JSON in the doc string', (error as Error).message);
  }
}

function objectIn(text: string, scene: Scene): Input {
  const value = jsonIn(text, scene);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Input;
  throw scene.unmet('an object in the doc string', text);
}

function filesOf([head = [], ...rows]: Table, { unmet }: Scene): Record<string, string> {
  if (head.join() !== 'path,content') throw unmet('a table with the columns path and content', head.join(', '));
  return Object.fromEntries(rows as [string, string][]);
}
