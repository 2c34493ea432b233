// biome-ignore-all lint/suspicious/noTemplateCurlyInString: workflows write their variables so
import assert from 'node:assert/strict';
import { parse } from 'yaml';
import { surroundings } from './fixtures/surroundings.ts';
import { prepareWorkflow } from './read-workflow.ts';

const owners: Record<string, string> = { 'get-task': 'task-management', send: 'communication', undo: 'communication' };
const tools = { tools: Object.keys(owners), ownerOf: (tool: string) => owners[tool] ?? null };
const library = {
  letter:
    'name: Letter\ninputs: {to: {}, from: {default: me}}\nsteps: [{name: write, tool: send}]\noutputs: {sent: true}',
  ping: 'name: Ping\nsteps: [{name: a, workflow: pong}]',
  pong: 'name: Pong\nsteps: [{name: a, workflow: ping}]',
  broken: 'name: Broken\nsteps: [{name: a, tool: nothing}]',
};
const prepare = (yaml: string) =>
  prepareWorkflow({ source: parse(yaml), file: 'mine.yaml' }, surroundings(library, tools));

describe('Reading a workflow', () => {
  it('takes a plugin and an action in snake case for the tool of that plugin', async () => {
    const { plan } = await prepare(
      'name: w\nsteps: [{name: a, plugin: task_management, action: get_task, inputs: {id: "${task_id}"}, outputs: {task: task_data}}]',
    );

    const [step] = plan?.parts ?? [];
    assert.ok(step?.kind === 'step');
    assert.deepEqual(step.action, { tool: 'get-task', input: { id: '${task_id}' } });
    assert.deepEqual(step.keeps, [['task', 'task_data']]);
  });

  it('makes a retry count attempts, and a duration milliseconds', async () => {
    const { plan } = await prepare(
      'name: w\nsteps: [{id: a, tool: send, on_error: retry, retry_count: 3, timeout: 2s}]',
    );

    const [step] = plan?.parts ?? [];
    assert.ok(step?.kind === 'step');
    assert.deepEqual([step.attempts, step.onError, step.timeoutMs], [4, 'fail', 2000]);
  });

  it('hangs the compensations of a saga together in reverse', async () => {
    const compensate = 'compensate: {tool: undo}';
    const { graph } = await prepare(
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
    'a workflow that is not there': [
      'name: w\nsteps: [{name: a, workflow: nowhere}]',
      'step a: there is no workflow nowhere',
    ],
    'workflows that call each other': [
      'name: w\nsteps: [{name: a, workflow: ping}]',
      'step a: ping.yaml cannot be run: step a: pong.yaml cannot be run: step a: ping → pong → ping call each other in a circle',
    ],
    'a call of a workflow that cannot be run': [
      'name: w\nsteps: [{name: a, workflow: broken}]',
      'step a: broken.yaml cannot be run: step a: tool nothing is of no installed plugin; there are get-task, send, undo',
    ],
    'a call without an input that the other wants': [
      'name: w\nsteps: [{name: a, workflow: letter}]',
      'step a: letter wants the input to',
    ],
    'a call with an input that the other has not': [
      'name: w\nsteps: [{name: a, workflow: letter, input: {to: you, stamp: 1}}]',
      'step a: letter has no input stamp; it has to, from',
    ],
    'a step that is two things': [
      'name: w\nsteps: [{name: a, tool: send, approval: Really?}]',
      'step a: it has tool and approval; give one of them',
    ],
    'a table that is not there': [
      'name: w\nsteps: [{name: a, decide: fate}]',
      'step a: there is no table fate; there are route',
    ],
    'a time that is none': [
      'name: w\nsteps: [{name: a, wait: a while}]',
      'step a: wait is a while; write 30s, 5m, 1h, or a moment such as 2026-01-01T12:00:00Z',
    ],
    'a block whose step wants to say how the run ends': [
      'name: w\nsteps: [{name: b, steps: [{name: a, tool: send, on_error: rollback}]}]',
      'step a: on_error rollback is said by the block, not by its members',
    ],
    'a block that is a step as well': [
      'name: w\nsteps: [{name: b, tool: send, steps: [{name: a, tool: send}]}]',
      'step b: tool does not go with steps',
    ],
    'two ways out without a condition': [
      'name: w\nchain: conditional\nsteps: [{name: a, tool: send}, {name: b, tool: send}]',
      'step b: a second step without when in a choice',
    ],
  };
  for (const [what, [yaml, detail]] of Object.entries(refused))
    it(`refuses ${what}`, async () => {
      await assert.rejects(prepare(yaml), {
        code: 'WORKFLOW_INVALID',
        message: `mine.yaml cannot be run: ${detail}.`,
      });
    });
});
