// kill -9 while a person's decision is carried out: after a restart it has happened whole, or not at all, and once.
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import type { Envelope, TaskBody } from '../contracts/generated/ledger.v1.ts';
import { ask } from '../kernel/control.ts';
import { canonical } from '../ledger/canonical.ts';
import { openReader, type StoredEntry } from '../ledger/reader.ts';
import { openLedger } from '../ledger/writer.ts';
import { type TemporaryHome, temporaryHome } from './temporary-home.ts';

/** Enough that being killed after "prepared" is being killed in the middle. */
const count = 150;
const files = Array.from({ length: count }, (_, index) => ({ path: `${index}.txt`, content: `after ${index}` }));

describe('a decision that is interrupted', () => {
  let at: TemporaryHome;
  let folder: string;
  beforeEach(() => {
    at = temporaryHome();
    folder = at.folder('notes', Object.fromEntries(files.map(({ path }) => [path, 'before'])));
  });
  afterEach(() => at.remove());

  const run = async (...tasks: object[]) => {
    if (tasks.length > 0) at.drop('a.jsonl', tasks);
    const { status, stdout, stderr } = await at.arbiter('start', '--once');
    assert.equal(status, 0, stdout + stderr);
  };
  const task = (id: string, workspace: unknown, more: object = {}) => ({
    ...{ id, tool: 'file-writer', workspace, input: { files } },
    ...more,
  });

  function entriesOf(id: string): StoredEntry[] {
    const reader = openReader(at.home.ledger);
    try {
      return reader.entriesOf(id);
    } finally {
      reader.close();
    }
  }
  const kindsOf = (id: string) =>
    entriesOf(id).map(({ body }) => (body.kind === 'task' ? body.outcome : (body.kind as string)));

  /** Kills `victim` as soon as `id` has a prepared entry without an outcome, or leaves it if it was faster. */
  async function killWhenPrepared(victim: ChildProcess, id: string, before: number): Promise<void> {
    const ended = once(victim, 'exit');
    while (victim.exitCode === null && entriesOf(id).length <= before) await new Promise(setImmediate);
    victim.kill('SIGKILL');
    await ended;
  }

  /** Every file is in the same state; gives which. */
  function state(): 'before' | 'after' {
    const found = new Set(files.map(({ path }) => readFileSync(join(folder, path), 'utf8').split(' ')[0]));
    assert.equal(found.size, 1, 'some files are as before, others as after');
    return [...found][0] as 'before' | 'after';
  }

  async function settled(id: string, earlier: string[]): Promise<boolean> {
    const kinds = kindsOf(id).slice(earlier.length);
    assert.deepEqual(kindsOf(id).slice(0, earlier.length), earlier);
    assert.ok(kinds.filter((kind) => kind === 'done').length <= 1, kinds.join());
    assert.equal(
      kinds.filter((kind) => kind === 'prepared').length,
      kinds.filter((kind) => kind !== 'prepared').length,
    );
    assert.equal((await at.arbiter('ledger', 'verify')).status, 0);
    assert.deepEqual(readdirSync(at.home.copies), []);
    return kinds.includes('done');
  }

  it('an apply is finished by the next start', async () => {
    await run(task('p', folder, { whatIf: true }));
    await killWhenPrepared(at.begin('apply', 'p'), 'p', 1);
    await run();
    assert.equal(await settled('p', ['planned']), state() === 'after');
  });

  it('an apply is finished by the next command, which then finds it done', async () => {
    await run(task('p', folder, { whatIf: true }));
    await killWhenPrepared(at.begin('apply', 'p'), 'p', 1);
    const { stdout } = await at.arbiter('apply', 'p', '--json');
    assert.match(stdout, /"APPLIED_ALREADY"|"status":"done"/);
    assert.equal(state(), 'after');
    assert.equal(await settled('p', ['planned']), true);
  });

  it('an approval in a running kernel is finished, and the line gets its result once', async () => {
    await run(task('w', folder, { approval: 'required' }));
    const kernel = at.begin('start');
    kernel.stdout?.resume();
    while ((await ask(at.home.socket, { command: 'status' })) === null) await new Promise((go) => setTimeout(go, 20));
    const asking = ask(at.home.socket, { command: 'approve', id: 'w', actor: 'test' }).catch(() => null);
    await killWhenPrepared(kernel, 'w', 0);
    await asking;
    await run();
    const done = await settled('w', []);
    assert.equal(done, state() === 'after');
    assert.deepEqual(readdirSync(at.home.waiting), done ? [] : ['w.json']);
    assert.equal(at.results('a.jsonl').filter(({ status }) => status === 'done').length, done ? 1 : 0);
  });

  it('a rollback of a folder is finished', async () => {
    await run(task('d', folder));
    await killWhenPrepared(at.begin('rollback', 'd'), 'rollback of d', 0);
    await run();
    assert.equal(await settled('rollback of d', []), state() === 'before');
    assert.deepEqual(kindsOf('d'), ['prepared', 'done']);
  });

  it('commits once, and takes back once, whenever it is killed', async () => {
    const repository = await at.repository('shop');
    await run(task('g', repository, { whatIf: true }));
    await killWhenPrepared(at.begin('apply', 'g'), 'g', 1);
    await run();
    const applied = await settled('g', ['planned']);
    assert.equal((await at.git(repository, 'branch', '--list', 'arbiter/g')) !== '', applied);
    if (!applied) assert.equal((await at.arbiter('apply', 'g')).status, 0);
    await killWhenPrepared(at.begin('rollback', 'g'), 'rollback of g', 0);
    await run();
    const back = await settled('rollback of g', []);
    assert.equal((await at.git(repository, 'branch', '--list', 'arbiter/g')) === '', back);
  });

  describe('between "prepared" and a branch that is taken back', () => {
    let repository: string;
    let base: string;
    let commit: string;
    let done: StoredEntry<TaskBody>;

    /** Leaves the home as a kernel does that dies after it has prepared a rollback. */
    async function prepareRollback(branch: string, branchBefore: string | null): Promise<void> {
      const envelope: Envelope = { time: new Date().toISOString(), host: 'test', pid: 1, kernel: '0.1.0' };
      const outcome: TaskBody = {
        ...{ schema: 'ledger.v1', kind: 'task', task: null, taskDigest: done.bodyHash, decisions: [] },
        ...(done.body.effects && { effects: done.body.effects }),
        ...{ rollsBack: done.bodyHash, outcome: 'done' },
      };
      const ledger = await openLedger(at.home.ledger);
      await ledger.append({
        ...{ id: uuidv7(), taskKey: 'rollback of g', kind: 'prepared' },
        body: canonical({ schema: 'ledger.v1', kind: 'prepared', outcome }),
        env: canonical({ ...envelope, commit, branch, branchBefore }),
      });
      await ledger.close();
    }

    beforeEach(async () => {
      repository = await at.repository('shop');
      await at.git(repository, 'branch', 'work');
      base = await at.git(repository, 'rev-parse', 'work');
      await run({ ...task('g', { path: repository, ref: 'work' }), input: { path: 'x', content: 'x' } });
      commit = await at.git(repository, 'rev-parse', 'work');
      done = entriesOf('g').at(-1) as StoredEntry<TaskBody>;
      assert.equal(done.envelope.branchBefore, base);
    });

    it('moves it back when that has not happened, and not twice', async () => {
      await prepareRollback('work', base);
      await run();
      assert.equal(await at.git(repository, 'rev-parse', 'work'), base);
      assert.deepEqual(kindsOf('rollback of g'), ['prepared', 'done']);
      await at.git(repository, 'update-ref', 'refs/heads/work', commit);
      await run();
      assert.equal(await at.git(repository, 'rev-parse', 'work'), commit);
    });

    it('finds that it had been moved, also when a person went on from there', async () => {
      await prepareRollback('work', base);
      await at.git(repository, 'update-ref', '-m', 'arbiter rollback of g', 'refs/heads/work', base, commit);
      const next = await at.git(repository, 'commit-tree', `${base}^{tree}`, '-p', base, '-m', 'a person');
      await at.git(repository, 'update-ref', '-m', 'commit', 'refs/heads/work', next, base);
      await run();
      assert.equal(await at.git(repository, 'rev-parse', 'work'), next);
      assert.deepEqual(kindsOf('rollback of g'), ['prepared', 'done']);
    });

    it('leaves it where a person moved it, or checked it out', async () => {
      await prepareRollback('work', base);
      const next = await at.git(repository, 'commit-tree', `${commit}^{tree}`, '-p', commit, '-m', 'a person');
      await at.git(repository, 'update-ref', 'refs/heads/work', next, commit);
      await run();
      assert.equal(await at.git(repository, 'rev-parse', 'work'), next);
      assert.deepEqual(kindsOf('rollback of g'), ['prepared', 'aborted']);

      await at.git(repository, 'update-ref', 'refs/heads/work', commit);
      await at.git(repository, 'checkout', '--quiet', 'work');
      await prepareRollback('work', base);
      await run();
      assert.equal(await at.git(repository, 'rev-parse', 'work'), commit);
      assert.deepEqual(kindsOf('rollback of g'), ['prepared', 'aborted', 'prepared', 'aborted']);
    });

    it('removes a branch that is there, and is content with one that is gone', async () => {
      await prepareRollback('work', null);
      await run();
      assert.equal(await at.git(repository, 'branch', '--list', 'work'), '');
      await prepareRollback('work', null);
      await run();
      assert.deepEqual(kindsOf('rollback of g'), ['prepared', 'done', 'prepared', 'done']);
    });
  });
});
