// arbiter workflow graph --svg and arbiter explain --svg, as a user types them.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type TemporaryHome, temporaryHome } from './temporary-home.ts';

const journey = fileURLToPath(new URL('../process/orchestration.bpmn', import.meta.url));

describe('Pictures', () => {
  let at: TemporaryHome;
  beforeEach(() => {
    at = temporaryHome({ isolation: 'process' });
  });
  afterEach(() => at.remove());

  const drawn = (name: string) => readFileSync(join(at.place, name), 'utf8');

  it('are drawn of a workflow and of a diagram, which is Mermaid too', async () => {
    mkdirSync(join(at.home.process, 'workflows'), { recursive: true });
    writeFileSync(
      join(at.home.process, 'workflows', 'list.yaml'),
      'name: The list\nsteps: [{name: parse, tool: jsonl-parser, input: {text: "{}"}}]\n',
    );

    const list = await at.arbiter('workflow', 'graph', 'list', '--svg', join(at.place, 'list.svg'), '--json');
    const diagram = await at.arbiter('workflow', 'graph', journey, '--svg', join(at.place, 'journey.svg'));
    const mermaid = await at.arbiter('workflow', 'graph', journey);

    assert.deepEqual(JSON.parse(list.stdout), { svg: join(at.place, 'list.svg') });
    assert.match(drawn('list.svg'), /<title>The list<\/title>.*>parse</s);
    assert.equal(diagram.stdout, `orchestration.bpmn is drawn in ${join(at.place, 'journey.svg')}.`);
    assert.match(drawn('journey.svg'), />Await<.*>approval</s);
    assert.match(mermaid.stdout, /^flowchart TD\n {2}begin\(\(" "\)\) --> n0\n {2}n0\["plan"\]/);
  });

  it('are not written where there is no folder', async () => {
    const nowhere = join(at.place, 'no', 'x.svg');

    const { status, stderr } = await at.arbiter('workflow', 'graph', journey, '--svg', nowhere);

    assert.equal(status, 3);
    assert.ok(stderr.startsWith(`The picture cannot be written to ${nowhere}: ENOENT.\n`), stderr);
  });

  it("show the way that a task took, in the home's own diagram if it has one", async () => {
    at.drop('t.jsonl', [{ id: 'odd', tool: 'jsonl-parser', input: { text: 3 } }]);
    await at.arbiter('start', '--once');

    const { stdout } = await at.arbiter('explain', 'odd', '--svg', join(at.place, 'odd.svg'));
    const own = readFileSync(journey, 'utf8').replaceAll('"plan"', '"think"').replaceAll('name="Plan"', 'name="Think"');
    writeFileSync(join(at.home.process, 'orchestration.bpmn'), own);
    await at.arbiter('explain', 'odd', '--svg', join(at.place, 'own.svg'));

    assert.ok(stdout.endsWith(`\npicture   ${join(at.place, 'odd.svg')}`), stdout);
    const svg = drawn('odd.svg');
    assert.match(svg, /<title>odd: rejected<\/title>\n<desc>entry 2 · The input does not fit/);
    assert.match(svg, /<g class="error taken"><title>validate-error → reject<\/title>/);
    assert.match(svg, /<title>number 5 on the way<\/title>/);
    assert.match(drawn('own.svg'), />not in this diagram any more: plan</);
  });
});
