import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type RunningPlugin, runPlugin } from '../../../../pdk/run-plugin.ts';

const folder = fileURLToPath(new URL('..', import.meta.url));
const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', '-c', 'commit.gpgSign=false'];

let plugin: RunningPlugin;
let repository: string;

function git(...args: string[]): string {
  return execFileSync('git', [...identity, ...args], { cwd: repository, encoding: 'utf8' }).trim();
}

function write(path: string, content: string): void {
  mkdirSync(dirname(join(repository, path)), { recursive: true });
  writeFileSync(join(repository, path), content);
}

function commit(subject: string): string {
  git('add', '--all');
  git('commit', '--quiet', '--allow-empty', '-m', subject);
  return git('rev-parse', 'HEAD');
}

/** Replaces the last commit by one that carries a signature, as far as git can tell without looking at it. */
function sign(ref: string): void {
  const [header, message] = git('cat-file', 'commit', ref).split('\n\n');
  const signature = 'gpgsig -----BEGIN PGP SIGNATURE-----\n \n AAAA\n -----END PGP SIGNATURE-----';
  const input = `${header}\n${signature}\n\n${message}\n`;
  const options = { cwd: repository, input, encoding: 'utf8' } as const;
  git('update-ref', 'HEAD', execFileSync('git', ['hash-object', '-t', 'commit', '-w', '--stdin'], options).trim());
}

// biome-ignore lint/suspicious/noExplicitAny: the golden tests check outputs against the schemas; here they are looked into
function run(tool: string, input: object = {}): Promise<any> {
  return plugin.execute(tool, input, { workspace: repository });
}

