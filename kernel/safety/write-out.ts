// Writes a commit's files into a folder, byte for byte. `git checkout-index` would do it too, but with the repository's
// filters: commands from its configuration, run by the kernel, outside of any box.
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { fault } from '../../contracts/errors.ts';
import { gitBytes } from './git.ts';

interface TreeEntry {
  readonly mode: string;
  readonly id: string;
  /** Its bytes, as latin1: git takes names of any encoding. */
  readonly path: string;
}

const blobsPerCall = 500;
const newline = 0x0a;
const submodule = '160000';

/** Writes the files of `commit` below `folder`; a submodule becomes an empty folder. Throws WORKSPACE_UNSUITABLE. */
export async function writeOut(repository: string, commit: string, folder: string): Promise<void> {
  const entries = await treeEntries(repository, commit);
  const at = (path: string) => Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(path, 'latin1')]);
  const files = entries.filter(({ mode }) => mode !== submodule);
  const folders = new Set(files.map(({ path }) => parentOf(path)));
  for (const { mode, path } of entries) if (mode === submodule) folders.add(path);
  refuseFilesAsFolders(repository, files, folders);
  for (const path of folders) await mkdir(at(path), { recursive: true });
  for (let start = 0; start < files.length; start += blobsPerCall) {
    const batch = files.slice(start, start + blobsPerCall);
    const contents = await readBlobs(repository, batch);
    await Promise.all(batch.map((entry, index) => writeEntry(at(entry.path), entry, contents[index] as Buffer)));
  }
}

async function treeEntries(repository: string, commit: string): Promise<TreeEntry[]> {
  const listed = await gitBytes(repository, ['ls-tree', '-r', '-z', '--full-tree', commit], '');
  return listed
    .toString('latin1')
    .split('\0')
    .filter(Boolean)
    .map((line) => {
      const [facts = '', path = ''] = [line.slice(0, line.indexOf('\t')), line.slice(line.indexOf('\t') + 1)];
      const [mode = '', , id = ''] = facts.split(' ');
      if (path.startsWith('/') || path.split('/').some((part) => part === '..' || part.toLowerCase() === '.git'))
        throw unsuitable(repository, path);
      return { mode, id, path };
    });
}

/** A link in the place of a folder would lead what is written below it anywhere. */
function refuseFilesAsFolders(repository: string, files: readonly TreeEntry[], folders: ReadonlySet<string>): void {
  const paths = new Set(files.map(({ path }) => path));
  for (const folder of folders)
    for (let at = folder; at !== ''; at = parentOf(at)) if (paths.has(at)) throw unsuitable(repository, at);
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0));
}

function unsuitable(repository: string, path: string) {
  return fault('WORKSPACE_UNSUITABLE', {
    path: repository,
    detail: `its commit holds the path ${Buffer.from(path, 'latin1').toString()}`,
    expectation: 'Paths below the repository, each of them once',
    hint: 'Run git fsck on it.',
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

async function writeEntry(target: Buffer, { mode }: TreeEntry, content: Buffer): Promise<void> {
  if (mode === '120000') return symlink(content, target);
  const wanted = mode === '100755' ? 0o755 : 0o644;
  await writeFile(target, content, { flag: 'wx', mode: wanted });
  // Where the mask of this process took something away.
  if ((process.umask() & wanted) !== 0) await chmod(target, wanted);
}
