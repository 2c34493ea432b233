// What becomes of effects on a repository.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findEffects } from './effect-set.ts';
import { copiesIn } from './fixtures/copies.ts';
import { commitFiles, gitIn } from './fixtures/repositories.ts';
import { branchHead, branchPassed, commitTree, moveBranch, writeTree } from './git-commit.ts';
import type { PrivateCopy } from './private-copy.ts';
import { stopTreeState } from './tree-state.ts';

let folder: string;
let repository: string;
let made: PrivateCopy[];

const git = (at: string, ...args: string[]) => gitIn(folder, at, ...args);
const commit = (files: Record<string, string>, subject = 'commit') => commitFiles(folder, repository, files, subject);

async function copyOf(path: string, ref: string | null = null): Promise<PrivateCopy> {
  const copy = await copiesIn(folder).make({ path, ref, hidden: null });
  made.push(copy);
  return copy;
}

/** All that git knows of a repository's branches and objects. */
const inventory = () => git(repository, 'for-each-ref') + git(repository, 'count-objects', '-v');

describe('the effects on a repository', () => {
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'git-effects-')));
    repository = join(folder, 'shop');
    made = [];
    mkdirSync(repository);
    git(repository, 'init', '--quiet', '-b', 'main');
  });

  afterEach(async () => {
    for (const copy of made) await copy.discard();
    rmSync(folder, { recursive: true });
  });

  after(() => stopTreeState());

  it('leave no trace in it when they are only looked at', async () => {
    commit({ 'a.txt': 'a' });
    const before = inventory();
    const copy = await copyOf(repository);
    writeFileSync(join(copy.folder, 'b.txt'), 'never seen before');

    await findEffects(copy, 'message');

    assert.equal(inventory(), before);
  });

  it('become the commit that they describe, whatever they are', async () => {
    const base = commit({
      'change.txt': 'old',
      'delete.txt': 'x',
      'mode.sh': '#!',
      'to-file/x': 'x',
      'to-folder': 'x',
    });
    const copy = await copyOf(repository);
    const at = (path: string) => join(copy.folder, path);
    writeFileSync(at('change.txt'), 'new\r\n');
    rmSync(at('delete.txt'));
    chmodSync(at('mode.sh'), 0o755);
    symlinkSync('change.txt', at('link'));
    rmSync(at('to-file'), { recursive: true });
    writeFileSync(at('to-file'), 'a file now');
    rmSync(at('to-folder'));
    mkdirSync(at('to-folder'));
    writeFileSync(at('to-folder/ü "x"\t.txt'), 'inner');

    const { target, files } = await findEffects(copy, 'A message');
    assert.ok(target.kind === 'git');
    assert.equal(await writeTree(repository, base, copy, files, { into: 'repository' }), target.tree);
    const made = await commitTree(target, '2026-01-01T00:00:00.000Z');
    await moveBranch(repository, 'arbiter/task', null, made, 'arbiter task');

    const show = (path: string) =>
      execFileSync('git', ['show', `arbiter/task:${path}`], { cwd: repository }).toString();
    assert.deepEqual(
      git(
        repository,
        '-c',
        'core.quotePath=false',
        'ls-tree',
        '-r',
        '--format=%(objectmode) %(path)',
        'arbiter/task',
      ).split('\n'),
      ['100644 change.txt', '120000 link', '100755 mode.sh', '100644 to-file', '100644 "to-folder/ü \\"x\\"\\t.txt"'],
    );
    assert.equal(show('change.txt'), 'new\r\n');
    assert.equal(show('link'), 'change.txt');
    assert.equal(
      git(repository, 'log', '-1', '--format=%s|%an|%ct|%P', 'arbiter/task'),
      `A message|Arbiter|1767225600|${base}`,
    );
    assert.equal(git(repository, 'status', '--porcelain'), '', 'the checkout is as it was');
  });

  it('become the same commit whenever they are the same', async () => {
    commit({ 'a.txt': 'a' });
    const ids: string[] = [];
    for (let time = 0; time < 2; time++) {
      const copy = await copyOf(repository);
      writeFileSync(join(copy.folder, 'b.txt'), 'b');
      const { target, files } = await findEffects(copy, 'message');
      assert.ok(target.kind === 'git');
      await writeTree(repository, target.base, copy, files, { into: 'repository' });
      ids.push(await commitTree(target, '2026-01-01T00:00:00.000Z'));
    }
    assert.equal(ids[0], ids[1]);
  });

  it('are found without running hooks, monitors or filters that a plugin put into its copy', async () => {
    commit({ 'a.txt': 'a' });
    const copy = await copyOf(repository);
    mkdirSync(join(copy.folder, '.git/hooks'), { recursive: true });
    writeFileSync(join(copy.folder, '.git/config'), `[core]\n\tfsmonitor = touch ${folder}/ran\n`);
    writeFileSync(join(copy.folder, '.gitattributes'), '* filter=evil\n');
    writeFileSync(join(copy.folder, 'b.txt'), 'b');
    git(repository, 'config', 'filter.evil.clean', `touch ${folder}/ran`);

    const { files } = await findEffects(copy, 'message');

    assert.deepEqual(
      files.map(({ path }) => path),
      ['.gitattributes', 'b.txt'],
    );
    assert.equal(existsSync(join(folder, 'ran')), false);
  });

  it('move a branch only from where it was', async () => {
    const first = commit({ 'a.txt': 'a' });
    const second = commit({ 'a.txt': 'b' });
    await moveBranch(repository, 'work', null, first, 'arbiter 1');

    await assert.rejects(moveBranch(repository, 'work', null, second, 'arbiter 2'), /reference already exists/);
    await assert.rejects(moveBranch(repository, 'work', second, second, 'arbiter 2'), /but expected/);
    assert.equal(await branchHead(repository, 'work'), first);

    await moveBranch(repository, 'work', first, second, 'arbiter 2');
    assert.equal(await branchHead(repository, 'work'), second);
    assert.equal(await branchPassed(repository, 'work', first), true, 'it was there');
    assert.equal(await branchPassed(repository, 'work', second), true, 'it is there');
    assert.equal(await branchPassed(repository, 'nowhere', second), false);
  });
});
