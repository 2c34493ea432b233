// Workspaces that are not as expected: each has a stated outcome, and the table in docs/state-changes.md states it.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { writeShell } from './fixture-plugins.ts';
import type { Run } from './resident.ts';
import { type TemporaryHome, temporaryHome } from './temporary-home.ts';

const root = process.getuid?.() === 0;
const manyFiles = 100_000;

interface Case {
  /** Makes the workspace; gives it as the task names it. */
  make(at: TemporaryHome): unknown;
  /** What the plugin does; it writes made.txt unless it says otherwise. */
  script?: string;
  /** Shell, before the kernel starts, in a mount namespace of its own: for root alone. */
  mount?(at: TemporaryHome, workspace: string): string;
  /** What has to be true afterwards. */
  check?(at: TemporaryHome, workspace: string): unknown;
}

const commits = async (at: TemporaryHome, repository: string, ...names: string[]) => {
  const listed = await at.git(repository, 'ls-tree', '-r', '-z', '--name-only', 'arbiter/task');
  assert.deepEqual(listed.split('\0').filter(Boolean).sort(), [...names, 'made.txt'].sort());
};
const readOnly = (_: TemporaryHome, workspace: string) =>
  `mount --bind '${workspace}' '${workspace}' && mount -o remount,bind,ro '${workspace}'`;

/** Makes a repository of `files`, by names that are bytes as latin1, without writing them out. */
async function imported(at: TemporaryHome, files: Iterable<string>): Promise<string> {
  const repository = at.folder('shop');
  await at.git(repository, 'init', '--quiet', '--initial-branch=main');
  const lines = ['commit refs/heads/main', 'committer A <a@b> 1 +0000', 'data 1', 'x'];
  for (const name of files) lines.push(`M 644 inline "${name}"`, 'data 2', 'x', '');
  await execa('git', ['-C', repository, 'fast-import', '--quiet'], { input: Buffer.from(lines.join('\n'), 'latin1') });
  return repository;
}

