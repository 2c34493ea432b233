// Writes a commit's files into a folder, byte for byte. `git checkout-index` would do it too, but with the repository's
// filters: commands from its configuration, run by the kernel, outside of any box.
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fault } from '../../contracts/errors.ts';
import { git, gitBytes } from './git.ts';

interface TreeEntry {
  readonly mode: string;
  readonly id: string;
  readonly path: string;
}

const blobsPerCall = 200;
const newline = 0x0a;

/** Writes the files of `commit` below `folder`; a submodule becomes an empty folder. Throws WORKSPACE_UNSUITABLE. */
export async function writeOut(repository: string, commit: string, folder: string): Promise<void> {
  const entries = await treeEntries(repository, commit);
  for (const { path } of entries.filter(({ mode }) => mode === '160000'))
    await mkdir(join(folder, path), { recursive: true });
  const files = entries.filter(({ mode }) => mode !== '160000');
  for (let start = 0; start < files.length; start += blobsPerCall) {
    const batch = files.slice(start, start + blobsPerCall);
    const contents = await readBlobs(repository, batch);
    for (const [index, entry] of batch.entries()) await writeEntry(folder, entry, contents[index] as Buffer);
  }
}

async function treeEntries(repository: string, commit: string): Promise<TreeEntry[]> {
  const listed = await git(repository, ['ls-tree', '-r', '-z', '--full-tree', commit]);
  return listed
    .split('\0')
    .filter(Boolean)
    .map((line) => {
      const [facts = '', path = ''] = [line.slice(0, line.indexOf('\t')), line.slice(line.indexOf('\t') + 1)];
      const [mode = '', , id = ''] = facts.split(' ');
      if (path.startsWith('/') || path.split('/').some((part) => part === '..' || part.toLowerCase() === '.git'))
        throw fault('WORKSPACE_UNSUITABLE', {
          path: repository,
          detail: `its commit holds the path ${path}`,
          expectation: 'Paths below the repository',
          hint: 'Run git fsck on it.',
        });
      return { mode, id, path };
    });
}

/** The answer of `cat-file --batch` is, for each object: `<id> blob <bytes>`, the bytes, a newline. */
async function readBlobs(repository: string, entries: readonly TreeEntry[]): Promise<Buffer[]> {
  const answer = await gitBytes(repository, ['cat-file', '--batch'], entries.map(({ id }) => `${id}\n`).join(''));
  let at = 0;
  return entries.map(({ id }) => {
    const lineEnd = answer.indexOf(newline, at);
    const [, kind, size] = answer.toString('latin1', at, lineEnd).split(' ');
    if (kind !== 'blob') throw new Error(`git cat-file says ${kind} of ${id}.`);
    const content = answer.subarray(lineEnd + 1, lineEnd + 1 + Number(size));
    at = lineEnd + 1 + Number(size) + 1;
    return content;
  });
}

async function writeEntry(folder: string, { mode, path }: TreeEntry, content: Buffer): Promise<void> {
  const target = join(folder, path);
  await mkdir(dirname(target), { recursive: true });
  if (mode === '120000') return symlink(content, target);
  await writeFile(target, content, { flag: 'wx' });
  await chmod(target, mode === '100755' ? 0o755 : 0o644);
}
