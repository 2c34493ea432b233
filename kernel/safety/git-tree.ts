// A tree made from another by its changes alone: only the trees above what changed are read and written, whatever else
// the repository holds. Git's own way leads over an index of every file.
import { createHash } from 'node:crypto';
import { fault } from '../../contracts/errors.ts';
import { gitBytes } from './git.ts';
import { type GitObjects, openObjects } from './git-objects.ts';

/** What stands at a path: mode as git writes it (100644, 100755, 120000, 40000, 160000) and object. */
export interface TreeEntry {
  readonly mode: string;
  readonly id: string;
}

/** By path; null for nothing. */
export type TreeChanges = ReadonlyMap<string, TreeEntry | null>;

/** By name, whose bytes stand as latin1: git takes names of any encoding. */
type Tree = Map<string, TreeEntry>;

const folderMode = '40000';
const submoduleMode = '160000';

/**
 * Writes the tree of `commit` with `changes`; gives its id. `env` says where objects are read and written. Throws
 * EFFECT_UNSAFE for a change in the place of a submodule.
 */
export async function writeChangedTree(
  repository: string,
  commit: string,
  changes: TreeChanges,
  env: Record<string, string>,
): Promise<string> {
  const objects = openObjects(repository, env);
  try {
    const top = await objects.read(`${commit}^{tree}`);
    const written: Tree[] = [];
    const inBytes = new Map([...changes].map(([path, entry]) => [Buffer.from(path).toString('latin1'), entry]));
    const tree = await changedTree(objects, top.id, inBytes, written);
    const input = Buffer.concat(written.map((entries) => Buffer.concat([mktreeInput(entries), Buffer.of(0)])));
    await gitBytes(repository, ['mktree', '-z', '--missing', '--batch'], input, env);
    return idOf(tree, top.id.length);
  } finally {
    objects.close();
  }
}

/** The tree `id` (null: none) with changes whose paths are relative to it. Those that are to be written go to `written`. */
async function changedTree(
  objects: GitObjects,
  id: string | null,
  changes: TreeChanges,
  written: Tree[],
): Promise<Tree> {
  const tree: Tree = id === null ? new Map() : await readTree(objects, id);
  for (const [name, inner] of byFirstName(changes)) {
    const own = inner.get('');
    if (tree.get(name)?.mode === submoduleMode)
      throw fault('EFFECT_UNSAFE', { path: Buffer.from(name, 'latin1').toString(), detail: 'a submodule is there' });
    // A file, or nothing: what stood there goes.
    if (own) tree.set(name, own);
    else if (own === null) tree.delete(name);
    inner.delete('');
    if (inner.size === 0) continue;
    const before = tree.get(name);
    const idBefore = before?.mode === folderMode ? before.id : null;
    const folder = await changedTree(objects, idBefore, inner, written);
    if (folder.size > 0) tree.set(name, { mode: folderMode, id: idOf(folder, idLengthOf(inner, before)) });
    else if (idBefore !== null) tree.delete(name);
  }
  written.push(tree);
  return tree;
}

async function readTree(objects: GitObjects, id: string): Promise<Tree> {
  const { content } = await objects.read(id);
  const tree: Tree = new Map();
  // For each entry: mode, space, name, NUL, the bytes of the id.
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(0x20, at);
    const end = content.indexOf(0, space);
    const next = end + 1 + id.length / 2;
    tree.set(content.toString('latin1', space + 1, end), {
      mode: content.toString('latin1', at, space),
      id: content.toString('hex', end + 1, next),
    });
    at = next;
  }
  return tree;
}

function byFirstName(changes: TreeChanges): Map<string, Map<string, TreeEntry | null>> {
  const grouped = new Map<string, Map<string, TreeEntry | null>>();
  for (const [path, entry] of changes) {
    const slash = path.indexOf('/');
    const [name, rest] = slash === -1 ? [path, ''] : [path.slice(0, slash), path.slice(slash + 1)];
    const inner = grouped.get(name) ?? new Map<string, TreeEntry | null>();
    grouped.set(name, inner.set(rest, entry));
  }
  return grouped;
}

function idLengthOf(inner: TreeChanges, before: TreeEntry | undefined): number {
  return (before ?? [...inner.values()].find((entry) => entry !== null))?.id.length ?? 40;
}

/** The id that git gives to a tree: of its format by the length of ids, SHA-1 or SHA-256. */
function idOf(tree: Tree, idLength: number): string {
  const entries = [...tree].sort(([one, oneEntry], [other, otherEntry]) => {
    const [a, b] = [sortName(one, oneEntry), sortName(other, otherEntry)];
    return a < b ? -1 : a > b ? 1 : 0;
  });
  const content = Buffer.concat(
    entries.map(([name, { mode, id }]) =>
      Buffer.concat([Buffer.from(`${mode} ${name}\0`, 'latin1'), Buffer.from(id, 'hex')]),
    ),
  );
  const hash = createHash(idLength === 64 ? 'sha256' : 'sha1');
  return hash.update(`tree ${content.length}\0`).update(content).digest('hex');
}

/** Folders stand where their name with a slash would. */
function sortName(name: string, { mode }: TreeEntry): string {
  return mode === folderMode ? `${name}/` : name;
}

const kinds: Readonly<Record<string, string>> = { [folderMode]: 'tree', [submoduleMode]: 'commit' };

function mktreeInput(tree: Tree): Buffer {
  const lines = [...tree].map(([name, { mode, id }]) => `${mode} ${kinds[mode] ?? 'blob'} ${id}\t${name}\0`);
  return Buffer.from(lines.join(''), 'latin1');
}
