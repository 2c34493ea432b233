// State changes: on private copies, applied by the kernel, exactly once, or not at all.
import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type TemporaryHome, temporaryHome } from './temporary-home.ts';

const write = (workspace: unknown, input: object, more: object = {}) => ({
  tool: 'file-writer',
  workspace,
  input,
  ...more,
});

describe('a state change', () => {
  let at: TemporaryHome;
  beforeEach(() => {
    at = temporaryHome();
  });
  afterEach(() => at.remove());

  const start = async (expected = 0) => {
    const run = await at.arbiter('start', '--once');
    assert.equal(run.status, expected, run.stdout + run.stderr);
  };
  const codes = (name: string) => at.results(name).map(({ status, code }) => code ?? status);

  it('keeps modes, replaces and deletes, and takes an empty folder with its last file', async () => {
    const folder = at.folder('notes', { 'old.txt': 'old', 'run.sh': '#!/bin/sh\n' });
    chmodSync(join(folder, 'run.sh'), 0o755);
    mkdirSync(join(folder, 'deep'));
    writeFileSync(join(folder, 'deep', 'gone.txt'), 'x');
    at.drop('a.jsonl', [
      write(folder, {
        files: [
          { path: 'old.txt', content: 'new' },
          { path: 'run.sh', content: '#!/bin/sh\necho\n' },
          { path: 'tool', content: 'x', executable: true },
          { path: 'deep/gone.txt', delete: true },
        ],
      }),
    ]);
    await start();
    assert.equal(readFileSync(join(folder, 'old.txt'), 'utf8'), 'new');
    assert.equal(statSync(join(folder, 'run.sh')).mode & 0o777, 0o755);
    assert.equal(statSync(join(folder, 'tool')).mode & 0o111, 0o111);
    assert.deepEqual(readdirSync(folder).sort(), ['old.txt', 'run.sh', 'tool']);
  });

  it('under whatIf changes neither folder nor repository, not even an object', async () => {
    const folder = at.folder('notes', { 'a.txt': 'a' });
    const repository = await at.repository('shop');
    const before = await at.git(repository, 'count-objects', '-v');
    at.drop('a.jsonl', [
      write(folder, { path: 'a.txt', delete: true }, { whatIf: true }),
      write(repository, { path: 'b.txt', content: 'b' }, { whatIf: true }),
    ]);
    await start();
    assert.deepEqual(codes('a.jsonl'), ['planned', 'planned']);
    assert.deepEqual(
      at.results('a.jsonl').map(({ effects }) => effects?.[0]?.change),
      ['deleted', 'created'],
    );
    assert.deepEqual(readdirSync(folder), ['a.txt']);
    assert.equal(await at.git(repository, 'count-objects', '-v'), before);
    assert.equal(await at.git(repository, 'branch', '--list'), '* main');
  });

  it('works on the branch that the task names, one commit after another', async () => {
    const repository = await at.repository('shop');
    await at.git(repository, 'branch', 'work');
    at.drop(
      'a.jsonl',
      Array.from({ length: 6 }, (_, index) =>
        write(
          { path: repository, ref: 'work' },
          { path: `${index}.txt`, content: `${index}` },
          { retry: { maxAttempts: 20, delayMs: 10 } },
        ),
      ),
    );
    await start();
    assert.equal(await at.git(repository, 'rev-list', '--count', 'main..work'), '6');
    assert.equal((await at.git(repository, 'ls-tree', '--name-only', 'work')).split('\n').length, 7);
    assert.equal(await at.git(repository, 'status', '--porcelain'), '');
  });

  it('never moves a branch that is checked out', async () => {
    const repository = await at.repository('shop');
    const head = await at.git(repository, 'rev-parse', 'main');
    at.drop('a.jsonl', [write({ path: repository, ref: 'main' }, { path: 'x.txt', content: 'x' })]);
    await start(1);
    assert.deepEqual(codes('a.jsonl'), ['WORKSPACE_REF_BUSY']);
    assert.equal(await at.git(repository, 'rev-parse', 'main'), head);
  });

  it('does not see, and does not lose, what is not committed', async () => {
    const repository = await at.repository('shop', { 'a.txt': 'committed\n' });
    writeFileSync(join(repository, 'a.txt'), 'edited\n');
    at.drop('a.jsonl', [write(repository, { path: 'a.txt', content: 'more\n', append: true }, { id: 'edit' })]);
    await start();
    assert.equal(await at.git(repository, 'show', 'arbiter/edit:a.txt'), 'committed\nmore');
    assert.equal(readFileSync(join(repository, 'a.txt'), 'utf8'), 'edited\n');
  });

  it('says which repositories it cannot work on', async () => {
    const unborn = at.folder('unborn');
    await at.git(unborn, 'init', '--quiet');
    const repository = await at.repository('shop', { 'a.txt': 'a' });
    mkdirSync(join(repository, 'sub'));
    const folder = at.folder('plain');
    at.drop('a.jsonl', [
      write(unborn, { path: 'x', content: 'x' }),
      write(join(repository, 'sub'), { path: 'x', content: 'x' }),
      write({ path: folder, ref: 'main' }, { path: 'x', content: 'x' }),
    ]);
    await start(1);
    assert.deepEqual(codes('a.jsonl'), ['WORKSPACE_UNSUITABLE', 'WORKSPACE_UNSUITABLE', 'WORKSPACE_UNSUITABLE']);
    assert.match(at.errors('a.jsonl')[0]?.message ?? '', /has no commit yet/);
  });

  it('cannot be led out of the workspace by a link in it', async () => {
    const folder = at.folder('notes');
    const outside = join(at.place, 'outside');
    mkdirSync(outside);
    symlinkSync(outside, join(folder, 'out'));
    at.drop('a.jsonl', [write(folder, { path: 'out/x.txt', content: 'x' })]);
    await start(1);
    assert.deepEqual(codes('a.jsonl'), ['TOOL_FAILED']);
    assert.deepEqual(readdirSync(outside), []);
  });

  it('does not follow a repository’s hooks', async () => {
    const repository = await at.repository('shop');
    const mark = join(at.place, 'hook-ran');
    for (const hook of ['reference-transaction', 'post-commit', 'pre-commit', 'post-checkout', 'post-index-change']) {
      writeFileSync(join(repository, '.git', 'hooks', hook), `#!/bin/sh\ntouch ${mark}\n`, { mode: 0o755 });
    }
    at.drop('a.jsonl', [write(repository, { path: 'x.txt', content: 'x' })]);
    await start();
    assert.equal(existsSync(mark), false);
  });

  it('undoes nothing and repeats nothing when the same task comes again', async () => {
    const folder = at.folder('notes', { 'log.txt': '' });
    const task = write(folder, { path: 'log.txt', content: 'once\n', append: true }, { id: 'append-once' });
    at.drop('a.jsonl', [task]);
    await start();
    at.drop('b.jsonl', [task]);
    await start();
    assert.equal(readFileSync(join(folder, 'log.txt'), 'utf8'), 'once\n');
  });
});
