import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { git } from '../kernel/safety/git.ts';
import { changedPlugins } from './changed-plugins.ts';

const plugins = ['plugins/one', 'plugins/one-more', 'plugins/two'];

describe('changed plugins', () => {
  const before = process.cwd();
  let place: string;

  beforeEach(async () => {
    place = realpathSync(mkdtempSync(join(tmpdir(), 'changed-plugins-')));
    process.chdir(place);
    await git('.', ['init', '--quiet', '--initial-branch=main']);
    for (const plugin of plugins) write(`${plugin}/plugin.spec.json`, '{}');
    write('kit/kit.ts', '');
    await commit('all');
    await git('.', ['switch', '--quiet', '--create', 'branch']);
  });

  afterEach(() => {
    process.chdir(before);
    rmSync(place, { recursive: true });
  });

  function write(file: string, content: string): void {
    mkdirSync(dirname(join(place, file)), { recursive: true });
    writeFileSync(join(place, file), content);
  }

  async function commit(message: string): Promise<void> {
    await git('.', ['add', '--all']);
    await git('.', ['-c', 'user.name=Ada', '-c', 'user.email=ada@localhost', 'commit', '--quiet', '-m', message]);
  }

  const since = (changedSince: string, shared: string[] = []) => changedPlugins(plugins, { changedSince, shared });

  it('are all where nobody asks for changes', async () => {
    assert.deepEqual(await changedPlugins(plugins, {}), plugins);
  });

  it('are those with a file that was changed, added, moved or removed since the branch began', async () => {
    write('plugins/one-more/src/new.ts', '');
    await commit('one more');
    assert.deepEqual(await since('main'), ['plugins/one-more']);

    await git('.', ['mv', 'plugins/one/plugin.spec.json', 'elsewhere.json']);
    await commit('moved away');
    rmSync(join(place, 'plugins/two'), { recursive: true });
    assert.deepEqual(await since('main'), plugins);
    assert.deepEqual(await since('HEAD'), ['plugins/two']);
  });

  it('are not those that others changed on the other branch meanwhile', async () => {
    write('plugins/one/new.ts', '');
    await commit('one');
    await git('.', ['switch', '--quiet', 'main']);
    write('plugins/two/new.ts', '');
    await commit('two');
    await git('.', ['switch', '--quiet', 'branch']);

    assert.deepEqual(await since('main'), ['plugins/one']);
  });

  it('are all where what they share has changed, and none where other things have', async () => {
    write('kit/kit.ts', 'changed');
    await commit('kit');

    assert.deepEqual(await since('main'), []);
    assert.deepEqual(await since('main', ['docs', 'kit']), plugins);
    assert.deepEqual(await since('main', ['kit/kit.ts']), plugins);
    assert.deepEqual(await since('main', ['ki']), []);
  });

  it('cannot be told without the commit, and are no option of git', async () => {
    await assert.rejects(since('nowhere'), {
      code: 'CHANGES_UNKNOWN',
      message: /^What changed since nowhere cannot be told: .*nowhere/,
      remedy: 'Fetch that history; in a workflow of GitHub, check out with fetch-depth: 0.',
    });
    await assert.rejects(since('--all'), { code: 'CHANGES_UNKNOWN' });
  });
});
