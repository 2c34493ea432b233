// Runs every test case below a folder laid out as the DMN TCK is: folders of models (*.dmn) and test cases (*.xml).
import { readdirSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { loadModels } from '../../process/decisions/load-models.ts';
import { readDmn } from '../../process/decisions/read-dmn.ts';
import type { RequirementGraph } from '../../process/decisions/requirement-graph.ts';
import { isSame } from './compare.ts';
import { type ExpectedResult, readTestCases, type TestCase } from './read-test-cases.ts';

export interface Outcome {
  /** Folder of the test file, from the folder that was run. */
  readonly directory: string;
  readonly file: string;
  readonly testCase: string;
  readonly result: string;
  readonly expected: unknown;
  readonly actual: unknown;
  readonly passed: boolean;
  /** What failed before there was a value, or null. */
  readonly error: string | null;
}

/** One outcome for every expected result below `folder`, sorted by file. */
export async function runTck(folder: string): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.xml$/i.test(file))
    .sort();
  for (const file of files) outcomes.push(...(await runFile(folder, join(folder, file))));
  return outcomes;
}

async function runFile(folder: string, file: string): Promise<Outcome[]> {
  const { model, cases } = readTestCases(file);
  const directory = relative(folder, dirname(file)) || '.';
  let graph: RequirementGraph | null = null;
  let broken: string | null = null;
  try {
    graph = await modelNamed(model, dirname(file));
  } catch (error) {
    broken = (error as Error).message;
  }
  const outcomes: Outcome[] = [];
  for (const testCase of cases)
    for (const result of testCase.results) {
      const answer = graph ? await ask(graph, testCase, result) : { actual: undefined, error: broken };
      outcomes.push({
        directory,
        file: basename(file),
        testCase: testCase.id,
        result: result.name,
        expected: result.expected,
        ...answer,
        passed: answer.error === null && isSame(answer.actual, result.expected),
      });
    }
  return outcomes;
}

/** The model of that file name, joined with the others of its folder, which it may import. */
async function modelNamed(name: string, folder: string): Promise<RequirementGraph> {
  const { imports } = await readDmn(join(folder, name));
  const all = readdirSync(folder)
    .filter((file) => file.endsWith('.dmn'))
    .sort();
  const files = imports.length === 0 ? [name] : [name, ...all.filter((file) => file !== name)];
  const [graph] = await loadModels(files.map((file) => join(folder, file)));
  return graph as RequirementGraph;
}

async function ask(
  graph: RequirementGraph,
  { invocable, inputs }: TestCase,
  { name }: ExpectedResult,
): Promise<{ actual: unknown; error: string | null }> {
  try {
    if (invocable === null) return { actual: (await graph.decide(name, inputs)).value, error: null };
    return { actual: graph.serve(invocable, inputs, name), error: null };
  } catch (error) {
    // Rules that clash: null, says the standard.
    if ((error as { code?: string }).code === 'TABLE_INVALID') return { actual: null, error: null };
    return { actual: undefined, error: (error as Error).message };
  }
}
