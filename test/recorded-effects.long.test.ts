// What people decide about effects that are recorded: look at them, apply a plan, approve, reject, roll back.
import assert from 'node:assert/strict';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Envelope, GitTarget, TaskBody } from '../contracts/generated/ledger.v1.ts';
import { ask } from '../kernel/control.ts';
import { homePolicies } from '../kernel/home-policies.ts';
import { type TemporaryHome, temporaryHome } from './temporary-home.ts';
import { writePlugin } from './write-plugin.ts';

const write = (id: string, workspace: unknown, files: object[], more: object = {}) => ({
  ...{ id, tool: 'file-writer', workspace, input: { files } },
  ...more,
});
const plan = { whatIf: true };
const askFirst = { approval: 'required' };

interface Shown {
  readonly seq: number;
  readonly bodyHash: string;
  readonly body: TaskBody;
  readonly envelope: Envelope;
}

describe('recorded effects', () => {
  let at: TemporaryHome;
  let folder: string;
  beforeEach(() => {
    at = temporaryHome();
    folder = at.folder('notes', { 'a.txt': 'one\ntwo\nthree\n', 'gone.txt': 'gone\n' });
  });
  afterEach(() => at.remove());

  const run = async (...tasks: object[]) => {
    at.drop('a.jsonl', tasks);
    const { status, stdout, stderr } = await at.arbiter('start', '--once');
    assert.equal(status, 0, stdout + stderr);
  };
  /** Runs a command that has to succeed. */
  const arbiter = async (...args: string[]) => {
    const { status, stdout, stderr } = await at.arbiter(...args, '--json');
    assert.equal(status, 0, stdout + stderr);
    return JSON.parse(stdout);
  };
  /** Runs a command that has to be refused; gives its error. */
  const refused = async (...args: string[]): Promise<{ code: string; message: string; remedy: string }> => {
    const { status, stdout } = await at.arbiter(...args, '--json');
    assert.equal(status, 3, stdout);
    return JSON.parse(stdout).error;
  };
  const codeOf = async (...args: string[]) => (await refused(...args)).code;
  const entriesOf = async (id: string): Promise<Shown[]> => (await arbiter('show', id)).entries;
  const kindsOf = async (id: string) =>
    (await entriesOf(id)).map(({ body }) => (`${body.kind}` === 'task' ? body.outcome : body.kind));
  const read = (path: string) => readFileSync(join(folder, path), 'utf8');
  const verified = async () => assert.equal((await at.arbiter('ledger', 'verify')).status, 0);

  const change = [
    { path: 'a.txt', content: 'one\n2\nthree\n' },
    { path: 'deep/new.txt', content: 'new\n' },
    { path: 'gone.txt', delete: true },
  ];
  const asItWas = () => ({ 'a.txt': 'one\ntwo\nthree\n', 'gone.txt': 'gone\n' });
  const contents = () =>
    Object.fromEntries(
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((path) => lstatSync(join(folder, path)).isFile())
        .map((path) => [path, read(path)]),
    );
  const asPlanned = { 'a.txt': 'one\n2\nthree\n', 'deep/new.txt': 'new\n' };

  describe('arbiter diff', () => {
    it('shows what was created, changed and deleted, with sizes and a unified diff', async () => {
      await run(write('p', folder, change, plan));
      const { stdout } = await at.arbiter('diff', 'p');
      assert.match(stdout, /^p: planned \[entry \d+\]\n/);
      assert.match(stdout, /created +deep\/new\.txt +\(4 bytes, 644\)/);
      assert.match(stdout, /changed +a\.txt +\(14 → 12 bytes, 644\)/);
      assert.match(stdout, /deleted +gone\.txt +\(5 bytes, 644\)/);
      assert.match(stdout, /--- a\/a\.txt\n\+\+\+ b\/a\.txt\n@@ -1,3 \+1,3 @@\n one\n-two\n\+2\n three\n/);
      assert.match(stdout, /--- a\/gone\.txt\n\+\+\+ \/dev\/null\n@@ -1,1 \+0,0 @@\n-gone/);
      const [entry] = await entriesOf('p');
      assert.equal((await arbiter('diff', `${entry?.seq}`)).id, 'p');
      assert.equal((await arbiter('diff', 'p')).files.length, 3);
    });

    it('shows renames, modes and links, binary files by digest, and says when it is cut', async () => {
      const spec = {
        ...{ schema: 'plugin.v1', id: 'mover', version: '1.0.0', category: 'state-change', description: 'Moves.' },
        entry: { file: 'mover.sh', runtime: 'executable' },
        tools: {
          move: {
            description: 'Moves.',
            deterministic: true,
            workspace: 'required',
            input: { type: 'object' },
            output: {},
          },
        },
      };
      const answer = (id: number, result: string) => `echo '{"jsonrpc":"2.0","id":${id},"result":${result}}'`;
      const program = [
        '#!/bin/sh',
        'read -r line',
        answer(1, '{"protocol":"protocol.v1","tools":["move"]}'),
        'read -r line',
        'cd "$(printf %s "$line" | sed \'s/.*"workspace":"\\([^"]*\\)".*/\\1/\')"',
        'mv gone.txt went.txt; chmod 755 a.txt; ln -s a.txt link; printf "a\\000b" > binary; seq 1 2000 > long.txt',
        'id=$(printf %s "$line" | sed \'s/.*"id":\\([0-9]*\\).*/\\1/\')',
        'echo "{\\"jsonrpc\\":\\"2.0\\",\\"id\\":$id,\\"result\\":{}}"',
        'read -r line',
      ].join('\n');
      writePlugin(join(at.home.plugins, 'mover'), spec, `${program}\n`);
      await run({ id: 'm', tool: 'move', workspace: folder, whatIf: true });
      const { stdout } = await at.arbiter('diff', 'm');
      assert.match(stdout, /renamed +gone\.txt → went\.txt +\(5 bytes, 644\)/);
      assert.match(stdout, /changed +a\.txt +\(14 bytes, 644 → 755\)/);
      assert.match(stdout, /created +link +\(link, 5 bytes\)/);
      assert.match(stdout, /created +binary +\(3 bytes, 644, binary, sha256:[0-9a-f]{64}\)/);
      assert.match(stdout, /… 1503 more lines of long\.txt are not shown\./);
      assert.doesNotMatch(stdout, /\+\+\+ b\/went/);

      await arbiter('apply', 'm');
      assert.equal(readlinkSync(join(folder, 'link')), 'a.txt');
      assert.equal(statSync(join(folder, 'a.txt')).mode & 0o777, 0o755);
      assert.deepEqual(readFileSync(join(folder, 'binary')), Buffer.from('a\0b'));
      await arbiter('rollback', 'm');
      assert.deepEqual(contents(), asItWas());
      assert.equal(statSync(join(folder, 'a.txt')).mode & 0o777, 0o644);
    });

    it('takes contents of a repository from git', async () => {
      const repository = await at.repository('shop', { 'a.txt': 'old\n' });
      await run(write('g', repository, [{ path: 'a.txt', content: 'new\n' }]));
      assert.match((await at.arbiter('diff', 'g')).stdout, /-old\n\+new/);
      await arbiter('rollback', 'g');
      assert.match((await at.arbiter('diff', 'g')).stdout, /^g: rolled back/);
      assert.match((await at.arbiter('diff', 'rollback of g')).stdout, /-new\n\+old/);
    });

    it('knows no task of that name', async () => {
      await run();
      assert.equal(await codeOf('diff', 'nobody'), 'TASK_NOT_FOUND');
      assert.equal(await codeOf('plan', 'show', 'nobody'), 'TASK_NOT_FOUND');
    });
  });

  describe('arbiter plan show', () => {
    it('says what can be done with a plan, and with what waits', async () => {
      await run(write('p', folder, change, plan), write('w', folder, change, askFirst));
      assert.match((await at.arbiter('plan', 'show', 'p')).stdout, /To apply exactly this: arbiter apply p$/);
      assert.match((await at.arbiter('plan', 'show', 'w')).stdout, /arbiter approve w, or arbiter reject w/);
      assert.match((await at.arbiter('plan', 'show', 'w')).stdout, /waiting for an approval/);
      await arbiter('apply', 'p');
      assert.match((await at.arbiter('plan', 'show', 'p')).stdout, /To undo it: arbiter rollback p/);
      await arbiter('rollback', 'p');
      assert.match((await at.arbiter('plan', 'show', 'p')).stdout, /Entry \d+ rolled it back/);
      await verified();
    });
  });

  describe('arbiter apply', () => {
    it('applies to a folder what was planned, and runs nothing', async () => {
      await run(write('p', folder, change, plan));
      assert.deepEqual(contents(), asItWas());
      rmSync(at.home.plugins, { recursive: true });
      const answer = await arbiter('apply', 'p', '--reason', 'looked at it');
      assert.equal(answer.status, 'done');
      assert.deepEqual(contents(), asPlanned);

      const [planned, prepared, done] = await entriesOf('p');
      assert.deepEqual(await kindsOf('p'), ['planned', 'prepared', 'done']);
      assert.equal(done?.body.applies, planned?.bodyHash);
      assert.equal(done?.envelope.concerns, planned?.seq);
      assert.equal(done?.envelope.reason, 'looked at it');
      assert.ok(done?.envelope.actor);
      assert.deepEqual(prepared?.body.outcome, done?.body);
      const { applies: _, ...rest } = done?.body ?? {};
      assert.deepEqual({ ...rest, outcome: 'planned' }, planned?.body);
      await verified();
    });

    it('takes the number of the entry, too', async () => {
      await run(write('p', folder, change, plan));
      const [planned] = await entriesOf('p');
      assert.equal((await arbiter('apply', `${planned?.seq}`)).id, 'p');
      assert.deepEqual(contents(), asPlanned);
    });

    it('makes the commit that the task would have made', async () => {
      const repository = await at.repository('shop', { 'a.txt': 'old\n', 'run.sh': '#!/bin/sh\n' });
      const files = [
        { path: 'a.txt', content: 'new\n' },
        { path: 'bin/tool', content: 'x', executable: true },
        { path: 'run.sh', delete: true },
      ];
      await run(write('g', repository, files, plan));
      await at.git(repository, 'gc', '--quiet', '--prune=now');
      const answer = await arbiter('apply', 'g');
      assert.match(answer.note, /git merge arbiter\/g/);
      assert.equal(await at.git(repository, 'show', 'arbiter/g:a.txt'), 'new');
      assert.match(await at.git(repository, 'ls-tree', 'arbiter/g', 'bin/tool'), /^100755 /);
      const [planned, , done] = await entriesOf('g');
      assert.equal(
        await at.git(repository, 'rev-parse', 'arbiter/g^{tree}'),
        (planned as { body: { effects: { target: GitTarget } } } | undefined)?.body.effects.target.tree,
      );
      assert.equal(await at.git(repository, 'rev-parse', 'arbiter/g'), done?.envelope.commit);
      assert.equal(await at.git(repository, 'status', '--porcelain'), '');
      assert.equal(await at.git(repository, 'fsck', '--strict', '--no-dangling'), '');
      assert.deepEqual(readdirSync(at.home.copies), []);
    });

    it('refuses with the conflicts when the folder has moved, and changes nothing', async () => {
      await run(write('p', folder, change, plan));
      appendFileSync(join(folder, 'a.txt'), 'a person\n');
      mkdirSync(join(folder, 'deep'));
      writeFileSync(join(folder, 'deep/new.txt'), 'a person, too');
      const found = contents();
      const { code, message } = await refused('apply', 'p');
      assert.equal(code, 'WORKSPACE_MOVED');
      assert.match(message, /: a\.txt, deep\/new\.txt\.$/);
      assert.deepEqual(contents(), found);
      assert.deepEqual(await kindsOf('p'), ['planned']);

      writeFileSync(join(folder, 'a.txt'), 'one\ntwo\nthree\n');
      rmSync(join(folder, 'deep'), { recursive: true });
      await arbiter('apply', 'p');
      assert.deepEqual(contents(), asPlanned);
    });

    it('refuses when the branch that the task names is elsewhere by now, or checked out', async () => {
      const repository = await at.repository('shop');
      await at.git(repository, 'branch', 'work');
      await run(write('g', { path: repository, ref: 'work' }, [{ path: 'x', content: 'x' }], plan));
      await at.git(repository, 'checkout', '--quiet', 'work');
      assert.equal(await codeOf('apply', 'g'), 'WORKSPACE_REF_BUSY');
      await at.git(repository, 'commit', '--quiet', '--allow-empty', '-m', 'a person');
      await at.git(repository, 'checkout', '--quiet', 'main');
      const head = await at.git(repository, 'rev-parse', 'work');
      assert.match((await refused('apply', 'g')).message, new RegExp(`branch work is at ${head}`));
      assert.equal(await at.git(repository, 'rev-parse', 'work'), head);
    });

    it('does not mind that the checkout went on, but needs the commit it started from', async () => {
      const repository = await at.repository('shop');
      await run(
        write('g', repository, [{ path: 'x', content: 'x' }], plan),
        write('h', repository, [{ path: 'y', content: 'y' }], plan),
      );
      const base = await at.git(repository, 'rev-parse', 'main');
      await at.git(repository, 'commit', '--quiet', '--allow-empty', '--amend', '-m', 'another first commit');
      await arbiter('apply', 'g');
      assert.equal(await at.git(repository, 'rev-parse', 'arbiter/g^'), base);
      await at.git(repository, 'branch', '-D', 'arbiter/g');
      await at.git(repository, 'reflog', 'expire', '--expire=now', '--all');
      await at.git(repository, 'gc', '--quiet', '--prune=now');
      assert.match((await refused('apply', 'h')).message, new RegExp(`the commit ${base} is gone`));
    });

    it('says of each reason why not what it is', async () => {
      await run(
        write('p', folder, change, plan),
        write('same', folder, [{ path: 'a.txt', content: 'one\ntwo\nthree\n' }], plan),
        write('w', folder, change, askFirst),
        { id: 'pure', tool: 'jsonl-parser', input: { text: '1' } },
      );
      assert.equal(await codeOf('apply', 'nobody'), 'TASK_NOT_FOUND');
      assert.equal(await codeOf('apply', 'same'), 'NOTHING_TO_APPLY');
      assert.match((await refused('apply', 'pure')).message, /^The task pure is no plan: it is done\.$/);
      assert.match((await refused('apply', 'w')).message, /it is waiting for an approval/);
      await arbiter('apply', 'p');
      assert.match((await refused('apply', 'p')).message, /was applied already \(ledger entry \d+\)/);
      assert.equal((await at.arbiter('apply')).status, 64);
    });

    it('refuses contents that are not what was recorded', async () => {
      await run(write('p', folder, change, plan));
      const [entry] = await entriesOf('p');
      const digest = entry?.body.effects?.files.find(({ path }) => path === 'a.txt')?.after?.digest.slice(7) as string;
      const kept = join(at.home.effects, digest.slice(0, 2), digest);
      writeFileSync(kept, 'something else');
      assert.match((await refused('apply', 'p')).message, /a\.txt is not kept as it was recorded: it is not what/);
      rmSync(kept);
      assert.match((await refused('apply', 'p')).message, /it cannot be read: ENOENT/);
      assert.deepEqual(contents(), asItWas());
    });

    it('refuses a workspace that is not granted any more, or that leads elsewhere by now', async () => {
      await run(write('p', folder, change, plan));
      renameSync(folder, `${folder}-moved`);
      symlinkSync(`${folder}-moved`, folder);
      assert.match((await refused('apply', 'p')).message, /leads to .*-moved/);
      rmSync(folder);
      renameSync(`${folder}-moved`, folder);
      writeFileSync(at.home.settings, JSON.stringify({ schema: 'settings.v1', workspaces: ['../elsewhere'] }));
      assert.equal(await codeOf('apply', 'p'), 'WORKSPACE_NOT_GRANTED');
      assert.deepEqual(contents(), asItWas());
    });
  });

  describe('arbiter approve', () => {
    it('applies what waited, and settles the line', async () => {
      const repository = await at.repository('shop');
      await run(
        write('w', folder, change, askFirst),
        write('g', repository, [{ path: 'x', content: 'x' }], askFirst),
        { id: 'pure', tool: 'jsonl-parser', input: { text: '{"a":1}' }, approval: 'required' },
        { id: 'next', tool: 'jsonl-parser', input: { text: '1' }, dependsOn: ['w'] },
      );
      for (const id of ['w', 'g', 'pure']) await arbiter('approve', id, '--reason', 'fine');
      assert.deepEqual(contents(), asPlanned);
      assert.equal(await at.git(repository, 'show', 'arbiter/g:x'), 'x');
      const done = at.results('a.jsonl').filter(({ status }) => status === 'done');
      assert.deepEqual(done.map(({ id }) => id).sort(), ['g', 'pure', 'w']);
      assert.match(JSON.stringify(done.find(({ id }) => id === 'pure')?.output), /"records":1/);
      const [, w] = await entriesOf('w');
      assert.equal(w?.envelope.reason, 'fine');
      assert.deepEqual(w?.envelope.path?.slice(-3), ['await-approval', 'commit-ledger', 'done']);
      assert.equal(w?.body.plugin?.id, 'file-writer');
      assert.equal(await codeOf('approve', 'w'), 'NOT_AWAITING_APPROVAL');
      await at.arbiter('start', '--once');
      assert.deepEqual(readdirSync(at.home.waiting), []);
      assert.equal(at.results('a.jsonl').filter(({ id, status }) => id === 'next' && status === 'done').length, 1);
      await verified();
    });

    it('refuses when the base has moved, and leaves the task waiting', async () => {
      await run(write('w', folder, change, askFirst));
      writeFileSync(join(folder, 'gone.txt'), 'a person');
      assert.match((await refused('approve', 'w')).message, /: gone\.txt\.$/);
      assert.equal(read('gone.txt'), 'a person');
      assert.equal(readdirSync(at.home.waiting).length, 1);
      await arbiter('reject', 'w');
      assert.equal(read('gone.txt'), 'a person');
    });

    it('says what does not wait for it', async () => {
      await run({ id: 'later', tool: 'jsonl-parser', input: { text: '1' }, notBefore: '2999-01-01T00:00:00Z' });
      assert.match((await refused('approve', 'later')).message, /it is waiting until 2999/);
      assert.equal(await codeOf('approve', 'nobody'), 'TASK_NOT_FOUND');
      assert.equal(await codeOf('reject', 'nobody'), 'TASK_NOT_FOUND');
    });
  });

  describe('arbiter reject', () => {
    it('ends the task rejected, applies nothing, and keeps who and why', async () => {
      await run(write('w', folder, change, askFirst));
      const answer = await arbiter('reject', 'w', '--reason', 'too bold');
      assert.equal(answer.status, 'rejected');
      assert.deepEqual(contents(), asItWas());
      const [entry] = await entriesOf('w');
      assert.equal(entry?.body.error?.code, 'APPROVAL_REFUSED');
      assert.equal(entry?.envelope.reason, 'too bold');
      assert.equal(at.errors('a.jsonl')[0]?.code, 'APPROVAL_REFUSED');
      assert.match(at.failed('a.jsonl'), /"id":"w"/);
      assert.match(at.results('a.jsonl').at(-1)?.note ?? '', /^Rejected by .+: too bold$/);
      assert.equal((await at.arbiter('reject', 'w', '--reason', '')).status, 64);
      await verified();
    });
  });

  describe('arbiter rollback', () => {
    it('undoes a change of a folder, once', async () => {
      await run(write('d', folder, change));
      assert.deepEqual(contents(), asPlanned);
      const answer = await arbiter('rollback', 'd', '--reason', 'wrong folder');
      assert.equal(answer.id, 'd');
      assert.deepEqual(contents(), asItWas());
      assert.equal(existsSync(join(folder, 'deep')), false);
      assert.deepEqual(await kindsOf('d'), ['prepared', 'done']);
      const [, done] = await entriesOf('d');
      const [prepared, back] = await entriesOf('rollback of d');
      assert.equal(prepared?.body.kind, 'prepared' as never);
      assert.equal(back?.body.rollsBack, done?.bodyHash);
      assert.equal(back?.envelope.reason, 'wrong folder');
      assert.match((await refused('rollback', 'd')).message, /was rolled back already \(ledger entry \d+\)/);
      assert.equal(await codeOf('rollback', 'rollback of d'), 'NOTHING_TO_ROLL_BACK');
      await verified();
    });

    it('refuses with every file that has moved on', async () => {
      await run(write('d', folder, change));
      writeFileSync(join(folder, 'gone.txt'), 'a person made it again');
      chmodSync(join(folder, 'deep/new.txt'), 0o600);
      const found = contents();
      const { code, message } = await refused('rollback', 'd');
      assert.equal(code, 'ROLLBACK_CONFLICT');
      assert.match(message, /^What d changed has moved on since: deep\/new\.txt, gone\.txt\.$/);
      assert.deepEqual(contents(), found);
      assert.equal((await at.arbiter('rollback', 'd', '--force')).status, 64);
    });

    it('removes the branch of a task, if it is still where the task left it', async () => {
      const repository = await at.repository('shop');
      await run(
        write('g', repository, [{ path: 'x', content: 'x' }]),
        write('h', repository, [{ path: 'y', content: 'y' }]),
        write('i', repository, [{ path: 'z', content: 'z' }]),
        write('j', repository, [{ path: 'j', content: 'j' }]),
      );
      await at.git(repository, 'checkout', '--quiet', 'arbiter/h');
      assert.match((await refused('rollback', 'h')).message, /The branch arbiter\/h is checked out at/);
      await at.git(repository, 'commit', '--quiet', '--allow-empty', '-m', 'a person');
      await at.git(repository, 'checkout', '--quiet', 'main');
      assert.match((await refused('rollback', 'h')).message, /the branch arbiter\/h is at /);
      await at.git(repository, 'branch', '-D', 'arbiter/i');
      assert.match((await refused('rollback', 'i')).message, /the branch arbiter\/i is gone/);
      await at.git(repository, 'merge', '--quiet', '--ff-only', 'arbiter/j');
      assert.match((await arbiter('rollback', 'j')).note, /Its commit is also in main/);
      await arbiter('rollback', 'g');
      assert.equal(await at.git(repository, 'branch', '--list', 'arbiter/*', '--format=%(refname:short)'), 'arbiter/h');
      assert.equal(await codeOf('rollback', 'g'), 'ROLLED_BACK_ALREADY');
    });

    it('moves a named branch back to where it was, or removes the one it made', async () => {
      const repository = await at.repository('shop');
      await at.git(repository, 'branch', 'work');
      const base = await at.git(repository, 'rev-parse', 'work');
      await run(
        write('g', { path: repository, ref: 'work' }, [{ path: 'x', content: 'x' }]),
        write('n', { path: repository, ref: 'made' }, [{ path: 'x', content: 'x' }]),
      );
      assert.notEqual(await at.git(repository, 'rev-parse', 'work'), base);
      await arbiter('rollback', 'g');
      await arbiter('rollback', 'n');
      assert.equal(await at.git(repository, 'rev-parse', 'work'), base);
      assert.match(await at.git(repository, 'reflog', 'show', 'work'), /arbiter rollback of g/);
      assert.equal(await at.git(repository, 'branch', '--list', 'made'), '');
    });

    it('says what there is nothing of', async () => {
      await run(write('p', folder, change, plan), write('w', folder, change, askFirst), {
        ...{ id: 'pure', tool: 'jsonl-parser', input: { text: '1' } },
      });
      assert.match((await refused('rollback', 'p')).message, /it is a plan that was not applied/);
      assert.match((await refused('rollback', 'w')).message, /it waits/);
      assert.match((await refused('rollback', 'pure')).message, /it changed no file/);
      assert.equal(await codeOf('rollback', 'nobody'), 'TASK_NOT_FOUND');
    });
  });

  describe('policies that became stricter meanwhile', () => {
    const freeze = () =>
      writeFileSync(
        join(at.home.policies, 'freeze.rego'),
        `package arbiter.freeze

allow if count(deny) == 0

deny contains {"rule": "frozen", "message": sprintf("%s is frozen", [file.path])} if {
	some file in input.effects.files
	file.path == "a.txt"
}
`,
      );
    const frozen = 'a.txt is frozen (freeze/frozen).';

    it('refuse a plan until they allow it; the entry names those that did, and none keep it from being undone', async () => {
      await run(write('p', folder, change, plan));
      freeze();
      const { code, message } = await refused('apply', 'p');
      assert.deepEqual([code, message], ['POLICY_DENIED', frozen]);
      assert.deepEqual([contents(), await kindsOf('p')], [asItWas(), ['planned']]);

      writeFileSync(join(at.home.policies, 'freeze.rego'), 'package arbiter.freeze\nallow := true\n');
      await arbiter('apply', 'p');
      const [planned, , done] = await entriesOf('p');
      assert.deepEqual([contents(), done?.body.policies], [asPlanned, homePolicies(at.home).digest]);
      assert.notEqual(done?.body.policies, planned?.body.policies);

      writeFileSync(join(at.home.policies, 'freeze.rego'), 'package arbiter.freeze\nallow if {');
      await arbiter('rollback', 'p');
      assert.deepEqual(contents(), asItWas());
    });

    it('refuse an approval, and leave the task waiting', async () => {
      await run(write('w', folder, change, askFirst));
      freeze();
      assert.equal((await refused('approve', 'w')).message, frozen);
      assert.deepEqual([contents(), await kindsOf('w')], [asItWas(), []]);
      assert.equal(readdirSync(at.home.waiting).length, 1);
    });
  });

  it('all reach a running kernel', async () => {
    await run(
      write('p', folder, change, plan),
      write('w', folder, [{ path: 'w.txt', content: 'w' }], askFirst),
      write('r', folder, [{ path: 'r.txt', content: 'r' }], askFirst),
      { id: 'next', tool: 'jsonl-parser', input: { text: '1' }, dependsOn: ['w'] },
    );
    const kernel = at.begin('start');
    kernel.stdout?.resume();
    while ((await ask(at.home.socket, { command: 'status' })) === null) await new Promise((go) => setTimeout(go, 20));
    await arbiter('apply', 'p');
    // Both at once: one of them has it.
    const both = await Promise.all([at.arbiter('approve', 'w', '--json'), at.arbiter('approve', 'w', '--json')]);
    assert.deepEqual(both.map(({ status }) => status).sort(), [0, 3]);
    assert.match(both.map(({ stdout }) => stdout).join(''), /"NOT_AWAITING_APPROVAL"/);
    await arbiter('reject', 'r');
    await arbiter('rollback', 'p');
    const { code, remedy } = await refused('rollback', 'p');
    assert.equal(code, 'ROLLED_BACK_ALREADY');
    assert.match(remedy, /There is nothing to do/);
    await arbiter('stop');
    assert.deepEqual(contents(), { ...asItWas(), 'w.txt': 'w' });
    assert.deepEqual(
      at
        .results('a.jsonl')
        .filter(({ status }) => status !== 'waiting')
        .map(({ id, status }) => `${id} ${status}`)
        .sort(),
      ['next done', 'p planned', 'r rejected', 'w done'],
    );
    assert.deepEqual(readdirSync(at.home.waiting), []);
    await verified();
  });
});
