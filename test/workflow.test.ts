// biome-ignore-all lint/suspicious/noTemplateCurlyInString: workflows write their variables so
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TaskBody } from '../contracts/generated/ledger.v1.ts';
import { openReader } from '../ledger/reader.ts';
import { type TemporaryHome, temporaryHome } from './temporary-home.ts';
import { watching } from './watching.ts';
import { writeBooker, writeTools } from './workflow-plugins.ts';

const development = fileURLToPath(new URL('fixtures/development.yaml', import.meta.url));

const drawnTrip = fileURLToPath(new URL('fixtures/trip.bpmn', import.meta.url));

const saga = `
name: Trip
chain: saga
inputs: {last: {type: string, default: book}}
steps:
  - {name: hotel, tool: book, input: {name: hotel}, compensate: {tool: unbook, input: {name: hotel}}}
  - name: rides
    parallel:
      - {name: flight, tool: book, input: {name: flight}, compensate: {tool: unbook, input: {name: flight}}}
      - {name: car, tool: book, input: {name: car}, compensate: {tool: unbook, input: {name: car}}}
  - {name: insurance, tool: TOOL, input: {name: insurance}}
outputs: {hotel: "\${steps.hotel.output.booked}"}
`;

describe('arbiter workflow', () => {
  let at: TemporaryHome;
  beforeEach(() => {
    at = temporaryHome({ isolation: 'process' });
  });
  afterEach(() => at.remove());

  function keep(name: string, text: string): void {
    mkdirSync(join(at.home.process, 'workflows'), { recursive: true });
    writeFileSync(join(at.home.process, 'workflows', `${name}.yaml`), text);
  }

  /** The outcomes in the ledger, by task. */
  function outcomes(): Map<string, TaskBody> {
    const reader = openReader(at.home.ledger);
    try {
      const entries = reader.after(0, 1000).filter(({ kind }) => kind === 'task');
      assert.equal(new Set(entries.map(({ taskKey }) => taskKey)).size, entries.length);
      return new Map(entries.map(({ taskKey, body }) => [taskKey, body as TaskBody]));
    } finally {
      reader.close();
    }
  }

  async function runToTheEnd(...args: string[]) {
    const begun = await at.arbiter('workflow', 'run', ...args, '--id', 'run');
    assert.equal(begun.status, 0, begun.stderr);
    await at.arbiter('start', '--once');
    return outcomes();
  }

  it('runs the development workflow as it stands', async () => {
    writeTools(
      at,
      'task-management',
      'transformation',
      {
        'get-task': `return { task: { title: 'Fix ' + input.task_id, team_channel: '#core' } };`,
        'update-task-status': 'return input;',
      },
      'none',
    );
    writeTools(
      at,
      'version-control',
      'transformation',
      {
        'create-branch': `return { branch_url: input.repository + '/' + input.branch };`,
        'create-pull-request': `return { pr_url: input.repository + '/pr/1', asked: input };`,
      },
      'none',
    );
    writeTools(
      at,
      'development',
      'transformation',
      {
        'ai-action': `return { implementation: { pr_description: input.agent + ' did ' + input.task.title } };`,
      },
      'none',
    );
    writeTools(at, 'communication', 'transformation', { 'send-message': 'return input;' }, 'none');

    const all = await runToTheEnd(development, 'id=T-7', 'repository_url=https://git.example/r');

    assert.equal(all.get('run')?.outcome, 'done');
    assert.deepEqual(all.get('run/create_pull_request')?.task?.input, {
      repository: 'https://git.example/r',
      source_branch: 'feature/T-7',
      target_branch: 'main',
      title: 'Fix T-7',
      description: 'development did Fix T-7',
    });
    assert.deepEqual(all.get('run/generate_code')?.task?.retry, { maxAttempts: 3 });
    assert.deepEqual(all.get('run/notify_team')?.result?.output, {
      channel: '#core',
      message: '🤖 Task T-7 completed! PR: https://git.example/r/pr/1',
    });
  });

  it('completes a saga, and answers with its outputs', async () => {
    writeBooker(at);
    keep('trip', saga.replace('TOOL', 'book'));
    const trip = at.folder('trip');

    const all = await runToTheEnd('trip', '--workspace', trip);

    assert.equal(all.get('run')?.outcome, 'done');
    assert.deepEqual(all.get('run')?.result?.output, {
      status: 'completed',
      outputs: { hotel: 'hotel' },
      steps: { hotel: 'done', flight: 'done', car: 'done', insurance: 'done' },
      compensations: {},
    });
    for (const name of ['hotel', 'flight', 'car', 'insurance'])
      assert.equal(readFileSync(join(trip, `${name}.log`), 'utf8'), `+${name}\n`);
  });

  it('compensates a saga whose last step fails', async () => {
    writeBooker(at);
    keep('trip', saga.replace('TOOL', 'refuse'));
    const trip = at.folder('trip');

    const all = await runToTheEnd('trip', '--workspace', trip);

    assert.equal(all.get('run')?.outcome, 'failed');
    assert.equal(all.get('run')?.error?.code, 'WORKFLOW_COMPENSATED');
    for (const name of ['hotel', 'flight', 'car'])
      assert.equal(readFileSync(join(trip, `${name}.log`), 'utf8'), `+${name}\n-${name}\n`);
  });

  it('changes nothing under --what-if', async () => {
    writeBooker(at);
    keep('trip', saga.replace('TOOL', 'book'));
    const trip = at.folder('trip');

    const all = await runToTheEnd('trip', '--workspace', trip, '--what-if');

    assert.equal(all.get('run')?.outcome, 'planned');
    assert.throws(() => readFileSync(join(trip, 'hotel.log')), { code: 'ENOENT' });
  });

  for (const point of [
    'before-step:1',
    'before-step:3',
    'after-steps:1',
    'after-steps:3',
    'after-outcome:2',
    'after-outcome:6',
    'before-park:1',
  ])
    it(`goes on where it was after a kill at ${point}`, async () => {
      writeBooker(at);
      keep('trip', saga.replace('TOOL', 'refuse'));
      const trip = at.folder('trip');
      await at.arbiter('workflow', 'run', 'trip', '--workspace', trip, '--id', 'run');
      process.env.ARBITER_CRASH_POINT = point;

      const killed = await at.arbiter('start', '--once').finally(() => delete process.env.ARBITER_CRASH_POINT);
      await at.arbiter('start', '--once');

      assert.equal(killed.status, undefined);
      assert.equal(outcomes().get('run')?.error?.code, 'WORKFLOW_COMPENSATED');
      for (const name of ['hotel', 'flight', 'car'])
        assert.equal(readFileSync(join(trip, `${name}.log`), 'utf8'), `+${name}\n-${name}\n`);
    });

  it('asks a person, goes on when they approve, and compensates when they do not', async () => {
    writeBooker(at);
    keep(
      'trip',
      `
name: Trip
chain: saga
steps:
  - {name: hotel, tool: book, input: {name: hotel}, compensate: {tool: unbook, input: {name: hotel}}}
  - {name: sure, approval: "Book the flight of \${task.id}?"}
  - {name: flight, tool: book, input: {name: flight}}`,
    );
    for (const run of ['yes', 'no'])
      await at.arbiter('workflow', 'run', 'trip', '--workspace', at.folder(run), '--id', run);
    await at.arbiter('start', '--once');
    const waiting = await at.arbiter('tasks', '--status', 'waiting', '--json');
    assert.match(waiting.stdout, /yes\/sure/);
    assert.match((await at.arbiter('show', 'yes/sure')).stdout, /for an approval/);

    assert.equal((await at.arbiter('approve', 'yes/sure')).status, 0);
    assert.equal((await at.arbiter('reject', 'no/sure', '--reason', 'too dear')).status, 0);
    await at.arbiter('start', '--once');

    const all = outcomes();
    assert.equal(all.get('yes')?.outcome, 'done');
    assert.deepEqual(all.get('yes/sure')?.result?.output, { approved: true });
    assert.equal(all.get('no')?.error?.code, 'WORKFLOW_COMPENSATED');
    assert.equal(readFileSync(join(at.folder('no'), 'hotel.log'), 'utf8'), '+hotel\n-hotel\n');
  });

  it('waits, asks tables and calls other workflows', async () => {
    writeBooker(at);
    keep(
      'stay',
      'name: Stay\ninputs: {where: {}}\nsteps: [{name: room, tool: book, input: {name: "${inputs.where}"}}]\noutputs: {room: "${steps.room.output.booked}"}',
    );
    keep(
      'trip',
      `
name: Trip
steps:
  - {name: rest, wait: 300ms}
  - {name: tier, decide: gate-tier, input: {category: state-change, changedFiles: 3, tags: []}, outputs: {answer: tier}}
  - {name: stay, workflow: stay, input: {where: inn}, outputs: {room: room}, when: tier = "L0"}
outputs: {room: "\${room}", tier: "\${tier}"}`,
    );
    const trip = at.folder('trip');
    await at.arbiter('workflow', 'run', 'trip', '--workspace', trip, '--id', 'run');
    const { seen, kernel, ended } = await watching(at);
    await seen('settled', 5);
    kernel.kill('SIGINT');
    await ended;

    const all = outcomes();
    assert.deepEqual(all.get('run')?.result?.output, {
      status: 'completed',
      outputs: { room: 'inn', tier: 'L0' },
      steps: { rest: 'done', tier: 'done', stay: 'done' },
      compensations: {},
    });
    assert.equal(all.get('run/stay')?.task?.tool, 'run-workflow');
    assert.equal(all.get('run/stay/room')?.outcome, 'done');
    assert.equal(all.get('run/tier')?.decisions[0]?.table, 'gate-tier');
    assert.equal(readFileSync(join(trip, 'inn.log'), 'utf8'), '+inn\n');
  });

  it('runs a diagram, with tokens side by side and compensation', async () => {
    writeBooker(at);
    mkdirSync(join(at.home.process, 'workflows'), { recursive: true });
    writeFileSync(join(at.home.process, 'workflows', 'drawn.bpmn'), readFileSync(drawnTrip, 'utf8'));
    const trip = at.folder('trip');

    const all = await runToTheEnd('drawn', '--workspace', trip);

    assert.equal(all.get('run')?.error?.code, 'WORKFLOW_COMPENSATED', JSON.stringify(all.get('run')?.error));
    for (const name of ['hotel', 'flight'])
      assert.equal(readFileSync(join(trip, `${name}.log`), 'utf8'), `+${name}\n-${name}\n`);
    assert.match((await at.arbiter('workflow', 'show', 'drawn')).stdout, /^A trip\n {2}hotel: book\n/);
    assert.match((await at.arbiter('workflow', 'list')).stdout, /drawn\.bpmn +A trip +3/);
    const svg = join(at.place, 'run.svg');
    const explained = await at.arbiter('explain', 'run', '--svg', svg);
    assert.match(explained.stdout, /path {6}workflow → fork → hotel → flight → join → insurance → given-up → /);
    assert.match(explained.stdout, /step {6}insurance: failed\nundone {4}flight: done\nundone {4}hotel: done\n/);
    assert.match(readFileSync(svg, 'utf8'), /<g class="task taken"><title>insurance<\/title>/);
    assert.doesNotMatch(readFileSync(svg, 'utf8'), /not in this diagram/);
  });

  it('refuses a workflow that names a tool of no plugin, before anything is dropped', async () => {
    keep('trip', saga.replace('TOOL', 'book'));

    const { status, stderr } = await at.arbiter('workflow', 'run', 'trip');

    assert.notEqual(status, 0);
    assert.match(stderr, /trip\.yaml cannot be run: step hotel: tool book is of no installed plugin/);
  });

  it('lists, shows and draws', async () => {
    writeBooker(at);
    keep('trip', saga.replace('TOOL', 'book'));
    keep('broken', 'name: x\nsteps: [{name: a, tool: nothing}]');

    const list = await at.arbiter('workflow', 'list');
    const show = await at.arbiter('workflow', 'show', 'trip');
    const graph = await at.arbiter('workflow', 'graph', 'trip');

    assert.match(list.stdout, /trip\.yaml +Trip +4/);
    assert.match(list.stdout, /broken\.yaml.*step a: tool nothing is of no installed plugin/);
    assert.match(show.stdout, /hotel: book \(on error: rollback; undone by unbook\)/);
    assert.match(graph.stdout, /^flowchart TD\n/);
    assert.match(graph.stdout, /\["hotel.undo"\]/);
  });
});
