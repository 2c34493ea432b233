import assert from 'node:assert/strict';
import { chownSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mock } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  inUse,
  listen,
  newFolder,
  runIn,
  runs,
  sandboxes,
  skipWhereLacking,
  textOf,
  treeOf,
  until,
} from '../fixtures/boxes.ts';
import { launchOf } from '../fixtures/start-misbehaving.ts';
import { childProcess } from './child-process.ts';
import { type Exit, spawnBox } from './spawn.ts';

let folder: string;

beforeEach(() => {
  folder = newFolder();
});

afterEach(() => rmSync(folder, { recursive: true }));

/** A folder with a secret in it to hide. */
function workspaceNamed(name: string, owner: number | null): string {
  const path = join(folder, name);
  mkdirSync(join(path, 'home'), { recursive: true });
  writeFileSync(join(path, 'inside.txt'), 'inside');
  writeFileSync(join(path, 'home/secret.txt'), 'secret');
  if (owner !== null) chownSync(path, owner, owner);
  return path;
}

describe('how a program ended', () => {
  const exitOf = (command: readonly string[]): Promise<Exit> => spawnBox(launchOf(command)).exited;
  const shell = (script: string) => exitOf(['/bin/sh', '-c', script]);

  it('is told by its exit code', async () => {
    assert.deepEqual(await shell('exit 0'), { code: 0, detail: 'it ended with code 0', signal: null });
    assert.deepEqual(await shell('exit 3'), { code: 3, detail: 'it ended with code 3', signal: null });
  });

  it('is told by the signal, which boxes report as 128 + its number', async () => {
    const killed = { code: null, detail: 'it was ended by SIGKILL', signal: 'SIGKILL' };
    assert.deepEqual(await shell('kill -KILL $$'), killed);
    assert.deepEqual(await shell('exit 137'), killed);
    assert.equal((await shell('exit 134')).signal, 'SIGABRT');
    assert.equal((await shell('exit 152')).signal, 'SIGXCPU');
  });

  it('is told by the exit code, where 128 + it is no signal', async () => {
    for (const code of [128, 200, 255])
      assert.equal((await shell(`exit ${code}`)).detail, `it ended with code ${code}`);
  });

  it('is that it could not be started', async () => {
    for (const file of ['/nowhere/program', '/etc/passwd'])
      assert.deepEqual(await exitOf([file]), { code: null, detail: 'it could not be started', signal: null });
  });

  it('is told after its last words, for which a grandchild that holds the pipe is not waited', async () => {
    const { stdout, code } = await listen(spawnBox(launchOf(['/bin/sh', '-c', 'setsid sleep 5 & echo last; exit 4'])))
      .ended;

    assert.deepEqual([stdout, code], ['last\n', 4]);
  });
});

describe('a plain process that is killed', () => {
  it('takes its children and theirs along', async () => {
    const program = runIn(childProcess, '#!/bin/sh\nsh -c "sleep 600 & sleep 600 & echo ready; wait" & wait\n');
    await program.says('ready');
    const tree = treeOf(program.pid as number);
    assert.equal(tree.length, 4);

    program.kill();

    assert.equal((await program.ended).signal, 'SIGKILL');
    await until(() => !tree.some(runs));
  });
});

describe('a box that is killed before it stands', () => {
  it('ends at once, though who builds it has children', async () => {
    const building = launchOf(['/bin/sh', '-c', 'sleep 600 & echo ready; wait; exec sleep 600']);
    const program = listen(spawnBox({ ...building, contained: true }));
    await program.says('ready');

    // No time passes in which it could be killed later.
    mock.timers.enable({ apis: ['setTimeout'] });
    program.kill();
    mock.timers.reset();

    assert.equal((await program.ended).signal, 'SIGKILL');
  });
});

