// What is found in the private copy of a folder. Repositories have their own tests: git-effects.test.ts.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf } from '../../ledger/digest.ts';
import { findEffects, keepContents } from './effect-set.ts';
import { newEffectStore } from './effect-store.ts';
import { copiesIn } from './fixtures/copies.ts';
import type { PrivateCopy } from './private-copy.ts';
import { stopTreeState } from './tree-state.ts';

let folder: string;
let workspace: string;
let copy: PrivateCopy;

const inCopy = (...parts: string[]) => join(copy.folder, ...parts);
const makeCopy = (hidden: string | null = null) => copiesIn(folder).make({ path: workspace, ref: null, hidden });

async function changes(): Promise<string[]> {
  const { files } = await findEffects(copy, 'message');
  return files.map(({ change, path }) => `${change} ${path}`);
}

async function refuses(path: string, detail: string): Promise<void> {
  await assert.rejects(findEffects(copy, 'message'), {
    code: 'EFFECT_UNSAFE',
    message: `The change at ${path} cannot be kept: ${detail}.`,
  });
}

describe('the effects on a folder', () => {
  beforeEach(async () => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'effect-set-')));
    workspace = join(folder, 'workspace');
    mkdirSync(join(workspace, 'sub'), { recursive: true });
    writeFileSync(join(workspace, 'a.txt'), 'a', { mode: 0o644 });
    writeFileSync(join(workspace, 'sub', 'b.txt'), 'b', { mode: 0o600 });
    symlinkSync('a.txt', join(workspace, 'link'));
    copy = await makeCopy();
  });

  afterEach(async () => {
    await copy.discard();
    rmSync(folder, { recursive: true });
  });

  after(() => stopTreeState());

  it('are none when nothing changed', async () => {
    assert.deepEqual(await findEffects(copy, 'message'), { target: { kind: 'folder', path: workspace }, files: [] });
  });

  it('are a file created, changed or deleted, with its state before and after', async () => {
    writeFileSync(inCopy('a.txt'), 'changed');
    rmSync(inCopy('sub'), { recursive: true });
    mkdirSync(inCopy('new/deep'), { recursive: true });
    writeFileSync(inCopy('new/deep/c.txt'), 'c', { mode: 0o755 });

    const { files } = await findEffects(copy, 'message');

    const state = (content: string, mode: string) => ({
      type: 'file',
      mode,
      size: content.length,
      digest: digestOf(content),
    });
    assert.deepEqual(files, [
      { path: 'a.txt', change: 'changed', before: state('a', '644'), after: state('changed', '644') },
      { path: 'new/deep/c.txt', change: 'created', before: null, after: state('c', '755') },
      { path: 'sub/b.txt', change: 'deleted', before: state('b', '600'), after: null },
    ]);
  });

  it('are a mode alone', async () => {
    chmodSync(inCopy('a.txt'), 0o755);

    const { files } = await findEffects(copy, 'message');

    assert.deepEqual(
      files.map(({ path, change, before, after }) => [path, change, before?.mode, after?.mode]),
      [['a.txt', 'changed', '644', '755']],
    );
  });

  it('are a link created, changed, or put in the place of a file', async () => {
    symlinkSync('sub/b.txt', inCopy('new-link'));
    rmSync(inCopy('link'));
    symlinkSync('sub', inCopy('link'));
    rmSync(inCopy('a.txt'));
    symlinkSync('sub/../sub/b.txt', inCopy('a.txt'));

    assert.deepEqual(await changes(), ['changed a.txt', 'changed link', 'created new-link']);
  });

  it('are a folder that became a file, and a file that became a folder', async () => {
    rmSync(inCopy('sub'), { recursive: true });
    writeFileSync(inCopy('sub'), 'a file now');
    rmSync(inCopy('a.txt'));
    mkdirSync(inCopy('a.txt'));
    writeFileSync(inCopy('a.txt', 'inner'), '');

    assert.deepEqual(await changes(), ['deleted a.txt', 'created a.txt/inner', 'created sub', 'deleted sub/b.txt']);
  });

  it('are the same file moved to another name', async () => {
    renameSync(inCopy('a.txt'), inCopy('z.txt'));
    assert.deepEqual(await changes(), ['deleted a.txt', 'created z.txt']);
  });

  it('do not follow what happens to the workspace meanwhile', async () => {
    writeFileSync(join(workspace, 'a.txt'), 'edited by somebody');
    assert.deepEqual(await changes(), []);
  });

  it('cannot be a FIFO', async () => {
    execFileSync('mkfifo', [inCopy('sub', 'pipe')]);
    await refuses('sub/pipe', 'it is neither a file nor a link');
  });

  it('cannot be a link out of the workspace', async () => {
    for (const [path, target] of [
      ['out', '/etc/passwd'],
      ['out', '..'],
      ['out', '../secret'],
      ['sub/out', '../../secret'],
      ['out', 'sub/../../secret'],
    ] as const) {
      symlinkSync(target, inCopy(path));
      await refuses(path, `it is a link to ${target}, outside the workspace`);
      rmSync(inCopy(path));
    }
  });

  it('may be a link that only looks as if it led out', async () => {
    symlinkSync('../a.txt', inCopy('sub', 'up'));
    symlinkSync('..a', inCopy('dots'));
    assert.deepEqual(await changes(), ['created dots', 'created sub/up']);
  });

  it('cannot lie in a .git folder, however it is spelt', async () => {
    for (const name of ['sub/.git', 'sub/.GIT', '.Git']) {
      mkdirSync(inCopy(name));
      writeFileSync(inCopy(name, 'config'), '[core]');
      await refuses(`${name}/config`, 'it lies in a .git folder');
      rmSync(inCopy(name), { recursive: true });
    }
  });

  it('are kept by content: what comes, and what it replaces', async () => {
    const store = newEffectStore(join(folder, 'effects'));
    writeFileSync(inCopy('a.txt'), 'new');
    rmSync(inCopy('sub/b.txt'));
    symlinkSync('a.txt', inCopy('new-link'));
    const { files } = await findEffects(copy, 'message');

    keepContents(copy, files, store);

    for (const { before, after } of files)
      for (const state of [before, after]) if (state) assert.equal(store.get(state.digest).length, state.size);
    assert.equal(store.get(digestOf('new')).toString(), 'new');
    assert.equal(store.get(digestOf('a')).toString(), 'a');
    assert.equal(store.get(digestOf('b')).toString(), 'b');
  });
});

