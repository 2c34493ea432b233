// biome-ignore-all lint/suspicious/noTemplateCurlyInString: workflows write their variables so
import assert from 'node:assert/strict';
import { parse } from 'yaml';
import { prepareWorkflow } from './read-workflow.ts';

const owners: Record<string, string> = { 'get-task': 'task-management', send: 'communication', undo: 'communication' };
const tools = { tools: Object.keys(owners), ownerOf: (tool: string) => owners[tool] ?? null };
const prepare = (yaml: string) => prepareWorkflow(parse(yaml), tools, 'mine.yaml');

describe('Reading a workflow', () => {
  it('takes a plugin and an action in snake case for the tool of that plugin', () => {
    const { plan } = prepare(
      'name: w\nsteps: [{name: a, plugin: task_management, action: get_task, inputs: {id: "${task_id}"}, outputs: {task: task_data}}]',
    );

    const [step] = plan.parts;
    assert.ok(step?.kind === 'step');
    assert.deepEqual(step.action, { tool: 'get-task', input: { id: '${task_id}' } });
    assert.deepEqual(step.keeps, [['task', 'task_data']]);
  });

  it('makes a retry count attempts, and a duration milliseconds', () => {
    const { plan } = prepare('name: w\nsteps: [{id: a, tool: send, on_error: retry, retry_count: 3, timeout: 2s}]');

    const [step] = plan.parts;
    assert.ok(step?.kind === 'step');
    assert.deepEqual([step.attempts, step.onError, step.timeoutMs], [4, 'fail', 2000]);
  });

  it('hangs the compensations of a saga together in reverse', () => {
    const compensate = 'compensate: {tool: undo}';
    const { graph } = prepare(
      `name: w\nchain: saga\nsteps: [{name: a, tool: send, ${compensate}}, {name: b, tool: send, ${compensate}}]`,
    );

    const b = graph.nodes.get('b');
    const first = graph.nodes.get('b.undo?');
    const second = graph.nodes.get('b.undo');
    assert.equal(b?.kind === 'step' && b.onError, 'b.undo?');
    assert.equal(first?.kind === 'gateway' && first.branches[0]?.to, 'b.undo');
    assert.equal(second?.kind === 'step' && second.onError, 'a.undo?');
  });

  const refused: Record<string, [yaml: string, detail: string]> = {
    'a tool that no plugin has': [
      'name: w\nsteps: [{name: a, tool: nothing}]',
      'step a: tool nothing is of no installed plugin; there are get-task, send, undo',
    ],
    'a plugin that does not own the tool': [
      'name: w\nsteps: [{name: a, plugin: billing, action: send}]',
      'step a: plugin billing has no tool send; it is one of communication',
    ],
    'two steps of one name': [
      'name: w\nsteps: [{name: a, tool: send}, {name: a, tool: send}]',
      'step a: there are two of that name',
    ],
    'a variable that nothing gives': [
      'name: w\nsteps: [{name: a, tool: send, input: {to: "${team.channel}"}}]',
      'step a: input: ${team.channel}: nothing of that name is known by then',
    ],
    'a value of a later step': [
      'name: w\nsteps: [{name: a, tool: send, input: {to: "${steps.b.output}"}}, {name: b, tool: send}]',
      'step a: input: ${steps.b.output}: no step b is done by then',
    ],
    'a value of a step beside it': [
      'name: w\nsteps: [{name: g, parallel: [{name: a, tool: send}, {name: b, tool: send, input: {x: "${steps.a.output}"}}]}]',
      'step b: input: ${steps.a.output}: no step a is done by then',
    ],
    'a value that a variable hides': [
      'name: w\nvariables: {x: "${y}", y: "${steps.a.output}"}\nsteps: [{name: a, tool: send, input: {to: "${x}"}}]',
      'step a: input: ${steps.a.output}, by way of x → y: no step a is done by then',
    ],
    'variables that lead in a circle': [
      'name: w\nvariables: {x: "${y}", y: "${x}"}\nsteps: [{name: a, tool: send}]',
      'variables: x → y → x is a circle',
    ],
    'an input that is not declared': [
      'name: w\ninputs: {to: {}}\nsteps: [{name: a, tool: send, input: {to: "${inputs.too}"}}]',
      'step a: input: ${inputs.too}: there is no input too',
    ],
    'a condition over a step to come': [
      'name: w\nsteps: [{name: a, tool: send, when: steps.b.output = 1}, {name: b, tool: send}]',
      'step a: when: no step b is done by then',
    ],
    'a condition over a name that nothing gives': [
      'name: w\nsteps: [{name: a, tool: send, when: urgent = true}]',
      'step a: when: nothing named urgent is known by then',
    ],
    'a key that is not known, with its step': [
      'name: w\nsteps: [{name: a, tool: send, retries: 3}]',
      'step a: it must NOT have additional properties (retries)',
    ],
    'a policy that is not known': [
      'name: w\nsteps: [{name: a, tool: send, on_error: explode}]',
      'step a: on_error must be equal to one of the allowed values: fail, rollback, retry, continue',
    ],
    'a compensation by a tool that is not there': [
      'name: w\nsteps: [{name: a, tool: send, compensate: {tool: unsend}}]',
      'step a: tool unsend is of no installed plugin; there are get-task, send, undo',
    ],
    'two ways out without a condition': [
      'name: w\nchain: conditional\nsteps: [{name: a, tool: send}, {name: b, tool: send}]',
      'step b: a second step without when in a choice',
    ],
  };
  for (const [what, [yaml, detail]] of Object.entries(refused))
    it(`refuses ${what}`, () => {
      assert.throws(() => prepare(yaml), {
        code: 'WORKFLOW_INVALID',
        message: `mine.yaml cannot be run: ${detail}.`,
      });
    });
});
