// Submodules and large files: a copy has the empty folder and the pointer, and both stay as they were committed.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeShell } from './fixture-plugins.ts';
import { type TemporaryHome, temporaryHome } from './temporary-home.ts';

const pointer = `version https://git-lfs.github.com/spec/v1
oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393
size 12345
`;

for (const isolation of ['auto', 'process'] as const)
  describe(`a repository with submodules and large files, isolation ${isolation}`, () => {
    let at: TemporaryHome;
    let repository: string;
    let submodule: string;

    beforeEach(async () => {
      at = temporaryHome({ isolation });
      writeShell(at);
      const library = await at.repository('library', { 'lib.txt': 'lib\n' });
      submodule = await at.git(library, 'rev-parse', 'HEAD');
      repository = await at.repository('shop', { 'a.txt': 'a\n', '.gitattributes': '*.bin filter=lfs -text\n' });
      const git = (...args: string[]) => at.git(repository, ...args);
      await git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library, 'lib');
      writeFileSync(join(repository, 'large.bin'), pointer);
      await git('-c', 'filter.lfs.clean=cat', 'add', 'large.bin');
      await git('commit', '--quiet', '-m', 'A submodule and a large file');
    });
    afterEach(() => at.remove());

    async function carryOut(script: string, file = 'a') {
      at.drop(`${file}.jsonl`, [{ id: 'task', tool: 'run', workspace: repository, input: { script } }]);
      await at.arbiter('start', '--once');
      const [result] = at.results(`${file}.jsonl`);
      assert.ok(result);
      return result;
    }
    const stdoutOf = ({ output }: { output?: unknown }) => (output as { stdout: string }).stdout;
    const linkOf = async (commit: string) => (await at.git(repository, 'ls-tree', commit, 'lib')).split('\t')[0];

    it('shows an empty folder and a pointer, and git finds nothing changed', async () => {
      const result = await carryOut('ls -A lib; cat large.bin; git status --porcelain; git submodule status');
      assert.equal(stdoutOf(result), `${pointer}-${submodule} lib\n`);
    });

    it('keeps the submodule’s commit and the pointer, whoever commits', async () => {
      const result = await carryOut(`echo b > a.txt && git commit -qam 'Inside' && echo c > a.txt && rmdir lib`);
      assert.equal(result.status, 'done');
      for (const commit of ['arbiter/task', 'arbiter/task~1'])
        assert.equal(await linkOf(commit), `160000 commit ${submodule}`, commit);
      assert.equal(await at.git(repository, 'show', 'arbiter/task:large.bin'), pointer.trimEnd());
      assert.deepEqual(
        result.effects?.map(({ path }) => path),
        ['a.txt'],
      );
    });

    it('puts the submodule’s commit back where a plugin committed another', async () => {
      const result = await carryOut(
        `git update-index --cacheinfo 160000,$(git rev-parse HEAD),lib && echo b > a.txt && git commit -qm 'Moved' -a`,
      );
      assert.equal(result.status, 'done');
      assert.equal(await linkOf('arbiter/task'), `160000 commit ${submodule}`);
    });

    it('refuses files in the place of a submodule', async () => {
      for (const [file, script] of [
        ['a', 'echo x > lib/new.txt'],
        ['b', 'rmdir lib; echo x > lib'],
      ] as const) {
        const result = await carryOut(script, file);
        assert.equal(result.code, 'EFFECT_UNSAFE', script);
        assert.match(at.errors(`${file}.jsonl`).at(-1)?.message ?? '', /lib.*a submodule is there/);
        assert.equal(await at.git(repository, 'branch', '--list', 'arbiter/*'), '');
      }
    });
  });
