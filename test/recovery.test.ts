// What stands decides: a prepared change that a crash interrupted is finished, undone or left alone, by what is found.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import type { EffectSet, FileEffect, TaskBody } from '../contracts/generated/ledger.v1.ts';
import { newEffectStore } from '../kernel/safety/effect-store.ts';
import { canonical } from '../ledger/canonical.ts';
import { digestOf, digestOfValue } from '../ledger/digest.ts';
import { openLedger } from '../ledger/writer.ts';
import { type TemporaryHome, temporaryHome } from './temporary-home.ts';

describe('recovery of a prepared change', () => {
  let at: TemporaryHome;
  let folder: string;
  beforeEach(() => {
    at = temporaryHome();
    folder = at.folder('notes', { 'a.txt': 'a before', 'b.txt': 'b before' });
  });
  afterEach(() => at.remove());

  const state = (content: string) => ({
    type: 'file' as const,
    mode: '644',
    size: content.length,
    digest: digestOf(content),
  });

  /** Leaves the home as a kernel does that dies between "prepared" and the outcome. */
  async function prepare(effects: EffectSet, extra: object = {}): Promise<void> {
    const store = newEffectStore(at.home.effects);
    for (const content of ['a before', 'b before', 'a after', 'b after', 'c after']) store.put(Buffer.from(content));
    const task = { tool: 'file-writer', workspace: folder };
    const outcome: TaskBody = {
      schema: 'ledger.v1',
      kind: 'task',
      task,
      taskDigest: digestOfValue(task),
      decisions: [],
      effects,
      outcome: 'done',
    };
    const ledger = await openLedger(at.home.ledger);
    await ledger.append({
      id: uuidv7(),
      taskKey: 'interrupted',
      kind: 'prepared',
      body: canonical({ schema: 'ledger.v1', kind: 'prepared', outcome }),
      env: canonical({ time: new Date().toISOString(), host: 'test', pid: 1, kernel: '0.1.0', ...extra }),
    });
    await ledger.close();
  }

  const files: FileEffect[] = [
    { path: 'a.txt', change: 'changed', before: state('a before'), after: state('a after') },
    { path: 'b.txt', change: 'deleted', before: state('b before'), after: null },
    { path: 'c.txt', change: 'created', before: null, after: state('c after') },
  ];
  const folderEffects = (): EffectSet => ({ target: { kind: 'folder', path: folder }, files });

  async function recover(): Promise<string[]> {
    const run = await at.arbiter('start', '--once');
    assert.equal(run.status, 0, run.stdout + run.stderr);
    const { entries } = JSON.parse((await at.arbiter('show', 'interrupted', '--json')).stdout);
    return entries.map(({ body }: { body: { kind: string; outcome: unknown } }) =>
      body.kind === 'task' ? body.outcome : body.kind,
    );
  }

  it('applies what was not applied', async () => {
    await prepare(folderEffects());
    assert.deepEqual(await recover(), ['prepared', 'done']);
    assert.deepEqual(readdirSync(folder).sort(), ['a.txt', 'c.txt']);
    assert.equal(readFileSync(join(folder, 'a.txt'), 'utf8'), 'a after');
  });

  it('finishes what was applied in part, and clears away what was half written', async () => {
    writeFileSync(join(folder, 'a.txt'), 'a after');
    writeFileSync(join(folder, '.c.txt.arbiter-0192'), 'c af');
    await prepare(folderEffects());
    assert.deepEqual(await recover(), ['prepared', 'done']);
    assert.deepEqual(readdirSync(folder).sort(), ['a.txt', 'c.txt']);
  });

  it('finds that everything had been applied', async () => {
    await prepare(folderEffects());
    await recover();
    assert.deepEqual(await recover(), ['prepared', 'done']);
  });

  it('leaves a file alone that somebody changed meanwhile, and undoes the rest', async () => {
    writeFileSync(join(folder, 'a.txt'), 'a after');
    writeFileSync(join(folder, 'b.txt'), 'a person wrote this');
    await prepare(folderEffects());
    assert.deepEqual(await recover(), ['prepared', 'aborted']);
    assert.equal(readFileSync(join(folder, 'a.txt'), 'utf8'), 'a before');
    assert.equal(readFileSync(join(folder, 'b.txt'), 'utf8'), 'a person wrote this');
    assert.deepEqual(readdirSync(folder).sort(), ['a.txt', 'b.txt']);
  });

  it('takes away the lock of a git that was killed', async () => {
    const repository = await at.repository('shop');
    const base = await at.git(repository, 'rev-parse', 'HEAD');
    const tree = await at.git(repository, 'rev-parse', 'HEAD^{tree}');
    const commit = await at.git(repository, 'commit-tree', tree, '-p', base, '-m', 'change');
    mkdirSync(join(repository, '.git/refs/heads/arbiter'));
    const locks = ['refs/heads/arbiter/interrupted.lock', 'packed-refs.lock'].map((name) =>
      join(repository, '.git', name),
    );
    for (const lock of locks) writeFileSync(lock, '');
    await prepare(
      { target: { kind: 'git', path: repository, ref: null, base, tree, message: 'change' }, files: [] },
      { commit, branch: 'arbiter/interrupted' },
    );
    assert.deepEqual(await recover(), ['prepared', 'done']);
    assert.equal(await at.git(repository, 'rev-parse', 'arbiter/interrupted'), commit);
    assert.deepEqual(locks.filter(existsSync), []);
  });

  it('goes on where the repository has gone', async () => {
    const repository = join(at.place, 'work', 'gone');
    const [base, tree] = ['1'.repeat(40), '2'.repeat(40)];
    await prepare(
      { target: { kind: 'git', path: repository, ref: null, base, tree, message: 'change' }, files: [] },
      { commit: '3'.repeat(40), branch: 'arbiter/interrupted' },
    );
    assert.deepEqual(await recover(), ['prepared', 'aborted']);
  });

  it('moves a branch that was not moved, and not twice', async () => {
    const repository = await at.repository('shop');
    const base = await at.git(repository, 'rev-parse', 'HEAD');
    const tree = await at.git(repository, 'rev-parse', 'HEAD^{tree}');
    const commit = await at.git(repository, 'commit-tree', tree, '-p', base, '-m', 'change');
    await prepare(
      { target: { kind: 'git', path: repository, ref: null, base, tree, message: 'change' }, files: [] },
      { commit, branch: 'arbiter/interrupted' },
    );
    assert.deepEqual(await recover(), ['prepared', 'done']);
    assert.equal(await at.git(repository, 'rev-parse', 'arbiter/interrupted'), commit);

    const next = await at.git(repository, 'commit-tree', tree, '-p', commit, '-m', 'a person went on');
    await at.git(repository, 'update-ref', '--create-reflog', 'refs/heads/arbiter/interrupted', next);
    await recover();
    assert.equal(await at.git(repository, 'rev-parse', 'arbiter/interrupted'), next);
  });
});
