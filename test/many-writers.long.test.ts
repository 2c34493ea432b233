// Thirty-two tasks on four branches of one repository, and a person who commits to it meanwhile.
import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TemporaryHome, temporaryHome } from './temporary-home.ts';

const [branches, tasksEach] = [4, 8];
/** The person does something whenever the tasks have made so many. */
const commitsBetween = 5;

describe('many writers of one repository', function () {
  this.timeout(600_000);
  let at: TemporaryHome;
  before(() => {
    at = temporaryHome();
  });
  after(() => at.remove());

  const commitsIn = async (repository: string) =>
    Number(await at.git(repository, 'rev-list', '--count', '--branches=team/*'));

  it('lose nothing, of theirs or of the person who commits meanwhile', async () => {
    const repository = await at.repository('shop', { 'a.txt': 'a' });
    const pushed: [name: string, commit: string][] = [];
    const names = Array.from({ length: branches }, (_, index) => `team/${index}`);
    for (const name of names) await at.git(repository, 'branch', name);
    at.drop(
      'many.jsonl',
      Array.from({ length: branches * tasksEach }, (_, index) => ({
        ...{ id: `t${index}`, tool: 'file-writer', workspace: { path: repository, ref: names[index % branches] } },
        input: { path: `files/t${index}.txt`, content: `${index}` },
      })),
    );

    const kernel = at.program('start', '--once');
    let ended = false;
    void kernel.then(() => {
      ended = true;
    });
    let own = 0;
    while (!ended) {
      own += 1;
      appendFileSync(join(repository, 'mine.txt'), `${own}\n`);
      await at.git(repository, 'add', 'mine.txt');
      await at.git(repository, 'commit', '-qm', `mine ${own}`);
      // To one of the branches as well, as a push would.
      const name = `refs/heads/${names[own % branches]}`;
      const head = (await at.git(repository, 'rev-parse', name)).trim();
      const tree = (await at.git(repository, 'rev-parse', `${head}^{tree}`)).trim();
      const commit = (await at.git(repository, 'commit-tree', tree, '-p', head, '-m', `pushed ${own}`)).trim();
      await at.git(repository, 'update-ref', name, commit, head).then(
        () => pushed.push([name, commit]),
        () => undefined,
      );
      const before = await commitsIn(repository);
      while (!ended && (await commitsIn(repository)) < before + commitsBetween);
    }
    await kernel;
    // Who lost a race too often says so, and may try again.
    const codes = new Set(at.errors('many.jsonl').map(({ code }) => code));
    assert.deepEqual(
      [...codes].filter((code) => code !== 'WORKSPACE_MOVED'),
      [],
    );
    for (let round = 0; codes.size > 0 && round < 5; round++) {
      await at.program('retry');
      if ((await at.program('start', '--once')).status === 0) break;
    }

    for (const [index, name] of names.entries()) {
      const files = (await at.git(repository, 'ls-tree', '-r', '--name-only', name)).split('\n').filter(Boolean);
      const wanted = Array.from({ length: tasksEach }, (_, turn) => `files/t${index + turn * branches}.txt`);
      assert.deepEqual(files.filter((file) => file.startsWith('files/')).sort(), wanted.sort(), name);
    }
    for (const [name, commit] of pushed) await at.git(repository, 'merge-base', '--is-ancestor', commit, name);
    assert.equal(
      (await at.git(repository, 'log', '--format=%s', 'HEAD')).split('\n').filter((line) => line.startsWith('mine '))
        .length,
      own,
    );
    await at.git(repository, 'fsck', '--strict');
    console.log(`      ${own} commits and ${pushed.length} pushes of the person meanwhile`);
  });
});
