// The repository inside a private copy: git works in it, its commits are kept, and nothing else of it.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeShell } from './fixture-plugins.ts';
import { type TemporaryHome, temporaryHome } from './temporary-home.ts';

const isolations = ['auto', 'process'] as const;
const who = '-c user.name=Ada -c user.email=ada@example.org';

for (const isolation of isolations)
  describe(`the repository inside a private copy, isolation ${isolation}`, () => {
    let at: TemporaryHome;
    let repository: string;
    beforeEach(async () => {
      at = temporaryHome({ isolation });
      writeShell(at);
      repository = await at.repository('shop', { 'a.txt': 'a\n', 'b.txt': 'b\n' });
    });
    afterEach(() => at.remove());
    /** What comes after the copy is the same for every kind of copy. */
    const itOnce = (title: string, body: Mocha.AsyncFunc) => isolation === 'auto' && it(title, body);

    const run = (script: string, more: object = {}) => ({
      ...{ tool: 'run', workspace: repository, input: { script }, id: 'task' },
      ...more,
    });
    async function carryOut(script: string, more: object = {}, expected = 0) {
      at.drop('a.jsonl', [run(script, more)]);
      const started = await at.arbiter('start', '--once');
      assert.equal(started.status, expected, started.stdout + started.stderr);
      return shown();
    }
    async function shown() {
      const { stdout, stderr } = await at.arbiter('plan', 'show', 'task', '--json');
      return JSON.parse(stdout || stderr);
    }
    const stdoutOf = () => (at.results('a.jsonl')[0] as never as { output: { stdout: string } }).output.stdout;
    const git = (...args: string[]) => at.git(repository, ...args);

    it('stands at the commit that the copy starts from, and is clean', async () => {
      await carryOut('git status --porcelain --branch && git log --format=%s && git diff --stat HEAD && git fsck 2>&1');
      assert.equal(stdoutOf(), '## task\nFirst commit\n');
    });

    it('shows what a plugin changes, and nothing that it did not', async () => {
      await carryOut('echo c > a.txt; rm b.txt; touch new; git status --porcelain; git diff a.txt | tail -n 1');
      assert.equal(stdoutOf(), ' M a.txt\n D b.txt\n?? new\n+c\n');
    });

    it('takes commits, which are kept as they were written', async () => {
      const { target, notKept } = await carryOut(
        `echo c > a.txt && git ${who} commit -qam 'Change a' && echo n > n && git add n && git commit -qm 'Add n'; git rev-parse HEAD`,
      );
      assert.deepEqual(
        target.commits.map(({ author, subject }: { author: string; subject: string }) => `${subject} by ${author}`),
        ['Change a by Ada <ada@example.org>', 'Add n by Arbiter <arbiter@localhost>'],
      );
      assert.equal(notKept, undefined);
      assert.equal(await git('rev-parse', 'arbiter/task'), stdoutOf().trim(), 'the very commit that was made inside');
      assert.equal(await git('log', '--format=%s', 'main..arbiter/task'), 'Add n\nChange a');
      assert.equal(await git('fsck', '--strict'), '');
      assert.equal(await git('status', '--porcelain'), '');
    });

    it('gets what was left uncommitted as a commit of the kernel’s on top', async () => {
      await carryOut(`echo c > a.txt && git commit -qam 'Change a' && echo more >> a.txt && echo n > new`, {
        title: 'Rest',
      });
      assert.equal(await git('log', '--format=%s', 'main..arbiter/task'), 'Rest\nChange a');
      assert.equal(await git('show', 'arbiter/task:a.txt'), 'c\nmore');
      assert.equal(await git('show', 'arbiter/task~1:a.txt'), 'c');
    });

    itOnce('is planned under whatIf, without a trace, and applied as it was', async () => {
      const before = await git('count-objects', '-v');
      const plan = await carryOut(`echo c > a.txt && git commit -qam 'Change a' && git rev-parse HEAD`, {
        whatIf: true,
      });
      assert.equal(await git('count-objects', '-v'), before);
      assert.match((await at.arbiter('plan', 'show', 'task')).stdout, /commit {2}[0-9a-f]{12} Change a \(Arbiter/);

      const applied = await at.arbiter('apply', 'task');
      assert.equal(applied.status, 0, applied.stderr);
      assert.equal(await git('rev-parse', 'arbiter/task'), plan.target.commits[0].id);
      assert.equal(await git('fsck', '--strict'), '');

      assert.equal((await at.arbiter('rollback', 'task')).status, 0);
      assert.equal(await git('branch', '--list', 'arbiter/*'), '');
    });

    itOnce('waits for an approval with its commits, and refuses commits that were changed meanwhile', async () => {
      const { target } = await carryOut(`echo c > a.txt && git commit -qam 'Change a'`, { approval: 'required' });
      const pack = join(at.home.effects, target.pack.slice(7, 9), target.pack.slice(7));
      const content = readFileSync(pack);
      rmSync(pack);
      writeFileSync(pack, 'something else');
      const refused = await at.arbiter('approve', 'task');
      assert.match(refused.stderr, /its commits.*not what was recorded/);

      writeFileSync(pack, content);
      assert.equal((await at.arbiter('approve', 'task')).status, 0);
      assert.equal(await git('rev-parse', 'arbiter/task'), target.commits[0].id);
    });

    itOnce('is kept once, whenever the kernel dies', async () => {
      for (const point of [
        'before-prepared',
        'after-prepared',
        'before-update-ref',
        'after-update-ref',
        'after-apply',
      ]) {
        const id = `task-${point}`;
        at.drop(`${id}.jsonl`, [run(`echo ${id} > a.txt && git commit -qam 'Change a' && echo more >> b.txt`, { id })]);
        process.env.ARBITER_CRASH_POINT = point;
        const died = await at.arbiter('start', '--once').finally(() => delete process.env.ARBITER_CRASH_POINT);
        assert.notEqual(died.status, 0, point);

        assert.equal((await at.arbiter('start', '--once')).status, 0, point);
        assert.equal(await git('log', '--format=%s', `main..arbiter/${id}`), 'arbiter: run\nChange a', point);
        assert.deepEqual(
          at.results(`${id}.jsonl`).map(({ status }) => status),
          ['done'],
          point,
        );
      }
      assert.equal(await git('fsck', '--strict', '--no-dangling'), '');
    });

    itOnce('goes on a branch that the task names', async () => {
      await git('branch', 'work');
      await carryOut(`echo c > a.txt && git commit -qam 'Change a'`, { workspace: { path: repository, ref: 'work' } });
      assert.equal(await git('log', '--format=%s', 'main..work'), 'Change a');
    });

    it('keeps no other branch, tag, hook or setting, and says so', async () => {
      const mark = join(at.place, 'ran');
      const { notKept, target } = await carryOut(
        `git tag v1 && git branch side && mkdir -p .git/hooks && printf '#!/bin/sh\\ntouch ${mark}' > .git/hooks/post-commit &&
         chmod +x .git/hooks/post-commit && git config core.fsmonitor 'touch ${mark}' && git config core.hooksPath hooks &&
         git config filter.x.clean 'touch ${mark}' && echo '/proc' > .git/objects/info/alternates && echo '* filter=x' > .git/info/attributes 2>/dev/null;
         echo c > a.txt`,
      );
      assert.deepEqual(
        notKept
          .map(({ kind, name }: { kind: string; name: string }) => `${kind} ${name}`)
          .filter((one: string) => !one.includes('attributes')),
        [
          'ref refs/heads/side',
          'ref refs/tags/v1',
          'setting config',
          'setting objects/info/alternates',
          'hook post-commit',
        ],
      );
      assert.equal(target.commits, undefined);
      assert.equal(await git('show', 'arbiter/task:a.txt'), 'c');
      assert.equal(await git('tag'), '');
      assert.equal(existsSync(mark), false);
    });

    it('keeps the files alone where its commits do not come from the base, or come to nothing', async () => {
      for (const [script, detail] of [
        [`git checkout -q --orphan new && echo c > a.txt && git commit -qam 'New'`, /does not come from/],
        [`rm -rf .git && git init -q && git add . && git commit -qm x --author='A <a@b>'; echo c > a.txt`, /./],
        [`git commit -q --allow-empty -m 'Nothing'`, /comes to nothing/],
      ] as const) {
        at.remove();
        at = temporaryHome({ isolation });
        writeShell(at);
        repository = await at.repository('shop', { 'a.txt': 'a\n' });
        const { notKept, target } = await carryOut(script);
        assert.equal(target.commits, undefined, script);
        assert.match(notKept.at(-1).detail, detail);
      }
    });

    it('may be removed, or replaced by a link or a file', async () => {
      const outside = await at.repository('other', { 'secret.txt': 'secret\n' });
      for (const [script, detail] of [
        ['rm -rf .git', 'it was removed'],
        [`rm -rf .git && ln -s ${outside}/.git .git`, 'it was replaced'],
        [`rm -rf .git && echo 'gitdir: ${outside}/.git' > .git`, 'it was replaced'],
      ] as const) {
        at.drop('a.jsonl', [{ ...run(`${script}; echo ${detail} > a.txt`), id: script.length.toString() }]);
        assert.equal((await at.arbiter('start', '--once')).status, 0);
        const { stdout } = await at.arbiter('plan', 'show', script.length.toString(), '--json');
        // In a box the folder cannot go, because something is mounted in it.
        const said = isolation === 'process' ? detail : 'it was removed';
        assert.deepEqual(JSON.parse(stdout).notKept, [{ kind: 'repository', name: '.git', detail: said }]);
        assert.equal(await git('show', `arbiter/${script.length}:a.txt`), detail);
      }
    });

    itOnce('brings no object that is malformed, or missing, or somebody else’s', async () => {
      const other = await at.repository('other', { 'secret.txt': 'secret\n' });
      const secret = await at.git(other, 'rev-parse', 'HEAD:secret.txt');
      for (const [index, script] of [
        // A tree with a name that leads into .git.
        `blob=$(git hash-object -w a.txt) && tree=$(printf "100644 .git\\0$(echo $blob | sed 's/../\\\\x&/g')" | git hash-object -t tree -w --stdin --literally) &&
         commit=$(git commit-tree -p HEAD -m bad $tree) && git update-ref HEAD $commit`,
        // A file that is in another repository alone, reached by a list of alternates.
        `mkdir -p .git/objects/info && echo ${other}/.git/objects >> .git/objects/info/alternates;
         tree=$(printf "100644 blob ${secret}\\tstolen\\n" | git mktree --missing) && git update-ref HEAD $(git commit-tree -p HEAD -m stolen $tree)`,
        // An object that is not what its name says.
        `echo c > a.txt && git commit -qam x && id=$(git rev-parse HEAD) && file=.git/objects/$(echo $id | cut -c1-2)/$(echo $id | cut -c3-) &&
         chmod u+w $file && echo broken > $file`,
      ].entries()) {
        at.drop('a.jsonl', [{ ...run(`${script}; echo ${index} > b.txt`), id: `bad-${index}` }]);
        const started = await at.arbiter('start', '--once');
        assert.equal(started.status, 0, started.stdout);
        const { stdout } = await at.arbiter('plan', 'show', `bad-${index}`, '--json');
        const { notKept, target } = JSON.parse(stdout);
        assert.equal(target.commits, undefined, `${index}`);
        assert.equal(notKept.at(-1)?.kind, 'commits', `${index}: ${JSON.stringify(notKept)}`);
        assert.equal(await git('show', `arbiter/bad-${index}:b.txt`), `${index}`);
        assert.equal(await git('fsck', '--strict'), '');
      }
      await assert.rejects(git('cat-file', '-e', secret));
    });
  });
