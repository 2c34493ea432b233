// Every workflow, the action, and what docs/plugin-ci.md tells others to write, read by GitHub's own parser.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { parse } from 'yaml';
import { runSteps, type Step } from './run-steps.ts';

const root = new URL('../', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, root), 'utf8');

// The parser is made for bundlers: it imports its schemas without saying that they are JSON, which Node asks for.
const asJson = { importAttributes: { type: 'json' } };
registerHooks({
  load: (url, context, next) => next(url, url.endsWith('.min.json') ? { ...context, ...asJson } : context),
});
const { parseWorkflow, convertWorkflowTemplate, NoOperationTraceWriter } = await import('@actions/workflow-parser');
const { parseAction } = await import('@actions/workflow-parser/actions/action-parser');

interface Workflow {
  readonly on: { readonly workflow_call?: { readonly inputs: Readonly<Record<string, object>> } };
  readonly jobs: Readonly<Record<string, { readonly steps?: readonly Step[] }>>;
}

interface Action {
  readonly inputs: Readonly<Record<string, object>>;
  readonly runs: { readonly steps: readonly Step[] };
}

async function faultsOf(name: string, content: string): Promise<string[]> {
  const { context, value } = parseWorkflow({ name, content }, new NoOperationTraceWriter());
  if (value) await convertWorkflowTemplate(context, value);
  return context.errors.getErrors().map(({ message }) => message);
}