describe('a private copy of a folder', () => {
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'private-copy-')));
    workspace = join(folder, 'workspace');
    mkdirSync(join(workspace, 'ops/home/inbox'), { recursive: true });
    writeFileSync(join(workspace, 'a.txt'), 'a');
    writeFileSync(join(workspace, 'ops/home/arbiter.yaml'), 'secret');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is gone when it is discarded, and the workspace is as it was', async () => {
    copy = await makeCopy();
    writeFileSync(inCopy('a.txt'), 'changed');
    rmSync(inCopy('ops'), { recursive: true });

    await copy.discard();

    assert.equal(existsSync(join(folder, 'copy')), false);
    assert.equal(readFileSync(join(workspace, 'a.txt'), 'utf8'), 'a');
    assert.ok(existsSync(join(workspace, 'ops/home/arbiter.yaml')));
  });

  it('holds nothing of the home, and nothing can be put there', async () => {
    copy = await makeCopy('ops/home');
    assert.deepEqual(readdirSync(copy.folder, { recursive: true }), ['a.txt', 'ops']);
    assert.deepEqual(readdirSync(inCopy('ops')), []);

    mkdirSync(inCopy('ops/home'));
    writeFileSync(inCopy('ops/home/x'), '');
    await refuses('ops/home/x', 'the home is there');

    rmSync(inCopy('ops'), { recursive: true });
    writeFileSync(inCopy('ops'), 'in the place of its parent');
    await refuses('ops', 'the home is there');
  });

  it('is refused where a file cannot be read, and leaves nothing', async function () {
    if (process.getuid?.() === 0) {
      console.log('      skipped as root, who may read everything');
      this.skip();
    }
    chmodSync(join(workspace, 'a.txt'), 0);

    await assert.rejects(makeCopy(), {
      code: 'WORKSPACE_UNSUITABLE',
      message: /^The repository .* cannot be worked on: cp: .*Permission denied/,
    });
    assert.equal(existsSync(join(folder, 'copy')), false);
  });
});