const cases: Record<string, Case> = {
  'it is missing': { make: (at) => join(at.place, 'work', 'nowhere') },
  'it is no repository': {
    make: (at) => at.folder('plain', { 'a.txt': 'a' }),
    check: (_, path) => assert.ok(existsSync(join(path, 'made.txt'))),
  },
  'it is no repository, and the task names a branch': { make: (at) => ({ path: at.folder('plain'), ref: 'main' }) },
  'it is a folder inside a repository': {
    async make(at) {
      const inside = join(await at.repository('shop'), 'inside');
      mkdirSync(inside);
      return inside;
    },
  },
  'it has no commit yet': {
    async make(at) {
      const path = at.folder('unborn');
      await at.git(path, 'init', '--quiet');
      return path;
    },
  },
  'it is bare': {
    async make(at) {
      const path = join(at.place, 'work', 'bare.git');
      await at.git(await at.repository('shop', { 'a.txt': 'a' }), 'clone', '--quiet', '--bare', '.', path);
      return path;
    },
    check: (at, path) => commits(at, path, 'a.txt'),
  },
  'it is shallow': {
    async make(at) {
      const whole = await at.repository('whole', { 'a.txt': 'a' });
      await at.git(whole, 'commit', '--quiet', '--allow-empty', '-m', 'second');
      const path = join(at.place, 'work', 'shallow');
      await at.git(whole, 'clone', '--quiet', '--depth=1', `file://${whole}`, path);
      return path;
    },
    script: 'git log --format=%s && git fsck && echo x > made.txt && git add . && git commit -qm inside',
    async check(at, path) {
      await commits(at, path, 'a.txt');
      assert.equal(await at.git(path, 'log', '--format=%s', 'arbiter/task'), 'inside\nsecond');
    },
  },
  'its HEAD is detached': {
    async make(at) {
      const path = await at.repository('shop', { 'a.txt': 'a' });
      await at.git(path, 'checkout', '--quiet', '--detach');
      return path;
    },
    async check(at, path) {
      await commits(at, path, 'a.txt');
      assert.equal(await at.git(path, 'rev-parse', 'HEAD'), await at.git(path, 'rev-parse', 'main'));
    },
  },
  'a merge is in progress in it': {
    async make(at) {
      const path = await at.repository('shop', { 'a.txt': 'a' });
      await at.git(path, 'checkout', '--quiet', '-b', 'side');
      writeFileSync(join(path, 'a.txt'), 'side');
      await at.git(path, 'commit', '--quiet', '-am', 'side');
      await at.git(path, 'checkout', '--quiet', 'main');
      writeFileSync(join(path, 'a.txt'), 'main');
      await at.git(path, 'commit', '--quiet', '-am', 'main');
      await assert.rejects(at.git(path, 'merge', 'side'));
      return path;
    },
    script: 'test "$(cat a.txt)" = main && test ! -e .git/MERGE_HEAD && echo x > made.txt',
    async check(at, path) {
      await commits(at, path, 'a.txt');
      assert.equal(await at.git(path, 'status', '--porcelain'), 'UU a.txt');
      assert.ok(existsSync(join(path, '.git', 'MERGE_HEAD')));
    },
  },
  'the disk of the copies is full': {
    make: (at) => at.repository('shop', { 'a.txt': 'a' }),
    mount: (at) => `mount -t tmpfs -o size=64k,nr_inodes=2 full '${at.home.copies}'`,
    check: async (at, path) => assert.equal(await at.git(path, 'branch', '--list', 'arbiter/*'), ''),
  },
  'the folder is read-only': {
    make(at) {
      const path = at.folder('plain', { 'a.txt': 'a' });
      if (!root) chmodSync(path, 0o555);
      return path;
    },
    ...(root && { mount: readOnly }),
    check(_, path) {
      assert.equal(existsSync(join(path, 'made.txt')), false);
      chmodSync(path, 0o755);
    },
  },
  'the repository is read-only': {
    async make(at) {
      const path = await at.repository('shop', { 'a.txt': 'a' });
      if (!root) await execa('chmod', ['-R', 'a-w', join(path, '.git')]);
      return path;
    },
    ...(root && { mount: readOnly }),
    async check(at, path) {
      assert.equal(await at.git(path, 'branch', '--list', 'arbiter/*'), '');
      await execa('chmod', ['-R', 'u+w', join(path, '.git')]);
    },
  },
  'it has 100,000 files': {
    make: (at) =>
      imported(
        at,
        Array.from({ length: manyFiles }, (_, index) => `folder-${Math.floor(index / 100)}/${index}.txt`),
      ),
    script: 'test -z "$(git status --porcelain)" && echo x > made.txt',
    check: async (at, path) =>
      assert.equal(await at.git(path, 'diff', '--name-status', 'main', 'arbiter/task'), 'A\tmade.txt'),
  },
  'names in it have newlines': {
    make: (at) => imported(at, ['a\\nb.txt', 'folder\\n/c.txt']),
    script: 'test -z "$(git status --porcelain)" && echo y >> "$(printf "a\\nb.txt")" && echo x > made.txt',
    check: (at, path) => commits(at, path, 'a\nb.txt', 'folder\n/c.txt'),
  },
  'names in it are not UTF-8': {
    make: (at) => imported(at, ['caf\xe9.txt', 'd\xff/a.txt', 'a.txt']),
    script:
      'git status --porcelain >&2 && test -z "$(git status --porcelain)" && test -e "$(printf "caf\\351.txt")" && echo x > made.txt',
    check: async (at, path) =>
      assert.equal(await at.git(path, 'diff', '--name-status', 'main', 'arbiter/task'), 'A\tmade.txt'),
  },
  'a plugin makes a name that is not UTF-8': {
    make: (at) => at.repository('shop'),
    script: 'echo x > "$(printf "caf\\351.txt")"',
  },
  'names in it differ in case alone': {
    make: (at) => imported(at, ['README', 'readme', 'Folder/a', 'folder/a']),
    script: 'test -z "$(git status --porcelain)" && echo y >> readme && echo x > made.txt',
    async check(at, path) {
      await commits(at, path, 'README', 'readme', 'Folder/a', 'folder/a');
      assert.equal(await at.git(path, 'diff', '--name-only', 'main', 'arbiter/task'), 'made.txt\nreadme');
    },
  },
  'links in it lead out of it': {
    async make(at) {
      const path = await at.repository('shop', { 'a.txt': 'a' });
      mkdirSync(join(at.place, 'outside'));
      symlinkSync(join(at.place, 'outside'), join(path, 'out'));
      await at.git(path, 'add', '.');
      await at.git(path, 'commit', '--quiet', '-m', 'link');
      return path;
    },
    script: 'test ! -e out && echo x > made.txt',
    async check(at, path) {
      await commits(at, path, 'a.txt', 'out');
      assert.match(await at.git(path, 'ls-tree', 'arbiter/task', 'out'), /^120000/);
    },
  },
  'a plugin makes a link that leads out of it': {
    make: (at) => at.repository('shop'),
    script: 'ln -s /etc/passwd link',
  },
  'it has hooks and filters in its config': {
    async make(at) {
      const path = await at.repository('shop', {
        'a.txt': 'a',
        '.gitattributes': '* filter=evil diff=evil text eol=crlf\n',
      });
      const mark = `touch '${join(at.place, 'ran')}'`;
      for (const hook of ['reference-transaction', 'post-commit', 'pre-commit', 'post-checkout', 'post-index-change'])
        writeFileSync(join(path, '.git', 'hooks', hook), `#!/bin/sh\n${mark}\n`, { mode: 0o755 });
      for (const [key, value] of [
        ['core.fsmonitor', mark],
        ['core.pager', mark],
        ['core.sshCommand', mark],
        ['filter.evil.clean', mark],
        ['filter.evil.smudge', mark],
        ['filter.evil.process', mark],
        ['filter.evil.required', 'true'],
        ['diff.evil.textconv', mark],
        ['gpg.program', mark],
        ['commit.gpgSign', 'true'],
      ] as const)
        await at.git(path, 'config', key, value);
      return path;
    },
    script: 'echo y > a.txt && git add a.txt && git commit -qm inside && echo x > made.txt',
    async check(at, path) {
      assert.equal(existsSync(join(at.place, 'ran')), false, 'something of the repository ran');
      await commits(at, path, '.gitattributes', 'a.txt');
    },
  },
};