for (const boxer of sandboxes)
  describe(`a ${boxer.level} box by ${boxer.by}`, () => {
    before(function () {
      skipWhereLacking(this, boxer);
    });

    /** A box that reads a line and then runs `script` in its workspace. */
    async function waiting(script: string) {
      const program = runIn(boxer, `#!/bin/sh\necho ready\nread -r line\n${script}\n`, 'late');
      await program.says('ready');
      return { ...program, goOn: () => program.stdin.end('go on\n') };
    }

    it('is gone with all that is in it when its end is told, after it was killed', async () => {
      const escaping = 'setsid sh -c "sleep 600 & sleep 600 & wait" & sleep 600 & echo ready; wait';
      const program = runIn(boxer, `#!/bin/sh\n${escaping}\n`);
      await program.says('ready');
      const sleeping = () =>
        treeOf(program.pid as number).filter((pid) => textOf(`/proc/${pid}/cmdline`).startsWith('sleep'));
      await until(() => sleeping().length === 3);
      const tree = treeOf(program.pid as number);

      program.kill();
      await program.exited;

      assert.deepEqual(tree.filter(runs), []);
    });

    it('is gone when it is killed before it stands, however far it got', async () => {
      for (const turns of [0, 3, 10, 30, 100]) {
        const source = workspaceNamed(`copy-${turns}`, boxer.user);
        const program = runIn(boxer, '#!/bin/sh\nsleep 600\n', { source, writable: true, hidden: null, layers: null });
        for (let turn = 0; turn < turns; turn++) await nextTurn();

        program.kill();
        await program.exited;

        await until(() => !inUse(source));
      }
    });

    it('is shown a workspace late: to read, a folder covered', async () => {
      const source = workspaceNamed('copy', boxer.user);
      const program = await waiting('cat /workspace/inside.txt; ls -A /workspace/home; echo new > /workspace/new.txt');

      await program.show({ source, writable: false, hidden: 'home', layers: null });
      program.goOn();
      const { stdout, stderr } = await program.ended;

      assert.equal(stdout, 'ready\ninside');
      assert.match(stderr, /Read-only file system/);
    });

    it('is shown a workspace late: to write', async () => {
      const source = workspaceNamed('copy', boxer.user);
      const program = await waiting('cat /workspace/home/secret.txt; printf new > /workspace/new.txt');

      await program.show({ source, writable: true, hidden: null, layers: null });
      program.goOn();
      const { stdout, stderr } = await program.ended;

      assert.deepEqual([stdout, stderr], ['ready\nsecret', '']);
      assert.equal(readFileSync(join(source, 'new.txt'), 'utf8'), 'new');
    });

    it('is shown a workspace to write with a folder covered', async () => {
      const source = workspaceNamed('copy', boxer.user);
      const program = await waiting('ls -A /workspace/home; printf new > /workspace/new.txt');

      await program.show({ source, writable: true, hidden: 'home', layers: null });
      program.goOn();
      const { stdout, stderr } = await program.ended;

      assert.deepEqual([stdout, stderr], ['ready\n', '']);
      assert.equal(readFileSync(join(source, 'new.txt'), 'utf8'), 'new');
    });

    for (const name of [' two  spaces ', 'back\\slash\\n', `quotes'"\``, 'ünïcödé-日本', '-o $HOME;*', 'tab\there'])
      it(`is shown a workspace whose path holds ${JSON.stringify(name)}`, async () => {
        for (const writable of [true, false]) {
          const program = await waiting('cat /workspace/inside.txt');
          await program.show({ source: workspaceNamed(name, boxer.user), writable, hidden: null, layers: null });
          program.goOn();
          assert.equal((await program.ended).stdout, 'ready\ninside');
        }
      });

    it('is not shown a workspace whose path holds a line break', async () => {
      const program = await waiting('ls -A /workspace');

      await assert.rejects(program.show({ source: `${folder}\n/etc`, writable: false, hidden: null, layers: null }), {
        message: 'its path holds a line break',
      });
      program.goOn();
      assert.equal((await program.ended).stdout, 'ready\n');
    });

    it('says why a workspace cannot be shown', async () => {
      const program = await waiting('true');

      const shown = program.show({ source: join(folder, 'missing'), writable: true, hidden: null, layers: null });

      await assert.rejects(shown, /missing/);
      program.kill();
      await program.exited;
    });

    it('is shown nothing after it has ended', async () => {
      const program = await waiting('true');
      program.goOn();
      await program.exited;

      const shown = program.show({ source: workspaceNamed('copy', null), writable: false, hidden: null, layers: null });

      await assert.rejects(shown, { message: 'the box has ended' });
    });

    it('that ends while it is shown a workspace says so, or has been shown it', async () => {
      const program = await waiting('true');

      const shown = program.show({ source: workspaceNamed('copy', null), writable: false, hidden: null, layers: null });
      program.kill();

      await shown.catch((error: Error) => assert.equal(error.message, 'the box has ended'));
      await program.exited;
    });
  });
