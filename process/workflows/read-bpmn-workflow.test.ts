// biome-ignore-all lint/suspicious/noTemplateCurlyInString: workflows write their variables so
import assert from 'node:assert/strict';
import { diagram, end, errorOf, flow, gateway, start } from '../fixtures/diagram.ts';
import { type Advance, advance, type StepOutcome } from './advance.ts';
import { surroundings } from './fixtures/surroundings.ts';
import { prepareWorkflow } from './read-workflow.ts';

const owners: Record<string, string> = { book: 'travel', unbook: 'travel' };
const tools = { tools: Object.keys(owners), ownerOf: (tool: string) => owners[tool] ?? null };
const pong = 'name: Pong\nsteps: [{name: a, tool: book}]\noutputs: {said: pong}';
const prepare = (...elements: string[]) =>
  prepareWorkflow({ source: diagram(...elements), file: 'trip.bpmn' }, surroundings({ pong }, tools));

const extra = (...inner: string[]) => `<bpmn:extensionElements>${inner.join('')}</bpmn:extensionElements>`;
const input = (json: string) => `<arbiter:input>${json}</arbiter:input>`;
const task = (id: string, inner = '', more = '') =>
  `<bpmn:serviceTask id="${id}" arbiter:tool="book" ${more}>${inner}</bpmn:serviceTask>`;
const parallel = (id: string) => `<bpmn:parallelGateway id="${id}" />`;
const undo = (of: string) => [
  `<bpmn:boundaryEvent id="${of}-undo-event" attachedToRef="${of}"><bpmn:compensateEventDefinition id="${of}-c" /></bpmn:boundaryEvent>`,
  `<bpmn:serviceTask id="undo-${of}" isForCompensation="true" arbiter:tool="unbook">${extra(input(`{"name": "${of}"}`))}</bpmn:serviceTask>`,
  `<bpmn:association id="${of}-a" associationDirection="One" sourceRef="${of}-undo-event" targetRef="undo-${of}" />`,
];
const compensation = (id: string) =>
  `<bpmn:endEvent id="${id}"><bpmn:compensateEventDefinition id="${id}-d" /></bpmn:endEvent>`;
const sequence = (...ids: string[]) => ids.slice(1).map((id, index) => flow(ids[index] as string, id));

/** Runs to the end: every step is done but those that `broken` names. */
async function run(elements: readonly string[], broken: readonly string[] = [], outputs: Record<string, unknown> = {}) {
  const workflow = await prepare(...elements);
  const outcomes = new Map<string, StepOutcome>();
  const rounds: string[][] = [];
  const inputs: Record<string, unknown> = {};
  for (;;) {
    const how: Advance = await advance(workflow, {
      ...{ id: 'r', task: { id: 'r' }, inputs: {} },
      outcomeOf: ({ id }) => outcomes.get(id) ?? null,
    });
    if (how.ended) return { ...how, rounds, inputs };
    rounds.push(how.needed.map(({ id }) => id.slice(2)));
    for (const { id, input } of how.needed) {
      const node = id.slice(2);
      inputs[node] = input;
      outcomes.set(
        id,
        broken.includes(node) ? { succeeded: false, reason: 'No.' } : { succeeded: true, output: outputs[node] ?? {} },
      );
    }
  }
}