const folder = '.github/workflows';
const workflows = new Map(readdirSync(new URL(folder, root)).map((name) => [name, read(`${folder}/${name}`)]));
const action = read('action.yml');
const { inputs, runs } = parse(action) as Action;
const examples = [...read('docs/plugin-ci.md').matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(
  ([, block]) => block as string,
);

/** Every `inputs.x` of the text. */
function inputsIn(text: string): string[] {
  return [...text.matchAll(/\binputs\.([\w-]+)/g)].map(([, name]) => name as string);
}

function stepsOf(text: string): Step[] {
  return Object.values((parse(text) as Workflow).jobs).flatMap(({ steps = [] }) => steps);
}

describe('Workflows', () => {
  for (const [name, content] of workflows) {
    it(`${name} is one to GitHub's parser`, async () => {
      assert.deepEqual(await faultsOf(name, content), []);
    });

    it(`${name} names no input that it does not have`, () => {
      const { workflow_call } = (parse(content) as Workflow).on;
      const unknown = inputsIn(content).filter((input) => !Object.hasOwn(workflow_call?.inputs ?? {}, input));
      assert.deepEqual(unknown, []);
    });
  }

  it('are told apart from what is none', async () => {
    const [ci] = [workflows.get('ci.yml') as string];

    assert.deepEqual(await faultsOf('a.yml', ci.replace('runs-on', 'runs-onn')), [
      "a.yml (Line: 11, Col: 5): Unexpected value 'runs-onn'",
      'a.yml (Line: 11, Col: 5): Required property is missing: runs-on',
    ]);
    assert.match(
      (await faultsOf('b.yml', ci.replace('matrix.node }}', 'matrix.node + }}'))).join(),
      /Unexpected symbol/,
    );
  });

  it('and the action are pinned to majors of other actions, and name no registry', () => {
    for (const text of [action, ...workflows.values()]) {
      for (const [, used] of text.matchAll(/\buses: (\S+)/g))
        assert.match(used as string, /^(?:\.\/arbiter|[\w-]+(?:\/[\w-]+)+@v\d+)$/);
      assert.doesNotMatch(text, /https?:|registry\.\w/);
    }
  });
});

/** What a workflow gives to the action, in these contexts. */
async function givenBy(name: string, contexts: Readonly<Record<string, object>>): Promise<Record<string, string>> {
  const steps = stepsOf(workflows.get(name) as string).filter(({ uses }) => uses === './arbiter');
  const { steps: ran } = await runSteps(steps, { workspace: '.', contexts, env: {}, path: [] });
  return ran[0]?.given ?? {};
}

describe('The action as workflows call it', () => {
  it('looks at what a pull request changes in this repository, and at all plugins where the kit changes', async () => {
    const github = { base_ref: 'main', repository: 'OWNER/arbiter', sha: 'abc' };

    const { plugins, level, shared, ...given } = await givenBy('plugin-validation.yml', {
      ...{ github, inputs: {}, secrets: {} },
    });

    assert.deepEqual(
      [plugins, level, given['changed-since']],
      ['plugins/*/* examples/plugins/*/*', 'L5', 'origin/main'],
    );
    const kit = (shared as string).split(' ');
    assert.deepEqual(
      kit.filter((path) => !existsSync(new URL(path, root))),
      [],
    );
    for (const folder of ['conformance', 'kernel', 'policies', 'contracts']) assert.ok(kit.includes(folder), folder);
  });

  it('looks at what a caller says, and at everything where there is no branch to compare with', async () => {
    const inputs = { plugins: 'mine/*', level: 'L2', shared: 'lib' };

    const given = await givenBy('plugin-validation.yml', {
      ...{ github: { base_ref: '' }, inputs, secrets: { 'certify-key': 'a key' } },
    });

    assert.deepEqual(given, {
      ...{ 'working-directory': 'repository', plugins: 'mine/*', level: 'L2', 'changed-since': '', shared: 'lib' },
      'certify-key': 'a key',
    });
  });

  it('names its artefacts as the table of compatibility looks for them', async () => {
    const matrix = { kernel: { name: 'v0.1.0', ref: 'v0.1.0' }, node: 26 };

    const { artifact, ...given } = await givenBy('compatibility-matrix.yml', { matrix });

    assert.deepEqual([artifact, given['node-version']], ['compatibility v0.1.0 26', '26']);
    assert.match(read('scripts/compatibility-table.ts'), /`compatibility \$\{name\} \$\{node\}`/);
  });
});

describe('The action', () => {
  it("is one to GitHub's parser", () => {
    const { context } = parseAction({ name: 'action.yml', content: action }, new NoOperationTraceWriter());

    assert.deepEqual(
      context.errors.getErrors().map(({ message }) => message),
      [],
    );
  });

  it('uses every input that it has, and no other', () => {
    assert.deepEqual([...new Set(inputsIn(action))].sort(), Object.keys(inputs).sort());
  });

  it('is given inputs that it has', () => {
    const steps = [...workflows.values(), ...examples].flatMap(stepsOf);
    const given = steps.filter(({ uses }) => uses === './arbiter' || uses?.startsWith('OWNER/arbiter@'));

    assert.ok(given.length >= 4);
    for (const step of given)
      assert.deepEqual(
        Object.keys(step.with ?? {}).filter((name) => !Object.hasOwn(inputs, name)),
        [],
      );
  });

  it('leaves what is more than a few lines to programs', () => {
    for (const { name, run = '' } of runs.steps) assert.ok(run.split('\n').length <= 10, name);
  });
});

describe('docs/plugin-ci.md', () => {
  for (const [index, example] of examples.entries())
    it(`shows a workflow, number ${index + 1}`, async () => {
      assert.deepEqual(await faultsOf(`example-${index + 1}.yml`, example), []);
    });

  it('calls workflows that there are, with inputs and secrets that they have', () => {
    const calls = examples.flatMap((example) => Object.values(parse(example).jobs as Record<string, Call>));
    const called = calls.filter(({ uses }) => uses !== undefined);

    assert.equal(called.length, 2);
    for (const { uses = '', with: given, secrets = {} } of called) {
      const [, name = ''] = /^OWNER\/arbiter\/\.github\/workflows\/(.+)@/.exec(uses) ?? [];
      const { workflow_call } = parse(workflows.get(name) as string).on;
      for (const [known, words] of [
        [workflow_call.inputs, given],
        [workflow_call.secrets, secrets],
      ])
        assert.deepEqual(
          Object.keys(words).filter((word) => !Object.hasOwn(known, word)),
          [],
        );
    }
  });
});

interface Call {
  readonly uses?: string;
  readonly with: object;
  readonly secrets?: object;
}
