// Which repositories may be worked on, and what a private copy shows of them.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findEffects } from './effect-set.ts';
import { copiesIn } from './fixtures/copies.ts';
import { commitFiles, gitIn } from './fixtures/repositories.ts';
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

async function refuses(path: string, ref: string | null, code: string, message: string): Promise<void> {
  const copies = copiesIn(folder);
  const before = readdirSync(join(folder, 'copies'));
  await assert.rejects(copies.make({ path, ref, hidden: null }), { code, message });
  assert.deepEqual(readdirSync(join(folder, 'copies')), before);
}

describe('a repository', () => {
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'repository-')));
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

  it('is shown as the commit has it: no edits of the checkout, and a .git of its own', async () => {
    const head = commit({ 'a.txt': 'committed', '.gitignore': 'ignored\n' });
    writeFileSync(join(repository, 'a.txt'), 'edited');
    writeFileSync(join(repository, 'untracked'), 'x');
    writeFileSync(join(repository, 'ignored'), 'x');

    const copy = await copyOf(repository);

    assert.deepEqual(copy.ground, { kind: 'git', path: repository, ref: null, base: head });
    assert.deepEqual(readdirSync(copy.folder).sort(), ['.git', '.gitignore', 'a.txt']);
    assert.equal(readFileSync(join(copy.folder, 'a.txt'), 'utf8'), 'committed');
    assert.equal(readFileSync(join(repository, 'a.txt'), 'utf8'), 'edited');
  });

  it('is shown as the branch has it that the task names, or as HEAD where that is not there yet', async () => {
    commit({ 'a.txt': 'one' });
    git(repository, 'branch', 'old');
    commit({ 'a.txt': 'two' });

    const read = async (ref: string) => readFileSync(join((await copyOf(repository, ref)).folder, 'a.txt'), 'utf8');
    assert.equal(await read('old'), 'one');
    assert.equal(await read('new'), 'two');
  });

  it('may be bare', async () => {
    commit({ 'a.txt': 'a' });
    git(folder, 'clone', '--quiet', '--bare', repository, 'bare.git');

    const copy = await copyOf(join(folder, 'bare.git'), 'main');
    writeFileSync(join(copy.folder, 'b.txt'), 'b');
    const { target, files } = await findEffects(copy, 'message');

    assert.equal(target.kind, 'git');
    assert.deepEqual(
      files.map(({ path }) => path),
      ['b.txt'],
    );
  });

  it('may be a worktree of another one', async () => {
    commit({ 'a.txt': 'a' });
    git(repository, 'worktree', 'add', '--quiet', join(folder, 'tree'));

    const { folder: copy } = await copyOf(join(folder, 'tree'));

    assert.deepEqual(readdirSync(copy).sort(), ['.git', 'a.txt']);
    assert.equal(git(copy, 'status', '--porcelain', '--branch'), '## task');
  });

  it('has a commit to start from', () =>
    refuses(
      repository,
      null,
      'WORKSPACE_UNSUITABLE',
      `The repository ${repository} cannot be worked on: it has no commit yet.`,
    ));

  it('is named by its top', async () => {
    commit({ 'sub/a.txt': 'a' });
    const sub = join(repository, 'sub');
    await refuses(
      sub,
      null,
      'WORKSPACE_UNSUITABLE',
      `The repository ${sub} cannot be worked on: it is a folder inside the repository ${repository}.`,
    );
  });

  it("is never worked on through git's own folder", async () => {
    commit({ 'a.txt': 'a' });
    for (const path of [join(repository, '.git'), join(repository, '.git', 'hooks')])
      await refuses(
        path,
        null,
        'WORKSPACE_UNSUITABLE',
        `The repository ${path} cannot be worked on: it is git's own folder.`,
      );
  });

  it('leaves a folder that it ignores to itself', async () => {
    commit({ '.gitignore': 'out/\n' });
    mkdirSync(join(repository, 'out'));

    assert.equal((await copyOf(join(repository, 'out'))).ground.kind, 'folder');
  });

  it('is needed where the task names a branch', async () => {
    mkdirSync(join(folder, 'plain'));
    await refuses(
      join(folder, 'plain'),
      'main',
      'WORKSPACE_UNSUITABLE',
      `The repository ${join(folder, 'plain')} cannot be worked on: it is no repository, and the task names the branch main.`,
    );
  });

  it('keeps a branch to itself that is checked out, here or in a worktree', async () => {
    commit({ 'a.txt': 'a' });
    git(repository, 'worktree', 'add', '--quiet', '-b', 'feature', join(folder, 'tree'));
    for (const [ref, at] of [
      ['main', repository],
      ['feature', join(folder, 'tree')],
    ] as const)
      await refuses(repository, ref, 'WORKSPACE_REF_BUSY', `The branch ${ref} is checked out at ${at}.`);
  });
});
