import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf } from '../../ledger/digest.ts';
import { fileState } from './file-state.ts';
import { stopTreeState, treeState } from './tree-state.ts';

let folder: string;

function write(path: string, content: string, mode = 0o644): void {
  const target = join(folder, path);
  mkdirSync(join(target, '..'), { recursive: true });
  writeFileSync(target, content);
  chmodSync(target, mode);
}

const file = (content: string, mode = '644') => ({
  type: 'file',
  mode,
  size: content.length,
  digest: digestOf(content),
});

describe('the state of a folder', () => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tree-state-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  after(() => stopTreeState());

  it('has every file with type, mode, size and digest, sorted by path', async () => {
    write('b.txt', 'b');
    write('a/c/d.txt', 'deep', 0o600);
    write('run.sh', '#!', 0o755);
    mkdirSync(join(folder, 'empty'));

    const state = await treeState(folder);

    assert.deepEqual(
      [...state],
      [
        ['a/c/d.txt', file('deep', '600')],
        ['b.txt', file('b')],
        ['run.sh', file('#!', '755')],
      ],
    );
  });

  it('has links as what they point to, never followed', async () => {
    write('real/secret.txt', 'secret');
    symlinkSync('/etc/passwd', join(folder, 'file-link'));
    symlinkSync('real', join(folder, 'folder-link'));
    symlinkSync('nowhere', join(folder, 'dangling'));

    const state = await treeState(folder);

    const link = (target: string) => ({ type: 'symlink', mode: '777', size: target.length, digest: digestOf(target) });
    assert.deepEqual([...state.keys()], ['dangling', 'file-link', 'folder-link', 'real/secret.txt']);
    assert.deepEqual(state.get('file-link'), link('/etc/passwd'));
    assert.deepEqual(state.get('folder-link'), link('real'));
    assert.deepEqual(state.get('dangling'), link('nowhere'));
  });

  it('leaves out .git at the top, and only there', async () => {
    write('.git/config', 'x');
    write('sub/.git/config', 'y');

    assert.deepEqual([...(await treeState(folder)).keys()], ['sub/.git/config']);
  });

  it('takes more files than one job reads', async () => {
    for (let n = 0; n < 450; n++) write(`${n}.txt`, `${n}`);

    const state = await treeState(folder);

    assert.equal(state.size, 450);
    assert.deepEqual(state.get('449.txt'), file('449'));
  });

  it('refuses what is neither file nor link, and names it', async () => {
    mkdirSync(join(folder, 'sub'));
    execFileSync('mkfifo', [join(folder, 'sub', 'pipe')]);

    await assert.rejects(treeState(folder), {
      code: 'EFFECT_UNSAFE',
      message: 'The change at sub/pipe cannot be kept: it is neither a file nor a link.',
    });
  });
});

describe('the state of a path', () => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'file-state-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is nothing where nothing is, where a folder is, and below a file', () => {
    write('file', 'x');
    mkdirSync(join(folder, 'sub'));

    for (const path of ['missing', 'missing/below', 'sub', 'file/below'])
      assert.equal(fileState(join(folder, path)), null, path);
  });

  it('has no more than the permission bits of a mode', () => {
    write('file', 'x', 0o4755);
    assert.deepEqual(fileState(join(folder, 'file')), file('x', '755'));
  });

  it('is refused for a FIFO, which is not opened', () => {
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    assert.throws(() => fileState(join(folder, 'pipe')), { code: 'EFFECT_UNSAFE' });
  });
});
