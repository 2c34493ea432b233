// A home's own lifecycle: the diagram is changed, and what happens with it; no code is.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Envelope, TaskBody } from '../contracts/generated/ledger.v1.ts';
import { packageRoot } from '../kernel/version.ts';
import { openReader } from '../ledger/reader.ts';
import { type TemporaryHome, temporaryHome } from './temporary-home.ts';

const shipped = readFileSync(fileURLToPath(new URL('process/orchestration.bpmn', packageRoot)), 'utf8');

describe("A home's own diagram", () => {
  let at: TemporaryHome;

  beforeEach(() => {
    at = temporaryHome({ isolation: 'process' });
  });

  afterEach(() => at.remove());

  /** Puts an element into a flow: what came to `to` comes to it first. */
  function insert(id: string, element: string, flow: string, to: string): void {
    const redirected = shipped.replace(new RegExp(`(id="${flow}"[^>]*targetRef=")${to}"`), `$1${id}"`);
    assert.notEqual(redirected, shipped, `${flow} has changed`);
    const onward = `<bpmn:sequenceFlow id="${id}-onward" sourceRef="${id}" targetRef="${to}" />`;
    const changed = redirected.replace('</bpmn:process>', `${element}${onward}</bpmn:process>`);
    // Its layout is that of the shipped one, in which the new element has no place.
    writeFileSync(
      join(at.home.process, 'orchestration.bpmn'),
      changed.replace(/<bpmndi:BPMNDiagram[\s\S]*<\/bpmndi:BPMNDiagram>/, ''),
    );
  }

  function lastEntry(id: string): { body: TaskBody; envelope: Envelope } {
    const reader = openReader(at.home.ledger);
    try {
      const entry = reader.entriesOf(id).at(-1);
      assert.ok(entry, `${id} has no entry`);
      return { body: entry.body as TaskBody, envelope: entry.envelope };
    } finally {
      reader.close();
    }
  }

  const write = (id: string, workspace: string) => ({
    ...{ id, tool: 'file-writer', workspace, input: { path: 'a.txt', content: 'new' } },
  });

  describe('with somebody who is asked before anything runs', () => {
    beforeEach(() => insert('sign-off', '<bpmn:userTask id="sign-off" />', 'validate-to-load-plugin', 'load-plugin'));

    it('lets a task run when it is approved, and says who did', async () => {
      const folder = at.folder('notes', { 'a.txt': 'old' });
      at.drop('a.jsonl', [write('one', folder)]);
      const first = await at.arbiter('start', '--once');
      assert.equal(at.results('a.jsonl')[0]?.status, 'waiting', first.stderr);
      assert.equal(readFileSync(join(folder, 'a.txt'), 'utf8'), 'old');

      const approved = await at.arbiter('approve', 'one', '--reason', 'looks right');
      await at.arbiter('start', '--once');

      assert.match(approved.stdout, /one was approved; it goes on\./);
      assert.equal(readFileSync(join(folder, 'a.txt'), 'utf8'), 'new');
      const { body, envelope } = lastEntry('one');
      assert.equal(body.outcome, 'done');
      assert.deepEqual(
        envelope.approvals?.map(({ at, reason }) => [at, reason]),
        [['sign-off', 'looks right']],
      );
      assert.deepEqual(envelope.path?.slice(0, 7), [
        ...['plan', 'acquire', 'first', 'validate', 'sign-off', 'load-plugin', 'execute'],
      ]);
      assert.equal((await at.arbiter('ledger', 'verify')).status, 0);
    });

    it('runs nothing of a task that is rejected', async () => {
      const folder = at.folder('notes', { 'a.txt': 'old' });
      at.drop('a.jsonl', [write('one', folder)]);
      await at.arbiter('start', '--once');

      const { status } = await at.arbiter('reject', 'one', '--reason', 'not today');

      assert.equal(status, 0);
      assert.equal(readFileSync(join(folder, 'a.txt'), 'utf8'), 'old');
      const { body, envelope } = lastEntry('one');
      assert.deepEqual([body.outcome, body.error?.code], ['rejected', 'APPROVAL_REFUSED']);
      assert.match(envelope.note ?? '', /^Rejected by .*: not today$/);
    });

    it('is as it was when the kernel is killed after the approval', async () => {
      const folder = at.folder('notes', { 'a.txt': 'old' });
      at.drop('a.jsonl', [write('one', folder)]);
      await at.arbiter('start', '--once');
      await at.arbiter('approve', 'one');

      process.env.ARBITER_CRASH_POINT = 'copying';
      const killed = await at.arbiter('start', '--once').finally(() => delete process.env.ARBITER_CRASH_POINT);
      await at.arbiter('start', '--once');

      assert.equal(killed.status, undefined);
      assert.equal(lastEntry('one').body.outcome, 'done');
      assert.equal(readFileSync(join(folder, 'a.txt'), 'utf8'), 'new');
    });
  });

  it('may verify twice', async () => {
    const again = '<bpmn:serviceTask id="verify-again" arbiter:step="verify" />';
    insert('verify-again', again, 'verify-to-keep', 'keep');
    const folder = at.folder('notes', { 'a.txt': 'old' });
    at.drop('a.jsonl', [write('one', folder)]);

    await at.arbiter('start', '--once');

    const { body, envelope } = lastEntry('one');
    assert.equal(body.outcome, 'done');
    assert.deepEqual(envelope.path?.slice(-6), [
      'execute',
      'verify',
      'verify-again',
      'keep',
      'approval',
      'commit-ledger',
    ]);
  });

  it('is refused where somebody is asked after the work and more work follows', async () => {
    insert('sign-off', '<bpmn:userTask id="sign-off" />', 'execute-to-verify', 'verify');

    const { status, stderr } = await at.arbiter('start', '--once');

    assert.equal(status, 3);
    assert.match(
      stderr,
      /sign-off waits after execute, so that it has to lead to commit-ledger: nothing is run again then/,
    );
  });

  it('is refused where a step is none of the kernel, naming it', async () => {
    insert('coffee', '<bpmn:serviceTask id="coffee" />', 'verify-to-keep', 'keep');

    const { status, stderr } = await at.arbiter('start', '--once');

    assert.equal(status, 3);
    assert.match(stderr, /coffee is a step that this kernel does not have; it has plan, acquire, /);
  });
});