describe('A workflow drawn as BPMN', () => {
  it('runs its tasks in order, with inputs, and answers with its outputs', async () => {
    const process = [
      extra('<arbiter:outputs>{"where": "${place}"}</arbiter:outputs>'),
      ...[start, task('hotel', extra('<arbiter:outputs>{"place": "place"}</arbiter:outputs>'))],
      ...[task('car', extra(input('{"to": "${steps.hotel.output.place}"}'))), end('done')],
      ...sequence('start', 'hotel', 'car', 'done'),
    ];

    const { rounds, report, inputs } = await run(process, [], { hotel: { place: 'Rome' } });

    assert.deepEqual(rounds, [['hotel'], ['car']]);
    assert.deepEqual(inputs.car, { to: 'Rome' });
    assert.deepEqual([report.status, report.outputs], ['completed', { where: 'Rome' }]);
  });

  it('takes several tokens between two parallel gateways, one in another', async () => {
    const { rounds } = await run([
      ...[start, parallel('fork'), task('a'), parallel('inner'), task('b'), task('c'), parallel('inner-join')],
      ...[parallel('join'), task('e'), end('done')],
      ...sequence('start', 'fork', 'a', 'join', 'e', 'done'),
      ...[
        flow('fork', 'inner'),
        ...sequence('inner', 'b', 'inner-join', 'join'),
        flow('inner', 'c'),
        flow('c', 'inner-join'),
      ],
    ]);

    assert.deepEqual(rounds, [['a', 'b', 'c'], ['e']]);
  });

  it('compensates in reverse at an end that says so, and goes on when one compensation fails', async () => {
    const trip = [
      ...[start, task('hotel'), task('flight'), task('pay'), errorOf('pay'), end('done'), compensation('give-up')],
      ...[...undo('hotel'), ...undo('flight')],
      ...[...sequence('start', 'hotel', 'flight', 'pay', 'done'), flow('pay-error', 'give-up')],
    ];

    const undone = await run(trip, ['pay']);
    const half = await run(trip, ['pay', 'flight.undo']);

    assert.deepEqual(undone.rounds, [['hotel'], ['flight'], ['pay'], ['flight.undo'], ['hotel.undo']]);
    assert.deepEqual(undone.inputs['hotel.undo'], { name: 'hotel' });
    assert.equal(undone.report.status, 'compensated');
    assert.equal(half.report.status, 'partly compensated');
    assert.equal(undone.error?.message, 'Step pay failed: No. What had been done was compensated: flight, hotel.');
  });

  it('fails where nothing catches an error, and goes on where something does', async () => {
    const uncaught = await run(
      [start, task('a'), task('b'), end('done'), ...sequence('start', 'a', 'b', 'done')],
      ['a'],
    );
    const caught = await run(
      [
        start,
        task('a'),
        errorOf('a'),
        task('b'),
        end('done'),
        ...sequence('start', 'a', 'done'),
        flow('a-error', 'b'),
        flow('b', 'done'),
      ],
      ['a'],
    );

    assert.deepEqual([uncaught.report.status, uncaught.rounds], ['failed', [['a']]]);
    assert.deepEqual([caught.report.status, caught.rounds], ['completed', [['a'], ['b']]]);
  });

  it('leads an error out of a sub-process to the event at its edge', async () => {
    const inner = ['<bpmn:startEvent id="in" />', task('a'), task('b'), end('out'), ...sequence('in', 'a', 'b', 'out')];
    const elements = [
      ...[
        start,
        `<bpmn:subProcess id="sub">${inner.join('')}</bpmn:subProcess>`,
        errorOf('sub'),
        task('c'),
        task('e'),
        end('done'),
      ],
      ...[...sequence('start', 'sub', 'c', 'done'), flow('sub-error', 'e'), flow('e', 'done')],
    ];

    assert.deepEqual((await run(elements)).rounds, [['a'], ['b'], ['c']]);
    assert.deepEqual((await run(elements, ['a'])).rounds, [['a'], ['e']]);
  });

  it('leaves all tokens inside a sub-process behind when one of them fails, once they have gone as far as they can', async () => {
    const inner = [
      ...[
        '<bpmn:startEvent id="in" />',
        parallel('fork'),
        task('a'),
        task('b'),
        task('c'),
        parallel('join'),
        end('out'),
      ],
      ...[...sequence('in', 'fork', 'a', 'join', 'out'), ...sequence('fork', 'b', 'c', 'join')],
    ];
    const elements = [
      ...[
        start,
        `<bpmn:subProcess id="sub">${inner.join('')}</bpmn:subProcess>`,
        errorOf('sub'),
        task('e'),
        end('done'),
      ],
      ...[flow('start', 'sub'), flow('sub', 'done'), flow('sub-error', 'e'), flow('e', 'done')],
    ];

    assert.deepEqual((await run(elements, ['a'])).rounds, [['a', 'b'], ['c'], ['e']]);
    assert.deepEqual((await run(elements)).rounds, [['a', 'b'], ['c']]);
  });

  it('asks a table before a gateway, and chooses by its answer', async () => {
    const elements = [
      ...[
        start,
        gateway('way', 'default="way-to-slow" arbiter:decision="route"'),
        task('fast'),
        task('slow'),
        end('done'),
      ],
      ...[flow('start', 'way'), flow('way', 'fast', 'speed = "high"'), flow('way', 'slow')],
      ...[flow('fast', 'done'), flow('slow', 'done')],
    ];

    const fast = await run(elements, [], { 'way.table': { speed: 'high' } });
    const slow = await run(elements, [], { 'way.table': { speed: 'low' } });

    assert.deepEqual(
      [fast.rounds, slow.rounds],
      [
        [['way.table'], ['fast']],
        [['way.table'], ['slow']],
      ],
    );
  });

  it('has people asked, waits, and calls others', async () => {
    const wait =
      '<bpmn:intermediateCatchEvent id="rest"><bpmn:timerEventDefinition id="t"><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">PT5M</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>';
    const { rounds, inputs } = await run([
      ...[
        start,
        '<bpmn:userTask id="ask" name="Really go?" />',
        wait,
        '<bpmn:callActivity id="call" calledElement="pong" />',
      ],
      ...[end('done'), ...sequence('start', 'ask', 'rest', 'call', 'done')],
    ]);

    assert.deepEqual(rounds, [['ask'], ['rest'], ['call']]);
    assert.deepEqual([inputs.ask, inputs.rest], [{ question: 'Really go?' }, { for: 'PT5M' }]);
    assert.equal((inputs.call as { file: string }).file, 'pong.yaml');
  });

  it('takes another task each time a bounded loop comes by', async () => {
    const elements = [
      ...[start, task('a'), gateway('again', 'default="again-to-done" arbiter:atMost="2"'), end('done')],
      ...[...sequence('start', 'a', 'again'), flow('again', 'a', 'true'), flow('again', 'done')],
    ];

    assert.deepEqual((await run(elements)).rounds, [['a'], ['a~2'], ['a~3']]);
  });

  const refused: Record<string, [elements: string[], detail: string]> = {
    'a task without a tool': [
      [start, '<bpmn:serviceTask id="a" />', end('done'), ...sequence('start', 'a', 'done')],
      'a names no tool: arbiter:tool="…"',
    ],
    'a tool that no plugin has': [
      [start, '<bpmn:serviceTask id="a" arbiter:tool="fly" />', end('done'), ...sequence('start', 'a', 'done')],
      'step a: tool fly is of no installed plugin; there are book, unbook',
    ],
    'tokens that do not come together': [
      [
        ...[start, parallel('fork'), task('a'), task('b'), end('done'), end('other')],
        ...[...sequence('start', 'fork', 'a', 'done'), ...sequence('fork', 'b', 'other')],
      ],
      'the ways out of fork do not all come together at one parallel gateway',
    ],
    'a token that can get past the join': [
      [
        ...[start, parallel('fork'), task('a'), errorOf('a'), task('b'), parallel('join'), end('done'), end('early')],
        ...[
          ...sequence('start', 'fork', 'a', 'join', 'done'),
          flow('fork', 'b'),
          flow('b', 'join'),
          flow('a-error', 'early'),
        ],
      ],
      'the ways out of fork do not all come together at one parallel gateway',
    ],
    'a gateway that joins and splits': [
      [
        ...[
          start,
          parallel('fork'),
          task('a'),
          task('b'),
          parallel('both'),
          task('c'),
          task('e'),
          parallel('join'),
          end('done'),
        ],
        ...[
          ...sequence('start', 'fork', 'a', 'both', 'c', 'join', 'done'),
          ...sequence('fork', 'b', 'both', 'e', 'join'),
        ],
      ],
      'both joins and splits at once; draw two',
    ],
    'input that is no JSON': [
      [start, task('a', extra(input('{a}'))), end('done'), ...sequence('start', 'a', 'done')],
      "a: arbiter:input is not JSON: Expected property name or '}' in JSON at position 1 (line 1 column 2)",
    ],
    'a value that nothing gives': [
      [start, task('a', extra(input('{"x": "${nobody.y}"}'))), end('done'), ...sequence('start', 'a', 'done')],
      'a: input: ${nobody.y}: nothing of that name is known by then',
    ],
    'a circle without end': [
      [
        ...[start, task('a'), gateway('again', 'default="again-to-done"'), end('done')],
        ...[...sequence('start', 'a', 'again'), flow('again', 'a', 'true'), flow('again', 'done')],
      ],
      'a can come back to itself without a timer or a person in between',
    ],
    'an element that is not known': [
      [start, '<bpmn:sendTask id="mail" />', end('done'), ...sequence('start', 'mail', 'done')],
      'mail is a bpmn:SendTask, which is not known here',
    ],
    'a compensation that leads nowhere': [
      [start, task('a'), undo('a')[0] as string, end('done'), ...sequence('start', 'a', 'done')],
      'a-undo-event leads to no task that is for compensation',
    ],
  };
  for (const [what, [elements, detail]] of Object.entries(refused))
    it(`refuses ${what}, naming the element`, async () => {
      await assert.rejects(prepare(...elements), {
        code: 'WORKFLOW_INVALID',
        message: `trip.bpmn cannot be run: ${detail}.`,
      });
    });
});
