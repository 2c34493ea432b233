// biome-ignore-all lint/suspicious/noTemplateCurlyInString: workflows write their variables so
import assert from 'node:assert/strict';
import { parse } from 'yaml';
import { type Advance, advance, type StepOutcome } from './advance.ts';
import { surroundings } from './fixtures/surroundings.ts';
import { prepareWorkflow } from './read-workflow.ts';

/** Runs to the end: `answer` gives each task's outcome; the order in which they were asked for is what is given back. */
async function run(text: string, answer: (node: string, input: object) => StepOutcome, inputs = {}, library = {}) {
  const source = text.startsWith('<') ? text : parse(text);
  const workflow = await prepareWorkflow({ source, file: 'w' }, surroundings(library));
  const outcomes = new Map<string, StepOutcome>();
  const rounds: string[][] = [];
  for (;;) {
    const how: Advance = await advance(workflow, {
      ...{ id: 'r', task: { id: 'r', ...inputs }, inputs },
      outcomeOf: ({ id }) => outcomes.get(id) ?? null,
    });
    if (how.ended) return { ...how, rounds };
    assert.notEqual(how.needed.length, 0);
    rounds.push(how.needed.map(({ id }) => id.slice(2)));
    for (const { id, input } of how.needed) outcomes.set(id, answer(id.slice(2), input));
  }
}
const fine = (output: unknown = {}): StepOutcome => ({ succeeded: true, output });
const broken: StepOutcome = { succeeded: false, reason: 'It broke.' };
const failing =
  (...nodes: string[]) =>
  (node: string) =>
    nodes.includes(node) ? broken : fine();

const saga = `
name: w
chain: saga
steps:
  - {name: a, tool: t, compensate: {tool: u}}
  - {name: b, tool: t, compensate: {tool: u}}
  - {name: c, tool: t, compensate: {tool: u}}`;

