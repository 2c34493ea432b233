// The same tree as git's own way over an index, for changes of every kind.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { git } from './git.ts';
import { type TreeEntry, writeChangedTree } from './git-tree.ts';
import { looseStore } from './loose-objects.ts';

const who = ['AUTHOR', 'COMMITTER'].flatMap((role) => [
  [`GIT_${role}_NAME`, 'Test'],
  [`GIT_${role}_EMAIL`, 'test@localhost'],
]);
const env = Object.fromEntries(who);

/** Few names, so that files, folders and their like meet. */
const path = fc.array(fc.constantFrom('a', 'a.b', 'a-b', 'B', 'é', 'line\nbreak', 'z z'), {
  minLength: 1,
  maxLength: 4,
});
const content = fc.constantFrom('one', 'two', 'three');
const mode = fc.constantFrom('100644', '100755', '120000');

/** Files by path, none of which lies below another. */
const files = fc.array(fc.tuple(path, content, mode), { maxLength: 12 }).map((all) => {
  const kept = new Map<string, [content: string, mode: string]>();
  for (const [names, ...what] of all) {
    const one = names.join('/');
    if ([...kept.keys()].every((other) => !`${other}/`.startsWith(`${one}/`) && !`${one}/`.startsWith(`${other}/`)))
      kept.set(one, what);
  }
  return kept;
});

for (const format of ['sha1', 'sha256'])
  describe(`a tree made from another by its changes (${format})`, () => {
    let repository: string;
    const blobs = new Map<string, string>();

    before(async () => {
      repository = mkdtempSync(join(tmpdir(), 'git-tree-'));
      await git(repository, ['init', '-q', `--object-format=${format}`]);
      for (const one of ['one', 'two', 'three'])
        blobs.set(one, await git(repository, ['hash-object', '-w', '--stdin'], { input: one }));
    });
    after(() => rmSync(repository, { recursive: true }));

    /** By git itself, over an index of every file. */
    async function treeOf(all: ReadonlyMap<string, [string, string]>): Promise<string> {
      const index = { GIT_INDEX_FILE: join(repository, `index-${Math.random()}`) };
      const lines = [...all].map(([one, [text, kind]]) => `${kind} ${blobs.get(text)}\t${one}\0`);
      await git(repository, ['update-index', '-z', '--index-info'], { env: index, input: lines.join('') });
      const tree = await git(repository, ['write-tree'], { env: index });
      rmSync(index.GIT_INDEX_FILE, { force: true });
      return tree;
    }

    it('is the one that git makes', () =>
      fc.assert(
        fc.asyncProperty(files, files, async (before, after) => {
          const commit = await git(repository, ['commit-tree', await treeOf(before), '-m', 'x'], { env });
          const changes = new Map<string, TreeEntry | null>();
          for (const one of before.keys()) if (!after.has(one)) changes.set(one, null);
          for (const [one, [text, kind]] of after) {
            const [was, wasKind] = before.get(one) ?? [];
            if (was !== text || wasKind !== kind) changes.set(one, { mode: kind, id: blobs.get(text) as string });
          }

          const folder = join(repository, '.git', 'objects');
          const store = looseStore({ folder, idLength: commit.length, durable: false });
          const tree = await writeChangedTree(repository, commit, changes, store);

          assert.equal(tree, await treeOf(after));
          await git(repository, ['fsck', '--connectivity-only']);
        }),
        { numRuns: 25 },
      ));
  });
