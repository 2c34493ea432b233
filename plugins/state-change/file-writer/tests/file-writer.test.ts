import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type RunningPlugin, runPlugin } from '../../../../pdk/run-plugin.ts';

const folder = fileURLToPath(new URL('..', import.meta.url));

let plugin: RunningPlugin;
let outside: string;
let workspace: string;

function run(input: object): Promise<unknown> {
  return plugin.execute('file-writer', input, { workspace });
}

function read(path: string): string {
  return readFileSync(join(workspace, path), 'utf8');
}

async function refuses(path: string, message: string): Promise<void> {
  await assert.rejects(run({ path, content: 'x' }), new Error(message));
  await assert.rejects(run({ path, delete: true }), new Error(message));
}

describe('file-writer', () => {
  before(async () => {
    plugin = await runPlugin(folder);
  });

  after(() => plugin.stop());

  beforeEach(() => {
    outside = mkdtempSync(join(tmpdir(), 'file-writer-'));
    workspace = join(outside, 'workspace');
    mkdirSync(workspace);
  });

  afterEach(() => rmSync(outside, { recursive: true }));

  it('writes a file and the folders above it', async () => {
    assert.deepEqual(await run({ path: 'a/./b//c.txt', content: 'grüße\n' }), { written: ['a/b/c.txt'], deleted: [] });
    assert.equal(read('a/b/c.txt'), 'grüße\n');
  });

  it('replaces a file, or adds to its end', async () => {
    writeFileSync(join(workspace, 'replaced'), 'a long line\n');
    writeFileSync(join(workspace, 'longer'), 'one\n');

    await run({
      files: [
        { path: 'replaced', content: 'x' },
        { path: 'longer', content: 'two\n', append: true },
        { path: 'new', content: 'first\n', append: true },
      ],
    });

    assert.deepEqual(['replaced', 'longer', 'new'].map(read), ['x', 'one\ntwo\n', 'first\n']);
  });

  it('writes bytes from base64', async () => {
    await run({ path: 'bytes', content: 'AP+A', encoding: 'base64' });

    assert.deepEqual([...readFileSync(join(workspace, 'bytes'))], [0x00, 0xff, 0x80]);
  });

  it('makes a file executable or not, and leaves it as it is when nothing is said', async () => {
    const isExecutable = () => (statSync(join(workspace, 'run.sh')).mode & 0o111) !== 0;

    await run({ path: 'run.sh', content: '', executable: true });
    assert.equal(isExecutable(), true);
    await run({ path: 'run.sh', content: 'x' });
    assert.equal(isExecutable(), true);
    await run({ path: 'run.sh', content: '', executable: false });
    assert.equal(isExecutable(), false);
  });

  it('deletes files, and a link instead of what it points to is refused', async () => {
    writeFileSync(join(workspace, 'a'), '');
    writeFileSync(join(workspace, 'b'), '');

    const answer = await run({
      files: [
        { path: 'b', delete: true },
        { path: 'c', content: '' },
        { path: 'a', delete: true },
      ],
    });

    assert.deepEqual(answer, { written: ['c'], deleted: ['a', 'b'] });
    assert.deepEqual(readdirSync(workspace), ['c']);
  });

  it('refuses paths that leave the workspace', async () => {
    await refuses('../x', '../x leaves the workspace.');
    await refuses('a/../../x', 'a/../../x leaves the workspace.');
    await refuses('..', '.. leaves the workspace.');
    await refuses('/etc/x', '/etc/x is an absolute path. Name it relative to the workspace.');
    assert.deepEqual(readdirSync(outside), ['workspace']);
  });

  it('takes names that only look as if they left it for names', async () => {
    assert.deepEqual(await run({ path: '..a/...', content: '' }), { written: ['..a/...'], deleted: [] });
  });

  it('refuses paths through links that leave the workspace', async () => {
    writeFileSync(join(outside, 'x'), 'secret');
    symlinkSync('..', join(workspace, 'up'));
    symlinkSync('nowhere', join(workspace, 'broken'));
    symlinkSync('../x', join(workspace, 'link'));

    await refuses('up/x', 'up/x leaves the workspace.');
    await refuses('up/new/x', 'up/new/x leaves the workspace.');
    await refuses('broken/x', 'broken/x leads through a broken link.');
    await refuses('link', 'link is a link. Name the file that it points to.');
    assert.equal(readFileSync(join(outside, 'x'), 'utf8'), 'secret');
  });

  it('follows links that stay in the workspace', async () => {
    mkdirSync(join(workspace, 'real'));
    symlinkSync('real', join(workspace, 'alias'));

    await run({ path: 'alias/x', content: 'here' });

    assert.equal(read('real/x'), 'here');
  });

  it('works where the workspace itself is reached through a link', async () => {
    symlinkSync(workspace, join(outside, 'link'));

    await plugin.execute('file-writer', { path: 'a/x', content: 'here' }, { workspace: join(outside, 'link') });

    assert.equal(read('a/x'), 'here');
  });

  it('refuses .git, however it is called', async () => {
    mkdirSync(join(workspace, '.git'));
    symlinkSync('.git', join(workspace, 'alias'));

    for (const path of ['.git', '.git/hooks/pre-commit', '.GIT/config', 'module/.git/config', 'alias/config']) {
      await refuses(path, `${path} lies in .git, which belongs to git alone.`);
    }
    assert.deepEqual(readdirSync(join(workspace, '.git')), []);
    assert.deepEqual(await run({ path: '.gitignore', content: '' }), { written: ['.gitignore'], deleted: [] });
  });

  it('refuses what is no file', async () => {
    mkdirSync(join(workspace, 'folder'));
    writeFileSync(join(workspace, 'file'), '');
    execFileSync('mkfifo', [join(workspace, 'pipe')]);

    await refuses('folder', 'folder is a folder.');
    await refuses('folder/', 'folder/ names a folder, not a file.');
    await refuses('.', '. names a folder, not a file.');
    await refuses('file/x', 'file/x leads through something that is not a folder.');
    await refuses('file/x/y', 'file/x/y leads through something that is not a folder.');
    await refuses('pipe', 'pipe is not a regular file.');
  });

  it('refuses to delete what is not there, and to do two things to one file', async () => {
    await assert.rejects(run({ path: 'x', delete: true }), new Error('x cannot be deleted: it is not there.'));
    await assert.rejects(
      run({
        files: [
          { path: 'y', content: '' },
          { path: './y', delete: true },
        ],
      }),
      new Error('y is named twice.'),
    );
  });

  it('refuses content that would not be written as it stands', async () => {
    await assert.rejects(
      run({ path: 'x', content: 'not base64!', encoding: 'base64' }),
      new Error('The content of x is not base64.'),
    );
    await assert.rejects(
      run({ path: 'x', content: '\uD800' }),
      new Error('The content of x holds half a surrogate pair, which UTF-8 cannot express.'),
    );
    assert.equal(existsSync(join(workspace, 'x')), false);
  });
});
