import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { childMark, outliveOrphans } from './orphans.ts';

const home = '/somewhere/a home';
const begin = (program: string, of: string) =>
  spawn('sh', ['-c', program], { env: { ...process.env, ARBITER_CHILD_OF: of }, stdio: 'ignore' });

describe('programs that outlive a kernel', () => {
  it('are waited for, when they are of the same home', async () => {
    const orphan = begin('exec sleep 0.2', home);
    const stranger = begin('exec sleep 10', '/somewhere/another home');
    const ended = once(orphan, 'exit');

    assert.equal(await outliveOrphans(home), 1);

    assert.deepEqual(await ended, [0, null]);
    assert.equal(stranger.exitCode ?? stranger.signalCode, null);
    stranger.kill();
  });

  it('are killed when they do not end', async () => {
    const orphan = begin('exec sleep 10', home);
    const ended = once(orphan, 'exit');

    await outliveOrphans(home, 50);

    assert.deepEqual(await ended, [null, 'SIGKILL']);
  });

  it('bear the mark of their home', async () => {
    await outliveOrphans(home);
    assert.deepEqual(childMark(), { ARBITER_CHILD_OF: home });
  });
});
