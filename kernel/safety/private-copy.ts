// Where a state-change plugin works: a copy, so that it is never near the real thing. Where overlays can be made it costs
// what is changed; where not, the files are copied.
import { lstatSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { crashPoint } from '../crash-point.ts';
import type { Inlay } from '../host/launch/box.ts';
import { type BaseTrees, newBaseTrees } from './base-trees.ts';
import { carriedFolders, copyCarried, isFolderWithin, makePlaces } from './carried.ts';
import type { Changes } from './changes.ts';
import { type Layers, layeredChanges, makeLayers, momentOf } from './layered-copy.ts';
import { type LeftGit, lookAtGit } from './left-git.ts';
import { canLieBelow, overlaysWork } from './overlay.ts';
import { copyFolder, copyOf, giveTo } from './plain-copy.ts';
import { layGit, storeInlays } from './private-git.ts';
import { removeTree } from './remove-tree.ts';
import { type Ground, survey } from './repository.ts';
import type { Workspace } from './workspace.ts';
import { writeOut } from './write-out.ts';

export interface PrivateCopy {
  /** What it was made from. */
  readonly ground: Ground;
  /** The folder that holds what was changed: all of a plain copy, the upper folder of a layered one. */
  readonly folder: string;
  readonly layers: Layers | null;
  /** A folder beside it for the kernel's own files. */
  readonly aside: string;
  /** The repository inside it; null where it is a folder. */
  readonly git: InsideGit | null;
  /** What a box has to show within it, as it is now. */
  inlays(): readonly Inlay[];
  /** A folder below it that holds the home and is not part of the copy, or null. */
  readonly hidden: string | null;
  /** What the plugin did. Throws EFFECT_UNSAFE, or WORKSPACE_MOVED where somebody else changed the same. */
  changes(): Promise<Changes>;
  /** Layers over what the plugin left, for one gate: it may write to them, and nothing of that is kept. Null where none can be. */
  throwaway(): Promise<Throwaway | null>;
  /** Never rejects. */
  discard(): Promise<unknown>;
}

export interface InsideGit {
  /** What the plugin left of it. */
  left(): LeftGit;
  /** Puts it back as it was given out. */
  restore(): Promise<unknown>;
}

export interface Throwaway {
  readonly layers: Layers;
  /** Never rejects. */
  discard(): Promise<unknown>;
}

export interface PrivateCopies {
  /** Makes a copy of `workspace`, or of what is known of it. Throws WORKSPACE_UNSUITABLE or WORKSPACE_REF_BUSY. */
  make(workspace: Workspace, known?: Ground): Promise<PrivateCopy>;
}

export interface PrivateCopiesOptions {
  /** Where copies lie. */
  readonly copies: string;
  /** Where the trees of commits lie. */
  readonly bases: string;
  /** The user that copies have to belong to, where that is not the kernel's own. */
  readonly user: number | null;
  /** Whether a box can be shown layers. */
  readonly layered: boolean;
}

export function newPrivateCopies({ copies, bases, user, layered }: PrivateCopiesOptions): PrivateCopies {
  const trees = newBaseTrees(bases, user);
  return {
    async make(workspace, known) {
      const ground = known ?? (await survey(workspace));
      const root = join(copies, uuidv7());
      const aside = join(root, 'aside');
      await mkdir(aside, { recursive: true });
      crashPoint('copying');
      try {
        const { hidden } = workspace;
        const carried = ground.kind === 'git' ? await carriedFolders(ground.path, workspace.carry ?? []) : [];
        const plan: CopyPlan = { ground, root, hidden, user, carried, boxed: layered };
        const inlays = layered ? await inlaysOf(ground, carried) : [];
        const over = layered && (await canBeLayered(ground, copies, bases, user));
        const copy = over ? await layeredCopy(plan, trees) : await plainCopy(plan);
        // A plugin may have put something else in the place of a folder.
        return { ...{ ground, aside, hidden, ...copy }, inlays: () => inlays.filter(({ at }) => copy.hasFolder(at)) };
      } catch (error) {
        await removeTree(root);
        throw error;
      }
    },
  };
}

/** What a copy is made of. */
interface CopyPlan {
  readonly ground: Ground;
  /** All of it goes below. */
  readonly root: string;
  readonly hidden: string | null;
  readonly user: number | null;
  readonly carried: readonly string[];
  /** Whether folders can be shown in its box. */
  readonly boxed: boolean;
}

async function inlaysOf(ground: Ground, carried: readonly string[]): Promise<Inlay[]> {
  if (ground.kind === 'folder') return [];
  const folders = carried.map((at) => ({ source: join(ground.path, at), at }));
  return [...(await storeInlays(ground.path)), ...folders];
}

/**
 * A folder's own files lie below its copy, so that the user inside has to be the one who may write to them: as root, who
 * is somebody else inside, folders are copied.
 */
async function canBeLayered(ground: Ground, copies: string, bases: string, user: number | null): Promise<boolean> {
  if (!(await overlaysWork(copies))) return false;
  return ground.kind === 'git' ? canLieBelow(bases) : user === null && canLieBelow(ground.path);
}

async function layeredCopy({ ground, root, user, carried }: CopyPlan, trees: BaseTrees) {
  const tree = ground.kind === 'git' ? await trees.take(ground.path, ground.base) : null;
  const base = tree?.folder ?? ground.path;
  try {
    const layers = await makeLayers(base, root, null);
    await makePlaces(ground.path, base, layers.upper, carried);
    if (user !== null) await giveTo(user, layers.upper, layers.work);
    return await onLayers(ground, root, layers, user, tree);
  } catch (error) {
    tree?.release();
    throw error;
  }
}

async function onLayers(
  ground: Ground,
  root: string,
  layers: Layers,
  user: number | null,
  tree: { release(): void } | null,
) {
  const { base } = layers;
  const moment = tree ? null : await momentOf(layers.upper);
  return {
    folder: layers.upper,
    layers,
    git: ground.kind === 'git' ? gitAbove(layers, ground.base) : null,
    hasFolder: (name: string) => standsInLayers(layers, name),
    async changes(): Promise<Changes> {
      const { files, linkAt } = await layeredChanges(layers, moment);
      const links = files.filter(({ after }) => after?.type === 'symlink').map(({ path }) => path);
      return { files, links, linkAt };
    },
    async throwaway(): Promise<Throwaway> {
      const place = join(root, `throwaway-${uuidv7()}`);
      // The layer on top comes first.
      const over = await makeLayers(`${layers.upper}:${base}`, place, user);
      return { layers: over, discard: () => removeTree(place) };
    },
    discard() {
      tree?.release();
      return removeTree(root);
    },
  };
}

async function plainCopy({ ground, root, hidden, user, carried, boxed }: CopyPlan) {
  const folder = join(root, 'workspace');
  await mkdir(folder);
  if (ground.kind === 'folder') await copyFolder(ground.path, folder, hidden);
  else {
    await writeOut(ground.path, ground.base, folder);
    await layGit(ground.path, ground.base, folder, { borrow: boxed ? 'by inlays' : 'by path' });
    await makePlaces(ground.path, folder, folder, carried);
    await placeCarried();
  }
  if (user !== null) await giveTo(user, folder);
  const inside = ground.kind === 'git' ? await gitBeside(folder, join(root, 'git'), ground.base) : null;
  return {
    ...{ folder, layers: null, changes: await copyOf(folder, carried) },
    git: inside && { ...inside, restore: () => Promise.all([inside.restore(), placeCarried()]) },
    hasFolder: (name: string) => isFolderWithin(folder, name),
    throwaway: () => Promise.resolve(null),
    discard: () => removeTree(root),
  };

  /** Where nothing can be mounted the carried folders are copied, and copied again for the gates. */
  async function placeCarried(): Promise<void> {
    if (!boxed) await copyCarried(ground.path, folder, carried);
  }
}

/** The base's own `.git` is seen again when what was laid over it is gone. */
function gitAbove({ base, upper }: Layers, commit: string): InsideGit {
  return {
    left: () => lookAtGit(upper, join(base, '.git'), true, commit),
    restore: () => removeTree(join(upper, '.git')),
  };
}

async function gitBeside(folder: string, pristine: string, commit: string): Promise<InsideGit> {
  const inside = join(folder, '.git');
  await copyFolder(inside, pristine, null);
  return {
    left: () => lookAtGit(folder, pristine, false, commit),
    async restore() {
      await removeTree(inside);
      await copyFolder(pristine, inside, null);
    },
  };
}

/** Whether `name` is a folder in the copy, and no name above it was made something else. */
function standsInLayers({ base, upper }: Layers, name: string): boolean {
  const parts = name.split('/');
  return parts.every((_, index) => {
    const path = parts.slice(0, index + 1).join('/');
    const stat = lstatSync(join(upper, path), { throwIfNoEntry: false });
    return stat ? stat.isDirectory() : isFolderWithin(base, path);
  });
}
