// What a plugin changed, found by comparing: nobody has to be believed.
import { existsSync, lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ArbiterError, fault } from '../../contracts/errors.ts';
import type { EffectSet, FileEffect, GitTarget, NotKept } from '../../contracts/generated/ledger.v1.ts';
import { digestOf } from '../../ledger/digest.ts';
import type { Changes } from './changes.ts';
import type { EffectStore } from './effect-store.ts';
import { writeTree } from './git-commit.ts';
import { followLink } from './link-target.ts';
import type { PrivateCopy } from './private-copy.ts';
import type { GitGround } from './repository.ts';
import { packIn, takeCommits } from './take-commits.ts';
import { isUnreadableName, nameIn } from './tree-state.ts';

/** Finds what changed in `copy`. `message` becomes the commit's. Throws EFFECT_UNSAFE for what cannot be kept. */
export async function findEffects(copy: PrivateCopy, message: string): Promise<EffectSet> {
  const { files, links, linkAt } = await copy.changes();
  for (const file of files) refuseUnsafe(copy, file);
  refuseLinksOut(files, links, linkAt);
  const { ground } = copy;
  if (ground.kind === 'folder') return { target: ground, files: [...files] };
  const { target, notKept } = await commitsOf(copy, ground, files);
  const tree = await writeTree(ground.path, ground.base, copy, files, { into: 'aside' });
  return {
    target: { ...ground, tree, message, ...target },
    ...(notKept.length > 0 && { notKept: [...notKept] }),
    files: [...files],
  };
}

/** Takes what the plugin committed out of its copy, and what it did to git besides out of the gates' sight. */
async function commitsOf(
  copy: PrivateCopy,
  { path, base }: GitGround,
  files: readonly FileEffect[],
): Promise<{ target: Pick<GitTarget, 'commits' | 'pack'>; notKept: readonly NotKept[] }> {
  const left = copy.git?.left() ?? { head: base, objects: null, notKept: [] };
  const without = (detail: string) => ({
    target: {},
    notKept: [...left.notKept, { kind: 'commits', name: 'HEAD', detail } as const],
  });
  try {
    if (left.head === base) return { target: {}, notKept: left.notKept };
    if (left.head === null) return without('it stands for no commit');
    if (files.length === 0) return without('what they change comes to nothing');
    if (left.objects === null) return without(`${left.head} is not there`);
    const { commits, pack } = await takeCommits(path, {
      ...{ base, head: left.head, from: left.objects, aside: copy.aside },
    });
    return { target: { commits: [...commits], pack: digestOf(readFileSync(pack)) }, notKept: left.notKept };
  } catch (error) {
    if (error instanceof ArbiterError) throw error;
    return without((error as Error).message);
  } finally {
    await copy.git?.restore();
  }
}

/** Keeps the content that the effects bring and, for a folder, the content that they replace. */
export function keepContents(copy: PrivateCopy, files: readonly FileEffect[], store: EffectStore): void {
  if (existsSync(packIn(copy))) store.put(readFileSync(packIn(copy)));
  for (const { path, before, after } of files) {
    if (after) store.put(contentOf(join(copy.folder, path)));
    if (before && copy.ground.kind === 'folder' && lstatSync(join(copy.ground.path, path), { throwIfNoEntry: false }))
      store.put(contentOf(join(copy.ground.path, path)));
  }
}

function refuseUnsafe({ folder, layers, hidden }: PrivateCopy, { path }: FileEffect): void {
  if (isUnreadableName(path)) throw fault('EFFECT_UNSAFE', { path: nameIn(path), detail: 'its name is not UTF-8' });
  if (hidden !== null && (`${path}/`.startsWith(`${hidden}/`) || `${hidden}/`.startsWith(`${path}/`)))
    throw fault('EFFECT_UNSAFE', { path, detail: 'the home is there' });
  if (path.split('/').some((part) => part.toLowerCase() === '.git'))
    throw fault('EFFECT_UNSAFE', { path, detail: 'it lies in a .git folder' });
  if (inAnotherHome([folder, ...(layers ? [layers.base] : [])], path))
    throw fault('EFFECT_UNSAFE', { path, detail: 'it lies in a home' });
}

/** Links that lead out by what was changed: one itself, or one that it leads through. */
function refuseLinksOut(files: readonly FileEffect[], links: readonly string[], linkAt: Changes['linkAt']): void {
  const changed = new Set(files.map(({ path }) => path));
  for (const path of links) {
    const { out, through } = followLink(path, linkAt);
    const because = through.find((link) => changed.has(link));
    if (!out || because === undefined) continue;
    throw fault('EFFECT_UNSAFE', {
      path: because,
      detail: `it is a link to ${linkAt(because)}, outside the workspace`,
    });
  }
}

/** Tasks that are dropped into a home run; only people and the command line may do that. */
function inAnotherHome(folders: readonly string[], path: string): boolean {
  const stands = (name: string) => folders.some((folder) => existsSync(join(folder, name)));
  for (let at = dirname(path); ; at = dirname(at)) {
    if (stands(join(at, 'arbiter.yaml')) && stands(join(at, 'inbox'))) return true;
    if (at === '.') return false;
  }
}

/** Bytes of a file, or the target of a link. */
function contentOf(path: string): Buffer {
  return lstatSync(path).isSymbolicLink() ? readlinkSync(path, 'buffer') : readFileSync(path);
}