describe('a workspace that is not as expected', () => {
  const stated = new Map(
    readFileSync(fileURLToPath(new URL('../docs/state-changes.md', import.meta.url)), 'utf8')
      .split('\n')
      .map((line) => line.split('|').map((cell) => cell.trim()))
      .filter(([, name = '', outcome = '']) => name in cases || /^(?:[A-Z_]{8,}|done)$/.test(outcome))
      .map(([, name = '', outcome = '']) => [name, outcome]),
  );
  let at: TemporaryHome;
  beforeEach(() => {
    at = temporaryHome();
    writeShell(at);
  });
  afterEach(() => at.remove());

  it('has a line in the documentation, and each line a case', () => {
    const here = [...Object.keys(cases), fullHome];
    assert.deepEqual([...stated.keys()].sort(), here.sort());
  });

  for (const [name, { make, script = 'echo x > made.txt', mount, check }] of Object.entries(cases))
    it(`${name}: ${stated.get(name)}`, async function () {
      if (mount && !root) {
        console.log('      skipped: only root can mount');
        this.skip();
      }
      const workspace = await make(at);
      const path = typeof workspace === 'string' ? workspace : (workspace as { path: string }).path;
      at.drop('a.jsonl', [{ id: 'task', tool: 'run', workspace, input: { script } }]);

      const run = await (mount ? inNamespace(at, mount(at, path)) : at.arbiter('start', '--once'));

      const [result] = at.results('a.jsonl');
      assert.equal(result?.code ?? result?.status, stated.get(name), run.stdout + run.stderr);
      assert.doesNotMatch(run.stdout + run.stderr, /^ +at /m, 'a stack');
      await check?.(at, path);
    });
});

const fullHome = 'the disk of the home is full';

describe('a home on a full disk', () => {
  it('ends the kernel with a sentence, and nothing is lost', async function () {
    if (!root) {
      console.log('      skipped: only root can mount');
      this.skip();
    }
    const at = temporaryHome();
    try {
      const count = 150;
      const text = JSON.stringify({ value: 'x'.repeat(20_000) });
      at.drop(
        'a.jsonl',
        Array.from({ length: count }, (_, index) => ({ id: `${index}`, tool: 'jsonl-parser', input: { text } })),
      );
      const { path } = at.home;
      const command = `'${process.execPath}' '${at.bin}' start --once --home '${path}'`;
      const { stdout } = await inNamespace(
        at,
        `cp -a '${path}' '${at.place}/kept' && mount -t tmpfs -o size=5m small '${path}' && cp -a '${at.place}/kept/.' '${path}'
         ${command} 2>&1; echo "ended $?"; mount -o remount,size=500m '${path}'; ${command} 2>&1; echo "ended $?"
         cp -a '${path}/.' '${at.place}/kept'; umount '${path}'; rm -rf '${path}'; mv '${at.place}/kept' '${path}'; exit`,
      );

      const [first = '', second = ''] = stdout.split(/^ended \d+$/m);
      assert.match(first, /^There is no room left to write: .*\n.*\n.*\n +\(DISK_FULL\)$/m, first.slice(-1000));
      assert.doesNotMatch(first, /^ +at /m, first.slice(-2000));
      assert.doesNotMatch(second, /^ +at /m, second.slice(-2000));
      assert.deepEqual(
        at.results('a.jsonl').map(({ line, status }) => `${line} ${status}`),
        Array.from({ length: count }, (_, index) => `${index + 1} done`),
      );
      const verified = await at.arbiter('ledger', 'verify');
      assert.ok([0, 3].includes(verified.status ?? -1), verified.stdout + verified.stderr);
    } finally {
      at.remove();
    }
  });
});

/** Starts the kernel after `prepare` in a mount namespace of its own. */
async function inNamespace(at: TemporaryHome, prepare: string): Promise<Run> {
  const script = `${prepare}\nexec "$@"`;
  const command = [process.execPath, at.bin, 'start', '--once', '--home', at.home.path];
  const { exitCode, stdout, stderr } = await execa(
    'unshare',
    ['--mount', '--propagation', 'private', '/bin/sh', '-c', script, 'sh', ...command],
    { env: { XDG_STATE_HOME: join(at.place, 'state') }, reject: false, stdin: 'ignore' },
  );
  return { status: exitCode, stdout, stderr };
}
