import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diagram, end, errorOf, flow, gateway, person, start, step, timer } from './fixtures/diagram.ts';
import { readDiagram } from './read-bpmn.ts';
import type { StepGraph } from './step-graph.ts';

const straight = [start, step('a'), end('done'), flow('start', 'a'), flow('a', 'done')];

describe('readDiagram', () => {
  let file: string;

  beforeEach(async () => {
    file = join(await mkdtemp(join(tmpdir(), 'arbiter-bpmn-')), 'orchestration.bpmn');
  });

  afterEach(() => rm(join(file, '..'), { recursive: true, force: true }));

  async function read(text: string): Promise<StepGraph> {
    await writeFile(file, text);
    return readDiagram(file);
  }

  it('reads steps, errors, gateways, timers, approvals and ends', async () => {
    const graph = await read(
      diagram(
        ...[start, step('a'), errorOf('a'), gateway('keep', 'default="keep-to-wait" arbiter:decision="rollback"')],
        ...[person('wait'), timer('backoff', ' delayMs * 2 '), end('done')],
        ...[flow('start', 'a'), flow('a', 'keep'), flow('a-error', 'backoff'), flow('backoff', 'a')],
        ...[flow('keep', 'wait'), flow('keep', 'done', ' action = "keep" '), flow('wait', 'done')],
      ),
    );

    assert.equal(graph.start, 'a');
    assert.deepEqual(
      [...graph.nodes.values()],
      [
        { kind: 'step', id: 'a', next: 'keep', onError: 'backoff' },
        {
          kind: 'gateway',
          id: 'keep',
          decision: 'rollback',
          atMost: null,
          branches: [
            { condition: 'action = "keep"', to: 'done' },
            { condition: null, to: 'wait' },
          ],
        },
        { kind: 'approval', id: 'wait', next: 'done' },
        { kind: 'timer', id: 'backoff', durationMs: 'delayMs * 2', next: 'a' },
        { kind: 'end', id: 'done' },
      ],
    );
  });

  it('takes a gateway that only brings ways together', async () => {
    const graph = await read(
      diagram(start, gateway('merge'), end('done'), flow('start', 'merge'), flow('merge', 'done')),
    );

    assert.deepEqual(graph.nodes.get('merge'), {
      kind: 'gateway',
      id: 'merge',
      decision: null,
      atMost: null,
      branches: [{ condition: null, to: 'done' }],
    });
  });

  it('takes a loop that a timer or a person interrupts', async () => {
    for (const pause of [timer('pause', '1000'), person('pause')]) {
      const loop = [flow('start', 'a'), flow('a', 'again'), flow('again', 'pause', 'more'), flow('pause', 'a')];
      const elements = [start, step('a'), gateway('again', 'default="again-to-done"'), pause, end('done')];

      assert.ok(await read(diagram(...elements, ...loop, flow('again', 'done'))));
    }
  });

  const refused: [what: string, elements: string[], detail: string][] = [
    [
      'an element that it does not know',
      [start, '<bpmn:scriptTask id="script" />', end('done'), flow('start', 'script'), flow('script', 'done')],
      'script is a bpmn:ScriptTask, which is not known here',
    ],
    [
      'a parallel gateway',
      [start, '<bpmn:parallelGateway id="fork" />', end('done'), flow('start', 'fork'), flow('fork', 'done')],
      'fork is a bpmn:ParallelGateway, which is not known here',
    ],
    [
      'a flow to an element that is not there',
      [start, step('a'), flow('start', 'a'), flow('a', 'nowhere')],
      'unresolved reference <nowhere>',
    ],
    [
      'a flow from an element that is not there',
      [...straight, '<bpmn:sequenceFlow id="loose" targetRef="a" />'],
      'loose comes from nowhere',
    ],
    ['a flow without an end', [start, '<bpmn:sequenceFlow id="loose" sourceRef="start" />'], 'loose leads nowhere'],
    [
      'a flow back to the start',
      [start, step('a'), flow('start', 'a'), flow('a', 'start')],
      'start is led to, but nothing can go on from there',
    ],
    ['a step that leads nowhere', [start, step('a'), flow('start', 'a')], 'a has 0 outgoing flows instead of one'],
    [
      'a step that leads to two',
      [...straight, end('other'), flow('a', 'other')],
      'a has 2 outgoing flows instead of one',
    ],
    [
      'a condition on a flow out of a step',
      [start, step('a'), end('done'), flow('start', 'a'), flow('a', 'done', 'x')],
      'a-to-done has a condition, but a is no gateway',
    ],
    [
      'a step that is repeated',
      [
        ...straight.filter((element) => element !== step('a')),
        '<bpmn:serviceTask id="a"><bpmn:standardLoopCharacteristics /></bpmn:serviceTask>',
      ],
      'a is repeated, which is not known here',
    ],
    [
      'a gateway without default',
      [
        ...[start, gateway('fork'), end('done'), end('other')],
        ...[flow('start', 'fork'), flow('fork', 'done', 'x'), flow('fork', 'other', 'y')],
      ],
      'fork has no default flow: a token could be stuck there',
    ],
    [
      'a gateway with one flow, on a condition',
      [start, gateway('fork'), end('done'), flow('start', 'fork'), flow('fork', 'done', 'x')],
      'fork has no default flow: a token could be stuck there',
    ],
    [
      'a flow out of a gateway without condition',
      [
        ...[start, gateway('fork', 'default="fork-to-done"'), end('done'), end('other')],
        ...[flow('start', 'fork'), flow('fork', 'done'), flow('fork', 'other')],
      ],
      'fork-to-other has no condition and is not the default of fork',
    ],
    ['a gateway that leads nowhere', [start, gateway('fork'), flow('start', 'fork')], 'fork leads nowhere'],
    [
      'a condition that is no FEEL',
      [
        ...[start, gateway('fork', 'default="fork-to-done"'), end('done'), end('other')],
        ...[flow('start', 'fork'), flow('fork', 'done'), flow('fork', 'other', 'x =')],
      ],
      'fork-to-other: x =: Incomplete <Comparison>',
    ],
    ['two starts', [...straight, '<bpmn:startEvent id="other" />'], 'it has 2 start events instead of one'],
    ['no start', [step('a'), end('done'), flow('a', 'done')], 'it has 0 start events instead of one'],
    [
      'a start that waits for something',
      [...straight.slice(1), '<bpmn:startEvent id="start"><bpmn:timerEventDefinition id="daily" /></bpmn:startEvent>'],
      'start is more than a plain start, which is not known here',
    ],
    [
      'an end that is an error',
      [
        ...[start, flow('start', 'done')],
        '<bpmn:endEvent id="done"><bpmn:errorEventDefinition id="e" /></bpmn:endEvent>',
      ],
      'done is more than a plain end, which is not known here',
    ],
    [
      'a boundary event that is no error event',
      [
        ...straight,
        '<bpmn:boundaryEvent id="late" attachedToRef="a"><bpmn:timerEventDefinition id="t" /></bpmn:boundaryEvent>',
        flow('late', 'done'),
      ],
      'late is a boundary event that is no error event',
    ],
    [
      'an error event at a person',
      [
        ...[start, person('wait'), errorOf('wait'), end('done')],
        ...[flow('start', 'wait'), flow('wait', 'done'), flow('wait-error', 'done')],
      ],
      'wait-error is attached to no service task',
    ],
    [
      'a second error event of a step',
      [
        ...[...straight, errorOf('a'), errorOf('a').replaceAll('a-', 'b-')],
        ...[flow('a-error', 'done'), flow('b-error', 'done')],
      ],
      'b-error is the second error event of a',
    ],
    [
      'a loop without end',
      [
        ...[start, step('a'), gateway('again', 'default="again-to-done"'), end('done')],
        ...[flow('start', 'a'), flow('a', 'again'), flow('again', 'a', 'more'), flow('again', 'done')],
      ],
      'a can come back to itself without a timer or a person in between',
    ],
    [
      'a loop that is bounded, but whose way out leads back',
      [
        ...[start, step('a'), gateway('again', 'default="again-to-a" arbiter:atMost="3"'), end('done')],
        ...[flow('start', 'a'), flow('a', 'again'), flow('again', 'done', 'more'), flow('again', 'a')],
      ],
      'a can come back to itself without a timer or a person in between',
    ],
    [
      'a bound that is no number',
      [
        ...[start, step('a'), gateway('again', 'default="again-to-done" arbiter:atMost="often"'), end('done')],
        ...[flow('start', 'a'), flow('a', 'again'), flow('again', 'a', 'more'), flow('again', 'done')],
      ],
      'again may be passed at most often times; write a number from 1 to 999',
    ],
    [
      'a loop over an error flow',
      [...straight, errorOf('a'), flow('a-error', 'a')],
      'a can come back to itself without a timer or a person in between',
    ],
    [
      'an event that waits for something else',
      [
        ...[start, flow('start', 'mail'), flow('mail', 'done'), end('done')],
        '<bpmn:intermediateCatchEvent id="mail"><bpmn:messageEventDefinition id="m" /></bpmn:intermediateCatchEvent>',
      ],
      'mail waits for something other than a duration',
    ],
    [
      'a duration as ISO 8601 writes it',
      [start, timer('pause', 'PT5S'), end('done'), flow('start', 'pause'), flow('pause', 'done')],
      'pause waits for PT5S; write milliseconds',
    ],
  ];
  for (const [what, elements, detail] of refused)
    it(`refuses ${what}, naming the element`, async () => {
      await assert.rejects(read(diagram(...elements)), {
        code: 'DIAGRAM_INVALID',
        message: `${file} cannot be run: ${detail}.`,
      });
    });

  const unreadable: [what: string, text: string, detail: RegExp][] = [
    ['broken XML', diagram(...straight).slice(0, 420), /: it is not BPMN: /],
    ['what is no XML', 'steps: [a, b]', /: it is not BPMN: /],
    ['a DMN file', '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" />', /: it is not BPMN: /],
    ['an element that is not in BPMN', diagram(...straight, '<bpmn:magicTask id="m" />'), /<bpmn:magicTask>/],
    [
      'two processes',
      diagram(...straight).replace('</bpmn:process>', '</bpmn:process><bpmn:process id="q" />'),
      /: it holds 2 processes instead of one\.$/,
    ],
    [
      'no process',
      diagram().replace(/<bpmn:process.*<\/bpmn:process>/s, ''),
      /: it holds 0 processes instead of one\.$/,
    ],
  ];
  for (const [what, text, message] of unreadable)
    it(`refuses ${what}`, async () => {
      await assert.rejects(read(text), { code: 'DIAGRAM_INVALID', message });
    });
});