describe('How far a workflow has come', () => {
  it('hands on values with their type, texts filled in, and variables only when they are used', async () => {
    const given: object[] = [];
    const { report } = await run(
      `
name: w
variables: {greeting: "hello \${person.name}", never: "\${task.missing}"}
steps:
  - {name: a, tool: t, input: {id: "\${task_id}"}, outputs: {who: person}}
  - {name: b, tool: t, input: {say: "\${greeting}!", list: "\${steps.a.output.list}"}}
outputs: {said: "\${steps.b.output.said}"}`,
      (node, input) => {
        given.push(input);
        return node === 'a' ? fine({ who: { name: 'Ada' }, list: [1, 2] }) : fine({ said: true });
      },
    );

    assert.deepEqual(given, [{ id: 'r' }, { say: 'hello Ada!', list: [1, 2] }]);
    assert.deepEqual(report.outputs, { said: true });
  });

  it('leaves a step out unless its condition holds', async () => {
    const { rounds, report } = await run(
      'name: w\nsteps: [{name: a, tool: t}, {name: b, tool: t, when: steps.a.output.n > 2}, {name: c, tool: t}]',
      () => fine({ n: 1 }),
    );

    assert.deepEqual(rounds, [['a'], ['c']]);
    assert.equal(report.steps.b, 'skipped');
  });

  it('asks for parallel steps together and goes on when as many as needed are done', async () => {
    const yaml = (mayFail: number) =>
      `name: w\nsteps: [{name: g, may_fail: ${mayFail}, parallel: [{name: a, tool: t}, {name: b, tool: t}]}, {name: c, tool: t}]`;

    const tolerant = await run(yaml(1), failing('a'));
    const strict = await run(yaml(0), failing('a'));

    assert.deepEqual(tolerant.rounds, [['a', 'b'], ['c']]);
    assert.equal(tolerant.report.status, 'completed');
    assert.deepEqual(strict.rounds, [['a', 'b']]);
    assert.equal(strict.error?.message, 'Step a failed: It broke. Nothing was compensated.');
  });

  it('takes the first way of a choice whose condition holds', async () => {
    const yaml =
      'name: w\nchain: conditional\nsteps: [{name: a, tool: t, when: task.n > 5}, {name: b, tool: t, when: task.n > 2}, {name: c, tool: t}]';

    const [b, c] = [await run(yaml, () => fine(), { n: 3 }), await run(yaml, () => fine(), { n: 0 })];

    assert.deepEqual([b.rounds, c.rounds], [[['b']], [['c']]]);
  });

  it('compensates in reverse what is done, and not what is not', async () => {
    const { rounds, report, error } = await run(saga, failing('c'));

    assert.deepEqual(rounds, [['a'], ['b'], ['c'], ['b.undo'], ['a.undo']]);
    assert.equal(report.status, 'compensated');
    assert.equal(error?.message, 'Step c failed: It broke. What had been done was compensated: b, a.');
  });

  it('goes on compensating when a compensation fails, and names it', async () => {
    const { rounds, error } = await run(saga, failing('c', 'b.undo'));

    assert.deepEqual(rounds.slice(-2), [['b.undo'], ['a.undo']]);
    assert.equal(error?.message, 'Step c failed: It broke. Compensated: a. Not compensated: b.');
  });

  it('goes on without a step that may fail', async () => {
    const { report, rounds } = await run(
      'name: w\nsteps: [{name: a, tool: t, on_error: continue}, {name: b, tool: t}]',
      failing('a'),
    );

    assert.deepEqual([report.status, rounds], ['completed', [['a'], ['b']]]);
  });

  it('fails a step whose value is missing when it begins', async () => {
    const { error } = await run('name: w\nsteps: [{name: a, tool: t, input: {x: "${task.missing}"}}]', () => fine());

    assert.equal(
      error?.message,
      'Step a failed: The variable task.missing has no value here. Nothing was compensated.',
    );
  });

  it('fails a block when a step in it fails, and goes on after it where that may be', async () => {
    const yaml = (how: string) => `
name: w
steps:
  - name: b
    on_error: ${how}
    steps: [{name: a, tool: t}, {name: c, tool: t}]
  - {name: d, tool: t, when: steps.b.status = "failed"}`;

    const tolerant = await run(yaml('continue'), failing('a'));
    const strict = await run(yaml('fail'), failing('a'));

    assert.deepEqual(tolerant.rounds, [['a'], ['d']]);
    assert.deepEqual([tolerant.report.status, strict.report.status], ['completed', 'failed']);
    assert.deepEqual(strict.rounds, [['a']]);
  });

  it('takes blocks side by side, each in its own order', async () => {
    const { rounds, report } = await run(
      `
name: w
steps:
  - name: g
    may_fail: 1
    parallel:
      - {name: one, steps: [{name: a, tool: t}, {name: b, tool: t}]}
      - {name: two, steps: [{name: c, tool: t}, {name: d, tool: t}]}
  - {name: e, tool: t}`,
      failing('c'),
    );

    assert.deepEqual(rounds, [['a', 'c'], ['b'], ['e']]);
    assert.deepEqual(report.steps, { a: 'done', b: 'done', c: 'failed', d: 'skipped', e: 'done' });
  });

  it('compensates what a block had done when the whole is rolled back', async () => {
    const { rounds } = await run(
      `
name: w
steps:
  - name: b
    on_error: rollback
    steps: [{name: a, tool: t, compensate: {tool: u}}, {name: c, tool: t}]`,
      failing('c'),
    );

    assert.deepEqual(rounds, [['a'], ['c'], ['a.undo']]);
  });

  it('hands another workflow its inputs and itself, untouched, and takes what it answers', async () => {
    const letter =
      'name: Letter\ninputs: {to: {}}\nsteps: [{name: write, tool: t, input: {text: "for ${inputs.to}"}}]\noutputs: {sent: "${inputs.to}"}';
    const given: Record<string, unknown>[] = [];
    const { report } = await run(
      `
name: w
steps:
  - {name: a, workflow: letter, input: {to: "\${task_who}"}, outputs: {sent: first}}
  - {name: b, tool: t, input: {said: "\${first}"}}`,
      (_, input) => {
        given.push(input as Record<string, unknown>);
        return fine({ status: 'completed', outputs: { sent: 'you' } });
      },
      { who: 'you' },
      { letter },
    );

    assert.deepEqual(given[0]?.inputs, { to: 'you' });
    assert.deepEqual(given[0]?.workflow, parse(letter));
    assert.deepEqual(given[1], { said: 'you' });
    assert.equal(report.status, 'completed');
  });

  it('makes approvals, pauses and tables tasks of the kernel', async () => {
    const given: object[] = [];
    const { rounds } = await run(
      `
name: w
steps:
  - {name: ask, approval: "Send to \${task_who}?"}
  - {name: rest, wait: 5m}
  - {name: way, decide: route, input: {size: 3}, outputs: {answer: way}}
  - {name: a, tool: t, when: way = "fast"}`,
      (node, input) => {
        given.push(input);
        return fine(node === 'way' ? { answer: 'fast' } : {});
      },
      { who: 'you' },
    );

    assert.deepEqual(rounds, [['ask'], ['rest'], ['way'], ['a']]);
    assert.deepEqual(given.slice(0, 3), [
      { question: 'Send to you?' },
      { for: '5m' },
      { table: 'route', facts: { size: 3 } },
    ]);
  });
});