describe('git-inspector', () => {
  before(async () => {
    plugin = await runPlugin(folder);
  });

  after(() => plugin.stop());

  beforeEach(() => {
    repository = mkdtempSync(join(tmpdir(), 'git-inspector-'));
    git('init', '--quiet', '-b', 'main');
  });

  afterEach(() => rmSync(repository, { recursive: true }));

  describe('git-status', () => {
    it('tells staged from unstaged changes, and both of one file', async () => {
      for (const name of ['both', 'gone', 'staged', 'still']) write(name, 'one\n');
      const head = commit('Begin');
      write('both', 'two\n');
      write('staged', 'two\n');
      write('added', 'new\n');
      git('add', 'both', 'staged', 'added');
      write('both', 'three\n');
      rmSync(join(repository, 'gone'));
      write('unknown', '?');

      assert.deepEqual(await run('git-status'), {
        branch: 'main',
        head,
        ahead: 0,
        behind: 0,
        clean: false,
        entries: [
          { path: 'added', change: 'added', staged: true },
          { path: 'both', change: 'modified', staged: true },
          { path: 'both', change: 'modified', staged: false },
          { path: 'gone', change: 'deleted', staged: false },
          { path: 'staged', change: 'modified', staged: true },
          { path: 'unknown', change: 'untracked', staged: false },
        ],
      });
    });

    it('keeps newlines, quotes, spaces, tabs and other alphabets in file names', async () => {
      const names = ['a\nb', 'quote"d', ' leading', 'tab\there', 'grüße', '日本語', '-option', '? mark'];
      for (const name of names) write(name, 'x');

      const { entries } = await run('git-status');

      assert.deepEqual(
        entries.map(({ path }: { path: string }) => path),
        names.sort(),
      );
    });

    it('names the earlier path of a renamed file', async () => {
      write('old name', 'the same content\n'.repeat(10));
      commit('Begin');
      git('mv', 'old name', 'new\nname');

      const { entries } = await run('git-status');

      assert.deepEqual(entries, [{ path: 'new\nname', change: 'renamed', staged: true, renamedFrom: 'old name' }]);
    });

    it('sees a file that became a link', async () => {
      write('file', 'x');
      commit('Begin');
      rmSync(join(repository, 'file'));
      symlinkSync('elsewhere', join(repository, 'file'));

      assert.deepEqual((await run('git-status')).entries, [{ path: 'file', change: 'type-changed', staged: false }]);
    });

    it('sees conflicts', async () => {
      write('file', 'one\n');
      commit('Begin');
      git('checkout', '--quiet', '-b', 'other');
      write('file', 'theirs\n');
      commit('Theirs');
      git('checkout', '--quiet', 'main');
      write('file', 'ours\n');
      commit('Ours');
      assert.throws(() => execFileSync('git', [...identity, 'merge', 'other'], { cwd: repository, stdio: 'ignore' }));

      assert.deepEqual((await run('git-status')).entries, [{ path: 'file', change: 'conflicted', staged: false }]);
    });

    it('counts how far the branch is from its upstream', async () => {
      commit('Begin');
      git('branch', 'upstream');
      git('branch', '--quiet', '--set-upstream-to=upstream');
      commit('One');
      commit('Two');
      git('checkout', '--quiet', 'upstream');
      commit('Theirs');
      git('checkout', '--quiet', 'main');

      const { branch, ahead, behind, clean } = await run('git-status');

      assert.deepEqual({ branch, ahead, behind, clean }, { branch: 'main', ahead: 2, behind: 1, clean: true });
    });

    it('has a branch but no head before the first commit', async () => {
      const { branch, head, clean } = await run('git-status');

      assert.deepEqual({ branch, head, clean }, { branch: 'main', head: null, clean: true });
    });

    it('has a head but no branch when HEAD is detached', async () => {
      const id = commit('Begin');
      git('checkout', '--quiet', '--detach');

      const { branch, head } = await run('git-status');

      assert.deepEqual({ branch, head }, { branch: null, head: id });
    });

    it('lists untracked files as their folder, or not at all, when asked to', async () => {
      write('new/a', 'a');
      write('new/b', 'b');

      const folders = await run('git-status', { untracked: 'folders' });
      const none = await run('git-status', { untracked: 'none' });

      assert.deepEqual(folders.entries, [{ path: 'new/', change: 'untracked', staged: false }]);
      assert.deepEqual(none.entries, []);
    });

    it('refuses a folder that is no repository, even when one lies further up', async () => {
      mkdirSync(join(repository, 'inner'));

      await assert.rejects(
        plugin.execute('git-status', {}, { workspace: join(repository, 'inner') }),
        new Error('The workspace is not a git repository.'),
      );
    });

    it('leaves the index as it is, although git would like to refresh it', async () => {
      write('file', 'one\n');
      commit('Begin');
      const index = join(repository, '.git/index');
      const before = readFileSync(index);
      // Another mtime makes git look at the content again, and note down that it is the same.
      utimesSync(join(repository, 'file'), new Date(0), new Date(0));

      assert.equal((await run('git-status')).clean, true);

      assert.deepEqual(readFileSync(index), before);
    });
  });

  describe('git-diff', () => {
    it('compares the working tree with the last commit, staged or not', async () => {
      write('staged', 'one\n');
      write('unstaged', 'one\n');
      commit('Begin');
      write('staged', 'two\n');
      git('add', 'staged');
      write('unstaged', 'one\ntwo\n');
      write('untracked', 'x\n');

      const { files, patch, truncated } = await run('git-diff');

      assert.deepEqual(files, [
        { path: 'staged', added: 1, removed: 1 },
        { path: 'unstaged', added: 1, removed: 0 },
      ]);
      assert.match(patch, /^diff --git a\/staged b\/staged\n/);
      assert.match(patch, /^-one\n\+two$/m);
      assert.equal(truncated, false);
    });

    it('compares two commits, and only the paths asked for', async () => {
      write('a*', 'one\n');
      write('ab', 'one\n');
      commit('Begin');
      git('tag', '-a', 'v1', '-m', 'First');
      write('a*', 'two\n');
      write('ab', 'two\n');
      commit('Change');
      write('ab', 'three\n');

      const { files } = await run('git-diff', { from: 'v1', to: 'main', paths: ['a*'] });

      assert.deepEqual(files, [{ path: 'a*', added: 1, removed: 1 }]);
    });

    it('counts no lines of a binary file', async () => {
      write('binary', 'a\0b');
      git('add', '--all');

      assert.deepEqual((await run('git-diff')).files, [{ path: 'binary', added: null, removed: null }]);
    });

    it('takes everything staged for new before the first commit', async () => {
      write('new\n"name"', 'one\ntwo\n');
      git('add', '--all');

      assert.deepEqual((await run('git-diff')).files, [{ path: 'new\n"name"', added: 2, removed: 0 }]);
    });

    it('cuts a long patch after a whole line and says so', async () => {
      write('long', 'ü'.repeat(50).concat('\n').repeat(1000));
      git('add', '--all');

      const cut = await run('git-diff', { maxBytes: 5000 });
      const nothing = await run('git-diff', { maxBytes: 0 });

      assert.equal(cut.truncated, true);
      assert.ok(Buffer.byteLength(cut.patch) <= 5000 && cut.patch.endsWith('ü\n'), cut.patch.slice(-20));
      assert.deepEqual([nothing.patch, nothing.truncated], ['', true]);
      assert.deepEqual(cut.files, [{ path: 'long', added: 1000, removed: 0 }]);
    });

    it('gives as much context as asked for', async () => {
      write('file', '1\n2\n3\n4\n5\n');
      commit('Begin');
      write('file', '1\n2\nthree\n4\n5\n');

      assert.match((await run('git-diff', { contextLines: 0 })).patch, /@@ -3 \+3 @@/);
      assert.match((await run('git-diff', { contextLines: 1 })).patch, /@@ -2,3 \+2,3 @@/);
    });

    it('takes a ref that begins with a dash for a ref', async () => {
      commit('Begin');

      for (const ref of ['--output=stolen', '-O/etc/passwd', '--no-index']) {
        await assert.rejects(
          run('git-diff', { from: ref }),
          new Error(`There is no commit ${ref} in this repository.`),
        );
        await assert.rejects(run('git-diff', { to: ref }), new Error(`There is no commit ${ref} in this repository.`));
      }
      assert.equal(existsSync(join(repository, 'stolen')), false);
    });

    it('refuses a ref that depends on the time of day', async () => {
      commit('Begin');

      await assert.rejects(
        run('git-diff', { from: 'main@{yesterday}' }),
        new Error('main@{yesterday} depends on the time of day (@{yesterday}). Name a branch, a tag or an id.'),
      );
      assert.deepEqual((await run('git-diff', { from: 'main@{0}' })).files, []);
    });

    it('refuses a path outside the repository in words of git', async () => {
      commit('Begin');

      await assert.rejects(run('git-diff', { paths: ['/etc/passwd'] }), /git diff failed: .*is outside repository/);
    });

    it('runs none of the programs that the repository configures', async () => {
      const trap = join(repository, 'trap.sh');
      writeFileSync(trap, `#!/bin/sh\ntouch '${repository}/sprung'\ncat "$1" 2>/dev/null\n`);
      chmodSync(trap, 0o755);
      write('.gitattributes', '*.txt diff=trap\n');
      write('file.txt', 'one\n');
      commit('Begin');
      write('file.txt', 'two\n');
      for (const key of ['core.fsmonitor', 'core.pager', 'diff.external', 'diff.trap.textconv', 'diff.trap.command']) {
        git('config', key, trap);
      }
      sign('HEAD');
      git('config', 'gpg.program', trap);
      git('config', 'log.showSignature', 'true');
      rmSync(join(repository, 'sprung'), { force: true });

      await run('git-status');
      const { files } = await run('git-diff');
      await run('git-log');

      assert.deepEqual(files, [{ path: 'file.txt', added: 1, removed: 1 }]);
      assert.equal(existsSync(join(repository, 'sprung')), false);
    });
  });

  describe('git-log', () => {
    it('lists commits from the newest on, with their parents', async () => {
      const first = commit('Begin');
      git('checkout', '--quiet', '-b', 'side');
      const side = commit('Side');
      git('checkout', '--quiet', 'main');
      const second = commit('Second "quoted" — ü');
      git('merge', '--quiet', '--no-ff', '-m', 'Merge', 'side');

      const { commits } = await run('git-log');

      assert.equal(commits.length, 4);
      assert.deepEqual(commits[0].parents, [second, side]);
      const byId = new Map(commits.map((entry: { id: string }) => [entry.id, entry]));
      assert.deepEqual(byId.get(first), {
        id: first,
        parents: [],
        author: 'Ada',
        email: 'ada@example.org',
        date: new Date(Number(git('log', '-1', '--format=%at', first)) * 1000).toISOString(),
        subject: 'Begin',
      });
      assert.equal((byId.get(second) as { subject: string }).subject, 'Second "quoted" — ü');
    });

    it('stops at the limit, at 20 when there is none', async () => {
      for (let count = 0; count < 22; count++) commit(`Commit ${count}`);

      assert.equal((await run('git-log')).commits.length, 20);
      assert.equal((await run('git-log', { limit: 3 })).commits.length, 3);
    });

    it('lists only the commits that changed a path', async () => {
      write('[a]', 'one\n');
      const id = commit('Begin');
      write('a', 'one\n');
      commit('Another');

      const { commits } = await run('git-log', { path: '[a]' });

      assert.deepEqual(
        commits.map((entry: { id: string }) => entry.id),
        [id],
      );
    });

    it('is empty before the first commit', async () => {
      assert.deepEqual(await run('git-log'), { commits: [] });
    });

    it('says so when a ref names nothing', async () => {
      commit('Begin');

      await assert.rejects(
        run('git-log', { ref: 'nowhere' }),
        new Error('There is no commit nowhere in this repository.'),
      );
      await assert.rejects(
        run('git-log', { ref: 'main..main' }),
        new Error('There is no commit main..main in this repository.'),
      );
    });

    it('reads a bare repository', async () => {
      const id = commit('Begin');
      const bare = mkdtempSync(join(tmpdir(), 'git-inspector-bare-'));
      try {
        execFileSync('git', ['clone', '--quiet', '--bare', repository, bare]);

        const { commits } = (await plugin.execute('git-log', {}, { workspace: bare })) as { commits: { id: string }[] };

        assert.equal(commits[0]?.id, id);
        await assert.rejects(plugin.execute('git-status', {}, { workspace: bare }), /must be run in a work tree/);
      } finally {
        rmSync(bare, { recursive: true });
      }
    });
  });
});
