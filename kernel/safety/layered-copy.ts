// A private copy that costs what is changed, not what is there: the base below, read-only, and an upper folder that takes
// every write. What was changed is what lies in the upper folder.
import { type Dirent, lstatSync, readlinkSync } from 'node:fs';
import { mkdir, opendir, readdir, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { execa } from 'execa';
import { fault } from '../../contracts/errors.ts';
import type { FileEffect, PresentFile } from '../../contracts/generated/ledger.v1.ts';
import { fileState } from './file-state.ts';
import { type Marks, marksOf } from './overlay.ts';

export interface Layers {
  /** What lies below, and is never written to. */
  readonly base: string;
  /** Takes what is written. */
  readonly upper: string;
  /** The overlay's own. */
  readonly work: string;
}

export interface LayeredChanges {
  readonly files: readonly FileEffect[];
  /** Where the link at `path` leads as the plugin left it; null where there is none. */
  linkAt(path: string): string | null;
}

/** Makes the folders of a layered copy below `root`; those that the plugin writes to belong to `user`. */
export async function makeLayers(base: string, root: string, user: number | null): Promise<Layers> {
  const layers = { base, upper: join(root, 'upper'), work: join(root, 'work') };
  await mkdir(layers.upper, { recursive: true });
  await mkdir(layers.work);
  if (user !== null) await execa('chown', [`${user}:${user}`, '--', layers.upper, layers.work]);
  return layers;
}

/**
 * The moment of the machine's own clock from which on a change of the base is somebody else's: every file changed later
 * has a later time. Resolves when that clock has moved on, so that nothing changed before has the same time.
 */
export async function momentOf(folder: string): Promise<bigint> {
  const touched = async () => {
    await utimes(folder, new Date(), new Date());
    return lstatSync(folder, { bigint: true }).ctimeNs;
  };
  const moment = await touched();
  while ((await touched()) <= moment) await pause(1);
  return moment;
}

/**
 * Compares the upper folder with the base, which other people may change: throws WORKSPACE_MOVED where they did, after
 * `moment` (nanoseconds; null for a base that nobody changes), to what the plugin changed.
 */
export async function layeredChanges({ base, upper }: Layers, moment: bigint | null): Promise<LayeredChanges> {
  const effects = new Map<string, FileEffect>();
  const moved = new Set<string>();
  const entries = await entriesBelow(upper, '');
  const marks = await marksOf(
    upper,
    [...entries].filter(([, { kind }]) => kind !== 'gone').map(([path]) => path),
  );
  for (const [path, { kind }] of entries) {
    if (kind === 'gone') await removed(path);
    else if (kind === 'folder') await folderLeft(path, marks.get(path) as Marks);
    else await fileLeft(path, (marks.get(path) as Marks).fromBelow);
  }
  if (moved.size > 0) throw fault('WORKSPACE_MOVED', { conflicts: [...moved].sort().join(', ') });
  const files = [...effects.values()].sort((one, other) => (one.path < other.path ? -1 : 1));
  return { files, linkAt };

  async function fileLeft(path: string, fromBelow: boolean): Promise<void> {
    const before = stateBelow(path);
    // It was there, and is not any more: moved by the plugin, unless somebody changed the folder that it was in.
    if (before === null && fromBelow && changedSince(nearestFolderBelow(path))) moved.add(path);
    if (isFolderBelow(path)) await removed(path);
    note(path, before, fileState(join(upper, path)));
  }

  async function folderLeft(path: string, { opaque }: Marks): Promise<void> {
    const before = stateBelow(path);
    if (before !== null) note(path, before, null);
    else if (opaque && isFolderBelow(path))
      for (const name of await readdir(join(base, path))) {
        const below = `${path}/${name}`;
        const entry = entries.get(below);
        if (entry === undefined) await removed(below);
        else if (entry.kind === 'folder' && isFolderBelow(below))
          await folderLeft(below, { opaque: true, fromBelow: false });
      }
  }

  /** A file of the base, or all files of a folder of it. */
  async function removed(path: string): Promise<void> {
    if (!isFolderBelow(path)) return note(path, stateBelow(path), null);
    for (const [below, { kind }] of await entriesBelow(join(base, path), ''))
      if (kind !== 'folder') note(`${path}/${below}`, stateBelow(`${path}/${below}`), null);
  }

  function note(path: string, before: PresentFile | null, after: PresentFile | null): void {
    if (before !== null && changedSince(path)) moved.add(path);
    const same = before?.digest === after?.digest && before?.mode === after?.mode && before?.type === after?.type;
    if (same || effects.get(path)?.after) return;
    const change = before === null ? 'created' : after === null ? 'deleted' : 'changed';
    effects.set(path, { path, change, before, after });
  }

  function changedSince(path: string): boolean {
    return moment !== null && lstatSync(join(base, path), { bigint: true }).ctimeNs > moment;
  }

  function nearestFolderBelow(path: string): string {
    let folder = dirname(path);
    while (folder !== '.' && !isFolderBelow(folder)) folder = dirname(folder);
    return folder;
  }

  function stateBelow(path: string): PresentFile | null {
    return fileState(join(base, path));
  }

  function isFolderBelow(path: string): boolean {
    try {
      return lstatSync(join(base, path)).isDirectory();
    } catch {
      return false;
    }
  }

  function linkAt(path: string): string | null {
    const entry = entries.get(path);
    if (entry?.kind === 'gone') return null;
    return targetOf(join(entry === undefined ? base : upper, path));
  }
}

interface Entry {
  readonly kind: 'file' | 'folder' | 'gone';
}

/** Everything below `folder`, by path; of the top, not what is called .git. Throws EFFECT_UNSAFE for odd names. */
async function entriesBelow(folder: string, below: string): Promise<Map<string, Entry>> {
  const found = new Map<string, Entry>();
  for await (const entry of await opendirAsBytes(join(folder, below), below)) {
    const name = entry.name.toString('utf8');
    const path = below === '' ? name : `${below}/${name}`;
    if (path === '.git') continue;
    if (!Buffer.from(name).equals(entry.name)) throw fault('EFFECT_UNSAFE', { path, detail: 'its name is not UTF-8' });
    if (entry.isDirectory()) {
      found.set(path, { kind: 'folder' });
      for (const [deeper, what] of await entriesBelow(folder, path)) found.set(deeper, what);
    } else found.set(path, { kind: isWhiteout(join(folder, path), entry) ? 'gone' : 'file' });
  }
  return found;
}

type ByteEntry = Omit<Dirent, 'name'> & { readonly name: Buffer };

async function opendirAsBytes(folder: string, below: string): Promise<AsyncIterable<ByteEntry>> {
  try {
    // The types of Node know the names of an opened folder as text alone.
    return (await opendir(folder, { encoding: 'buffer' as BufferEncoding })) as never;
  } catch (error) {
    const detail = `it cannot be read: ${(error as NodeJS.ErrnoException).code}`;
    throw fault('EFFECT_UNSAFE', { path: below.slice(0, 200) || '.', detail });
  }
}

/** An overlay writes down that something is gone as a character device 0:0. */
function isWhiteout(path: string, entry: ByteEntry): boolean {
  return entry.isCharacterDevice() && lstatSync(path).rdev === 0;
}

function targetOf(path: string): string | null {
  try {
    return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : null;
  } catch {
    return null;
  }
}
